"""Whose turn it is when something is wrong."""

from enum import StrEnum


class ErrorType(StrEnum):
    """The kind of a problem: whose turn it is to do something about it."""

    INVALID_REQUEST_ERROR = "invalid_request_error"
    CARD_ERROR = "card_error"
    IDEMPOTENCY_ERROR = "idempotency_error"
    API_ERROR = "api_error"
