"""How refusals look: `UserError` in payloads for the caller's domain, coded top-level errors for everything else."""

from enum import StrEnum
from typing import Any

import strawberry
from graphql import GraphQLError

from domain.errors import ErrorCode, ErrorType, Problem
from domain.ids import Prefix
from schema.base import DIRECT, KINDS_BY_PREFIX, Wrapping, column, computed, describe_enum
from schema.refs import PaymentIntentRef

ERRORS_PAGE = "/docs/errors"
"""Where the server shows every code with its meaning; the code is the anchor."""

describe_enum(
    ErrorType,
    "Whose turn it is to do something about a problem.",
    INVALID_REQUEST_ERROR="The request is at fault: change it before sending it again.",
    CARD_ERROR="The card or its bank said no: ask the customer for another way to pay.",
    IDEMPOTENCY_ERROR="The idempotency key is in use or was used for other input.",
    API_ERROR="This server or a network behind it failed: send the request again later.",
)
describe_enum(ErrorCode, "What exactly is wrong; one meaning each. docs/errors.md lists them with advice.")


def _payment_intent(source: Any, info: Any) -> Any:
    """Read beside the object, in the batch of its level. Not `one(…)`: relations stand above errors."""
    key = source.row.payment_intent_id
    return None if key is None else info.context.load.one(KINDS_BY_PREFIX[Prefix.PAYMENT_INTENT]).load(key)


def _doc_url(source: Any, info: Any) -> str:
    problem: Problem = source.row
    return f"{info.context.public_url}{ERRORS_PAGE}#{problem.code.value}"


@strawberry.type(description="Something that the caller can do something about. A payload lists all that were found.")
class UserError(Wrapping):
    """One `Problem` as the API shows it; `row` is the problem."""

    type: ErrorType = column("Whose turn it is.")
    code: ErrorCode = column("What is wrong, for a program.")
    message: str = column("What is wrong and what would be right, for a person.")
    decline_code: str | None = column("The card network's own code, on declined cards.")
    payment_intent: PaymentIntentRef | None = strawberry.field(
        description="The payment that was declined or waits for its customer.", metadata={DIRECT: _payment_intent}
    )

    doc_url: str | None = strawberry.field(
        description="Where this server says more about the code.", metadata={DIRECT: _doc_url}
    )

    @computed("Path of the input field at fault, from the top of `input`.")
    def param(self) -> list[str] | None:
        """None when no single field is at fault."""
        problem: Problem = self.row
        return [camel_case(part) for part in problem.param] or None


class RequestCode(StrEnum):
    """Codes of top-level errors, in `extensions.code`."""

    BAD_REQUEST = "BAD_REQUEST"
    GRAPHQL_PARSE_FAILED = "GRAPHQL_PARSE_FAILED"
    GRAPHQL_VALIDATION_FAILED = "GRAPHQL_VALIDATION_FAILED"
    UNAUTHENTICATED = "UNAUTHENTICATED"
    FORBIDDEN = "FORBIDDEN"
    RATE_LIMITED = "RATE_LIMITED"
    COST_LIMIT_EXCEEDED = "COST_LIMIT_EXCEEDED"
    INTERNAL = "INTERNAL"


class CodedError(GraphQLError):
    """A top-level error that is meant for the caller: it is never masked."""

    code = RequestCode.BAD_REQUEST

    def __init__(self, message: str, **extensions: Any) -> None:
        super().__init__(message, extensions={"code": self.code.value, **extensions})


class BadRequest(CodedError):
    """An argument is outside what the schema can express: a page size, a cursor."""


class Forbidden(CodedError):
    """The key may not do this."""

    code = RequestCode.FORBIDDEN


class RateLimited(CodedError):
    """The key has used up its budget for now."""

    code = RequestCode.RATE_LIMITED


class CostLimitExceeded(CodedError):
    """One request asks for more than any request may."""

    code = RequestCode.COST_LIMIT_EXCEEDED


def camel_case(name: str) -> str:
    """`unit_amount` → `unitAmount`; names that are camelCase already stay."""
    head, *rest = name.split("_")
    return head + "".join(part[:1].upper() + part[1:] for part in rest)
