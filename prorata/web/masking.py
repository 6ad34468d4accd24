"""What the caller is told of an error: everything about the request, nothing about us but the request id."""

import logging
from collections.abc import Iterable
from typing import Any

from graphql import GraphQLError
from strawberry.exceptions import StrawberryInputCoercionError

from domain.errors import DomainError
from schema.errors import CodedError, RequestCode

_log = logging.getLogger(__name__)

UNEXPECTED = "Something went wrong on this server. The request id leads to the reason in its log."


def shown(errors: Iterable[GraphQLError], request_id: str) -> list[dict[str, Any]]:
    """The errors as the answer carries them, each with a code and the request id."""
    return [_shown(error, request_id) for error in errors]


def internal(error: BaseException, request_id: str) -> dict[str, Any]:
    """An error that nobody expected, written to the log."""
    _log.error("Request %s failed", request_id, exc_info=error)
    return {"message": UNEXPECTED, "extensions": {"code": RequestCode.INTERNAL.value, "requestId": request_id}}


def _shown(error: GraphQLError, request_id: str) -> dict[str, Any]:
    code, message = _verdict(error)
    if code is RequestCode.INTERNAL:
        told = internal(error.original_error or error, request_id)
    else:
        told = {"message": message, "extensions": {**_details(error), "code": code.value, "requestId": request_id}}
    if error.locations:
        told["locations"] = [{"line": place.line, "column": place.column} for place in error.locations]
    if error.path is not None:
        told["path"] = error.path
    return told


def _verdict(error: GraphQLError) -> tuple[RequestCode, str]:
    cause = error.original_error
    if error.extensions and "code" in error.extensions:
        return RequestCode(error.extensions["code"]), error.message
    if isinstance(cause, DomainError):
        return RequestCode.BAD_REQUEST, str(cause)
    if isinstance(cause, StrawberryInputCoercionError):
        return RequestCode.GRAPHQL_VALIDATION_FAILED, str(cause)
    # graphql-core points at the argument that it cannot take; what fails on the way out has no place in the document.
    own_fault = error.path is not None and not (isinstance(cause, GraphQLError) and cause.nodes)
    if own_fault or (cause is not None and not isinstance(cause, GraphQLError)):
        return RequestCode.INTERNAL, UNEXPECTED
    return RequestCode.GRAPHQL_VALIDATION_FAILED, error.message


def _details(error: GraphQLError) -> dict[str, Any]:
    cause = error.original_error
    if isinstance(cause, DomainError):
        return {"problems": [{"code": each.code.name, "message": each.message} for each in cause.problems]}
    return dict(error.extensions or {}) if isinstance(cause or error, CodedError) else {}
