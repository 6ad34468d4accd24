"""What the simulation may do: one method per verb, with random but plausible arguments."""

import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

from domain.drafts import UNSET
from domain.dunning import RetriesEnd, RetryPolicy, RetryWindow, UnpaidInvoice
from domain.invoices import InvoiceNumbering
from domain.lifecycles import ChargeStatus, InvoiceStatus, PaymentIntentStatus
from domain.subscriptions import (
    AnchorChange,
    BillingMode,
    MissingPaymentMethod,
    PausedCollection,
    PaymentBehavior,
    ProrationBehavior,
)
from domain.trials import NOW, Now
from gateways.sandbox import ScriptedOutcome
from models import Charge, Customer, Invoice, PaymentIntent, PaymentMethod, Subscription, SubscriptionItem, TestClock
from services.clocks import ClockAdvanceDraft, Clocks
from services.customers import (
    BalanceTransactionDraft,
    CustomerChange,
    CustomerDraft,
    Customers,
    InvoiceSettingsChange,
)
from services.invoices import InvoicePayDraft, Invoices
from services.payment_methods import PaymentMethods, SandboxScripts
from services.payments import PaymentIntents
from services.refunds import NewRefund, Refunds
from services.scope import Scope
from services.settings import Settings, SettingsChange
from services.subscriptions import (
    CancellationDraft,
    ItemChange,
    ItemDraft,
    PauseCollectionDraft,
    SubscriptionChange,
    SubscriptionDraft,
    Subscriptions,
    TrialEndBehaviorDraft,
    TrialSettingsDraft,
)
from tests.simulation import (
    alerts,
    credit_grants,
    credit_notes,
    discounts,
    disputes,
    drafts,
    entitlements,
    meters,
    moves,
    part_payments,
    payouts,
    quotes,
    single_items,
    taxes,
    usage,
)
from tests.simulation.alerts import AlertActions
from tests.simulation.credit_grants import CreditGrantActions
from tests.simulation.credit_notes import CreditNoteActions
from tests.simulation.discounts import DiscountActions
from tests.simulation.disputes import DisputeActions
from tests.simulation.drafts import DraftActions
from tests.simulation.entitlements import EntitlementActions
from tests.simulation.meters import MeterActions
from tests.simulation.moves import MoveActions
from tests.simulation.part_payments import PartPaymentActions
from tests.simulation.payouts import PayoutActions
from tests.simulation.prices import catalogue
from tests.simulation.quotes import QuoteActions
from tests.simulation.scheduling import Scheduling
from tests.simulation.single_items import SingleItemActions
from tests.simulation.taxes import TaxActions
from tests.simulation.usage import UsageActions

CARDS = (
    *("pm_card_visa",) * 5,
    *("pm_card_chargeCustomerFail", "pm_card_authenticationRequired", "pm_card_amex"),
    *("pm_card_createDispute", "pm_card_createDisputeInquiry"),
)

_OUTCOMES = (
    *(ScriptedOutcome.SUCCEED, ScriptedOutcome.INSUFFICIENT_FUNDS, ScriptedOutcome.INSUFFICIENT_FUNDS),
    *(ScriptedOutcome.ISSUER_NOT_AVAILABLE, ScriptedOutcome.DO_NOT_HONOR, ScriptedOutcome.LOST_CARD),
)

ROW = TypeVar("ROW")
Action = Callable[[Scope], Awaitable[Any]]


