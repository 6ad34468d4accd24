"""Changing a subscription while it runs."""

from dataclasses import replace
from datetime import datetime

from domain.drafts import UNSET, given
from domain.errors import DomainError, ErrorCode
from domain.event_types import EventType
from domain.invoices import CollectionMethod, days_until_due, refuse_terms_of_sending
from domain.lifecycles import LIVING, SUBSCRIPTION, SubscriptionStatus
from domain.metadata import merged_metadata
from domain.subscriptions import BillingMode, PaymentBehavior, ProrationBehavior, cancellation_told
from domain.taxes import (
    AutomaticTaxDraft,
    AutomaticTaxStatus,
    automatic_tax_problem,
    rates_beside_automatic_tax,
)
from domain.texts import text_within
from domain.trials import NOW, checked_trial_end
from models import Customer, Subscription
from services.aggregates import WholeSubscription
from services.base import Service, Settled, part
from services.events import Events
from services.invoices.finalization import Finalization, Payer
from services.payment_methods import PaymentMethods
from services.payments import Attempts, Effect, Prepared
from services.subscriptions.announcing import TrialAnnouncements
from services.subscriptions.change_rules import ChangeRuling
from services.subscriptions.charged_first import ChargedFirst
from services.subscriptions.discounts import SubscriptionDiscounts
from services.subscriptions.drafts import SubscriptionChange
from services.subscriptions.endings import Endings, asks_for_end_at_once
from services.subscriptions.holding import refuse_elsewhere
from services.subscriptions.item_changes import ItemChanges, ItemsChanged, asks_at_once, touches_items
from services.subscriptions.item_checks import refuse_waiting
from services.subscriptions.made_prices import MadePrices
from services.subscriptions.pausing import CollectionPause
from services.subscriptions.pending_updates import PendingUpdates
from services.subscriptions.planning import DESCRIPTION_LENGTH_MAX
from services.subscriptions.rates_beside import RatesBesideAutomaticTax
from services.subscriptions.sharing import SubscriptionSharing
from services.subscriptions.threshold_rules import ThresholdRules
from services.subscriptions.thresholds import Thresholds, thresholds_column
from services.subscriptions.trials import Trials
from services.subscriptions.under_schedule import refuse_against_schedule
from services.subscriptions.wholes import WholeSubscriptions
from services.tax import AutomaticTax, NamedRates, TaxRatesNamed
from services.tax.liabilities import TaxLiabilities, refuse_late

_CHANGEABLE = (
    "cancel_at_period_end", "cancel_at", "canceled_at", "cancellation_details", "default_payment_method_id",
    "description", "metadata", "trial_missing_payment_method", "pause_behavior", "pause_resumes_at",
    "has_pending_items", "latest_invoice_id", "scheduled_change", "cycle", "anchor_cycle", "billing_cycle_anchor",
    "collection_method", "days_until_due", "pending_update", "pending_invoice_id", "discounts", "default_tax_rates",
    "automatic_tax", "billing_thresholds", "sharing", "tax_liability_id",
)  # fmt: skip


ITEMS_CHANGEABLE = (SubscriptionStatus.TRIALING, SubscriptionStatus.ACTIVE, SubscriptionStatus.PAST_DUE)
"""The statuses in which items may change: one that is INCOMPLETE first has to be paid."""


