"""Drafting invoices: lines with their amounts, how those came about, and what remains to be paid.

A draft is the same whether it is written or only shown. Every line carries its `Calculation`, so that it can explain
itself long after its price is gone.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from domain.calculations import TRIAL, Calculation, calculation_of, shared
from domain.currencies import CHARGE_AMOUNT_MAX, format_minor, minimum_charge_of
from domain.drawing import CreditAmount
from domain.errors import DomainError, ErrorCode
from domain.periods import Recurrence, Share
from domain.pricing import Quantity, Rates, quantity_text
from domain.reckoning import DiscountAmount, Reckoned, TaxAmount
from domain.taxes import AutomaticTaxStatus

INVOICE_PREFIX_LENGTH: Final = 10
_FREE: Final = Rates(Decimal(0))


@dataclass(frozen=True, slots=True)
class PriceFacts:
    """What drafting needs to know of a price: its `rates` are in minor units of `currency`.

    `options` are those in other currencies. Where the customer chooses the amount, only what was `agreed` upon is
    billed.
    """

    price_id: str
    product_id: str
    product_name: str
    currency: str
    rates: Rates
    recurrence: Recurrence | None
    unit_label: str | None = None
    options: tuple[tuple[str, Rates], ...] = ()
    meter_id: str | None = None
    """What counts its usage; None where a quantity is billed."""

    def agreed(self, currency: str, unit_amount: int | None) -> "PriceFacts":
        """The price as it is billed in this currency, with the amount that the customer chose where they may."""
        rates = self.rates if currency == self.currency else dict(self.options)[currency]
        if rates.is_chosen:
            assert unit_amount is not None, f"no amount was agreed upon for price {self.price_id}"
            rates = Rates(Decimal(unit_amount))
        return self if rates is self.rates else replace(self, currency=currency, rates=rates)


@dataclass(frozen=True, slots=True)
class BilledItem:
    """One subscription item to be billed for the time from `period_start` up to `period_end`.

    `share` tells how much of a full period that is, None for a full one.
    """

    subscription_item_id: str
    price: PriceFacts
    quantity: int
    period_start: datetime
    period_end: datetime
    share: Share | None = None
    discounts: tuple[str, ...] = ()
    """Ids of its own discounts, in order."""
    tax_rates: tuple[str, ...] = ()
    """Ids of its own tax rates."""


@dataclass(frozen=True, slots=True)
class LineDraft:
    """One line of an invoice before it has an id; amounts in minor units of `currency`.

    `unit_amount` is None where no single one led to the amount, as with tiers.
    `invoice_item_id` is the pending item that the line was made of; one that was made by hand names no price.
    """

    description: str
    amount: int
    currency: str
    quantity: int
    unit_amount: Decimal | None
    price_id: str | None
    product_id: str | None
    subscription_item_id: str | None
    period_start: datetime
    period_end: datetime
    calculation: Calculation
    proration: bool = False
    invoice_item_id: str | None = None
    metadata: Mapping[str, str] | None = None
    discountable: bool = True
    discounts: tuple[str, ...] = ()
    tax_rates: tuple[str, ...] = ()
    taxed_as: tuple[Mapping[str, Any], ...] | None = None
    """How what it gives back was taxed, as lines keep their taxes; None for the rates now in force."""
    discount_amounts: tuple[DiscountAmount, ...] = ()
    taxes: tuple[TaxAmount, ...] = ()
    usage_period_id: str | None = None
    """The time whose usage the line bills, where that is still counted."""
    credits: tuple[CreditAmount, ...] = ()
    """What prepaid credit would pay of it, where that is foreseen."""


@dataclass(frozen=True, slots=True)
class InvoiceDraft:
    """The lines of an invoice and their sums.

    `discounts` and `default_tax_rates` are the ids of what applies to all lines; None is for what its subscription or
    customer has. Once it is `reckoned`, the lines have their discounts and tax, and so have the sums.
    """

    currency: str
    lines: tuple[LineDraft, ...]
    subtotal: int
    total: int
    discounts: tuple[str, ...] | None = None
    default_tax_rates: tuple[str, ...] | None = None
    total_excluding_tax: int = 0
    total_discount_amounts: tuple[DiscountAmount, ...] = ()
    total_taxes: tuple[TaxAmount, ...] = ()
    credits: tuple[CreditAmount, ...] = ()
    is_reckoned: bool = False
    automatic_tax: bool | None = None
    """Whether tax is worked out from where the customer is; None as its subscription says."""
    automatic_tax_status: AutomaticTaxStatus | None = None
    tax_liability_id: str | None = None
    """The account that owes that tax, where it is another than the one that charges."""


@dataclass(frozen=True, slots=True)
class Settlement:
    """What an invoice asks for once the customer's balance was set against it.

    Balances are positive when the customer owes and negative when they have credit. `balance_change` is what moves
    the balance: positive when credit was used up or a small amount was put off, negative when the total was a credit.
    `put_off` is the part of that change which was too small to be charged.
    """

    starting_balance: int
    ending_balance: int
    amount_due: int
    put_off: int = 0

    @property
    def balance_change(self) -> int:
        """Ending balance less starting balance."""
        return self.ending_balance - self.starting_balance


def invoice_draft_of(
    items: Iterable[BilledItem], currency: str, waiting: Iterable[LineDraft] = (), usage: Iterable[LineDraft] = ()
) -> InvoiceDraft:
    """The invoice with what was `waiting` for it, then a line for each item, billed in advance, then the usage."""
    lines = (*waiting, *(line_draft_of(item) for item in items), *usage)
    strangers = [line for line in lines if line.currency != currency]
    if strangers:
        raise AssertionError(f"price {strangers[0].price_id} is in {strangers[0].currency}, the invoice in {currency}")
    subtotal = sum(line.amount for line in lines)
    return InvoiceDraft(currency, lines, subtotal, subtotal, total_excluding_tax=subtotal)


def reckoned_draft(draft: InvoiceDraft, reckoning: Reckoned) -> InvoiceDraft:
    """The draft with its discounts and tax, and with what prepaid credit would pay where that was asked."""
    lines = tuple(
        replace(line, discount_amounts=each.discount_amounts, taxes=each.taxes, credits=each.credits)
        for line, each in zip(draft.lines, reckoning.lines, strict=True)
    )
    return replace(
        draft,
        lines=lines,
        total=reckoning.total,
        total_excluding_tax=reckoning.total_excluding_tax,
        total_discount_amounts=reckoning.discount_amounts,
        total_taxes=reckoning.taxes,
        credits=reckoning.credits,
        is_reckoned=True,
    )


def line_draft_of(item: BilledItem) -> LineDraft:
    """The line of one item: what its quantity costs, or the share of that, rounded once, half away from zero."""
    price = item.price
    calculation = calculation_of(price.rates, item.quantity, price.currency)
    description = line_description(price, item.quantity)
    if item.share is not None:
        calculation = shared(calculation, item.share)
        begins, ends = f"{item.period_start:%d %b %Y}", f"{item.period_end:%d %b %Y}"
        description = f"Time on {item.quantity} × {price.product_name} from {begins} until {ends}"
    return LineDraft(
        description=description,
        amount=calculation.amount,
        currency=price.currency,
        quantity=item.quantity,
        unit_amount=price.rates.unit_amount,
        price_id=price.price_id,
        product_id=price.product_id,
        subscription_item_id=item.subscription_item_id,
        period_start=item.period_start,
        period_end=item.period_end,
        calculation=calculation,
        proration=item.share is not None,
        discounts=item.discounts,
        tax_rates=item.tax_rates,
    )


def trial_draft_of(items: Iterable[BilledItem], currency: str) -> InvoiceDraft:
    """The invoice of nothing that a trial begins with: a line for each item, free until the trial ends."""
    return InvoiceDraft(currency, tuple(_trial_line(item) for item in items), subtotal=0, total=0)


def trial_description(price: PriceFacts) -> str:
    """What a line of a trial says: "Trial period for Calls"."""
    return f"Trial period for {price.product_name}"


def _trial_line(item: BilledItem) -> LineDraft:
    price = item.price
    free = calculation_of(_FREE, item.quantity, price.currency)
    return LineDraft(
        description=trial_description(price),
        amount=0,
        currency=price.currency,
        quantity=item.quantity,
        unit_amount=Decimal(0),
        price_id=price.price_id,
        product_id=price.product_id,
        subscription_item_id=item.subscription_item_id,
        period_start=item.period_start,
        period_end=item.period_end,
        calculation=replace(free, method=TRIAL),
    )


def line_description(price: PriceFacts, quantity: Quantity) -> str:
    """What the line says: "2 × Basic (at $15.00 / month)", "5 × Team (at $40.00 per seat every 3 months)"."""
    rate = _rate(price.rates, price.currency, price.unit_label, price.recurrence)
    return f"{quantity_text(quantity)} × {price.product_name} (at {rate})"


def settled_with_balance(total: int, balance: int, currency: str) -> Settlement:
    """What is due of a total when the customer's balance is set against it (spec 03).

    Credit pays as much as it can, a debt is added, a negative total becomes credit. What is left but lies below the
    least that can be charged is put off: nothing is due, and the balance takes it over. A debt that would bring the
    amount above the most that can be charged stays in the balance as far as it does.
    """
    sum_owed = total + balance
    if sum_owed < minimum_charge_of(currency):
        return Settlement(balance, sum_owed, amount_due=0, put_off=max(0, min(total, sum_owed)))
    amount_due = min(sum_owed, max(total, CHARGE_AMOUNT_MAX))
    return Settlement(starting_balance=balance, ending_balance=sum_owed - amount_due, amount_due=amount_due)


def settled_beside_balance(total: int, balance: int, currency: str) -> Settlement:
    """What is due of a total that leaves the customer's balance alone, as the nothing of a trial does."""
    assert total == 0, f"{total} {currency} cannot stay beside the balance"
    return Settlement(starting_balance=balance, ending_balance=balance, amount_due=0)


