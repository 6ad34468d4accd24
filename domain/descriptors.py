"""The statement descriptor: what a customer reads beside a charge on the card statement (spec 01, Catalogue)."""

from typing import Final

from domain.errors import DomainError, ErrorCode
from domain.texts import required_text

DESCRIPTOR_LENGTH_MAX: Final = 22
FORBIDDEN: Final = "<>\\'\"*"


def statement_descriptor(text: str, param: str | tuple[str, ...] = "statementDescriptor") -> str:
    r"""What the card statement will say: at most 22 characters, a letter among them, none of `< > \ ' " *`."""
    descriptor = required_text(text, DESCRIPTOR_LENGTH_MAX, param)
    forbidden = [each for each in FORBIDDEN if each in descriptor]
    if forbidden:
        raise DomainError(
            ErrorCode.INVALID_CHARACTERS,
            f"'{descriptor}' has {' '.join(forbidden)} in it; a statement descriptor may have none of"
            f" {' '.join(FORBIDDEN)}.",
            param,
        )
    if not descriptor.isprintable():
        raise DomainError(
            ErrorCode.INVALID_CHARACTERS,
            f"{descriptor!r} has characters in it that cannot be printed, such as a line break; a statement descriptor"
            " is one plain line.",
            param,
        )
    if not any(each.isalpha() for each in descriptor):
        raise DomainError(
            ErrorCode.PARAMETER_INVALID,
            f"'{descriptor}' has no letter in it; a statement descriptor needs at least one.",
            param,
        )
    return descriptor
