"""The error codes as a table, for the page about them and for the API."""

from typing import NamedTuple

from domain.error_codes import ErrorCode


class ErrorEntry(NamedTuple):
    """One row of the error catalogue."""

    code: str
    type: str
    description: str
    advice: str


def error_catalogue() -> tuple[ErrorEntry, ...]:
    """Every error code in the order of the catalogue, code and type in the upper case of the API."""
    return tuple(ErrorEntry(code.name, code.type.name, code.description, code.advice) for code in ErrorCode)
