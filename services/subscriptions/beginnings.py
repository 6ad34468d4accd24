"""The rows of a new subscription: its periods from the moments that were asked for. Nothing is stored here."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from domain.beginnings import (
    Beginning,
    Terms,
    anchor_of,
    beginning_of,
    checked_anchor,
    checked_backdate,
    refuse_many_lines,
)
from domain.cancellation import PeriodEnd, checked_cancel_at
from domain.drafts import UNSET
from domain.errors import DomainError, ErrorCode
from domain.ids import Prefix
from domain.intervals import shortest_of
from domain.metadata import merged_metadata
from domain.periods import Period, Recurrence
from domain.subscriptions import BillingMode, MissingPaymentMethod, ProrationBehavior, cancellation_requested
from domain.taxes import is_enabled, liable_of
from domain.trials import trial_end_of
from models import Customer, Price, Subscription, SubscriptionItem
from services.aggregates import PricedItem, WholeSubscription
from services.base import Service
from services.catalog.rates import recurrence_of_price
from services.subscriptions.drafts import ItemDraft, SubscriptionDraft
from services.subscriptions.wholes import is_metered, quantity_of


@dataclass(frozen=True, slots=True)
class Begun:
    """A subscription that is not stored, and how each of its items begins, in order."""

    whole: WholeSubscription
    beginnings: Sequence[Beginning]


class Beginnings(Service):
    """Makes the rows of new subscriptions."""

    def begun(
        self, draft: SubscriptionDraft, customer: Customer, prices: Sequence[Price], currency: str, at: datetime
    ) -> Begun:
        """The subscription with its items, in the period that its terms put it into."""
        terms = _terms(draft, prices, at)
        terms = replace(terms, cancel_at=_cancel_at(draft, terms, prices))
        row = self._row(draft, terms, beginning_of(terms), customer, currency)
        beginnings = [_beginning_of(terms, price) for price in prices]
        items = [
            self._item(row, *each)
            for each in zip(draft.items, prices, (own.current for own in beginnings), strict=True)
        ]
        row.has_usage = any(is_metered(price) for price in prices)
        free = row.cycle < 0
        for item in items if free else ():  # A change gives nothing back for time that was never invoiced.
            item.row.invoiced_price_id, item.row.invoiced_quantity = item.price.id, 0
            item.row.invoiced_unit_amount = item.row.unit_amount
        return Begun(WholeSubscription(row, items), beginnings)

    def _row(
        self, draft: SubscriptionDraft, terms: Terms, beginning: Beginning, customer: Customer, currency: str
    ) -> Subscription:
        cancel_at = terms.cancel_at
        return Subscription.made(
            id=self.new_id(Prefix.SUBSCRIPTION),
            created_at=terms.at,
            customer_id=customer.id,
            currency=currency,
            has_customer_discounts=bool(customer.discounts),
            collection_method=draft.collection_method,
            days_until_due=draft.days_until_due,
            default_tax_rates=list(draft.default_tax_rates),
            automatic_tax=is_enabled(draft.automatic_tax),
            tax_liability_id=liable_of(draft.automatic_tax),
            billing_cycle_anchor=beginning.anchor,
            billing_cycle_anchor_config=_stored(draft),
            cycle=beginning.cycle,
            anchor_cycle=beginning.anchor_cycle,
            trial_start=None if terms.trial_end is None else terms.at,
            trial_end=terms.trial_end,
            trial_missing_payment_method=_missing_payment_method(draft),
            start_date=terms.backdated_to or terms.at,
            cancel_at_period_end=draft.cancel_at_period_end,
            cancel_at=cancel_at,
            canceled_at=None if cancel_at is None else terms.at,
            cancellation_details={} if cancel_at is None else cancellation_requested({}),
            billing_mode=draft.billing_mode,
            description=draft.description,
            sharing=draft.sharing.as_json(),
            application_id=self.scope.application_id if draft.agreed is None else draft.agreed.application_id,
            metadata=merged_metadata({}, draft.metadata),
            test_clock_id=customer.test_clock_id,
            **self.ownership(),
        )

    def _item(self, row: Subscription, draft: ItemDraft, price: Price, period: Period) -> PricedItem:
        item = SubscriptionItem.made(
            id=self.new_id(Prefix.SUBSCRIPTION_ITEM),
            created_at=row.created_at,
            subscription_id=row.id,
            price_id=price.id,
            quantity=quantity_of(price, UNSET if draft.quantity is None else draft.quantity),
            metered_since=(row.trial_end or row.start_date) if is_metered(price) else None,
            tax_rates=list(draft.tax_rates),
            unit_amount=draft.unit_amount,
            current_period_start=period.start,
            current_period_end=period.end,
            metadata=merged_metadata({}, draft.metadata),
            **self.ownership(),
        )
        return PricedItem(item, price)


def _terms(draft: SubscriptionDraft, prices: Sequence[Price], at: datetime) -> Terms:
    """What the draft asks for, with moments that fit together."""
    _refuse_exclusive(draft)
    recurrence = shortest_of(_recurrence_of(price) for price in prices)
    classic = draft.billing_mode is BillingMode.CLASSIC
    trial_end = trial_end_of(draft.trial_period_days, draft.trial_end, at)
    cancel_at = None
    if isinstance(draft.cancel_at, datetime):
        cancel_at = checked_cancel_at(draft.cancel_at, at)
        if classic and trial_end is not None:
            trial_end = min(trial_end, cancel_at)
    backdated_to = None if draft.backdate_start_date is None else checked_backdate(draft.backdate_start_date, at)
    if backdated_to is not None and trial_end is not None:
        raise DomainError(
            ErrorCode.PARAMETERS_EXCLUSIVE,
            "A subscription that begins with a trial begins now; leave out backdateStartDate or the trial.",
            "backdateStartDate",
        )
    terms = Terms(
        at=at,
        recurrence=recurrence,
        backdated_to=backdated_to,
        anchor=_anchor(draft, recurrence, trial_end or at),
        trial_end=trial_end,
        cancel_at=cancel_at,
        prorated=draft.proration_behavior is not ProrationBehavior.NONE,
        at_once=classic,
    )
    refuse_many_lines(terms, len(prices))
    return terms


def _recurrence_of(price: Price) -> Recurrence:
    recurrence = recurrence_of_price(price)
    assert recurrence is not None, "only recurring prices pass the checks"
    return recurrence


def _anchor(draft: SubscriptionDraft, recurrence: Recurrence, after: datetime) -> datetime | None:
    """The anchor that was asked for; one at the end of the trial is where it would be anyway."""
    if draft.billing_cycle_anchor_config is not None:
        return anchor_of(draft.billing_cycle_anchor_config, recurrence, after)
    if draft.billing_cycle_anchor is None or (draft.billing_cycle_anchor == after and _has_trial(draft)):
        return None
    return checked_anchor(draft.billing_cycle_anchor, recurrence, after)


def _has_trial(draft: SubscriptionDraft) -> bool:
    return draft.trial_period_days is not None or isinstance(draft.trial_end, datetime)


def _beginning_of(terms: Terms, price: Price) -> Beginning:
    """The beginning of one item: its periods are its own, counted from the common anchor."""
    return beginning_of(replace(terms, recurrence=_recurrence_of(price)))


def _cancel_at(draft: SubscriptionDraft, terms: Terms, prices: Sequence[Price]) -> datetime | None:
    """When it is to end, if that was asked for; a word means the end of the first period of an item."""
    ends = [_beginning_of(terms, price).current.end for price in prices]
    if draft.cancel_at is PeriodEnd.MAX_PERIOD_END:
        return max(ends)
    return min(ends) if draft.cancel_at_period_end or draft.cancel_at is PeriodEnd.MIN_PERIOD_END else terms.cancel_at


def _stored(draft: SubscriptionDraft) -> dict[str, int | None] | None:
    config = draft.billing_cycle_anchor_config
    if config is None:
        return None
    names = ("day_of_month", "month", "hour", "minute", "second")
    return {name: getattr(config, name) for name in names}


def _missing_payment_method(draft: SubscriptionDraft) -> MissingPaymentMethod:
    settings = draft.trial_settings
    return MissingPaymentMethod.CREATE_INVOICE if settings is None else settings.end_behavior.missing_payment_method


def _refuse_exclusive(draft: SubscriptionDraft) -> None:
    """Two ways to say one thing."""
    if draft.billing_cycle_anchor is not None and draft.billing_cycle_anchor_config is not None:
        raise DomainError(
            ErrorCode.PARAMETERS_EXCLUSIVE,
            "Periods are counted from billingCycleAnchor or as billingCycleAnchorConfig says, not both.",
            "billingCycleAnchorConfig",
        )
    if draft.cancel_at is not None and draft.cancel_at_period_end:
        raise DomainError(
            ErrorCode.PARAMETERS_EXCLUSIVE, "A subscription has either cancelAt or cancelAtPeriodEnd.", "cancelAt"
        )
