"""Invoices by hand: made, changed and deleted while they are drafts."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from domain.agenda import AgendaKind
from domain.checks import checked
from domain.currencies import currency_of
from domain.drafts import UNSET, given
from domain.errors import DomainError, ErrorCode, Problems
from domain.event_types import EventType
from domain.invoices import BillingReason, PendingItems, due_date_of
from domain.invoicing import invoice_draft_of
from domain.lifecycles import INVOICE, LIVING, SUBSCRIPTION, InvoiceStatus, SubscriptionStatus
from domain.taxes import is_enabled, liable_of, rates_beside_automatic_tax
from models import Customer, Invoice, InvoiceItem, InvoiceLine, Subscription
from services.aggregates import WholeInvoice
from services.base import Service, part
from services.coupons.deductions import Redeemed
from services.customers import Customers
from services.due import Due
from services.events import Events
from services.idempotency import transactional
from services.invoices.advancing import ADVANCE, Advancing
from services.invoices.currency import CustomerCurrency
from services.invoices.discounts import InvoiceDiscounts
from services.invoices.drafting import Drafting, Terms, Wanted
from services.invoices.items import InvoiceItems, line_of
from services.invoices.manual_items import default_currency
from services.invoices.reckoning import Reckoning
from services.invoices.sharing import InvoiceSharing, WantedSharing
from services.invoices.terms import WORDS, InvoiceChange, InvoiceDraftByHand, set_collection, words_of
from services.invoices.wholes import WholeInvoices
from services.payment_methods import PaymentMethods
from services.payments import Invoiced
from services.rows import delete_by, update_rows
from services.settings import Settings
from services.tax import NamedRates, TaxRatesNamed
from services.tax.liabilities import TaxLiabilities

_OF_DRAFTS = {
    "collection_method": "collectionMethod", "days_until_due": "daysUntilDue", "due_date": "dueDate",
    "description": "description", "footer": "footer", "custom_fields": "customFields",
    "statement_descriptor": "statementDescriptor", "discounts": "discounts", "default_tax_rates": "defaultTaxRates",
    "automatic_tax": "automaticTax", "application_fee_amount": "applicationFeeAmount",
    "transfer_data": "transferData", "on_behalf_of": "onBehalfOf",
}  # fmt: skip
"""What only a draft may change, with the fields of the API."""
_TAKEN_AWAY = ("transfer_data", "on_behalf_of")
"""What may also be taken away of one that is still to be paid."""
_PAYABLE = (InvoiceStatus.DRAFT, InvoiceStatus.OPEN, InvoiceStatus.UNCOLLECTIBLE)
_ADVANCING = (InvoiceStatus.DRAFT, InvoiceStatus.OPEN)


class InvoicesByHand(Service):
    """Makes, changes and deletes drafts."""

    events = part(Events)
    due = part(Due)
    settings = part(Settings)
    customers = part(Customers)
    methods = part(PaymentMethods)
    wholes = part(WholeInvoices)
    items = part(InvoiceItems)
    drafting = part(Drafting)
    advancing = part(Advancing)
    currency = part(CustomerCurrency)
    invoiced = part(Invoiced)
    reckoning = part(Reckoning)
    tax_rates = part(TaxRatesNamed)
    discounts = part(InvoiceDiscounts)
    sharing = part(InvoiceSharing)
    liabilities = part(TaxLiabilities)

    @transactional
    async def create(self, draft: InvoiceDraftByHand) -> Invoice:
        """A draft, with the items that wait for it where that was asked. Event `invoice.created`."""
        customer = await self.customers.living(draft.customer, "customer")
        subscription = await self._subscription(draft, customer)
        at = await self.present(customer.test_clock_id)
        columns, due_date = await self._checked(draft, customer, at)
        waiting: list[InvoiceItem] = []
        if draft.pending_invoice_items_behavior is PendingItems.INCLUDE:
            waiting = await self.items.waiting_of(customer, draft.subscription)
        currency = await self._currency(draft, customer, subscription, waiting)
        await self.currency.decide(customer, currency, at)
        delay = timedelta(seconds=(await self.settings.current()).invoice_finalization_delay)
        terms = Terms(
            customer.id, customer.test_clock_id, draft.collection_method, due_date, auto_advance=draft.auto_advance
        )
        lines = invoice_draft_of((), currency, [line_of(item) for item in waiting])
        automatic, liable = is_enabled(draft.automatic_tax), liable_of(draft.automatic_tax)
        rates = () if automatic else draft.default_tax_rates
        lines = replace(lines, default_tax_rates=rates, automatic_tax=automatic, tax_liability_id=liable)
        redeemed: Sequence[Redeemed] = ()
        if draft.discounts is not None:
            redeemed = await self.discounts.planned(customer, lines, draft.discounts, at)
            lines = replace(lines, discounts=tuple(each.discount.id for each in redeemed))
        wanted = Wanted(subscription, lines, BillingReason.MANUAL, at, at, at, at + delay, terms, redeemed)
        whole = await self.drafting.drafted(wanted)
        await self.discounts.begin(whole.row, redeemed)
        for name, value in columns.items():
            setattr(whole.row, name, value)
        await self._share(whole, draft.sharing, waiting)
        await self.drafting.store([whole])
        await self._take_up(waiting, whole.row, customer)
        if draft.auto_advance:
            kind = AgendaKind.INVOICE_FINALIZE
            await self.due.schedule(kind, whole.row.id, at + delay, test_clock_id=customer.test_clock_id)
        return whole.row

    @transactional
    async def update(self, change: InvoiceChange) -> Invoice:
        """Change what was mentioned; of a finalized invoice not what it asks for. Event `invoice.updated`."""
        row = await self.invoiced.invoice(change.id)
        _refuse_late(row, change)
        at = await self.present(row.test_clock_id)
        [whole] = await self.wholes.of([row])
        before = self.events.snapshot(whole)
        problems = Problems()
        columns = words_of(problems, change, row.metadata)
        checked(problems, set_collection, row, change, at)
        rates = change.default_tax_rates
        if rates is not UNSET:
            named = NamedRates(rates or (), ("defaultTaxRates",), kept=row.default_tax_rates)
            await self.tax_rates.check(problems, named)
        problems.raise_any()
        for name, value in columns.items():
            setattr(row, name, value)
        if change.default_payment_method is None:
            row.default_payment_method_id = None
        elif change.default_payment_method is not UNSET:
            customer = await self.require(Customer, row.customer_id, "customer")
            method = await self.methods.usable(change.default_payment_method, customer, "defaultPaymentMethod")
            row.default_payment_method_id = method.id
        if change.auto_advance is not UNSET:
            await self.advancing.set(whole, change.auto_advance, at)
        elif row.status == InvoiceStatus.DRAFT and change.collection_method is not UNSET:
            row.next_payment_attempt = row.automatically_finalizes_at if row.due_date is None else None
        columns_set = (*WORDS, *ADVANCE, "collection_method", "due_date", "default_payment_method_id")
        await update_rows([row], columns_set)
        if change.discounts is not UNSET:
            await self.discounts.give(row, whole.lines, change.discounts or (), at)
            await update_rows([row], ("discounts",))
            await self.reckoning.sum_up(whole)
        await self._set_tax(whole, change)
        if not change.sharing.says_nothing:
            items = await self.gather(InvoiceItem, "invoice_id", [row.id])
            await self._share(whole, change.sharing, items)
            await update_rows([row], ("sharing",))
            await self.invoiced.share_anew(row)
        self.events.record(EventType.INVOICE_UPDATED, whole, at=at, before=before)
        return row

    @transactional
    async def delete(self, identifier: str) -> Invoice:
        """Delete a draft that was made by hand. Items that waited for it wait again. Event `invoice.deleted`."""
        row = await self.invoiced.invoice(identifier)
        INVOICE.refuse_unless("delete", row.id, InvoiceStatus(row.status), allowed=(InvoiceStatus.DRAFT,))
        if row.billing_reason != BillingReason.MANUAL:
            raise DomainError(
                ErrorCode.INVOICE_UNEXPECTED_STATE,
                f"Draft {row.id} bills subscription {row.subscription_id} for a period that no other invoice would ask"
                " for; finalize and void it instead.",
                "id",
            )
        at = await self.present(row.test_clock_id)
        [whole] = await self.wholes.of([row])
        items = await self.gather(InvoiceItem, "invoice_id", [row.id], order=("id",), lock=True)
        made = [item for item in items if item.aimed]
        await delete_by(InvoiceLine, "invoice_id", [row.id], **self.ownership())
        await delete_by(InvoiceItem, "id", [item.id for item in made], **self.ownership())
        await self.items.give_back([item for item in items if not item.aimed])
        await self.due.cancel(row.id, AgendaKind.INVOICE_FINALIZE)
        await delete_by(Invoice, "id", [row.id], **self.ownership())
        for item in made:
            self.events.record(EventType.INVOICEITEM_DELETED, item, at=at)
        self.events.record(EventType.INVOICE_DELETED, whole, at=at)
        return row

    async def _share(self, whole: WholeInvoice, wanted: WantedSharing, items: Sequence[InvoiceItem]) -> None:
        await self.sharing.change(whole.row, wanted, items, has_lines=bool(whole.lines))

    async def _set_tax(self, whole: WholeInvoice, change: InvoiceChange) -> None:
        """How a draft is taxed from now on; its sums follow."""
        row = whole.row
        if change.default_tax_rates is UNSET and change.automatic_tax is UNSET:
            return
        row.default_tax_rates = list(given(change.default_tax_rates, row.default_tax_rates) or ())
        begins = change.automatic_tax is not UNSET and change.automatic_tax.enabled and not row.automatic_tax
        if change.automatic_tax is not UNSET:
            await self.liabilities.refuse_unfit(change.automatic_tax)
            row.automatic_tax = change.automatic_tax.enabled
            if change.automatic_tax.liability is not None:
                row.tax_liability_id = change.automatic_tax.liable
        if row.automatic_tax and row.default_tax_rates:
            said = "defaultTaxRates" if change.automatic_tax is UNSET else "automaticTax"
            raise rates_beside_automatic_tax(said)
        if begins and any(line.tax_rates for line in whole.lines):
            raise rates_beside_automatic_tax()
        await update_rows([row], ("default_tax_rates", "automatic_tax", "tax_liability_id"))
        await self.reckoning.sum_up(whole)

    async def _subscription(self, draft: InvoiceDraftByHand, customer: Customer) -> Subscription | None:
        if draft.subscription is None:
            return None
        row = await self.lock(Subscription, draft.subscription, "subscription", whoever_made_it=True)
        if row.customer_id != customer.id:
            raise DomainError(
                ErrorCode.PARAMETER_INVALID,
                f"Subscription {row.id} is customer {row.customer_id}'s, not {customer.id}'s.",
                "subscription",
            )
        SUBSCRIPTION.refuse_unless("bill", row.id, SubscriptionStatus(row.status), allowed=LIVING, param="subscription")
        return row

    async def _checked(
        self, draft: InvoiceDraftByHand, customer: Customer, at: datetime
    ) -> tuple[dict[str, Any], datetime | None]:
        """The columns that the caller gave and the due date; all problems together."""
        problems = Problems()
        columns = words_of(problems, draft, {})
        terms = {"days": draft.days_until_due, "date": draft.due_date}
        due_date = None
        try:
            due_date = due_date_of(draft.collection_method, at, **terms)  # type: ignore[arg-type]
        except DomainError as error:
            problems.add_from(error)
        if draft.default_payment_method is not None:
            try:
                method = await self.methods.usable(draft.default_payment_method, customer, "defaultPaymentMethod")
                columns["default_payment_method_id"] = method.id
            except DomainError as error:
                problems.add_from(error)
        await self.tax_rates.check(problems, NamedRates(draft.default_tax_rates or (), ("defaultTaxRates",)))
        if draft.automatic_tax is not None and draft.automatic_tax.enabled and draft.default_tax_rates:
            problems.add_from(rates_beside_automatic_tax())
        await self.liabilities.check(draft.automatic_tax, problems)
        if draft.currency is not None:
            checked(problems, currency_of, draft.currency)
        problems.raise_any()
        return columns, due_date

    async def _currency(
        self,
        draft: InvoiceDraftByHand,
        customer: Customer,
        subscription: Subscription | None,
        waiting: Sequence[InvoiceItem],
    ) -> str:
        """The subscription's, that of what it takes up, what was said, or the customer's, or else the account's."""
        said = None if draft.currency is None else currency_of(draft.currency)
        fixed = subscription.currency if subscription is not None else waiting[0].currency if waiting else None
        if said is not None and fixed not in (None, said):
            raise DomainError(
                ErrorCode.CURRENCY_MISMATCH, f"What is invoiced is in {fixed}, so that {said} cannot be.", "currency"
            )
        return said or fixed or await default_currency(self, customer)

    async def _take_up(self, waiting: Sequence[InvoiceItem], row: Invoice, customer: Customer) -> None:
        for item in waiting:
            item.pending, item.invoice_id = False, row.id
        await update_rows(waiting, ("pending", "invoice_id"))
        if waiting and row.subscription_id is None:
            customer.has_pending_items = False
            await update_rows([customer], ("has_pending_items",))


def _refuse_late(row: Invoice, change: InvoiceChange) -> None:
    """Refuse what the invoice's status does not allow any more; all of it together."""
    problems = Problems()
    rules: list[tuple[str, str, Sequence[InvoiceStatus]]] = [
        (name, shown, (InvoiceStatus.DRAFT,)) for name, shown in _OF_DRAFTS.items()
    ]
    rules += [("auto_advance", "autoAdvance", _ADVANCING), ("default_payment_method", "defaultPaymentMethod", _PAYABLE)]
    for name, shown, allowed in rules:
        if name in _TAKEN_AWAY and not getattr(change, name):
            allowed = _PAYABLE
        if getattr(change, name) is not UNSET and row.status not in allowed:
            problems.add(
                ErrorCode.INVOICE_UNEXPECTED_STATE,
                f"Invoice {row.id} is {row.status}; to change {shown}, it would have to be {' or '.join(allowed)}.",
                shown,
            )
    problems.raise_any()
