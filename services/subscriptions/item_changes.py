"""Carrying out a change of items: rows, prorations, and with ALWAYS_INVOICE the invoice for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.errors import DomainError, ErrorCode
from domain.event_types import EventType
from domain.invoices import BillingReason, CollectionMethod
from domain.invoicing import invoice_draft_of
from domain.subscriptions import AnchorChange, BillingMode, PaymentBehavior, ProrationBehavior
from models import Invoice, PaymentIntent, PaymentMethod, Subscription, SubscriptionItem
from services.aggregates import WholeSubscription
from services.base import Service, part
from services.due import Due
from services.events import Events
from services.invoices.drafting import Drafting, Wanted
from services.invoices.finalization import Finalization, Payer
from services.invoices.items import InvoiceItems, line_of
from services.invoices.sellers import Sellers
from services.payments import Effect, PaymentIntents, Wish
from services.rows import delete_by, insert_rows, update_rows
from services.subscriptions.at_once import InvoicesAtOnce
from services.subscriptions.drafts import SubscriptionChange
from services.subscriptions.exchange import Exchanges, ItemsPlan, Proration
from services.subscriptions.period_agenda import PERIOD_ENDINGS, PeriodAgenda, current_period_end

_CHANGED = (
    "price_id", "quantity", "unit_amount", "metadata", "discounts", "tax_rates", "invoiced_price_id",
    "invoiced_quantity", "invoiced_unit_amount", "current_period_start", "current_period_end", "metered_since",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ItemsChanged:
    """The subscription with its new items, and the payments that the change asks for at once."""

    whole: WholeSubscription
    wishes: Sequence[Wish] = ()


class ItemChanges(Service):
    """Writes planned changes of items down."""

    events = part(Events)
    due = part(Due)
    agenda = part(PeriodAgenda)
    exchanges = part(Exchanges)
    items = part(InvoiceItems)
    drafting = part(Drafting)
    sellers = part(Sellers)
    finalization = part(Finalization)
    at_once = part(InvoicesAtOnce)
    intents = part(PaymentIntents)

    async def apply(
        self,
        whole: WholeSubscription,
        change: SubscriptionChange,
        payer: Payer | None,
        at: datetime,
        payment: Effect | None = None,
    ) -> ItemsChanged:
        """Exchange the items. The caller stores the subscription's own row, which this changes too.

        `payer` is the held customer where the change is to be invoiced at once, `payment` what they paid for it
        beforehand. Events `invoiceitem.created` for each proration, then those of the invoice.
        """
        row, ending = whole.row, current_period_end(whole)
        plan = await self.exchanges.plan(whole, change.items, proration_of(whole, change, at), at)
        await self.stored(plan, ending, at)
        if not plan.at_once or not (plan.lines or plan.opens_a_period):
            await self.items.store(self.items.made(row, plan.lines, at))
            row.has_pending_items = row.has_pending_items or bool(plan.lines)
            return ItemsChanged(plan.whole)
        assert payer is not None, f"whoever is charged for {row.id} is held first"
        _, wishes = await self.invoiced(row, plan, payer, change, at, payment=payment)
        return ItemsChanged(plan.whole, wishes)

    async def stored(self, plan: ItemsPlan, ending: datetime, at: datetime) -> None:
        """Write the items of a plan, and put what ends the period on the agenda where that was to be at `ending`."""
        await self.store([plan])
        await self._reschedule(plan.whole, ending, at)

    async def _reschedule(self, whole: WholeSubscription, ending: datetime, at: datetime) -> None:
        """What ends the period now, where that is at another time than before."""
        row = whole.row
        if current_period_end(whole) == ending:
            return
        if row.cancel_at_period_end:
            row.cancel_at = current_period_end(whole)
        await self.due.cancel(row.id, *PERIOD_ENDINGS)
        await self.agenda.schedule([whole], {row.test_clock_id: at}, fresh=True)

    async def store(self, plans: Sequence[ItemsPlan]) -> None:
        """Write the items of these plans: those that came, changed or went, and the times whose usage is billed."""
        removed = [row.id for plan in plans for row in plan.removed]
        await insert_rows([row for plan in plans for row in plan.added])
        await update_rows([row for plan in plans for row in plan.changed], _CHANGED)
        if removed:
            await delete_by(SubscriptionItem, "id", removed, **self.ownership())
        await insert_rows([row for plan in plans for row in plan.usage])
        began = [each.row for plan in plans if _begins_usage(each := plan.whole)]
        for row in began:
            row.has_usage = True
        await update_rows(began, ("has_usage",))

    async def invoiced(
        self,
        row: Subscription,
        plan: ItemsPlan,
        payer: Payer,
        change: SubscriptionChange,
        at: datetime,
        *,
        payment: Effect | None = None,
        auto_advance: bool = True,
    ) -> tuple[Invoice, list[Wish]]:
        """The invoice for the lines of a plan alone, finalized at once; the payment to be tried for it.

        `payment` is one that was made for it beforehand. Without `auto_advance` it opens no period yet, and nothing
        follows by itself when it is not paid. While collection is paused it is a draft. The row is the caller's to
        store.
        """
        items = self.items.made(row, plan.lines, at)
        if row.pause_behavior is not None:
            _refuse_unpaid(row, change)
            return await self.at_once.resting(row, items, at, opens_a_period=plan.opens_a_period), []
        if change.payment_behavior in _ON_PAYMENT:
            await self.sellers.refuse_gone(row)
        draft = invoice_draft_of((), row.currency, [line_of(item) for item in items])
        invoice = await self.drafting.drafted(Wanted(row, draft, BillingReason.SUBSCRIPTION_UPDATE, at, at, at, None))
        invoice.row.auto_advance = auto_advance
        if plan.opens_a_period and auto_advance:
            invoice.row.cycle = row.cycle  # unlike others of its reason
        for item in items:
            item.pending, item.invoice_id = False, invoice.row.id
        await self.items.store(items)
        self.events.record(EventType.INVOICE_CREATED, invoice, at=at)
        row.latest_invoice_id = invoice.row.id
        intents = await self.finalization.finalize([invoice], [payer], payment=payment)
        if payment is not None:
            return invoice.row, []
        left_to_customer = change.payment_behavior is PaymentBehavior.DEFAULT_INCOMPLETE
        if left_to_customer or row.collection_method == CollectionMethod.SEND_INVOICE:
            await self.intents.store(intents)
            return invoice.row, []
        return invoice.row, [await self._wish(row, intent, payer, change, at) for intent in intents]

    async def _wish(
        self, row: Subscription, intent: PaymentIntent, payer: Payer, change: SubscriptionChange, at: datetime
    ) -> Wish:
        chosen = (row.default_payment_method_id, payer.row.default_payment_method_id)
        found = {each.id: each for each in await self.gather(PaymentMethod, "id", chosen) if each.customer_id}
        method = next((found[each] for each in chosen if each in found), None)
        if method is None:
            raise DomainError(
                ErrorCode.RESOURCE_MISSING,
                f"Customer {payer.row.id} has no default payment method to charge {intent.amount} {intent.currency} to."
                " Attach one and make it the default, or change with paymentBehavior DEFAULT_INCOMPLETE.",
                "defaultPaymentMethod",
            )
        return Wish(
            intent=intent,
            payment_method=method,
            at=at,
            off_session=change.off_session,
            test_clock_id=payer.row.test_clock_id,
        )


def _begins_usage(whole: WholeSubscription) -> bool:
    """Whether an item is metered and none was before."""
    return not whole.row.has_usage and any(item.row.metered_since is not None for item in whole.items)


_ON_PAYMENT = (PaymentBehavior.PENDING_IF_INCOMPLETE, PaymentBehavior.ERROR_IF_INCOMPLETE)


def _refuse_unpaid(row: Subscription, change: SubscriptionChange) -> None:
    """While collection is paused nothing is paid that a change could depend on."""
    if change.payment_behavior in _ON_PAYMENT:
        raise DomainError(
            ErrorCode.SUBSCRIPTION_UNEXPECTED_STATE,
            f"Collection of subscription {row.id} is paused, so that no payment decides about its change; set"
            " pauseCollection to null first, or choose another paymentBehavior.",
            "paymentBehavior",
        )


def proration_of(whole: WholeSubscription, change: SubscriptionChange, at: datetime) -> Proration:
    """From when the change is prorated: its `proration_date`, which has to lie in the current period, or else now."""
    start = max(item.row.current_period_start for item in whole.items)
    end = current_period_end(whole)
    behavior, anchor = change.proration_behavior, change.billing_cycle_anchor
    if change.proration_date is None:
        return Proration(min(at, end), behavior, anchor)
    if not start <= change.proration_date <= end:
        raise DomainError(
            ErrorCode.PARAMETER_INVALID,
            f"Proration date {change.proration_date:%Y-%m-%dT%H:%M:%SZ} lies outside the current period, which is from"
            f" {start:%Y-%m-%dT%H:%M:%SZ} to {end:%Y-%m-%dT%H:%M:%SZ}.",
            "prorationDate",
        )
    return Proration(change.proration_date, behavior, anchor)


def touches_items(change: SubscriptionChange) -> bool:
    """Whether the items are exchanged or put into other periods."""
    return bool(change.items) or change.billing_cycle_anchor is AnchorChange.NOW


def asks_at_once(row: Subscription, change: SubscriptionChange) -> bool:
    """Whether the change may charge the customer right away; in CLASSIC mode it may always begin a new period."""
    at_once = change.proration_behavior is ProrationBehavior.ALWAYS_INVOICE
    return touches_items(change) and (at_once or row.billing_mode == BillingMode.CLASSIC)
