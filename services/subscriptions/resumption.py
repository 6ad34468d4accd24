"""Resuming subscriptions that were paused: at once where nothing is invoiced, else when the invoice is settled."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from domain.agenda import AgendaKind
from domain.errors import DomainError, ErrorCode
from domain.event_types import EventType
from domain.ids import Prefix
from domain.invoices import CollectionMethod
from domain.invoicing import BilledItem, LineDraft, invoice_draft_of
from domain.lifecycles import SUBSCRIPTION, SubscriptionStatus
from domain.pausing import ResumptionAnchor, ResumptionPayment, stub_of_resumption
from domain.subscriptions import INCOMPLETE_LASTS, ProrationBehavior
from models import InvoiceItem, PaymentIntent, PaymentMethod, Subscription
from services.aggregates import WholeInvoice, WholeSubscription
from services.base import Service, Settled, part
from services.due import Due
from services.events import Events
from services.invoices.finalization import Finalization, Payer
from services.invoices.items import InvoiceItems, line_of
from services.invoices.sellers import Sellers
from services.payments import Attempts, PaymentIntents, Prepared, Wish
from services.rows import update_rows
from services.scope import Scope
from services.snapshots import Subject
from services.subscriptions.at_once import InvoicesAtOnce
from services.subscriptions.holding import refuse_elsewhere
from services.subscriptions.period_agenda import PeriodAgenda
from services.subscriptions.restarting import ITEM_RESTARTED, RESTARTED, period_of, restart
from services.subscriptions.wholes import WholeSubscriptions, billed_items, in_force, licensed

_BEGUN = ("cycle", "latest_invoice_id", "resumption_invoice_id", "has_pending_items")


@dataclass(frozen=True, slots=True)
class ResumptionDraft:
    """A paused subscription that is to go on. `proration_behavior` is for an anchor that stays UNCHANGED."""

    id: str
    billing_cycle_anchor: ResumptionAnchor = ResumptionAnchor.NOW
    proration_behavior: ProrationBehavior = ProrationBehavior.CREATE_PRORATIONS
    payment_behavior: ResumptionPayment = ResumptionPayment.RESUME_ON_PAYMENT_SUCCESS

    @property
    def is_invoiced(self) -> bool:
        """Whether an invoice comes before it goes on."""
        joins = self.billing_cycle_anchor is ResumptionAnchor.UNCHANGED
        return not joins or self.proration_behavior is ProrationBehavior.ALWAYS_INVOICE


class Resumption(Service):
    """Lets paused subscriptions go on."""

    events = part(Events)
    due = part(Due)
    agenda = part(PeriodAgenda)
    wholes = part(WholeSubscriptions)
    items = part(InvoiceItems)
    at_once = part(InvoicesAtOnce)
    finalization = part(Finalization)
    sellers = part(Sellers)
    intents = part(PaymentIntents)
    attempts = part(Attempts)

    async def resume(self, draft: ResumptionDraft) -> Settled[Subscription]:
        """Go on now, or collect the invoice of the resumption, whose fate the status then follows."""
        return await self.attempts.carried_out(lambda: self._begin(draft))

    async def _begin(self, draft: ResumptionDraft) -> Prepared[Subscription]:
        known = await self.require(Subscription, draft.id)
        [payer] = await self.finalization.payers([known.customer_id])  # held first, as whatever finalizes does
        row = await self.lock(Subscription, draft.id)
        refuse_elsewhere(known.customer_id, row)
        SUBSCRIPTION.refuse_unless("resume", row.id, SubscriptionStatus(row.status))
        at = await self.present(row.test_clock_id)
        _refuse_resuming(row)
        [whole] = await self.wholes.of([row])
        if not draft.is_invoiced:
            await self._go_on(whole, draft, at)
            return Prepared(subject=row)
        await self.sellers.refuse_gone(row)
        return Prepared(subject=row, wishes=await self._invoice(whole, draft, payer, at))

    async def _go_on(self, whole: WholeSubscription, draft: ResumptionDraft, at: datetime) -> None:
        """Join the period of the old anchor; its rest waits for the next invoice, or is free."""
        row, before = whole.row, self.events.snapshot(whole)
        row.status = SUBSCRIPTION.move(row.id, SubscriptionStatus(row.status), SubscriptionStatus.ACTIVE)
        lines = await self._stubs(whole, at)
        restart(whole, at, anchor=row.billing_cycle_anchor)
        if draft.proration_behavior is ProrationBehavior.NONE:
            for item in whole.items:  # A later change gives nothing back for time that was never invoiced.
                item.row.invoiced_price_id, item.row.invoiced_quantity = item.price.id, 0
        else:
            await self.items.store(self.items.made(row, lines, at))
            row.has_pending_items = row.has_pending_items or bool(lines)
        await update_rows([row], ("status", "has_pending_items", *RESTARTED))
        await update_rows([item.row for item in whole.items], ITEM_RESTARTED)
        await self.agenda.schedule([whole], {row.test_clock_id: at})
        self.events.record(EventType.CUSTOMER_SUBSCRIPTION_UPDATED, whole, at=at, before=before)
        self.events.record(EventType.CUSTOMER_SUBSCRIPTION_RESUMED, whole, at=at)

    async def _invoice(
        self, whole: WholeSubscription, draft: ResumptionDraft, payer: Payer, at: datetime
    ) -> list[Wish]:
        """Make the invoice of the resumption; the payments to be tried. The periods move when it is settled."""
        row, before = whole.row, self.events.snapshot(whole)
        waiting = (await self.items.waiting_for([row])).get(row.id, [])
        opens = draft.billing_cycle_anchor is ResumptionAnchor.NOW
        lines = [line_of(item) for item in waiting]
        billed = await self._first_period(whole, at) if opens else []
        lines += [] if opens else await self._stubs(whole, at)
        invoice = await self.at_once.drafted(row, invoice_draft_of(billed, row.currency, lines), at)
        if opens:
            row.cycle += 1
            invoice.row.cycle = row.cycle  # it opens a period, unlike others of its reason
        invoice.row.auto_advance = draft.payment_behavior is ResumptionPayment.RESUME_ON_PAYMENT_SUCCESS
        row.resumption_invoice_id, row.has_pending_items = invoice.row.id, False
        await update_rows([row], _BEGUN)
        intents = await self.finalization.finalize([invoice], [payer])
        await self.items.take_up([invoice], {row.id: waiting})
        self.events.record(EventType.CUSTOMER_SUBSCRIPTION_UPDATED, whole, at=at, before=before)
        return await self._wishes(row, draft, intents, payer, at)

    async def _wishes(
        self, row: Subscription, draft: ResumptionDraft, intents: Sequence[PaymentIntent], payer: Payer, at: datetime
    ) -> list[Wish]:
        """The payments to be tried now; the invoice is void unless it is settled within 23 hours."""
        if not intents:
            return []
        kind = AgendaKind.SUBSCRIPTION_EXPIRE
        await self.due.schedule(kind, row.id, at + INCOMPLETE_LASTS, test_clock_id=row.test_clock_id)
        if draft.payment_behavior is ResumptionPayment.RESUME_ON_PAYMENT_ATTEMPT:
            await self.intents.store(intents)
            return []
        method = await self._method(row, payer)
        return [_wish(row, intent, method, at) for intent in intents]

    async def _first_period(self, whole: WholeSubscription, at: datetime) -> list[BilledItem]:
        """The items as they are billed for a period that begins at `at`."""
        facts = await self.wholes.facts_of(item.price for item in whole.items)
        currency, periods = whole.row.currency, [(item, period_of(item, at, at)) for item in whole.items]
        return [billed for item, period in periods for billed in billed_items([item], facts, period, currency)]

    async def _stubs(self, whole: WholeSubscription, at: datetime) -> list[LineDraft]:
        """What the rest of the period of the old anchor costs."""
        facts = await self.wholes.facts_of(item.price for item in whole.items)
        lines: list[LineDraft] = []
        for item in licensed(whole.items):
            period = period_of(item, at, whole.row.billing_cycle_anchor)
            stub = stub_of_resumption(item.row.id, in_force(item.row, facts, whole.row.currency), period, at)
            discounts, rates = tuple(item.row.discounts), tuple(item.row.tax_rates)
            lines += [replace(line, discounts=discounts, tax_rates=rates) for line in stub]
        return lines

    async def abandon(self, invoices: Sequence[WholeInvoice]) -> None:
        """Reaction to void invoices: what was to resume a subscription does so no more.

        The items that it had taken up wait again, as new ones. Event `invoiceitem.created` for each.
        """
        void = {each.row.id for each in invoices}
        known = await self.gather(Subscription, "id", {each.row.subscription_id for each in invoices}, lock=True)
        rows = {
            row.id: row
            for row in known
            if row.status == SubscriptionStatus.PAUSED and row.resumption_invoice_id in void
        }
        by_invoice = {row.resumption_invoice_id: row for row in rows.values()}
        found = await self.gather(InvoiceItem, "customer_id", {row.customer_id for row in rows.values()}, order=("id",))
        taken = [item for item in found if item.invoice_id in by_invoice]
        presents = await self.presents(row.test_clock_id for row in rows.values())
        again = [self._again(item, presents[item.test_clock_id]) for item in taken]
        await self.items.store(again)
        for item in taken:
            by_invoice[item.invoice_id].has_pending_items = True
        for row in rows.values():
            row.resumption_invoice_id = None
        await self.items.expect(item for item in again if item.subscription_id is None)
        await update_rows(list(rows.values()), ("resumption_invoice_id", "has_pending_items"))
        await self.due.cancel_all((AgendaKind.SUBSCRIPTION_EXPIRE, row_id) for row_id in rows)

    def _again(self, item: InvoiceItem, at: datetime) -> InvoiceItem:
        again = item.clone(pk=self.new_id(Prefix.INVOICE_ITEM))
        again.created_at, again.pending, again.invoice_id = at, True, None
        return again

    async def _method(self, row: Subscription, payer: Payer) -> PaymentMethod:
        """The subscription's own, or else the customer's; one that was detached is passed over."""
        for chosen in (row.default_payment_method_id, payer.row.default_payment_method_id):
            found = await self.find(PaymentMethod, chosen) if chosen is not None else None
            if found is not None and found.customer_id is not None:
                return found
        raise DomainError(
            ErrorCode.RESOURCE_MISSING,
            f"Customer {row.customer_id} has no payment method to charge for subscription {row.id}. Attach one and make"
            " it the default, for the customer or the subscription, and resume then; or leave the payment to the"
            " customer with RESUME_ON_PAYMENT_ATTEMPT.",
            "id",
        )


async def abandon_resumptions(scope: Scope, invoices: Sequence[Subject]) -> None:
    """Reaction to invoices being voided."""
    await Resumption(scope).abandon([each for each in invoices if isinstance(each, WholeInvoice)])


def _refuse_resuming(row: Subscription) -> None:
    """One resumption at a time, and none whose invoice would not be collected."""
    if row.resumption_invoice_id is not None:
        raise DomainError(
            ErrorCode.SUBSCRIPTION_UNEXPECTED_STATE,
            f"Subscription {row.id} is being resumed already: it goes on when invoice {row.resumption_invoice_id} is"
            " paid. To begin anew, void that invoice.",
            "id",
        )
    if row.collection_method != CollectionMethod.CHARGE_AUTOMATICALLY:
        raise DomainError(
            ErrorCode.SUBSCRIPTION_UNEXPECTED_STATE,
            f"Subscription {row.id} is collected by {row.collection_method}; only one that is charged automatically can"
            " be resumed. Change its collectionMethod first.",
            "id",
        )
    if row.pause_behavior is not None:
        raise DomainError(
            ErrorCode.SUBSCRIPTION_UNEXPECTED_STATE,
            f"The collection of subscription {row.id} is paused too; let it go on first, with pauseCollection null.",
            "id",
        )


def _wish(row: Subscription, intent: PaymentIntent, method: PaymentMethod, at: datetime) -> Wish:
    """The payment, to be tried with the customer present, as the first one of a subscription is."""
    return Wish(intent=intent, payment_method=method, at=at, off_session=False, test_clock_id=row.test_clock_id)
