"""The calculator that comes along: the standard rate of the customer's country, from a table.

not registered there                          nothing, NOT_COLLECTING; NOT_SUPPORTED where the table knows no tax
a VAT number of another country of the EU     nothing, REVERSE_CHARGE
otherwise                                     the country's tax, and that of its part where one is registered
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from domain.reckoning import TaxabilityReason
from domain.taxes import AutomaticTaxStatus, TaxPlace
from gateways.tax.protocol import Assessed, Levy, TaxQuestion
from gateways.tax.table import Country, State, Tax, countries, covers

FAILING_LINE: Final = "tax_calculation_fails"
"""In test mode, a first line of an address that makes the calculation fail."""


class EmbeddedCalculator:
    """Works tax out by the table of standard rates."""

    name = "embedded"

    def covers(self, place: TaxPlace) -> bool:
        """Whether the table knows a tax that is collected there by a registration of its own."""
        return covers(place)

    def assess(self, question: TaxQuestion) -> Assessed:
        """What is asked for of this customer."""
        address = question.address
        if address.line1 == FAILING_LINE and not question.livemode:
            return Assessed(AutomaticTaxStatus.FAILED)
        if address.country is None:
            return Assessed(AutomaticTaxStatus.REQUIRES_LOCATION_INPUTS)
        country = countries().get(address.country)
        if country is None:
            place = TaxPlace(address.country)
            return _nothing(place, place.country, None, TaxabilityReason.NOT_SUPPORTED)
        state = country.state_of(address)
        if country.states and state is None:
            return Assessed(AutomaticTaxStatus.REQUIRES_LOCATION_INPUTS)
        place = TaxPlace(address.country, state)
        if _is_reverse_charged(question, country):
            return _nothing(place, country.name, country.tax, TaxabilityReason.REVERSE_CHARGE)
        levies = tuple(_levies(question, place, country))
        if not levies:
            return _nothing(place, country.name, country.tax, TaxabilityReason.NOT_COLLECTING)
        return Assessed(AutomaticTaxStatus.COMPLETE, levies)


def _is_reverse_charged(question: TaxQuestion, country: Country) -> bool:
    """Between businesses of two countries of the EU the customer accounts for the tax (Directive 2006/112/EC, 196)."""
    table, home = countries(), question.seller_country
    abroad = country.eu and question.address.country != home
    registered = any(table[each.country].eu for each in question.registrations if each.country in table)
    numbers = {each for each in question.vat_countries if each in table and table[each].eu}
    return abroad and registered and bool(numbers - {home})


def _levies(question: TaxQuestion, place: TaxPlace, country: Country) -> Iterator[Levy]:
    """The taxes of the place that the seller collects."""
    state = None if place.state is None else country.states[place.state]
    whole = TaxPlace(place.country)
    if whole in question.registrations:
        if state is not None and state.tax is not None and state.federal:
            yield _levy(state.tax, place, state, question)
        else:
            yield _levy(country.tax, whole, country, question)
    if state is not None and state.tax is not None and not state.federal and place in question.registrations:
        yield _levy(state.tax, place, state, question)


def _levy(tax: Tax, place: TaxPlace, whose: Country | State, question: TaxQuestion) -> Levy:
    return Levy(tax.percentage(question.on), tax.name, place, whose.name, tax.type)


def _nothing(place: TaxPlace, jurisdiction: str, tax: Tax | None, reason: TaxabilityReason) -> Assessed:
    name, kind = ("Tax", None) if tax is None else (tax.name, tax.type)
    levy = Levy(Decimal(0), name, TaxPlace(place.country), jurisdiction, kind, reason)
    return Assessed(AutomaticTaxStatus.COMPLETE, (levy,))
