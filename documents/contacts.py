"""Sellers and customers on paper: their names, addresses in the order of their country, tax numbers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from babel.core import Locale

from documents.letters import Party
from domain.addresses import Address

_CITY_FIRST: Final = frozenset(("US", "CA", "AU", "NZ", "GB", "IE", "IN", "TH", "SG", "HK", "PH", "ZA"))
"""Where the postal code stands behind the city and the state."""
_LARGEST_FIRST: Final = frozenset(("JP", "CN", "KR", "TW"))
"""Where an address begins with the postal code and ends with the house."""


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody as a paper names them. A tax number is its type, as the API has it, and the number itself."""

    name: str | None = None
    email: str | None = None
    phone: str | None = None
    address: Address | None = None
    tax_ids: Sequence[tuple[str, str]] = ()


def party_of(contact: Contact, role: str | None, locale: Locale) -> Party:
    """The contact as a party of a letter; the country's name is in the letter's language."""
    lines = [] if contact.address is None else list(_postal_lines(contact.address, locale))
    lines += [text for text in (contact.email, contact.phone) if text]
    lines += [f"{kind.replace('_', ' ').upper()} {value}" for kind, value in contact.tax_ids]
    return Party(role, contact.name, lines)


def _postal_lines(address: Address, locale: Locale) -> Iterator[str]:
    city, state, code = address.city, address.state, address.postal_code
    streets = [address.line1, address.line2]
    parts: list[str | None]
    if address.country in _LARGEST_FIRST:
        parts = [code, _joined("" if locale.language == "ja" else " ", state, city), *streets]
    elif address.country in _CITY_FIRST:
        parts = [*streets, _joined(", ", city, _joined(" ", state, code))]
    else:
        parts = [*streets, _joined(" ", code, city), state]
    yield from (part for part in parts if part)
    if address.country is not None:
        yield str(locale.territories.get(address.country, address.country))


def _joined(blank: str, *parts: str | None) -> str:
    return blank.join(part for part in parts if part)
