"""API keys: finding the one that a request carries, making them, rolling them, revoking them."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tortoise.queryset import QuerySet

from domain.accounts import refuse_keys
from domain.checks import checked
from domain.errors import DomainError, ErrorCode, Problems
from domain.ids import Prefix
from domain.keys import SECRET_LENGTH_MAX, KeyKind, Resource, belongs_to, hint_of, new_secret
from domain.texts import required_text
from models import ApiKey
from services.accounts.reach import Reach
from services.answers import answer
from services.base import Service, part
from services.idempotency import transactional
from services.rows import fetch_by
from services.scope import EVERYTHING, Access, Policy
from services.transactions import for_update

NAME_LENGTH_MAX = 100
OVERLAP_HOURS_MAX = 7 * 24
KEYS_LISTED_MAX = 100

PUBLISHABLE = Policy(
    grants={Resource.CATALOG.value: Access.READ},
    active_only=frozenset({Resource.CATALOG.value}),
    operations=frozenset(
        {
            "paymentMethodCreate",
            "paymentIntent",
            "paymentIntentConfirm",
            "setupIntent",
            "setupIntentConfirm",
        }
    ),
)
"""What a browser may do: show what is for sale, make a payment method, follow an intent whose client secret it has."""


@dataclass(frozen=True, slots=True)
class Grant:
    """How far a restricted key reaches into one kind of object."""

    resource: Resource
    access: Access


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKeyDraft:
    """A key to be made. Grants are for restricted keys; what is not granted is closed."""

    kind: KeyKind = KeyKind.SECRET
    name: str | None = None
    grants: Sequence[Grant] = ()
    account: str | None = None
    """Whose key it is to be: the caller's own without one, or an account connected to it."""


@answer
@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A key with its secret, which is shown this once and stored nowhere."""

    api_key: ApiKey
    secret: str | None = field(default=None, metadata={"secret": True}, repr=False)


class ApiKeys(Service):
    """The keys of the scope's account in its mode."""

    reach = part(Reach)

    def matching(self) -> QuerySet[ApiKey]:
        """All keys, revoked ones too."""
        return ApiKey.filter(account_id=self.scope.account_id, livemode=self.scope.livemode)

    @transactional
    async def create(self, draft: ApiKeyDraft, *, secret: str | None = None) -> IssuedKey:
        """A new key; `secret` gives it a known one (containers, tests), whose prefix must fit kind and mode.

        A connected account has keys where it has a full dashboard; its platform may make them while it is connected.
        """
        problems = Problems()
        account_id = await self._owner(draft.account, problems)
        name = checked(problems, required_text, draft.name, NAME_LENGTH_MAX, "name") if draft.name else None
        _check_grants(draft, problems)
        if secret is not None and not belongs_to(secret, draft.kind, livemode=self.scope.livemode):
            example = hint_of(new_secret(draft.kind, livemode=self.scope.livemode))
            problems.add(ErrorCode.PARAMETER_INVALID, f"The secret must look like {example}, letters and digits.")
        problems.raise_any()
        grants = {grant.resource.value: grant.access.value for grant in draft.grants}
        return await self._issue(draft.kind, name, grants, secret, account_id)

    @transactional
    async def roll(self, identifier: str, overlap_hours: int = 0) -> IssuedKey:
        """A key like this one with a new secret; the old one works for so many hours more."""
        key = await self._valid(identifier)
        if not 0 <= overlap_hours <= OVERLAP_HOURS_MAX:
            raise DomainError(
                ErrorCode.PARAMETER_INVALID_INTEGER,
                f"The old key can go on for 0 to {OVERLAP_HOURS_MAX} hours, not {overlap_hours}.",
                "overlapHours",
            )
        ends_at = self.scope.clock.now() + timedelta(hours=overlap_hours)
        key.expires_at = ends_at if key.expires_at is None else min(ends_at, key.expires_at)
        await key.save(update_fields=["expires_at"])
        return await self._issue(KeyKind(key.kind), key.name, key.grants, None, key.account_id)

    @transactional
    async def revoke(self, identifier: str) -> ApiKey:
        """The key, which opens nothing from now on."""
        key = await self._valid(identifier)
        key.revoked_at = self.scope.clock.now()
        await key.save(update_fields=["revoked_at"])
        return key

    async def _owner(self, identifier: str | None, problems: Problems) -> str:
        """The id of the account that is to have a key; a connected one without a full dashboard is noted."""
        own = self.scope.account_id
        if identifier in {None, own} and own == self.scope.platform_id:
            return own
        try:
            account = await self.reach.reached(identifier, "account")
            refuse_keys(account.controller.get("dashboard"), account.id, "account")
        except DomainError as error:
            problems.add_from(error)
        return identifier or own

    async def _issue(
        self, kind: KeyKind, name: str | None, grants: Mapping[str, str], secret: str | None, account_id: str
    ) -> IssuedKey:
        secret = secret or new_secret(kind, livemode=self.scope.livemode)
        key = await ApiKey.create(
            id=self.new_id(Prefix.API_KEY),
            created_at=self.scope.clock.now(),
            kind=kind.value,
            name=name,
            digest=digest_of(secret),
            hint=hint_of(secret),
            grants=dict(grants),
            account_id=account_id,
            livemode=self.scope.livemode,
        )
        return IssuedKey(key, secret)

    async def _valid(self, identifier: str) -> ApiKey:
        key = await for_update(self.matching().filter(id=identifier)).first()
        if key is None or not is_valid(key, self.scope.clock.now()):
            raise DomainError(ErrorCode.RESOURCE_MISSING, f"No such valid API key: '{identifier}'.", "id")
        return key


