"""Discounts and tax on invoices: drafts are reckoned in sets when they are made, changed and finalized."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from domain.invoicing import InvoiceDraft, reckoned_draft
from domain.kinds import TaxExempt
from domain.reckoning import Deduction, Reckonable, Reckoned, ReckonedLine, Rules, TaxRounding, TaxRule, reckoned
from domain.taxes import AutomaticTaxStatus
from models import Customer, Subscription
from services.aggregates import WholeInvoice
from services.base import Service, part
from services.coupons.deductions import Deductions, Redeemed
from services.rows import update_rows
from services.settings import Settings
from services.tax.assessment import Assessment
from services.tax.automatic import Assessable, AutomaticTax

RECKONED = (
    "subtotal", "total", "total_excluding_tax", "amount_due", "total_discount_amounts", "total_taxes",
    "automatic_tax_status",
)  # fmt: skip
RECKONED_LINE = ("discount_amounts", "taxes")


@dataclass(frozen=True, slots=True)
class Unreckoned:
    """A draft, whose subscription it is for, who pays it, and the moment at which discounts have to be in force."""

    draft: InvoiceDraft
    subscription: Subscription | None
    customer_id: str
    at: datetime
    redeemed: Sequence[Redeemed] = ()
    """Discounts that are named and not stored yet."""
    waits: bool = False
    """Whether it is a draft for the usual time from then on, before it is finalized."""


class _Line(Reckonable, Protocol):
    """A line with its price, which says whether automatic tax is in its amount."""

    @property
    def price_id(self) -> str | None:
        """The price that the amount was computed from."""


@dataclass(frozen=True, slots=True)
class _Bill:
    """What is to be reckoned, drafted or stored alike."""

    lines: Sequence[_Line]
    currency: str
    customer_id: str
    discounts: Sequence[str]
    default_tax_rates: Sequence[str]
    at: datetime
    automatic_tax: bool
    tax_liability_id: str | None = None
    invoice_id: str | None = None

    @property
    def discount_ids(self) -> set[str]:
        """Every discount that is named."""
        return {*self.discounts, *(each for line in self.lines for each in line.discounts)}

    @property
    def tax_rate_ids(self) -> set[str]:
        """Every tax rate that is named."""
        as_before = {each["tax_rate"] for line in self.lines for each in line.taxed_as or ()}
        if self.automatic_tax:
            return as_before
        return {*as_before, *self.default_tax_rates, *(each for line in self.lines for each in line.tax_rates)}

    @property
    def is_plain(self) -> bool:
        """Whether nothing is taken off and nothing taxed."""
        if self.discounts or self.default_tax_rates or self.automatic_tax:
            return False
        return not any(line.discounts or line.tax_rates or line.taxed_as for line in self.lines)

    @property
    def assessable(self) -> Assessable:
        """What automatic tax has to know of it."""
        prices, rates = [line.price_id for line in self.lines], [line.tax_rates for line in self.lines]
        return Assessable(self.customer_id, self.at, self.currency, prices, rates, self.tax_liability_id)


@dataclass(frozen=True, slots=True)
class _Ruled:
    """By what a bill is reckoned, and how far automatic tax came with it where that is wanted."""

    rules: Rules
    status: AutomaticTaxStatus | None


@dataclass(frozen=True, slots=True)
class _Found:
    """A bill as reckoned, and how far automatic tax came with it where that is wanted."""

    sums: Reckoned
    status: AutomaticTaxStatus | None


class Reckoning(Service):
    """Works out discounts and tax; no statement where there are none."""

    deductions = part(Deductions)
    assessment = part(Assessment)
    automatic = part(AutomaticTax)
    settings = part(Settings)

    async def drafts(self, wanted: Sequence[Unreckoned]) -> list[InvoiceDraft]:
        """These drafts with their discounts and tax, in order; those that have them already stay as they are."""
        heirs = await self._heirs(each for each in wanted if _may_inherit(each))
        drafts = [each.draft if each.draft.is_reckoned else _named(each, heirs) for each in wanted]
        bills = [_drafted(each, draft) for each, draft in zip(wanted, drafts, strict=True)]
        open_ones = [index for index, bill in enumerate(bills) if not (drafts[index].is_reckoned or bill.is_plain)]
        new = {redeemed.discount.id: redeemed for each in wanted for redeemed in each.redeemed}
        reckonings = await self._reckoned([bills[index] for index in open_ones], new)
        for index, found in zip(open_ones, reckonings, strict=True):
            drafts[index] = replace(reckoned_draft(drafts[index], found.sums), automatic_tax_status=found.status)
        return drafts

    async def again(self, invoices: Sequence[WholeInvoice]) -> list[WholeInvoice]:
        """Reckon stored drafts anew, as lines or rules may have changed, in memory; those that are not plain."""
        bills = [_stored(each) for each in invoices]
        open_ones = [(each, bill) for each, bill in zip(invoices, bills, strict=True) if not bill.is_plain]
        found = await self._reckoned([bill for _, bill in open_ones])
        for (each, _), reckoning in zip(open_ones, found, strict=True):
            write_reckoned(each, reckoning.sums)
            each.row.automatic_tax_status = reckoning.status
        return [each for each, _ in open_ones]

    async def rules_of(self, invoices: Sequence[WholeInvoice]) -> list[Rules]:
        """By what these stored or drafted invoices are reckoned, in order."""
        return [by.rules for by in await self._ruled([_stored(each) for each in invoices], {})]

    async def rules_of_drafts(self, wanted: Sequence[Unreckoned]) -> list[Rules]:
        """As `rules_of`, of drafts that are reckoned already, or plain."""
        new = {redeemed.discount.id: redeemed for each in wanted for redeemed in each.redeemed}
        return [by.rules for by in await self._ruled([_drafted(each, each.draft) for each in wanted], new)]

    async def refresh(self, invoices: Sequence[WholeInvoice], changed: Sequence[WholeInvoice] = ()) -> None:
        """Reckon and store drafts whose discounts or tax may have changed since they were made; plain ones stay.

        The lines of those that `changed` have other amounts.
        """
        for each in changed:
            write_reckoned(each, Reckoned(tuple(ReckonedLine(line.amount) for line in each.lines)))
        reckoned_anew = await self.again(invoices)
        changed = [*reckoned_anew, *(each for each in changed if each not in reckoned_anew)]
        await update_rows([line for each in changed for line in each.lines], RECKONED_LINE)
        await update_rows([each.row for each in changed], RECKONED)

    async def sum_up(self, invoice: WholeInvoice) -> None:
        """Reckon and store a draft whose lines have changed."""
        invoice.row.automatic_tax_status = None
        write_reckoned(invoice, Reckoned(tuple(ReckonedLine(line.amount) for line in invoice.lines)))
        await self.again([invoice])
        await update_rows(invoice.lines, RECKONED_LINE)
        await update_rows([invoice.row], RECKONED)

    async def _heirs(self, wanted: Iterable[Unreckoned]) -> dict[str, Sequence[str]]:
        """By customer, their discounts."""
        rows = await self.gather(Customer, "id", {each.customer_id for each in wanted})
        return {row.id: row.discounts for row in rows}

    async def _reckoned(self, bills: Sequence[_Bill], new: Mapping[str, Redeemed] | None = None) -> list[_Found]:
        """These bills, in order; `new` are discounts that are not stored yet."""
        ruled = await self._ruled(bills, new or {})
        return [_Found(reckoned(bill.lines, by.rules), by.status) for bill, by in zip(bills, ruled, strict=True)]

    async def _ruled(self, bills: Sequence[_Bill], new: Mapping[str, Redeemed]) -> list[_Ruled]:
        """By what each is reckoned; no statement where all are plain."""
        if all(bill.is_plain for bill in bills):
            return [_Ruled(Rules({}), None) for _ in bills]
        discounts = dict(new)
        stored = {each for bill in bills for each in bill.discount_ids if each not in discounts}
        discounts |= await self.deductions.known(stored)
        taxes = await self.assessment.rules({each for bill in bills for each in bill.tax_rate_ids})
        automatic = [bill for bill in bills if bill.automatic_tax]
        assessed = dict(
            zip(map(id, automatic), await self.automatic.assessed([bill.assessable for bill in automatic]), strict=True)
        )
        taxed = {bill.customer_id for bill in bills if bill.tax_rate_ids or bill.automatic_tax}
        exemptions = await self.assessment.exemptions(taxed)
        rounding = (await self.settings.current()).tax_rounding if taxed else TaxRounding.PER_LINE
        found = []
        for bill in bills:
            tax = assessed.get(id(bill))
            rules = replace(
                _rules(bill, discounts, taxes, rounding),
                exemption=exemptions.get(bill.customer_id, TaxExempt.NONE),
                line_taxes=None if tax is None else tax.rules,
            )
            found.append(_Ruled(rules, None if tax is None else tax.status))
        return found


def _may_inherit(wanted: Unreckoned) -> bool:
    """Whether the discounts of the customer may apply."""
    if wanted.draft.discounts is not None:
        return False
    row = wanted.subscription
    return row is None or (row.has_customer_discounts and not row.discounts)


def _named(wanted: Unreckoned, heirs: dict[str, Sequence[str]]) -> InvoiceDraft:
    """The draft with the ids of what applies to all its lines."""
    draft, row = wanted.draft, wanted.subscription
    discounts, rates = draft.discounts, draft.default_tax_rates
    if discounts is None:
        own = () if row is None else row.discounts
        discounts = tuple(own or heirs.get(wanted.customer_id, ()))
    if rates is None:
        rates = () if row is None else tuple(row.default_tax_rates)
    automatic, liability = draft.automatic_tax, draft.tax_liability_id
    if automatic is None:
        automatic = row is not None and row.automatic_tax
        liability = None if row is None else row.tax_liability_id
    if not (discounts or rates or automatic):
        return draft
    return replace(
        draft, discounts=discounts, default_tax_rates=rates, automatic_tax=automatic, tax_liability_id=liability
    )


def _drafted(wanted: Unreckoned, draft: InvoiceDraft) -> _Bill:
    discounts, rates = draft.discounts or (), draft.default_tax_rates or ()
    taxed = bool(draft.automatic_tax), draft.tax_liability_id
    return _Bill(draft.lines, draft.currency, wanted.customer_id, discounts, rates, wanted.at, *taxed)


def _stored(invoice: WholeInvoice) -> _Bill:
    row = invoice.row
    named, at = (row.discounts, row.default_tax_rates), row.created_at
    taxed = row.automatic_tax, row.tax_liability_id
    return _Bill(invoice.lines, row.currency, row.customer_id, *named, at, *taxed, row.id)


def _rules(bill: _Bill, discounts: dict[str, Redeemed], taxes: dict[str, TaxRule], rounding: TaxRounding) -> Rules:
    deductions: dict[str, Deduction] = {}
    for identifier in bill.discount_ids:
        deduction = discounts[identifier].deduction(bill.currency, bill.at, bill.invoice_id)
        if deduction is not None:
            deductions[identifier] = deduction
    return Rules(
        deductions,
        invoice_discounts=bill.discounts,
        taxes=taxes,
        default_taxes=bill.default_tax_rates,
        rounding=rounding,
    )


def write_reckoned(invoice: WholeInvoice, reckoning: Reckoned) -> None:
    """Put the discounts, prepaid credit, tax and sums onto the rows of an invoice, in memory."""
    row = invoice.row
    row.subtotal, row.total = reckoning.subtotal, reckoning.total
    row.total_excluding_tax, row.amount_due = reckoning.total_excluding_tax, max(reckoning.total, 0)
    row.total_discount_amounts = [each.as_json() for each in reckoning.discount_amounts]
    row.total_taxes = [each.as_json() for each in reckoning.taxes]
    row.pretax_credits = [each.as_json() for each in reckoning.credits]
    for line, each in zip(invoice.lines, reckoning.lines, strict=True):
        line.discount_amounts = [cut.as_json() for cut in each.discount_amounts]
        line.taxes = [tax.as_json() for tax in each.taxes]
        line.pretax_credits = [credit.as_json() for credit in each.credits]
