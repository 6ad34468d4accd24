"""Fields about API keys."""

from resolvers.context import Answer, Info
from resolvers.mutations import mutation
from resolvers.queries import listing
from schema.api_keys import (
    ApiKeyCreateInput,
    ApiKeyCreatePayload,
    ApiKeyRevokeInput,
    ApiKeyRevokePayload,
    ApiKeyRollInput,
    ApiKeyRollPayload,
)
from schema.inputs import draft_of
from schema.refs import ApiKeyRef
from services.api_keys import ApiKeyDraft
from services.pages import Listing


class ApiKeyQueries:
    """Reading keys."""

    @listing(ApiKeyRef, kind="api_keys")
    def api_keys(self, info: Info) -> Listing:
        """The account's keys in the mode of the request, revoked ones too, newest first."""
        return info.context.services.api_keys.matching()


class ApiKeyMutations:
    """Making and ending keys."""

    @mutation(kind="api_keys", payload=ApiKeyCreatePayload)
    async def api_key_create(self, info: Info, input: ApiKeyCreateInput) -> Answer:
        """Makes a key in the mode of the request and shows its secret, once."""
        return await info.context.services.api_keys.create(draft_of(ApiKeyDraft, input))

    @mutation(kind="api_keys", payload=ApiKeyRollPayload)
    async def api_key_roll(self, info: Info, input: ApiKeyRollInput) -> Answer:
        """Replaces a key by one with the same rights and a new secret."""
        return await info.context.services.api_keys.roll(input.id, input.overlap_hours or 0)

    @mutation(kind="api_keys", payload=ApiKeyRevokePayload)
    async def api_key_revoke(self, info: Info, input: ApiKeyRevokeInput) -> Answer:
        """Ends a key; within a second no server accepts it any more."""
        return await info.context.services.api_keys.revoke(input.id)
