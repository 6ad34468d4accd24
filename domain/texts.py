"""Texts that callers send: their length, and those with a form of their own (e-mail addresses, URLs)."""

import re
from typing import Final
from urllib.parse import urlsplit

from domain.errors import DomainError, ErrorCode

EMAIL_LENGTH_MAX: Final = 512
URL_LENGTH_MAX: Final = 2048

# Only mail can tell whether an address exists; this refuses what cannot be one.
_EMAIL = re.compile(r"[^\s@<>()\[\],;:\\\"]+@[^\s@<>()\[\],;:\\\"]+\.[^\s@<>()\[\],;:\\\".]+")

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029]")


def text_within(text: str, length_max: int, param: str | tuple[str, ...]) -> str:
    """The text itself, when it is no longer than `length_max` characters and can be shown.

    Line breaks and tabs are welcome; other control characters would garble pages, documents and exports.
    """
    garbling = _CONTROL.search(text)
    if garbling is not None:
        raise DomainError(
            ErrorCode.INVALID_CHARACTERS,
            f"The text holds the control character U+{ord(garbling[0]):04X}, which cannot be shown; leave it out.",
            param,
        )
    if len(text) > length_max:
        raise DomainError(
            ErrorCode.PARAMETER_STRING_TOO_LONG,
            f"The text has {len(text)} characters; it may have {length_max}.",
            param,
        )
    return text


def required_text(text: str, length_max: int, param: str | tuple[str, ...]) -> str:
    """The text without surrounding blanks, which says something and is no longer than `length_max` characters."""
    stripped = text.strip()
    if not stripped:
        raise DomainError(
            ErrorCode.PARAMETER_INVALID_STRING_EMPTY, "The text is empty; it would have to say something.", param
        )
    return text_within(stripped, length_max, param)


def email_of(text: str, param: str | tuple[str, ...] = "email") -> str:
    """The e-mail address, as it was written but for surrounding blanks."""
    email = text.strip()
    if len(email) > EMAIL_LENGTH_MAX or not _EMAIL.fullmatch(email):
        raise DomainError(
            ErrorCode.EMAIL_INVALID,
            f"'{text}' is not an e-mail address; it would have to look like jenny@example.com.",
            param,
        )
    return email


def url_of(text: str, param: str | tuple[str, ...] = "url") -> str:
    """The absolute http or https URL."""
    url = text.strip()
    if len(url) > URL_LENGTH_MAX or not _is_absolute(url):
        raise DomainError(
            ErrorCode.URL_INVALID,
            f"'{url[:100]}' is not a URL; it would have to be absolute, such as https://example.com/a.png.",
            param,
        )
    return url


def _is_absolute(url: str) -> bool:
    if any(each.isspace() for each in url):
        return False
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:  # such as an unclosed bracket around an IPv6 address
        return False
