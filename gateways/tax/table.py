"""The table of standard rates, read once from the file that is shipped beside this module."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from domain.addresses import Address
from domain.taxes import TaxPlace, TaxType


@dataclass(frozen=True, slots=True)
class Tax:
    """One tax of a country, or of a part of one, with its rates in order of the days from which they are in force."""

    name: str
    type: TaxType
    rates: Sequence[tuple[date, Decimal]]
    source: str

    def percentage(self, on: date) -> Decimal:
        """The rate of that day."""
        in_force = [percentage for since, percentage in self.rates if since <= on]
        return in_force[-1] if in_force else self.rates[0][1]


@dataclass(frozen=True, slots=True)
class State:
    """A part of a country; `federal` says that its tax takes the place of the country's."""

    name: str
    postal_codes: str
    tax: Tax | None
    federal: bool


@dataclass(frozen=True, slots=True)
class Country:
    """A country with its tax, and its parts where those have taxes of their own."""

    name: str
    tax: Tax
    eu: bool
    states: Mapping[str, State]

    def state_of(self, address: Address) -> str | None:
        """The code of the part in which an address lies: by its own or its English name, or else by postal code."""
        said = (address.state or "").strip().casefold()
        for code, state in self.states.items():
            if said in (code.casefold(), state.name.casefold()):
                return code
        first = (address.postal_code or "").strip()[:1].upper()
        return next((code for code, state in self.states.items() if first and first in state.postal_codes), None)


@cache
def countries() -> Mapping[str, Country]:
    """Every country of the table by its code."""
    stored = tomllib.loads(files(__package__).joinpath("standard_rates.toml").read_text(encoding="utf-8"))
    return {code: _country(entry) for code, entry in stored["countries"].items()}


def covers(place: TaxPlace) -> bool:
    """Whether the table knows a tax that is collected there by a registration of its own."""
    country = countries().get(place.country)
    if country is None or place.state is None:
        return country is not None
    state = country.states.get(place.state)
    return state is not None and state.tax is not None and not state.federal


def _country(entry: Mapping[str, Any]) -> Country:
    states = {code: _state(each) for code, each in entry.get("states", {}).items()}
    return Country(entry["name"], _tax(entry), entry.get("eu", False), states)


def _state(entry: Mapping[str, Any]) -> State:
    tax = _tax(entry) if "tax" in entry else None
    return State(entry["name"], entry["postal_codes"], tax, entry.get("federal", False))


def _tax(entry: Mapping[str, Any]) -> Tax:
    rates = [(rate["since"], Decimal(rate["percentage"])) for rate in entry["rates"]]
    return Tax(entry["tax"], TaxType(entry["type"]), rates, entry["source"])