async def authenticate(secret: str, now: datetime) -> ApiKey | None:
    """The valid key with this secret; None when there is none, or it has expired or was revoked."""
    if len(secret) > SECRET_LENGTH_MAX:
        return None
    digest = digest_of(secret)
    found = await fetch_by(ApiKey, "digest", [digest])
    if not found or not hmac.compare_digest(found[0].digest, digest):
        return None
    return found[0] if is_valid(found[0], now) else None


async def used(identifiers: Sequence[str], now: datetime) -> None:
    """Note that these keys were used by now."""
    await ApiKey.filter(id__in=list(identifiers)).update(last_used_at=now)


def is_valid(key: ApiKey, now: datetime) -> bool:
    """Whether a key opens anything at this moment of the system's time."""
    return key.revoked_at is None and (key.expires_at is None or key.expires_at > now)


def policy_of(key: ApiKey) -> Policy:
    """What the bearer of a key may do."""
    match KeyKind(key.kind):
        case KeyKind.SECRET:
            return EVERYTHING
        case KeyKind.RESTRICTED:
            return Policy(grants={resource: Access(access) for resource, access in key.grants.items()})
        case KeyKind.PUBLISHABLE:
            return PUBLISHABLE


def digest_of(secret: str) -> str:
    """What is stored of a secret. It is random and long: a plain SHA-256 cannot be searched."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _check_grants(draft: ApiKeyDraft, problems: Problems) -> None:
    if draft.kind is not KeyKind.RESTRICTED and draft.grants:
        problems.add(
            ErrorCode.PARAMETER_INVALID, f"A {draft.kind} key takes no grants; they are for restricted keys.", "grants"
        )
    if draft.kind is KeyKind.RESTRICTED and not draft.grants:
        problems.add(ErrorCode.PARAMETER_MISSING, "A restricted key needs at least one grant.", "grants")
    resources = [grant.resource for grant in draft.grants]
    for index, resource in enumerate(resources):
        if resource in resources[:index]:
            problems.add(
                ErrorCode.PARAMETER_INVALID,
                f"There are two grants for {resource}; there can be one.",
                "grants",
                str(index),
                "resource",
            )
