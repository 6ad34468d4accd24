"""Making subscriptions: the agreement, its first invoice and the first payment."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import cast

from domain.agenda import AgendaKind
from domain.errors import DomainError, ErrorCode
from domain.event_types import EventType
from domain.fates import InvoiceFate, subscription_status_at_start
from domain.invoice_sharing import part_of
from domain.invoices import BillingReason, CollectionMethod
from domain.lifecycles import PaymentIntentStatus, SubscriptionStatus
from domain.sharing import Sharing
from domain.subscriptions import INCOMPLETE_LASTS, PaymentBehavior
from gateways.outcomes import Outcome
from models import Charge, Invoice, PaymentIntent, Price, Subscription
from services.aggregates import WholeCustomer, WholeInvoice
from services.base import Service, Settled, part
from services.catalog import Catalog
from services.coupons.holding import Holding
from services.due import Appointment
from services.events import Events
from services.idempotency import answered, claimed
from services.invoices.drafting import Drafting, Wanted
from services.invoices.finalization import Finalization, Payer
from services.invoices.items import InvoiceItems
from services.invoices.sharing import Charged, InvoiceSharing
from services.payments import Attempts, Effect, Errand, PaymentIntents, Prepared, Resolution, Wish
from services.rows import insert_rows, update_rows
from services.settings import Settings
from services.subscriptions.announcing import TrialAnnouncements
from services.subscriptions.discounts import SubscriptionDiscounts
from services.subscriptions.drafts import SubscriptionDraft
from services.subscriptions.period_agenda import PeriodAgenda
from services.subscriptions.planning import Plan, Planning
from services.subscriptions.thresholds import Thresholds
from services.transactions import in_transaction


class Creation(Service):
    """Writes planned subscriptions down and collects their first invoice."""

    events = part(Events)
    agenda = part(PeriodAgenda)
    catalog = part(Catalog)
    planning = part(Planning)
    drafting = part(Drafting)
    items = part(InvoiceItems)
    finalization = part(Finalization)
    intents = part(PaymentIntents)
    attempts = part(Attempts)
    settings = part(Settings)
    thresholds = part(Thresholds)
    announcements = part(TrialAnnouncements)
    discounts = part(SubscriptionDiscounts)
    holding = part(Holding)
    sharing = part(InvoiceSharing)

    async def create(self, draft: SubscriptionDraft) -> Settled[Subscription | None]:
        """Write the subscription and collect its first invoice as its payment behaviour says."""
        if draft.payment_behavior is PaymentBehavior.PENDING_IF_INCOMPLETE:
            raise DomainError(
                ErrorCode.PARAMETER_INVALID,
                "A subscription cannot begin with PENDING_IF_INCOMPLETE, which is for changes; choose another way.",
                "paymentBehavior",
            )
        sent = draft.collection_method is CollectionMethod.SEND_INVOICE
        if draft.payment_behavior is PaymentBehavior.ERROR_IF_INCOMPLETE and not sent:
            return await self._all_or_nothing(draft)
        settled = await self.attempts.carried_out(lambda: self.begin(draft))
        return Settled(settled.value, settled.problem, settled.payment_intent_id)

    async def begin(self, draft: SubscriptionDraft) -> Prepared[Subscription]:
        """Within the first transaction: everything is written, and paid for unless that is left to the customer."""
        plan = await self.planning.plan(draft)
        intents = await self.write(plan)
        if draft.payment_behavior is PaymentBehavior.DEFAULT_INCOMPLETE or plan.sent:
            await self.intents.store(intents)
            intents = []
        return Prepared(subject=plan.whole.row, wishes=[_wish(plan, intent) for intent in intents])

    async def _all_or_nothing(self, draft: SubscriptionDraft) -> Settled[Subscription | None]:
        """Charge first and write the subscription only when that succeeded.

        Should the process die between, the charge is found homeless and its money goes back. The same happens when
        the world has changed meanwhile so that the subscription cannot be written any more.
        """

        async def begin() -> tuple[Plan, Errand, list[Charge]]:
            claim = await claimed(self.scope)
            plan = await self.planning.plan(draft)
            errand = Errand.about(plan.whole.row, claim, ErrorCode.SUBSCRIPTION_PAYMENT_INTENT_REQUIRES_ACTION)
            if plan.amount_due > 0:
                return (
                    plan,
                    errand,
                    await self.attempts.prepare([_wish(plan, await self._ahead(plan), homeless=True)], errand),
                )
            await self.write(plan)
            await self.attempts.concluded(errand, None, None)
            return plan, errand, []

        plan, errand, charges = await in_transaction(begin)
        if not charges:
            return Settled(plan.whole.row)
        outcomes = await self.attempts.call(charges)
        try:
            return await in_transaction(lambda: self._house(plan, errand, charges, outcomes))
        except DomainError:
            await Resolution(self.scope).resolve([charge.id for charge in charges])
            raise

    async def _house(
        self, plan: Plan, errand: Errand, charges: Sequence[Charge], outcomes: Sequence[Outcome | None]
    ) -> Settled[Subscription | None]:
        """Within the second transaction: give the succeeded charge its subscription, or tell the refusal."""
        effects = await self.attempts.settle(charges, outcomes)
        if not effects:
            raise DomainError(
                ErrorCode.PROCESSING_ERROR,
                "The payment was not answered in time, so no subscription was made. Should money have been taken, it"
                " goes back by itself; try again.",
            )
        [effect] = effects
        if effect.succeeded:
            await self._see_features(plan)
            await self.write(plan, payment=effect)
            settled = await self.attempts.concluded(errand, None, effect.intent.id)
            return cast("Settled[Subscription | None]", settled)
        if effect.intent.status == PaymentIntentStatus.REQUIRES_ACTION:
            effect.intent.canceled_at = effect.at
            await self.intents.cancel_all([effect.intent])
        refusal: Settled[Subscription | None] = Settled(None, effect.problem, effect.intent.id)
        if errand.claim is not None:
            await answered(errand.claim, refusal)
        return refusal

    async def _see_features(self, plan: Plan) -> None:
        """What the products bring may have changed since the plan was made, in the transaction before."""
        held = await self.gather(Price, "id", [item.price.id for item in plan.whole.items], keep=True)
        brings = {price.id: price.has_features for price in held}
        for item in plan.whole.items:
            item.price.has_features = brings[item.price.id]

    async def _ahead(self, plan: Plan) -> PaymentIntent:
        assert plan.invoice is not None, "nothing is charged ahead without an invoice"
        purchase = plan.whole.row.id
        descriptors = await self.catalog.descriptors({purchase: [line.product_id for line in plan.invoice.lines]})
        intent = self.intents.ahead(
            customer_id=plan.payer.row.id,
            amount=plan.amount_due,
            currency=plan.whole.row.currency,
            at=plan.at,
            reason=BillingReason.SUBSCRIPTION_CREATE,
        )
        intent.statement_descriptor = descriptors.get(purchase)
        row = plan.whole.row
        charged = Charged(
            plan.amount_due,
            plan.invoice.total,
            plan.invoice.total_excluding_tax,
            BillingReason.SUBSCRIPTION_CREATE,
        )
        sharing = await self.sharing.foreseen(Sharing.from_json(row.sharing), row.application_id, charged)
        intent.sharing = part_of(sharing, due=plan.amount_due, before=0, amount=plan.amount_due).as_json()
        intent.application_id = row.application_id
        return intent

    async def write(self, plan: Plan, *, payment: Effect | None = None) -> Sequence[PaymentIntent]:
        """Write the planned subscription with its first invoice, finalized at once; the payment that this asks for.

        An invoice that is to be sent, or that a schedule begins with, is a draft for the usual time instead.
        `payment` is one that was made and succeeded beforehand; the customer is then read anew. Events
        `customer.subscription.created`, `invoice.created`, `invoice.finalized` and what follows from that.
        """
        payer = plan.payer if payment is None else await self.planning.payer(plan.payer.row.id)
        row = plan.whole.row
        row.status = _first_status(plan)
        invoice = await self._drafted(plan)
        row.latest_invoice_id = None if invoice is None else invoice.row.id
        row.has_pending_items = payer.row.has_pending_items and not plan.takes_up
        await insert_rows([row])
        await insert_rows([item.row for item in plan.whole.items])
        await self.thresholds.expect(row)
        await self.take_currency(payer, row.currency, plan.at)
        self.events.record(EventType.CUSTOMER_SUBSCRIPTION_CREATED, plan.whole, at=plan.at)
        await self.discounts.store(plan.redeemed, plan.at)
        intents: Sequence[PaymentIntent] = ()
        if invoice is not None:
            intents = await self._begin_invoice(plan, payer, invoice, payment)
        await self._schedule(plan, invoice)
        return intents

    async def _drafted(self, plan: Plan) -> WholeInvoice | None:
        """The first invoice; the time until an anchor may be free, and then it opens no period or is not at all.

        One that waits is a draft for the usual time, unless it is a trial's.
        """
        if plan.invoice is None:
            return None
        row, finalizes_at = plan.whole.row, None
        if plan.waits and row.trial_end is None:
            finalizes_at = plan.at + timedelta(seconds=(await self.settings.current()).invoice_finalization_delay)
        wanted = Wanted(row, plan.invoice, BillingReason.SUBSCRIPTION_CREATE, plan.at, plan.at, plan.at, finalizes_at)
        invoice = await self.drafting.drafted(wanted)
        invoice.row.cycle = row.cycle if row.cycle >= 0 else None
        return invoice

    async def _begin_invoice(
        self, plan: Plan, payer: Payer, invoice: WholeInvoice, payment: Effect | None
    ) -> Sequence[PaymentIntent]:
        """Store the first invoice, finalized unless it waits; the payment that it asks for."""
        for item in plan.once:
            item.pending, item.invoice_id = False, invoice.row.id
        await self.items.store(plan.once)
        if plan.takes_up and (plan.waiting or payer.row.has_pending_items):
            await self._take_up(plan, payer, invoice.row, again=payment is not None)
        if invoice.row.automatically_finalizes_at is not None:
            await self.drafting.store([invoice])
            return ()
        self.events.record(EventType.INVOICE_CREATED, invoice, at=plan.at)
        trialing = plan.whole.row.trial_end is not None
        return await self.finalization.finalize([invoice], [payer], payment=payment, with_balance=not trialing)

    async def _take_up(self, plan: Plan, payer: Payer, invoice: Invoice, *, again: bool) -> None:
        """What waited for any invoice of the customer is on this one; `again` looks whether it still waits."""
        waiting = plan.waiting
        if again:
            waiting = await self.items.waiting_of(payer.row)
            if [(item.id, item.amount) for item in waiting] != [(item.id, item.amount) for item in plan.waiting]:
                raise DomainError(
                    ErrorCode.LOCK_TIMEOUT,
                    f"The invoice items of customer {payer.row.id} changed while they were being charged; the money"
                    " goes back. Try again.",
                )
        for item in waiting:
            item.pending, item.invoice_id = False, invoice.id
        await update_rows(waiting, ("pending", "invoice_id"))
        payer.row.has_pending_items = False
        await update_rows([payer.row], ("has_pending_items",))

    async def _schedule(self, plan: Plan, invoice: WholeInvoice | None) -> None:
        row = plan.whole.row
        appointments = []
        finalizes_at = None if invoice is None else invoice.row.automatically_finalizes_at
        if invoice is not None and finalizes_at is not None:
            kind = AgendaKind.INVOICE_FINALIZE
            appointments.append(Appointment(kind, invoice.row.id, finalizes_at, row.test_clock_id))
        elif plan.amount_due > 0 and not plan.waits:
            expires_at = plan.at + INCOMPLETE_LASTS
            appointments.append(Appointment(AgendaKind.SUBSCRIPTION_EXPIRE, row.id, expires_at, row.test_clock_id))
        presents = {row.test_clock_id: plan.at}
        await self.agenda.schedule([plan.whole], presents, fresh=True, also=appointments)
        if row.trial_end is not None:
            await self.announcements.announce(plan.whole, plan.at)

    async def take_currency(self, payer: Payer, currency: str, at: datetime) -> None:
        """The first subscription decides the customer's currency, and so does one after all others have ended."""
        customer = payer.row
        if customer.currency != currency:
            having = await self.holding.of_customers([customer])
            whole = WholeCustomer(customer, payer.balance, discount=having.get(customer.id))
            before = self.events.snapshot(whole)
            customer.currency = currency
            await update_rows([customer], ("currency",))
            self.events.record(EventType.CUSTOMER_UPDATED, whole, at=at, before=before)


def _first_status(plan: Plan) -> SubscriptionStatus:
    """A trial waits for no payment, nor does what is invoiced, and so they are never incomplete."""
    if plan.whole.row.trial_end is not None:
        return SubscriptionStatus.TRIALING
    if plan.waits:
        return SubscriptionStatus.ACTIVE
    return subscription_status_at_start(InvoiceFate.PAID if plan.amount_due == 0 else InvoiceFate.AWAITED)


def _wish(plan: Plan, intent: PaymentIntent, *, homeless: bool = False) -> Wish:
    """The first payment, to be tried with the customer present unless the draft says otherwise."""
    assert plan.method is not None, "a payment is tried only with a payment method"
    return Wish(
        intent=intent,
        payment_method=plan.method,
        at=plan.at,
        off_session=plan.draft.off_session,
        test_clock_id=plan.payer.row.test_clock_id,
        homeless=homeless,
    )