class Changes(Service):
    """Applies changes to subscriptions."""

    events = part(Events)
    methods = part(PaymentMethods)
    trials = part(Trials)
    pause = part(CollectionPause)
    announcements = part(TrialAnnouncements)
    wholes = part(WholeSubscriptions)
    items = part(ItemChanges)
    ruling = part(ChangeRuling)
    finalization = part(Finalization)
    attempts = part(Attempts)
    endings = part(Endings)
    charged_first = part(ChargedFirst)
    made_prices = part(MadePrices)
    pending = part(PendingUpdates)
    discounts = part(SubscriptionDiscounts)
    tax_rates = part(TaxRatesNamed)
    automatic_tax = part(AutomaticTax)
    named_rates = part(RatesBesideAutomaticTax)
    thresholds = part(Thresholds)
    threshold_rules = part(ThresholdRules)
    sharing = part(SubscriptionSharing)
    liabilities = part(TaxLiabilities)

    async def update(self, change: SubscriptionChange) -> Settled[Subscription | None]:
        """Apply the change to the subscription, which has to be living; charge for it where that was asked."""
        if change.payment_behavior is PaymentBehavior.ERROR_IF_INCOMPLETE:
            return await self.charged_first.carried_out(lambda at, payment: self._begin(change, at, payment))
        _refuse_beside_pending(change)
        settled = await self.attempts.carried_out(lambda: self._begin(change))
        return Settled(settled.value, settled.problem, settled.payment_intent_id)

    async def _begin(
        self, change: SubscriptionChange, moment: datetime | None = None, payment: Effect | None = None
    ) -> Prepared[Subscription]:
        """Within the first transaction: everything is written, as of `moment` where `payment` was made for it then."""
        payer = await self._payer(change)
        row = await self.lock(Subscription, change.id)
        if payer is not None:
            refuse_elsewhere(payer.row.id, row)
        allowed = ITEMS_CHANGEABLE if touches_items(change) else LIVING
        SUBSCRIPTION.refuse_unless("update", row.id, SubscriptionStatus(row.status), allowed=allowed)
        refuse_against_schedule(row, change)
        at = await self.present(row.test_clock_id)
        [whole] = await self.wholes.of([row])
        if moment is not None:
            _refuse_overtaken(whole, moment)
            at = moment
        before = self.events.snapshot(whole)
        await self._set(whole, change)
        _set_collection(row, change)
        await self.sharing.change(row, change)
        await self.pause.change(row, change.pause_collection, at)
        change = await self.discounts.change(whole, change, at)
        changed = ItemsChanged(whole)
        if change.waits_for_period_end:
            await self.ruling.put_off(whole, change.items, at)
        elif touches_items(change):
            changed = await self._exchange(whole, change, payer, at, payment)
        if change.billing_thresholds is not UNSET:
            await self.threshold_rules.refuse_unfit(changed.whole, "billingThresholds")
        moved = await self._set_trial(changed.whole, change, at)
        wishes = await self.endings.change(changed.whole, change, payer, at)
        _tell(row, change)
        await row.save(update_fields=_CHANGEABLE)
        self.events.record(EventType.CUSTOMER_SUBSCRIPTION_UPDATED, changed.whole, at=at, before=before)
        if moved:
            await self.announcements.announce(changed.whole, at)
        elif change.trial_end is NOW:
            await self.trials.end_now(changed.whole, at)
        return Prepared(subject=row, wishes=[*changed.wishes, *wishes])

    async def _exchange(
        self,
        whole: WholeSubscription,
        change: SubscriptionChange,
        payer: Payer | None,
        at: datetime,
        payment: Effect | None,
    ) -> ItemsChanged:
        """Exchange the items now, or once that is paid for."""
        change = replace(change, items=await self.made_prices.named(change.items))
        if change.payment_behavior is PaymentBehavior.PENDING_IF_INCOMPLETE:
            held = await self.pending.hold(whole, change, payer, at)
            if held is not None:
                return held
        changed = await self.items.apply(whole, change, payer, at, payment)
        if change.items:
            whole.row.scheduled_change = None
        return changed

    async def _payer(self, change: SubscriptionChange) -> Payer | None:
        """Whoever is charged at once, held before the subscription, as whatever finalizes invoices does."""
        if not touches_items(change) and not asks_for_end_at_once(change) and change.trial_end is UNSET:
            return None
        row = await self.require(Subscription, change.id)
        at_once = asks_at_once(row, change) or asks_for_end_at_once(change)
        if not at_once and change.trial_end is UNSET:
            return None
        [payer] = await self.finalization.payers([row.customer_id])
        return payer if at_once else None

    async def _set_trial(self, whole: WholeSubscription, change: SubscriptionChange, at: datetime) -> bool:
        """Begin or move a trial as the change says; whether its end is now another. One that ends now does so later."""
        row, status = whole.row, SubscriptionStatus(whole.row.status)
        if change.trial_settings is not UNSET:
            row.trial_missing_payment_method = change.trial_settings.end_behavior.missing_payment_method
        if change.trial_end is UNSET:
            return False
        if change.trial_end is NOW:
            SUBSCRIPTION.refuse_unless("end the trial of", row.id, status, param="trialEnd")
            return False
        refuse_waiting(row)
        end = checked_trial_end(change.trial_end, at)
        if row.billing_mode == BillingMode.CLASSIC and row.cancel_at is not None and not row.cancel_at_period_end:
            end = min(end, row.cancel_at)  # with CLASSIC a trial does not outlast its subscription
        if status is SubscriptionStatus.TRIALING:
            await self.trials.move_end(whole, end)
        else:
            SUBSCRIPTION.refuse_unless("begin a trial of", row.id, status, param="trialEnd")
            await self.trials.begin(whole, end, at)
        return True

    async def _set(self, whole: WholeSubscription, change: SubscriptionChange) -> None:
        row = whole.row
        if change.default_payment_method is None:
            row.default_payment_method_id = None
        elif change.default_payment_method is not UNSET:
            customer = await self.require(Customer, row.customer_id, "customer")
            method = await self.methods.usable(change.default_payment_method, customer, "defaultPaymentMethod")
            row.default_payment_method_id = method.id
        if change.description is None:
            row.description = None
        elif change.description is not UNSET:
            row.description = text_within(change.description, DESCRIPTION_LENGTH_MAX, "description")
        if change.default_tax_rates is not UNSET:
            wanted = change.default_tax_rates or ()
            await self.tax_rates.checked(NamedRates(wanted, ("defaultTaxRates",), kept=row.default_tax_rates))
            row.default_tax_rates = list(wanted)
        if change.automatic_tax is not UNSET:
            await self._set_automatic_tax(row, change.automatic_tax)
            if row.automatic_tax and await self.named_rates.beside(whole, change.items):
                raise rates_beside_automatic_tax()
        if row.automatic_tax and given(change.default_tax_rates, None):
            raise rates_beside_automatic_tax("defaultTaxRates")
        if change.billing_thresholds is not UNSET:
            thresholds = thresholds_column(change.billing_thresholds)
            row.billing_thresholds = None if thresholds is None else dict(thresholds)
            await self.thresholds.set_anew(row)
        if change.metadata is not UNSET:
            row.metadata = merged_metadata(row.metadata, change.metadata or {})

    async def _set_automatic_tax(self, row: Subscription, wanted: AutomaticTaxDraft) -> None:
        """Later invoices are taxed by where the customer is, which has to be known, or not any more."""
        await self.liabilities.refuse_unfit(wanted)
        refuse_late(row.tax_liability_id, wanted, row.latest_invoice_id)
        if wanted.liability is not None:
            row.tax_liability_id = wanted.liable
        if wanted.enabled and not row.automatic_tax:
            customer = await self.require(Customer, row.customer_id, "customer")
            at = await self.present(row.test_clock_id)
            status = await self.automatic_tax.status_of(customer, at, row.tax_liability_id)
            problem = automatic_tax_problem(status, customer.id, "automaticTax")
            if problem is not None and status is AutomaticTaxStatus.REQUIRES_LOCATION_INPUTS:
                raise DomainError.of([problem])
        row.automatic_tax = wanted.enabled


