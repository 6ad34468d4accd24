"""Postal addresses and their countries."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from typing import Final

from babel.core import Locale

from domain.errors import DomainError, ErrorCode, Problems

PART_LENGTH_MAX: Final = 200

# Babel's two-letter territories that ISO 3166-1 does not assign to a country: groups, tests, and parts of countries.
_NO_COUNTRIES: Final = frozenset(("AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"))


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address, as far as it is known; `country` is an upper-case ISO 3166-1 code of two letters."""

    line1: str | None = None
    line2: str | None = None
    city: str | None = None
    state: str | None = None
    postal_code: str | None = None
    country: str | None = None

    def as_json(self) -> dict[str, str]:
        """The parts that are known, for a JSON column."""
        return {name: value for name in ADDRESS_PARTS if (value := getattr(self, name)) is not None}

    @classmethod
    def from_json(cls, stored: Mapping[str, str]) -> "Address":
        """The address that `as_json` gave."""
        return cls(**{name: stored[name] for name in ADDRESS_PARTS if name in stored})


ADDRESS_PARTS: Final = tuple(each.name for each in fields(Address))


def validated_address(address: Address, param: tuple[str, ...] = ("address",)) -> Address:
    """The address with blank parts left out and the country in upper case. Reports all problems together."""
    problems = Problems()
    parts: dict[str, str] = {}
    for name, value in ((name, (getattr(address, name) or "").strip()) for name in ADDRESS_PARTS):
        if len(value) > PART_LENGTH_MAX:
            problems.add(
                ErrorCode.PARAMETER_STRING_TOO_LONG,
                f"The text has {len(value)} characters; it may have {PART_LENGTH_MAX}.",
                *param,
                _camel_case(name),
            )
        elif value:
            parts[name] = value
    if "country" in parts:
        try:
            parts["country"] = country_of(parts["country"])
        except DomainError as error:
            problems.add_from(error, *param)
    problems.raise_any()
    return Address(**parts)


def country_of(text: str, param: str | tuple[str, ...] = "country") -> str:
    """The upper-case ISO 3166-1 code that a text in any case gives; Kosovo's XK is taken too."""
    country = text.strip().upper()
    if country not in countries():
        raise DomainError(
            ErrorCode.COUNTRY_CODE_INVALID,
            f"'{text}' is not a country; it would have to be a two-letter ISO 3166-1 code such as DE, BR or US.",
            param,
        )
    return country


@cache
def countries() -> frozenset[str]:
    """The codes of all countries."""
    territories: Mapping[str, str] = Locale("en").territories
    return frozenset(code for code in territories if len(code) == 2 and code.isalpha()) - _NO_COUNTRIES


def _camel_case(name: str) -> str:
    """The name of a part as the API writes it."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
