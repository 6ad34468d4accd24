"""Meter events by plain HTTP: `POST /meter_events` takes one JSON object a line and answers a verdict a line.

Lines are read and counted in batches of a thousand, each in a transaction of its own. Whatever happens on the way,
every line has its verdict: what was not counted may be sent again, and what was counted is a duplicate then.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from typing import Any, Final

import orjson
from aiohttp import web

from domain.errors import DomainError, ErrorCode
from domain.ids import IdMint
from domain.meter_events import EVENTS_MAX, Fault, VerdictStatus, identifier_of
from prorata.web.auth import Authentication, Bearer
from prorata.web.bodies import refuse_compressed
from prorata.web.budgets import Budgets
from prorata.web.limits import Limits
from prorata.web.masking import UNEXPECTED, internal
from prorata.web.requests import SECURITY_HEADERS, Refused, json_response, request_id_of
from schema.errors import RateLimited, RequestCode
from services.scope import Access, Clock, Scope
from services.transactions import DatabaseBusy
from services.usage import Recording, Verdict

METER_EVENTS: Final = "/meter_events"
NDJSON: Final = "application/x-ndjson"
_OPERATION: Final = "meterEventsCreate"
_KIND: Final = "usage"

_log = logging.getLogger(__name__)


class MeterEvents:
    """The endpoint."""

    def __init__(
        self, authentication: Authentication, *, clock: Clock, ids: IdMint, limits: Limits, budgets: Budgets
    ) -> None:
        self._authentication = authentication
        self._clock = clock
        self._ids = ids
        self._limits = limits
        self._budgets = budgets

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer a request; refusals before the first batch have the shape of GraphQL's errors."""
        request_id = request_id_of(request.headers, self._ids)
        try:
            return await self._answer(request, request_id)
        except Refused as refusal:
            return refusal.response(request_id)
        except Exception as error:
            return json_response({"errors": [internal(error, request_id)]}, request_id, status=500)

    async def _answer(self, request: web.Request, request_id: str) -> web.Response:
        if request.method != "POST":
            message = f"Send a POST; {request.method} is not accepted."
            raise Refused(405, RequestCode.BAD_REQUEST, message, {"Allow": "POST"})
        now = self._clock.ticks() // 1_000_000
        bearer = await self._authentication.bearer_of(request.headers, now)
        scope = self._authentication.scope(bearer, request.headers, request_id)
        if not scope.policy.permits(_OPERATION, _KIND, Access.WRITE):
            message = f"This key may not send meter events; it would need the grant '{_KIND}: write'."
            raise Refused(403, RequestCode.FORBIDDEN, message)
        if request.content_type != NDJSON:
            message = f"The content type must be {NDJSON}, one event a line, not {request.content_type[:80]}."
            raise Refused(415, RequestCode.BAD_REQUEST, message)
        refuse_compressed(request)
        if (request.content_length or 0) > self._limits.events_bytes_max:
            raise Refused(413, RequestCode.BAD_REQUEST, _too_long(self._limits.events_bytes_max))
        intake = Intake(scope, bearer, self._budgets)
        try:
            async for lines in batches(Lines(request.content, self._limits)):
                await intake.take(lines, self._clock.ticks() // 1_000_000)
        except Refused as refusal:
            return intake.response(request_id, refusal)
        return intake.response(request_id)


class Lines:
    """The lines of a body, as they arrive; `None` stands for one that is too long to be an event."""

    def __init__(self, content: Any, limits: Limits) -> None:
        self._content = content
        self._limits = limits

    async def arriving(self) -> AsyncIterator[list[bytes | None]]:
        """What each piece of the body completes. Refuses what goes on beyond the limit, or comes too slowly."""
        kept, remaining, overlong = b"", self._limits.events_bytes_max, False
        async for arrived in self._pieces():
            piece = arrived[:remaining]
            remaining -= len(piece)
            *complete, rest = (kept + piece).split(b"\n") if not overlong else piece.split(b"\n")
            lines: list[bytes | None] = list(complete)
            if overlong and complete:
                lines[0], overlong = None, False
            kept = b"" if overlong else rest
            if len(kept) > self._limits.event_bytes_max:
                kept, overlong = b"", True
            yield [self._fitting(line) for line in lines]
            if len(piece) < len(arrived):
                raise Refused(413, RequestCode.BAD_REQUEST, _too_long(self._limits.events_bytes_max))
        if kept or overlong:
            yield [None if overlong else kept]

    def _fitting(self, line: bytes | None) -> bytes | None:
        return line if line is not None and len(line) <= self._limits.event_bytes_max else None

    async def _pieces(self) -> AsyncIterator[bytes]:
        while True:
            try:
                async with asyncio.timeout(self._limits.body_seconds_max):
                    piece = await self._content.readany()
            except TimeoutError:
                message = f"Nothing arrived for {self._limits.body_seconds_max} seconds."
                raise Refused(408, RequestCode.BAD_REQUEST, message) from None
            if not piece:
                return
            yield piece


async def batches(lines: Lines) -> AsyncIterator[list[bytes | None]]:
    """A thousand lines at a time, blank ones left out; a refusal comes behind all lines that were read."""
    waiting: list[bytes | None] = []
    refused: Refused | None = None
    try:
        async for arrived in lines.arriving():
            waiting += [line for line in arrived if line is None or (line and not line.isspace())]
            while len(waiting) >= EVENTS_MAX:
                yield waiting[:EVENTS_MAX]
                del waiting[:EVENTS_MAX]
    except Refused as refusal:
        refused = refusal
    if waiting:
        yield waiting
    if refused is not None:
        raise refused


class Intake:
    """What became of the lines of one request so far."""

    def __init__(self, scope: Scope, bearer: Bearer, budgets: Budgets) -> None:
        self._recording = Recording(scope)
        self._bearer = bearer
        self._budgets = budgets
        self._request_id = scope.request_id
        self._is_keyed = scope.idempotency_key is not None
        self._answers: list[bytes] = []
        self.status = 200

    async def take(self, lines: Sequence[bytes | None], now: int) -> None:
        """Count a batch; `now` is unix time. Nothing is raised: what cannot be counted is told line by line."""
        try:
            self._budgets.spend(self._bearer.key_id, len(lines), now)
            events = [read(line) for line in lines]
            verdicts = await self._recording.record(
                [_identified(each) for each in events] if self._is_keyed else events
            )
        except RateLimited as refusal:
            self._refuse_all(lines, 429, RequestCode.RATE_LIMITED.name, str(refusal))
        except DomainError as refusal:
            self._refuse_all(lines, 200, refusal.problems[0].code.name, refusal.problems[0].message)
        except DatabaseBusy:
            self._refuse_all(lines, 503, ErrorCode.LOCK_TIMEOUT.name, "The database was busy; send it again.")
        except Exception:
            _log.exception("A batch of request %s failed", self._request_id)
            self._refuse_all(lines, 500, RequestCode.INTERNAL.name, UNEXPECTED)
        else:
            self._answers.append(b"".join([_line(each) for each in verdicts]))

    def response(self, request_id: str, refusal: Refused | None = None) -> web.Response:
        """A verdict for each line that was read; behind them why the rest was not, where there is a rest."""
        status, answers = self.status, self._answers
        if refusal is not None:
            told = {"code": refusal.code.value, "message": refusal.message, "requestId": request_id}
            status = refusal.status
            answers = [*answers, orjson.dumps({"error": told}, option=orjson.OPT_APPEND_NEWLINE)]
        headers = {**SECURITY_HEADERS, "Content-Type": NDJSON, "X-Request-Id": request_id}
        return web.Response(body=b"".join(answers), status=status, headers=headers)

    def _refuse_all(self, lines: Sequence[bytes | None], status: int, code: str, message: str) -> None:
        self.status = max(self.status, status)
        told = {"status": VerdictStatus.REJECTED.value, "code": code, "message": message}
        for line in lines:
            answer = {"identifier": identifier_of(read(line)), **told}
            self._answers.append(orjson.dumps(answer, option=orjson.OPT_APPEND_NEWLINE))


def read(line: bytes | None) -> object:
    """The JSON of a line, or the fault of one that is none."""
    if line is None:
        return Fault(ErrorCode.PARAMETER_INVALID, "The line is too long to be an event.")
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError as error:
        return Fault(ErrorCode.PARAMETER_INVALID, f"The line is not JSON: {error}.")


def _identified(event: object) -> object:
    """The event, or the fault of one without an identifier, whose repetition an idempotency key would not recognize."""
    if not isinstance(event, dict) or event.get("identifier") is not None:
        return event
    message = "An Idempotency-Key says nothing of single events: give each an identifier, under which it counts once."
    return Fault(ErrorCode.PARAMETER_MISSING, message, ("identifier",))


def _line(verdict: Verdict) -> bytes:
    identifier, status, fault, late_for = verdict
    answer: dict[str, Any] = {"identifier": identifier, "status": status.value}
    if fault is not None:
        answer |= {"code": fault.code.name, "message": fault.message, "param": fault.param}
    if late_for is not None:
        answer["late_for"] = {"start": int(late_for.start.timestamp()), "end": int(late_for.end.timestamp())}
    return orjson.dumps(answer, option=orjson.OPT_APPEND_NEWLINE)


def _too_long(bytes_max: int) -> str:
    return f"The body is too long; it may have {bytes_max} bytes. Send the rest in another request."
