"""Reading what a client posts: JSON, or a multipart form with files (graphql-multipart-request)."""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from aiohttp import BodyPartReader, web
from aiohttp.http_exceptions import BadHttpMessage

from domain.uploads import UploadedFile
from prorata.web.limits import Limits
from prorata.web.requests import Refused
from schema.errors import RequestCode

_PARTS_MAX = 20
_CHUNK = 65_536
# PostgreSQL has no character U+0000, SQLite ends texts at it. As JSON writes it, and as GraphQL does once JSON is read.
_ZERO_OF_JSON = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
_ZERO_OF_GRAPHQL = re.compile(r"(?<!\\)(?:\\\\)*\\u(?:0000|\{0+\})")


@dataclass(frozen=True, slots=True)
class Posted:
    """One GraphQL request."""

    query: str
    variables: dict[str, Any]
    operation_name: str | None


async def posted(request: web.Request, limits: Limits) -> Posted:
    """The GraphQL request in a POST. Refuses bodies that are too long, too slow, compressed, malformed, or a batch."""
    refuse_compressed(request)
    if (
        request.content.is_eof()
    ):  # It is here already, as small bodies mostly are: a timer would cost more than reading.
        return await _read(request, limits)
    try:
        async with asyncio.timeout(limits.body_seconds_max):
            return await _read(request, limits)
    except TimeoutError:
        raise Refused(
            408, RequestCode.BAD_REQUEST, f"The body did not arrive within {limits.body_seconds_max} seconds."
        ) from None


def refuse_compressed(request: web.Request) -> None:
    """Refuse a body that is not sent as it is: a few bytes can inflate to gigabytes."""
    encoding = request.headers.get("Content-Encoding", "identity")
    if encoding.strip().lower() != "identity":
        raise Refused(415, RequestCode.BAD_REQUEST, f"Send the body as it is, not as {encoding[:80]}.")


async def _read(request: web.Request, limits: Limits) -> Posted:
    kind = request.content_type
    if kind == "application/json":
        return _posted(_parsed(await _body(request, limits.body_bytes_max), "The body"))
    if kind == "multipart/form-data":
        return _posted(await _multipart(request, limits))
    raise Refused(
        415,
        RequestCode.BAD_REQUEST,
        f"The content type must be application/json, or multipart/form-data with files, not {kind[:80]}.",
    )


async def _body(request: web.Request, bytes_max: int) -> bytes:
    if (request.content_length or 0) > bytes_max:
        raise _too_long(bytes_max)
    try:
        body = await request.read()
    except web.HTTPRequestEntityTooLarge:
        raise _too_long(bytes_max) from None
    if len(body) > bytes_max:
        raise _too_long(bytes_max)
    return body


def _parsed(body: bytes | str, what: str) -> Any:
    raw = body if isinstance(body, bytes) else body.encode()
    if _ZERO_OF_JSON.search(raw):
        raise _zero()
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise _bad(f"{what} is not JSON: {error}.") from None


def _posted(body: object) -> Posted:
    if isinstance(body, list):
        raise _bad("A request is one operation; several at once are not accepted.")
    if not isinstance(body, dict):
        raise _bad("The body must be a JSON object with `query`.")
    query, variables, name = body.get("query"), body.get("variables"), body.get("operationName")
    if not isinstance(query, str) or not query.strip():
        raise _bad("`query` must be the text of a GraphQL document.")
    if _ZERO_OF_GRAPHQL.search(query):
        raise _zero()
    if not isinstance(variables, dict | None):
        raise _bad("`variables` must be an object.")
    if not isinstance(name, str | None):
        raise _bad("`operationName` must be a text.")
    return Posted(query, variables or {}, name or None)


async def _multipart(request: web.Request, limits: Limits) -> object:
    """The operations of a form with every file in its place."""
    try:
        texts, files = await _parts(request, limits)
    except ValueError as error:
        raise _bad(f"The multipart body cannot be read: {error}") from None
    except (BadHttpMessage, RuntimeError):  # the latter is aiohttp's for a part that names a character set
        raise _bad("The multipart body cannot be read: the headers of a part are not well formed.") from None
    if "operations" not in texts or "map" not in texts:
        raise _bad("A multipart request has the parts `operations` and `map`, before its files.")
    operations, places = _parsed(texts["operations"], "`operations`"), _parsed(texts["map"], "`map`")
    if not isinstance(places, dict):
        raise _bad("`map` must be an object of lists of paths.")
    for name, paths in places.items():
        if name not in files or not isinstance(paths, list):
            raise _bad(f"`map` names the part {name[:80]!r}, which has no file or no list of paths.")
        for path in paths:
            _place(operations, path, files[name])
    return operations


async def _parts(request: web.Request, limits: Limits) -> tuple[dict[str, str], dict[str, UploadedFile]]:
    texts: dict[str, str] = {}
    files: dict[str, UploadedFile] = {}
    remaining = limits.upload_bytes_max
    reader = await request.multipart()
    for _ in range(_PARTS_MAX):
        part = await reader.next()
        if part is None:
            return texts, files
        if not isinstance(part, BodyPartReader) or part.name is None:
            raise _bad("Every part of a multipart request has a name and is not multipart itself.")
        content = bytearray()
        while chunk := await part.read_chunk(_CHUNK):
            content += chunk
            if len(content) > remaining:
                raise _too_long(limits.upload_bytes_max)
        remaining -= len(content)
        if part.filename:
            files[part.name] = UploadedFile(part.filename[:255], bytes(content))
        else:
            texts[part.name] = content.decode()
    raise _bad(f"A multipart request may have {_PARTS_MAX - 1} parts.")


def _place(operations: Any, path: object, file: UploadedFile) -> None:
    """Put a file where its path in `operations` has null."""
    *way, last = path.split(".") if isinstance(path, str) else [""]
    target = operations
    for step in way:
        target = target.get(step) if isinstance(target, dict) else _entry(target, step)
    if isinstance(target, dict) and last in target and target[last] is None:
        target[last] = file
    elif isinstance(target, list) and last.isdecimal() and int(last) < len(target) and target[int(last)] is None:
        target[int(last)] = file
    else:
        raise _bad(f"`map` has the path {str(path)[:80]!r}, where `operations` has no null.")


def _entry(target: object, step: str) -> Any:
    if isinstance(target, list) and step.isdecimal() and int(step) < len(target):
        return target[int(step)]
    return None


def _zero() -> Refused:
    return _bad("The request holds the character U+0000, which no text here can keep; leave it out.")


def _bad(message: str) -> Refused:
    return Refused(400, RequestCode.BAD_REQUEST, message)


def _too_long(bytes_max: int) -> Refused:
    return Refused(413, RequestCode.BAD_REQUEST, f"The body is too long; it may have {bytes_max} bytes.")


def accepted_headers(headers: Mapping[str, str]) -> bool:
    """Whether the client asked for the media type of GraphQL over HTTP, whose statuses say more."""
    return "application/graphql-response+json" in headers.get("Accept", "")
