"""From a request's key to its scope: the account, the mode, and what the bearer may do. Nothing is parsed before.

A platform's key acts for one of its connected accounts where `Stripe-Account` names it.

A key that was found stays known for a second, so that a busy client does not cost a query per request; a revocation is
therefore seen by every process within that second, and that an account disconnected too (by the process which did it,
at once). `last_used_at` is written at most once a minute, in the background.
"""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from domain.ids import IdMint
from domain.keys import KeyKind
from gateways.registry import Gateways
from models import Account, ApiKey
from prorata.web.requests import Refused, idempotency_key_of, secret_of
from schema.errors import RequestCode
from services.accounts import Accounts
from services.accounts.connecting import on_disconnect
from services.api_keys import authenticate, digest_of, policy_of, used
from services.scope import Actor, ActorKind, Clock, Policy, Scope

KNOWN_FOR_SECONDS: Final = 1
USE_NOTED_EVERY_SECONDS: Final = 60
_KNOWN_MAX: Final = 10_000

_ACTORS: Final = {
    KeyKind.SECRET: ActorKind.SECRET_KEY,
    KeyKind.RESTRICTED: ActorKind.RESTRICTED_KEY,
    KeyKind.PUBLISHABLE: ActorKind.PUBLISHABLE_KEY,
}

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Bearer:
    """What is known of a valid key."""

    key_id: str
    account_id: str
    platform_id: str
    livemode: bool
    actor: Actor
    policy: Policy
    known_until: int
    application_id: str | None = None
    """The platform, where its key acts for a connected account."""

    def acts_for(self, account_id: str) -> bool:
        """Whether a platform's key acts for this account."""
        return self.application_id is not None and self.account_id == account_id


class Authentication:
    """Finds keys, remembers them for a moment, and notes when they were used."""

    def __init__(self, *, clock: Clock, ids: IdMint, gateways: Gateways) -> None:
        self._clock = clock
        self._ids = ids
        self._gateways = gateways
        self._known: dict[str, Bearer] = {}
        self._used: set[str] = set()
        self._noted_at = 0
        self._noting: asyncio.Task[None] | None = None
        self._stop_listening = on_disconnect(self.forget_acting)

    async def bearer_of(self, headers: Mapping[str, str], now: int) -> Bearer:
        """Whose key a request carries, or for whom it acts; `now` is unix time.

        Refuses with 401 when there is none, or not a valid one, and with 403 to act for an account that is not the
        key's, nor connected to it.
        """
        secret = secret_of(headers)
        if secret is None:
            raise _unauthenticated(
                "No API key was sent. Send it as `Authorization: Bearer sk_test_…`, or as the user name of HTTP Basic."
            )
        digest = digest_of(secret)
        bearer = self._known.get(digest)
        if bearer is None or bearer.known_until <= now:
            bearer = await self._found(secret, digest, now)
        self._used.add(bearer.key_id)
        if now - self._noted_at >= USE_NOTED_EVERY_SECONDS:
            self._note_use(now)
        named = headers.get("Stripe-Account")
        return bearer if named in {None, bearer.account_id} else await self._acting(bearer, str(named), now)

    def scope(self, bearer: Bearer, headers: Mapping[str, str], request_id: str) -> Scope:
        """The circumstances of the request."""
        return Scope(
            account_id=bearer.account_id,
            platform_id=bearer.platform_id,
            application_id=bearer.application_id,
            livemode=bearer.livemode,
            clock=self._clock,
            ids=self._ids,
            gateways=self._gateways,
            actor=bearer.actor,
            policy=bearer.policy,
            request_id=request_id,
            idempotency_key=idempotency_key_of(headers),
        )

    def forget_acting(self, account_id: str) -> None:
        """Let nobody act for this account by what was known of it: the next request asks anew."""
        acting = [place for place, known in self._known.items() if known.acts_for(account_id)]
        for place in acting:
            del self._known[place]

    async def close(self) -> None:
        """Let the note that is being written come to its end."""
        self._stop_listening()
        if self._noting is not None:
            await asyncio.gather(self._noting, return_exceptions=True)

    async def _found(self, secret: str, digest: str, now: int) -> Bearer:
        key = await authenticate(secret, self._clock.now())
        account = await Account.get_or_none(id=key.account_id) if key is not None else None
        if key is None or account is None:
            self._known.pop(digest, None)
            raise _unauthenticated("This API key is not valid: it is unknown, has expired or was revoked.")
        bearer = _bearer(key, account, now + KNOWN_FOR_SECONDS)
        self._remember(digest, bearer)
        return bearer

    async def _acting(self, bearer: Bearer, named: str, now: int) -> Bearer:
        """The bearer of a platform's key as the connected account that it names; known for as long as a key is."""
        place = f"{bearer.key_id} {named}"
        acting = self._known.get(place)
        if acting is None or acting.known_until <= now:
            account = await Accounts.connected_to(bearer.account_id, named, livemode=bearer.livemode)
            if account is None:
                self._known.pop(place, None)
                raise Refused(
                    403,
                    RequestCode.FORBIDDEN,
                    f"This key does not act for {named[:80]!r}, as Stripe-Account asks: no such account is connected to"
                    f" {bearer.account_id} in this mode.",
                )
            acting = replace(
                bearer,
                account_id=account.id,
                application_id=bearer.account_id,
                known_until=now + KNOWN_FOR_SECONDS,
            )
            self._remember(place, acting)
        return acting

    def _remember(self, place: str, bearer: Bearer) -> None:
        if len(self._known) >= _KNOWN_MAX:
            self._known.clear()
        self._known[place] = bearer

    def _note_use(self, now: int) -> None:
        if self._noting is not None and not self._noting.done():
            return
        identifiers, self._used, self._noted_at = list(self._used), set(), now
        self._noting = asyncio.create_task(self._noted(identifiers))

    async def _noted(self, identifiers: list[str]) -> None:
        try:
            await used(identifiers, self._clock.now())
        except Exception:
            # The next minute writes it again; no request depends on it.
            _log.warning("The use of %d keys could not be noted", len(identifiers), exc_info=True)


def _bearer(key: ApiKey, account: Account, known_until: int) -> Bearer:
    return Bearer(
        key_id=key.id,
        account_id=key.account_id,
        platform_id=account.platform_id,
        livemode=key.livemode,
        actor=Actor(_ACTORS[KeyKind(key.kind)], key.id),
        policy=policy_of(key),
        known_until=known_until,
    )


def _unauthenticated(message: str) -> Refused:
    return Refused(401, RequestCode.UNAUTHENTICATED, message, {"WWW-Authenticate": 'Bearer realm="prorata"'})
