"""The reference of errors, `docs/errors.md`, written from the catalogues in the code: `prorata schema --errors`."""

from collections.abc import Iterable
from itertools import groupby
from textwrap import fill
from typing import Final, NamedTuple

from domain.errors import ErrorCode, ErrorEntry, ErrorType, error_catalogue
from gateways.sandbox.declines import DeclineCode, declined
from schema.errors import RequestCode

_INTRODUCTION: Final = """\
# Errors

There are two places for errors. What a caller can do something about stands in the `userErrors` of a mutation's
payload; an empty list means that the mutation did what it says. What concerns the request as a whole, or a query,
stands in the top-level `errors` of the answer.

A user error has a `type` (whose turn it is), a `code` (for a program), a `message` (for a person), a `param` (the path
of the input field at fault, from the top of `input`), a `declineCode` on declined cards, the `paymentIntent` of a
payment that failed, and a `docUrl` that leads to its code on this page. All problems of an input are reported together.

A refused mutation changes nothing. A payment that is declined is not refused: it was attempted, and that is a fact. The
charge, the new status and the events are kept, and the payload carries both the object and a user error of the type
`CARD_ERROR`. Two answers to a decline have no object: a card that cannot be attached stays unattached, and
`subscriptionCreate` with `ERROR_IF_INCOMPLETE` keeps the charge without a subscription.

Codes are Stripe's, in upper case, where Stripe has one for the case. Each has one meaning. This page is generated:
`prorata schema --errors > docs/errors.md`.
"""
_REQUEST_CODES: Final = """\
## Errors of the request

These stand in the top-level `errors`, with the code in `extensions.code` and the id of the request in
`extensions.requestId`. The same id is in the header `X-Request-Id` and in the server's log. A client may choose it by
sending that header with 8 to 40 letters, digits, dots, dashes or underscores.

An error without a `path` means that nothing was executed. An error with a `path` belongs to one field; the other fields
of the document were executed, and earlier mutations of the same document stand.

A document that cannot be executed is answered with the status 400 to clients that accept
`application/graphql-response+json`, and with 200 to all others, which take any other status for a broken connection.
"""
_DECLINE_CODES: Final = """\
## Decline codes

`declineCode` says why the issuer refused, in Stripe's words. The sandbox knows these; `null` means that the issuer was
never asked. The advice is the network's, as `outcome.adviceCode` of the charge has it. A card that is blocked as too
risky declines with `fraudulent`. The page of [sandbox cards](guides/sandbox-cards.md) says how to cause each of them.
"""

LINE_LENGTH: Final = 120


class RequestEntry(NamedTuple):
    """What is said of one code of a top-level error."""

    status: str
    description: str
    advice: str


REQUEST_ERRORS: Final = {
    RequestCode.BAD_REQUEST: RequestEntry(
        "400, 405, 408, 413, 415, or 200 with a path",
        "The HTTP request cannot be read, or an argument of a query lies outside its range. "
        "Where rules of the domain were broken, `extensions.problems` has their codes, those of user errors below.",
        "The message says what would be right.",
    ),
    RequestCode.GRAPHQL_PARSE_FAILED: RequestEntry(
        "400 or 200", "The document is not GraphQL, or has too many tokens.", "Look at the place in `locations`."
    ),
    RequestCode.GRAPHQL_VALIDATION_FAILED: RequestEntry(
        "400 or 200",
        "The document does not fit the schema or its variables, or is too deep or too long.",
        "Compare it with `/schema.graphql`; split a document that is too large.",
    ),
    RequestCode.UNAUTHENTICATED: RequestEntry(
        "401",
        "No API key was sent, or the key is unknown, revoked or expired. Nothing of the body was read.",
        "Send the key as `Authorization: Bearer sk_test_…`, or as the user name of HTTP Basic.",
    ),
    RequestCode.FORBIDDEN: RequestEntry(
        "403, or 200 with a path",
        "The key is valid and may not use this field, read what the answer of a mutation would show, or act for the "
        "account in `Stripe-Account`. A mutation that is refused has changed nothing.",
        "The message names the grant that a restricted key would need.",
    ),
    RequestCode.RATE_LIMITED: RequestEntry(
        "429",
        "The key has used up its budget of cost for the current window.",
        "Wait for the seconds in `Retry-After` and in `extensions.retryAfterSeconds`, then send the request again.",
    ),
    RequestCode.COST_LIMIT_EXCEEDED: RequestEntry(
        "400 or 200",
        "The document would cost more than any one request may; `extensions` has `cost` and `costMax`.",
        "Ask for shorter pages or fewer levels. `extensions.cost` of every answer tells what a request cost.",
    ),
    RequestCode.INTERNAL: RequestEntry(
        "200 with a path, or 500",
        "Something failed that should not. The reason is in the server's log only.",
        "Send a mutation again under the same idempotency key; report the request id to whoever runs the server.",
    ),
}

_TYPES: Final = {
    ErrorType.INVALID_REQUEST_ERROR: "The request is at fault: change it before sending it again.",
    ErrorType.CARD_ERROR: "The card or its bank said no: ask the customer for another way to pay.",
    ErrorType.IDEMPOTENCY_ERROR: "The idempotency key is in use, or was used for other input.",
    ErrorType.API_ERROR: "This server or a network behind it failed: send the request again later.",
}


def error_reference() -> str:
    """The whole page in Markdown, ending with a line break. The anchor of a code is the code in lower case."""
    of_type = sorted(error_catalogue(), key=lambda entry: list(ErrorType.__members__).index(entry.type))
    groups = [_group(ErrorType[name], entries) for name, entries in groupby(of_type, key=lambda entry: entry.type)]
    return "\n".join([_INTRODUCTION, _REQUEST_CODES, _request_table(), *groups, _DECLINE_CODES, _decline_table()])


def _request_table() -> str:
    lines = ["| Code | Status | What it means | What to do |", "|---|---|---|---|"]
    lines += [
        f"| `{code}` | {entry.status} | {entry.description} | {entry.advice} |"
        for code, entry in REQUEST_ERRORS.items()
    ]
    return "\n".join([*lines, ""])


def _group(type_: ErrorType, entries: Iterable[ErrorEntry]) -> str:
    lines = [f"## User errors of type {type_.name}", "", _TYPES[type_], ""]
    for entry in entries:
        lines += [f"### {entry.code}", "", fill(f"{entry.description} {entry.advice}", LINE_LENGTH), ""]
    return "\n".join(lines)


def _decline_table() -> str:
    lines = ["| Decline code | Error code | Message | Advice |", "|---|---|---|---|"]
    for code in DeclineCode:
        refusal = declined(code)
        advice = f"`{refusal.advice.name}`" if refusal.advice else ""
        lines.append(f"| `{code}` | {_link(refusal.code)} | {refusal.message} | {advice} |")
    return "\n".join([*lines, ""])


def _link(code: ErrorCode) -> str:
    return f"[{code.name}](#{code.value})"
