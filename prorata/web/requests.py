"""What a request says in its headers: who sends it, under which ids. And refusals in GraphQL's shape."""

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Any

import orjson
from aiohttp import web
from multidict import CIMultiDict

from domain.ids import IdMint, Prefix
from schema.errors import RequestCode

IDEMPOTENCY_KEY_LENGTH_MAX = 255
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,40}\Z")
_HOST = re.compile(r"([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:\d{1,5})?\Z", re.ASCII)
_JSON = "application/json; charset=utf-8"

SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
}


class Refused(Exception):
    """A request that is answered without being executed."""

    def __init__(
        self, status: int, code: RequestCode, message: str, headers: Mapping[str, str] | None = None, **details: Any
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = headers or {}
        self.details = details

    def response(self, request_id: str) -> web.Response:
        """The answer, with the shape that GraphQL clients expect."""
        extensions = {**self.details, "code": self.code.value, "requestId": request_id}
        body = {"errors": [{"message": self.message, "extensions": extensions}]}
        return json_response(body, request_id, status=self.status, headers=self.headers)


def json_response(
    body: object, request_id: str, *, status: int = 200, headers: Mapping[str, str] | None = None
) -> web.Response:
    """An answer of bytes that are written once."""
    made: CIMultiDict[str] = CIMultiDict(SECURITY_HEADERS)
    made["Content-Type"] = _JSON
    made["X-Request-Id"] = request_id
    if headers:
        made.update(headers)
    return web.Response(body=orjson.dumps(body), status=status, headers=made)


def request_id_of(headers: Mapping[str, str], ids: IdMint) -> str:
    """The caller's `X-Request-Id` where it is a plain word of 8 to 40 characters, else a new id."""
    given = headers.get("X-Request-Id")
    if given is not None and _REQUEST_ID.match(given):
        return given
    return ids.new(Prefix.REQUEST)


def reached_at(scheme: str, host: str) -> str:
    """The address that a request was sent to. Refuses a Host header that no address can be made of.

    Links are made with it, and some are kept.
    """
    if not _HOST.match(host):
        raise Refused(400, RequestCode.BAD_REQUEST, f"The Host header {host[:80]!r} is no name or address of a server.")
    return f"{scheme}://{host}"


def idempotency_key_of(headers: Mapping[str, str]) -> str | None:
    """The caller's `Idempotency-Key`. Refuses one that is too long to be kept."""
    key = headers.get("Idempotency-Key")
    if key is not None and len(key) > IDEMPOTENCY_KEY_LENGTH_MAX:
        raise Refused(
            400,
            RequestCode.BAD_REQUEST,
            f"The Idempotency-Key has {len(key)} characters; it may have {IDEMPOTENCY_KEY_LENGTH_MAX}.",
        )
    return key or None


def secret_of(headers: Mapping[str, str]) -> str | None:
    """The key that a request carries as a bearer or as the user name of HTTP Basic."""
    scheme, _, credentials = headers.get("Authorization", "").partition(" ")
    credentials = credentials.strip()
    match scheme.lower():
        case "bearer":
            return credentials or None
        case "basic":
            try:
                user, _, _ = base64.b64decode(credentials, validate=True).decode().partition(":")
            except (binascii.Error, UnicodeDecodeError):
                return None
            return user or None
    return None
