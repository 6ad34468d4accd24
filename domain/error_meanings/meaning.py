"""What a code says beyond its name."""

from typing import Final, NamedTuple

from domain.error_types import ErrorType

INVALID: Final = ErrorType.INVALID_REQUEST_ERROR
CARD: Final = ErrorType.CARD_ERROR
IDEMPOTENCY: Final = ErrorType.IDEMPOTENCY_ERROR
API: Final = ErrorType.API_ERROR


class Meaning(NamedTuple):
    """The type of an error code, its one meaning and the advice that goes with it."""

    type: ErrorType
    description: str
    advice: str