@dataclass
class Actions(
    MoveActions,
    QuoteActions,
    DraftActions,
    PartPaymentActions,
    PayoutActions,
    CreditNoteActions,
    CreditGrantActions,
    AlertActions,
    Scheduling,
    SingleItemActions,
    EntitlementActions,
    TaxActions,
    UsageActions,
    MeterActions,
    DiscountActions,
    DisputeActions,
):
    """Draws the next call. Everything random comes from `dice`, so that a seed tells the whole story."""

    dice: random.Random
    scope: Scope
    clock: str
    prices: list[str] = field(default_factory=list)

    async def prepare(self) -> None:
        """A catalogue of a few prices."""
        self.prices += await catalogue(self.scope, self.dice)
        await self.prepare_features()
        await self.prepare_quotes()
        await self.prepare_tax()
        await self.prepare_usage()
        await self.prepare_meters()
        await self.prepare_discounts()

    async def draw(self) -> tuple[str, Action | None]:
        """The name of the next action and the action; None when it has nothing to act upon."""
        name = self.dice.choices(*zip(*_WEIGHTS.items(), strict=True))[0]
        action: Action | None = await getattr(self, name)()
        return name, action

    async def _any(self, rows: Sequence[ROW]) -> ROW | None:
        return self.dice.choice(rows) if rows else None

    async def new_customer(self) -> Action:
        """A customer on the clock."""
        draft = CustomerDraft(email=f"c{self.dice.randrange(50)}@example.com", test_clock=self.clock)
        return lambda scope: Customers(scope).create(draft)

    async def take_card(self) -> Action | None:
        """A card becomes somebody's default."""
        customer = await self._any(await Customer.filter(deleted_at=None).order_by("id"))
        if customer is None:
            return None
        method = await PaymentMethods(self.scope).attach(self.dice.choice(CARDS), customer.id)
        change = CustomerChange(invoice_settings=InvoiceSettingsChange(default_payment_method=method.id))
        return lambda scope: Customers(scope).update(customer.id, change)

    async def script(self) -> Action | None:
        """A card's next charges are decided."""
        method = await self._any(await PaymentMethod.filter(detached_at=None).order_by("id"))
        outcomes = self.dice.choices(_OUTCOMES, k=self.dice.choice((2, 2, 9)))
        return None if method is None else lambda scope: SandboxScripts(scope).write(method.id, outcomes)

    async def subscribe(self) -> Action | None:
        """Somebody subscribes, in some way."""
        customer = await self._any(await Customer.all().order_by("id"))
        if customer is None:
            return None
        now = (await TestClock.get(id=self.clock)).frozen_at
        trial = self.dice.choice((None, None, None, None, 1, 3, 10, 40))
        draft = SubscriptionDraft(
            customer=customer.id,
            items=(ItemDraft(price=self.dice.choice(self.prices), quantity=self.dice.choice((0, 1, 1, 3))),),
            currency=self.dice.choice((None, None, None, "eur")),
            payment_behavior=self.dice.choice(tuple(PaymentBehavior)),
            off_session=self.dice.random() < 0.3,
            **self.collection(),
            trial_period_days=trial,
            billing_cycle_anchor=self._ahead(now + timedelta(days=trial or 0), 5),
            backdate_start_date=None if trial else self._ahead(now, -50),
            proration_behavior=self.dice.choice(tuple(ProrationBehavior)),
            cancel_at=self.dice.choice((None, None, self._ahead(now, 40))),
            trial_settings=self._trial_settings(),
            billing_mode=self.dice.choice(tuple(BillingMode)),
        )
        return lambda scope: Subscriptions(scope).create(draft)

    def _ahead(self, now: datetime, days: int) -> datetime | None:
        """Sometimes a moment within so many days from now."""
        if self.dice.random() < 0.6:
            return None
        return now + timedelta(days=days) // self.dice.choice((1, 2, 7))

    async def cancel(self) -> Action | None:
        """A subscription ends now."""
        row = await self._any(await Subscription.all().order_by("id"))
        if row is None:
            return None
        draft = CancellationDraft(row.id, prorate=self.dice.random() < 0.5, invoice_now=self.dice.random() < 0.5)
        return lambda scope: Subscriptions(scope).cancel(draft)

    async def plan_end(self) -> Action | None:
        """A subscription is to end at some time, or not any more."""
        row = await self._any(await Subscription.all().order_by("id"))
        if row is None:
            return None
        change = SubscriptionChange(
            id=row.id,
            cancel_at=self._ahead((await TestClock.get(id=self.clock)).frozen_at, 50),
            proration_behavior=self.dice.choice(tuple(ProrationBehavior)),
        )
        return lambda scope: Subscriptions(scope).update(change)

    async def change(self) -> Action | None:
        """A subscription is to end with its period, or not any more."""
        row = await self._any(await Subscription.all().order_by("id"))
        if row is None:
            return None
        change = SubscriptionChange(
            id=row.id, cancel_at_period_end=self.dice.random() < 0.5, description=self.dice.choice((UNSET, None, "x"))
        )
        return lambda scope: Subscriptions(scope).update(change)

    async def exchange(self) -> Action | None:
        """Price or quantity of an item changes, or an item comes or goes, in some way."""
        item = await self._any(await SubscriptionItem.all().order_by("id"))
        if item is None:
            return None
        price, quantity = self.dice.choice((None, *self.prices)), self.dice.choice((UNSET, 0, 1, 4))
        wanted = self.dice.choice(
            (
                ItemChange(id=item.id, price=price, quantity=quantity),
                ItemChange(id=item.id, price=price, quantity=quantity),
                ItemChange(id=item.id, unit_amount=self.dice.choice((UNSET, 90, 300, 4321))),
                ItemChange(price=price),
                ItemChange(id=item.id, deleted=True),
            )
        )
        change = SubscriptionChange(
            id=item.subscription_id,
            items=(wanted,),
            proration_behavior=self.dice.choice(tuple(ProrationBehavior)),
            billing_cycle_anchor=self.dice.choice((None, None, *AnchorChange)),
            payment_behavior=self.dice.choice(tuple(PaymentBehavior)),
            off_session=self.dice.random() < 0.3,
        )
        return lambda scope: Subscriptions(scope).update(change)

    async def pause_collection(self) -> Action | None:
        """A subscription's invoices are not collected for a while, or are again."""
        row = await self._any(await Subscription.all().order_by("id"))
        if row is None:
            return None
        now = (await TestClock.get(id=self.clock)).frozen_at
        until = self.dice.choice((None, now + timedelta(days=20)))
        pause = self.dice.choice((None, *(PauseCollectionDraft(behavior, until) for behavior in PausedCollection)))
        return lambda scope: Subscriptions(scope).update(SubscriptionChange(id=row.id, pause_collection=pause))

    async def give_up(self) -> Action | None:
        """An invoice is marked as uncollectible."""
        row = await self._any(await Invoice.filter(status=InvoiceStatus.OPEN).order_by("id"))
        return None if row is None else lambda scope: Invoices(scope).mark_uncollectible(row.id)

    async def try_out(self) -> Action | None:
        """A trial ends now or later, or is put in."""
        row = await self._any(await Subscription.filter(status__in=("trialing", "active")).order_by("id"))
        if row is None:
            return None
        now = (await TestClock.get(id=self.clock)).frozen_at
        later = [now + timedelta(hours=hours) for hours in (0, 5, 24 * 9, 24 * 400)]
        end: datetime | Now = self.dice.choice([NOW, *later])
        change = SubscriptionChange(id=row.id, trial_end=end, trial_settings=self._trial_settings())
        return lambda scope: Subscriptions(scope).update(change)

    def _trial_settings(self) -> TrialSettingsDraft:
        return TrialSettingsDraft(TrialEndBehaviorDraft(self.dice.choice(tuple(MissingPaymentMethod))))

    async def pay(self) -> Action | None:
        """Somebody tries to pay an invoice."""
        row = await self._any(await Invoice.exclude(status=InvoiceStatus.PAID).order_by("id"))
        if row is None:
            return None
        draft = InvoicePayDraft(
            row.id,
            payment_method=self.dice.choice((None, "pm_card_visa", "pm_card_chargeCustomerFail")),
            amount=self.dice.choice((None, None, 50, 400, row.amount_due // 2 or 1, row.amount_due + 1)),
            paid_out_of_band=self.dice.random() < 0.2,
        )
        return lambda scope: Invoices(scope).pay(draft)

    async def void(self) -> Action | None:
        """An invoice is given up."""
        row = await self._any(await Invoice.exclude(status=InvoiceStatus.PAID).order_by("id"))
        return None if row is None else lambda scope: Invoices(scope).void(row.id)

    async def authenticate(self) -> Action | None:
        """A customer passes or fails 3-D Secure."""
        waiting = PaymentIntent.filter(status=PaymentIntentStatus.REQUIRES_ACTION).order_by("id")
        row = await self._any(await waiting)
        passed = self.dice.random() < 0.7
        return None if row is None else lambda scope: PaymentIntents(scope).authenticate(row.id, passed=passed)

    async def refund(self) -> Action | None:
        """Part or all of a charge goes back; sometimes too much is asked."""
        row = await self._any(await Charge.filter(status=ChargeStatus.SUCCEEDED).order_by("id"))
        if row is None:
            return None
        draft = NewRefund(charge=row.id, amount=self.dice.choice((None, row.amount // 2 or 1, row.amount + 1)))
        return lambda scope: Refunds(scope).create(draft)

    async def adjust(self) -> Action | None:
        """A customer's balance changes by hand."""
        row = await self._any(await Customer.exclude(currency=None).order_by("id"))
        if row is None:
            return None
        amount = self.dice.choice((-2000, -100, 40, 700))
        draft = BalanceTransactionDraft(customer=row.id, amount=amount, currency=str(row.currency))
        return lambda scope: Customers(scope).create_balance_transaction(draft)

    async def forget(self) -> Action | None:
        """A customer is deleted."""
        row = await self._any(await Customer.all().order_by("id"))
        return None if row is None else lambda scope: Customers(scope).delete(row.id)

    async def chase(self) -> Action:
        """The seller changes their mind about retries."""
        change = SettingsChange(
            upcoming_invoice_days=self.dice.choice((0, 1, 7, 60)),
            retry_policy=self.dice.choice(tuple(RetryPolicy)),
            retry_window=self.dice.choice(tuple(RetryWindow)),
            retry_waits=self.dice.choice(((), (1,), (3, 5, 7))),
            retries_end=self.dice.choice(tuple(RetriesEnd)),
            unpaid_invoice=self.dice.choice(tuple(UnpaidInvoice)),
            retry_on_new_payment_method=self.dice.random() < 0.7,
            invoice_numbering=self.dice.choice(tuple(InvoiceNumbering)),
            invoice_due_reminder_days=self.dice.choice((0, 3)),
            cancel_subscription_on_dispute=self.dice.random() < 0.3,
        )
        return lambda scope: Settings(scope).update(change)

    async def take_over(self) -> Action | None:
        """A subscription gets a card of its own, or loses it."""
        row = await self._any(await Subscription.all().order_by("id"))
        if row is None:
            return None
        card = self.dice.choice((None, "pm_card_visa", "pm_card_chargeCustomerFail"))
        return lambda scope: Subscriptions(scope).update(SubscriptionChange(id=row.id, default_payment_method=card))

    async def advance(self) -> Action:
        """Time passes."""
        clock = await TestClock.get(id=self.clock)
        time = clock.frozen_at + timedelta(hours=self.dice.choice((1, 2, 23, 100, 24 * 40)))
        draft = ClockAdvanceDraft(self.clock, time, wait=True)
        return lambda scope: Clocks(scope).advance(draft)


_WEIGHTS = {
    "new_customer": 10, "take_card": 18, "script": 5, "subscribe": 18, "cancel": 3, "plan_end": 5, "change": 4,
    "try_out": 5, "exchange": 14, "pause_collection": 4, "give_up": 2, "pay": 10, "void": 4,
    "authenticate": 6, "refund": 5, "adjust": 4, "forget": 1, "advance": 16, "chase": 4, "take_over": 4,
    "plan": 8, "replan": 5, "unplan": 2, **discounts.WEIGHTS,
    **quotes.WEIGHTS, **moves.WEIGHTS, **drafts.WEIGHTS, **part_payments.WEIGHTS, **credit_notes.WEIGHTS,
    **single_items.WEIGHTS, **entitlements.WEIGHTS, **taxes.WEIGHTS, **usage.WEIGHTS, **meters.WEIGHTS,
    **credit_grants.WEIGHTS, **alerts.WEIGHTS, **disputes.WEIGHTS, **payouts.WEIGHTS,
}  # fmt: skip
