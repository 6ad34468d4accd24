"""What a calculator of tax is asked, and what it answers."""

from collections.abc import Set
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol

from domain.addresses import Address
from domain.reckoning import TaxabilityReason
from domain.taxes import AutomaticTaxStatus, TaxPlace, TaxType


@dataclass(frozen=True, slots=True)
class TaxQuestion:
    """Who sells to whom, and where the seller collects tax on that day."""

    seller_country: str
    address: Address
    registrations: frozenset[TaxPlace]
    on: date
    livemode: bool
    vat_countries: Set[str] = frozenset()
    """The countries of the customer's EU VAT numbers, whose form and check digits are right."""


@dataclass(frozen=True, slots=True)
class Levy:
    """One tax that is asked for, or that is told not to be: then its percentage is 0 and `reason` says why."""

    percentage: Decimal
    name: str
    place: TaxPlace
    jurisdiction: str
    type: TaxType | None = None
    reason: TaxabilityReason = TaxabilityReason.STANDARD_RATED


@dataclass(frozen=True, slots=True)
class Assessed:
    """The answer of a calculator; without COMPLETE there are no levies."""

    status: AutomaticTaxStatus
    levies: tuple[Levy, ...] = ()


class TaxCalculator(Protocol):
    """Answers from what is at hand: it is asked within transactions, for each customer of a group, and never waits.

    One whose facts are elsewhere keeps a copy of them, and answers FAILED while that is of no use.
    """

    @property
    def name(self) -> str:
        """A word of its own, kept with the tax rates that are made of its levies."""

    def covers(self, place: TaxPlace) -> bool:
        """Whether a registration there is of use."""

    def assess(self, question: TaxQuestion) -> Assessed:
        """What is asked for of this customer. Raises nothing."""