def invoice_number(prefix: str, sequence: int) -> str:
    """The number of a customer's invoice: prefix and sequence, which has at least four digits. "K3J9ZQ12AB-0001"."""
    return f"{prefix}-{sequence:04d}"


def invoice_prefix_from(customer_id: str) -> str:
    """The prefix of a new customer's invoice numbers: the end of their id, which is random, in upper case."""
    return customer_id[-INVOICE_PREFIX_LENGTH:].upper()


def validated_invoice_prefix(text: str, param: str | tuple[str, ...] = "invoicePrefix") -> str:
    """A prefix that the caller chose: 3 to 12 upper-case letters and digits."""
    if not re.fullmatch("[A-Z0-9]{3,12}", text):
        raise DomainError(
            ErrorCode.PARAMETER_INVALID,
            f"'{text}' cannot be an invoice prefix; it would have to be 3 to 12 upper-case letters or digits.",
            param,
        )
    return text


@lru_cache(maxsize=4096)
def _rate(rates: Rates, currency: str, unit_label: str | None, recurrence: Recurrence | None) -> str:
    """The price of a unit in words. Thousands renew at one price, and to format it costs more than the rest."""
    amount = _amount_in_words(rates, currency, unit_label)
    if recurrence is None:
        return amount
    if recurrence.interval_count == 1:
        return f"{amount} / {recurrence.interval}"
    return f"{amount} every {recurrence.interval_count} {recurrence.interval}s"


def _amount_in_words(rates: Rates, currency: str, unit_label: str | None) -> str:
    """The amount with what it is for: $9.00 per seat, $5.00 per 100; of tiers their mode alone."""
    if rates.unit_amount is None:
        return f"{rates.mode} rates"
    amount = format_minor(rates.unit_amount, currency)
    if rates.packaging is not None:
        return f"{amount} per {rates.packaging.divide_by}"
    return f"{amount} per {unit_label}" if unit_label else amount
