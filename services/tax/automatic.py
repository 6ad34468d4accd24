"""Automatic tax: what is asked for of customers by where they are, in sets."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.addresses import Address
from domain.event_types import EventType
from domain.ids import Prefix
from domain.kinds import TaxBehavior
from domain.money import unit_amount_text
from domain.reckoning import TaxRule
from domain.tax_ids import TaxIdType
from domain.taxes import AutomaticTaxStatus, PriceTaxDefault, RegistrationStatus, TaxPlace, registration_status
from gateways.tax import Levy, TaxQuestion
from models import Account, Customer, CustomerTaxId, Price, TaxRate, TaxRegistration
from services.base import Service, part
from services.events import Events
from services.rows import fetch_by, insert_rows
from services.settings import Settings
from services.tax.assessment import Assessment
from services.transactions import current_unit


@dataclass(frozen=True, slots=True)
class Assessable:
    """A bill whose tax is to be worked out: who pays it, when, in what, and the price of each line if it has one.

    Lines that waited with tax rates of their own are taxed by those.
    """

    customer_id: str
    at: datetime
    currency: str
    price_ids: Sequence[str | None]
    own_rates: Sequence[Sequence[str]]
    liable_id: str | None = None
    """The account that owes the tax; None is the one that charges."""


@dataclass(frozen=True, slots=True)
class AssessedBill:
    """How far tax could be worked out, and by which rules each line is taxed; none but its own unless COMPLETE."""

    status: AutomaticTaxStatus
    rules: Sequence[Sequence[TaxRule]]


@dataclass(frozen=True, slots=True)
class _Asked:
    """One tax on amounts that have it in them already, or not."""

    levy: Levy
    inclusive: bool


class AutomaticTax(Service):
    """Asks the calculator, and makes tax rates of its answers."""

    events = part(Events)
    settings = part(Settings)
    assessment = part(Assessment)

    async def assessed(self, bills: Sequence[Assessable]) -> list[AssessedBill]:
        """What each bill is taxed by, in order; rates that are not there yet are made.

        Event `tax_rate.created` for each of those. Outside a transaction nothing is written, and such a rate has an id
        alone.
        """
        if not bills:
            return []
        customers = {row.id: row for row in await self.gather(Customer, "id", {bill.customer_id for bill in bills})}
        questions = await self._questions(bills, customers)
        answers = [self.scope.gateways.tax.assess(question) for question in questions]
        inclusive = await self._inclusive(bills)
        asked = {
            _Asked(levy, within)
            for answer, lines in zip(answers, inclusive, strict=True)
            for levy in answer.levies
            for within in set(lines)
        }
        rules = await self._rules(asked)
        own = await self.assessment.rules({each for bill in bills for line in bill.own_rates for each in line})
        return [
            AssessedBill(
                answer.status,
                [
                    [own[each] for each in rates] or [rules[_Asked(levy, within)] for levy in answer.levies]
                    for within, rates in zip(lines, bill.own_rates, strict=True)
                ],
            )
            for bill, answer, lines in zip(bills, answers, inclusive, strict=True)
        ]

    async def status_of(self, customer: Customer, at: datetime, liable_id: str | None = None) -> AutomaticTaxStatus:
        """How far the tax of a customer could be worked out now. Nothing is written."""
        wanted = Assessable(customer.id, at, "", (), (), liable_id)
        [question] = await self._questions([wanted], {customer.id: customer})
        return self.scope.gateways.tax.assess(question).status

    async def _questions(self, bills: Sequence[Assessable], customers: Mapping[str, Customer]) -> list[TaxQuestion]:
        own = self.scope.account_id
        sellers = {bill.liable_id or own for bill in bills}
        countries = {each.id: each.country for each in await fetch_by(Account, "id", sellers)}
        registrations: dict[str, list[TaxRegistration]] = {each: [] for each in sellers}
        for registered in await fetch_by(TaxRegistration, "account_id", sellers, livemode=self.scope.livemode):
            registrations[registered.account_id].append(registered)
        numbers: dict[str, set[str]] = {}
        for row in await self.gather(CustomerTaxId, "customer_id", customers, type=TaxIdType.EU_VAT):
            if row.country is not None:
                numbers.setdefault(row.customer_id, set()).add(row.country)
        return [
            TaxQuestion(
                seller_country=countries[bill.liable_id or own],
                address=_address_of(customers[bill.customer_id]),
                registrations=_in_force(registrations[bill.liable_id or own], bill.at),
                on=bill.at.date(),
                livemode=self.scope.livemode,
                vat_countries=numbers.get(bill.customer_id, set()),
            )
            for bill in bills
        ]

    async def _inclusive(self, bills: Sequence[Assessable]) -> list[list[bool]]:
        """For each line of each bill whether tax is in its amount already."""
        default = (await self.settings.current()).default_tax_behavior
        wanted = {price_id for bill in bills for price_id in bill.price_ids}
        prices = await self.gather(Price, "id", wanted)
        known = {row.id: row for row in prices}
        return [
            [_is_inclusive(known.get(price_id or ""), bill.currency, default) for price_id in bill.price_ids]
            for bill in bills
        ]

    async def _rules(self, asked: Iterable[_Asked]) -> dict[_Asked, TaxRule]:
        """The tax rates of these as rules, made where there are none yet."""
        by_origin = {self._origin(each): each for each in asked}
        rows = {row.origin: row for row in await self.gather(TaxRate, "origin", by_origin)}
        missing = [self._made(each, origin) for origin, each in by_origin.items() if origin not in rows]
        if missing and current_unit() is not None:
            await insert_rows(missing, ignore_conflicts=True)
            found = await self.gather(TaxRate, "origin", [row.origin for row in missing])
            made = {row.id for row in missing}
            for row in found:
                if row.id in made:  # and not by somebody else at the same time
                    self.events.record(EventType.TAX_RATE_CREATED, row, at=row.created_at)
            missing = found
        rows |= {row.origin: row for row in missing}
        return {
            each: TaxRule(rows[origin].id, each.levy.percentage, each.inclusive, each.levy.reason)
            for origin, each in by_origin.items()
        }

    def _origin(self, asked: _Asked) -> str:
        levy = asked.levy
        behavior = TaxBehavior.INCLUSIVE if asked.inclusive else TaxBehavior.EXCLUSIVE
        kind = "" if levy.type is None else levy.type.value
        calculator = self.scope.gateways.tax.name
        return f"{calculator}:{levy.place}:{kind}:{unit_amount_text(levy.percentage)}:{behavior.value}"

    def _made(self, asked: _Asked, origin: str) -> TaxRate:
        levy = asked.levy
        return TaxRate.made(
            id=self.new_id(Prefix.TAX_RATE),
            created_at=self.scope.clock.now(),
            display_name=levy.name,
            jurisdiction=levy.jurisdiction,
            country=levy.place.country,
            state=levy.place.state,
            tax_type=levy.type,
            percentage=unit_amount_text(levy.percentage),
            inclusive=asked.inclusive,
            active=False,
            origin=origin,
            **self.ownership(),
        )


def _is_inclusive(price: Price | None, currency: str, default: PriceTaxDefault) -> bool:
    """Whether tax is in an amount: each currency of a price says it for itself, else the account does."""
    said: str | None = None
    if price is not None:
        other = price.currency_options.get(currency, {}).get("tax_behavior")
        said = price.tax_behavior if currency == price.currency else other
    if said is None or said == TaxBehavior.UNSPECIFIED:
        return default.is_inclusive(currency)
    return said == TaxBehavior.INCLUSIVE


def _address_of(customer: Customer) -> Address:
    """Where the customer is for tax: where goods go to, where that has a country, else their own address."""
    shipping = (customer.shipping or {}).get("address") or {}
    return Address.from_json(shipping if shipping.get("country") else customer.address or {})


def _in_force(registrations: Iterable[TaxRegistration], at: datetime) -> frozenset[TaxPlace]:
    return frozenset(
        TaxPlace(row.country, row.state)
        for row in registrations
        if registration_status(row.active_from, row.expires_at, at) is RegistrationStatus.ACTIVE
    )