COLLECTION_CHANGEABLE = (
    SubscriptionStatus.TRIALING, SubscriptionStatus.ACTIVE, SubscriptionStatus.PAST_DUE, SubscriptionStatus.UNPAID,
)  # fmt: skip
"""The statuses in which it may change how invoices are collected: others wait for a payment."""


def _set_collection(row: Subscription, change: SubscriptionChange) -> None:
    """How later invoices are collected; those that there are keep to what they say."""
    if change.collection_method is UNSET and change.days_until_due is UNSET:
        return
    status = SubscriptionStatus(row.status)
    SUBSCRIPTION.refuse_unless(
        "change the collection of", row.id, status, allowed=COLLECTION_CHANGEABLE, param="collectionMethod"
    )
    method = CollectionMethod(given(change.collection_method, row.collection_method))
    if method is CollectionMethod.SEND_INVOICE:
        row.days_until_due = days_until_due(given(change.days_until_due, row.days_until_due))
    else:
        refuse_terms_of_sending(None if change.days_until_due is UNSET else change.days_until_due)
        row.days_until_due = None
    row.collection_method = method


def _tell(row: Subscription, change: SubscriptionChange) -> None:
    """What the customer says about leaving; null takes back what they said, and leaves the reason."""
    said = change.cancellation_details
    if said is None:
        row.cancellation_details = {name: value for name, value in row.cancellation_details.items() if name == "reason"}
    elif said is not UNSET:
        row.cancellation_details = cancellation_told(
            row.cancellation_details, comment=said.comment, feedback=said.feedback
        )


def _refuse_beside_pending(change: SubscriptionChange) -> None:
    """A change that may have to wait is one of items and anchor alone, as Stripe's."""
    others = replace(
        change,
        items=(),
        billing_cycle_anchor=None,
        proration_behavior=ProrationBehavior.CREATE_PRORATIONS,
        proration_date=None,
        off_session=False,
        waits_for_period_end=False,
    )
    if change.payment_behavior is PaymentBehavior.PENDING_IF_INCOMPLETE and others != SubscriptionChange(
        change.id, payment_behavior=change.payment_behavior
    ):
        raise DomainError(
            ErrorCode.PARAMETERS_EXCLUSIVE,
            "With PENDING_IF_INCOMPLETE only items and billingCycleAnchor can change, with prorationBehavior and"
            " prorationDate; change the rest by itself.",
            "paymentBehavior",
        )


def _refuse_overtaken(whole: WholeSubscription, moment: datetime) -> None:
    """A change that was paid for beforehand is not made in another period than it was worked out for."""
    if moment < max(item.row.current_period_start for item in whole.items):
        raise DomainError(
            ErrorCode.LOCK_TIMEOUT,
            f"A new period of subscription {whole.row.id} began while the change was being charged; the money goes"
            " back. Try again.",
            "id",
        )
