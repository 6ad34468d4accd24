"""Which web pages may call the API: those whose origins an account allows in its settings.

A preflight carries no key, so it is answered from the union of all accounts' origins. The answer itself is opened to
an origin only when the key's own account allows it.
"""

from collections.abc import Mapping
from typing import Final

from aiohttp import web

from services.scope import Scope
from services.settings import Settings, allowed_origins

_KNOWN_FOR_SECONDS: Final = 5
_PREFLIGHT: Final = {
    "Access-Control-Allow-Methods": "POST",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, Idempotency-Key, X-Request-Id",
    "Access-Control-Max-Age": "600",
}
_EXPOSED: Final = "X-Request-Id, Idempotent-Replayed, Retry-After"


class Origins:
    """Allowed origins, remembered for a few seconds."""

    def __init__(self) -> None:
        self._all: frozenset[str] = frozenset()
        self._all_until = 0
        self._by_account: dict[str, tuple[int, frozenset[str]]] = {}

    async def preflight(self, request: web.Request, now: int) -> web.Response:
        """The answer to a browser that asks first. 204 either way; without the headers the browser goes no further."""
        origin = request.headers.get("Origin")
        if now >= self._all_until:
            self._all, self._all_until = await allowed_origins(), now + _KNOWN_FOR_SECONDS
        if origin is None or origin not in self._all:
            return web.Response(status=204, headers={"Vary": "Origin"})
        return web.Response(status=204, headers={**_PREFLIGHT, "Access-Control-Allow-Origin": origin, "Vary": "Origin"})

    async def opening(self, origin: str, scope: Scope, now: int) -> Mapping[str, str]:
        """The headers that let a page of this origin read the answer; none when the account does not allow it."""
        until, allowed = self._by_account.get(scope.account_id, (0, frozenset()))
        if now >= until:
            allowed = frozenset((await Settings(scope).current()).allowed_origins)
            self._by_account[scope.account_id] = (now + _KNOWN_FOR_SECONDS, allowed)
        if origin not in allowed:
            return {"Vary": "Origin"}
        return {"Access-Control-Allow-Origin": origin, "Access-Control-Expose-Headers": _EXPOSED, "Vary": "Origin"}
