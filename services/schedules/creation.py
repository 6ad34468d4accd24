"""Making schedules: for a customer with phases, or out of a subscription that runs."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from domain.agenda import AgendaKind
from domain.drafts import UNSET, Unset, given
from domain.errors import DomainError, ErrorCode, Problems
from domain.event_types import EventType
from domain.ids import Prefix
from domain.invoices import CollectionMethod
from domain.lifecycles import SUBSCRIPTION, SubscriptionScheduleStatus, SubscriptionStatus
from domain.metadata import merged_metadata
from domain.schedules import Phase, PhaseItem, SubscriptionScheduleEndBehavior
from domain.subscriptions import BillingMode
from domain.texts import text_within
from domain.trials import NOW
from models import Customer, Subscription, SubscriptionSchedule
from services.aggregates import WholeSubscription
from services.base import Service, part
from services.catalog.rates import recurrence_of_price
from services.coupons.deductions import Redeemed
from services.due import Due
from services.events import Events
from services.payment_methods import PaymentMethods
from services.rows import insert_rows, update_rows
from services.schedules.discounts import PhaseDiscounts, entries_of
from services.schedules.drafts import DefaultSettingsDraft, ScheduleDraft
from services.schedules.phasing import Frame, Phases, Phasing
from services.schedules.starting import Starting
from services.subscriptions.item_checks import refuse_waiting
from services.subscriptions.period_agenda import current_period_end
from services.subscriptions.planning import DESCRIPTION_LENGTH_MAX, Planning
from services.subscriptions.wholes import WholeSubscriptions

ADOPTABLE = (
    SubscriptionStatus.TRIALING, SubscriptionStatus.ACTIVE, SubscriptionStatus.PAST_DUE, SubscriptionStatus.UNPAID,
)  # fmt: skip
"""The statuses in which a subscription can be put under a schedule."""
_ADOPTED = ("schedule_id", "phase_ends_at")
_OTHERS = ("customer", "start_date", "phases", "end_behavior", "default_settings", "billing_mode")
"""What cannot be said beside `from_subscription`, whose state is taken over as it is."""


class ScheduleCreation(Service):
    """Writes new schedules."""

    events = part(Events)
    due = part(Due)
    planning = part(Planning)
    methods = part(PaymentMethods)
    phases = part(Phases)
    starting = part(Starting)
    wholes = part(WholeSubscriptions)
    discounts = part(PhaseDiscounts)

    async def create(self, draft: ScheduleDraft) -> SubscriptionSchedule:
        """A schedule that begins now or waits for its start."""
        customer = (await self.planning.payer(_named(draft))).row
        at = await self.present(customer.test_clock_id)
        metadata = merged_metadata({}, draft.metadata)
        start = _start(draft, at)
        frame = Frame(customer, start, start, draft.currency)
        if draft.agreed is not None:
            frame = replace(frame, sharings=(draft.agreed.sharing,))
        fitted = await self.phases.fitted(draft.phases, frame)
        row = self._row(draft, customer, fitted, at)
        row.metadata = metadata
        await self.set_defaults(row, draft.default_settings or DefaultSettingsDraft(), customer)
        if start > at:
            await insert_rows([row])
            self.events.record(EventType.SUBSCRIPTION_SCHEDULE_CREATED, row, at=at)
            kind = AgendaKind.SCHEDULE_START
            await self.due.schedule(kind, row.id, start, test_clock_id=row.test_clock_id)
            return row
        try:
            await self.starting.begin_new(row)
        except DomainError as error:
            raise _at_first_phase(error) from None
        return row

    async def adopt(self, draft: ScheduleDraft) -> SubscriptionSchedule:
        """A schedule around a subscription as it runs: its current period is the current and only phase.

        Events `subscription_schedule.created`, then `customer.subscription.updated`.
        """
        _refuse_others(draft)
        assert draft.from_subscription is not None, "an adoption names its subscription"
        held = await self.lock(Subscription, draft.from_subscription, "fromSubscription")
        status = SubscriptionStatus(held.status)
        SUBSCRIPTION.refuse_unless("schedule", held.id, status, allowed=ADOPTABLE, param="fromSubscription")
        _refuse_bound(held)
        refuse_waiting(held)
        at = await self.present(held.test_clock_id)
        [whole] = await self.wholes.of([held])
        _refuse_mixed(whole)
        before = self.events.snapshot(whole)
        row = self._adopting(whole, await self.discounts.held([whole]), at)
        row.metadata = merged_metadata({}, draft.metadata)
        held.schedule_id, held.phase_ends_at = row.id, current_period_end(whole)
        await insert_rows([row])
        await update_rows([held], _ADOPTED)
        self.events.record(EventType.SUBSCRIPTION_SCHEDULE_CREATED, row, at=at)
        self.events.record(EventType.CUSTOMER_SUBSCRIPTION_UPDATED, whole, at=at, before=before)
        await self.starting.set_end(row, at)
        return row

    async def set_defaults(self, row: SubscriptionSchedule, settings: DefaultSettingsDraft, customer: Customer) -> None:
        """What holds in every phase that says nothing else; in memory."""
        chosen: str | Unset | None = settings.default_payment_method
        if chosen is not None and chosen is not UNSET:
            param = ("defaultSettings", "defaultPaymentMethod")
            chosen = (await self.methods.usable(chosen, customer, *param)).id
        row.default_payment_method_id = given(chosen, row.default_payment_method_id)
        words = given(settings.description, row.description)
        param = ("defaultSettings", "description")
        row.description = words and text_within(words, DESCRIPTION_LENGTH_MAX, param)

    def _row(self, draft: ScheduleDraft, customer: Customer, fitted: Phasing, at: datetime) -> SubscriptionSchedule:
        return SubscriptionSchedule.made(
            id=self.new_id(Prefix.SUBSCRIPTION_SCHEDULE),
            created_at=at,
            customer_id=customer.id,
            status=SubscriptionScheduleStatus.NOT_STARTED,
            currency=fitted.currency,
            billing_mode=draft.billing_mode or BillingMode.FLEXIBLE,
            end_behavior=draft.end_behavior or SubscriptionScheduleEndBehavior.RELEASE,
            phases=[phase.as_json() for phase in fitted.phases],
            test_clock_id=customer.test_clock_id,
            application_id=self.scope.application_id if draft.agreed is None else draft.agreed.application_id,
            **self.ownership(),
        )

    def _adopting(
        self, whole: WholeSubscription, discounts: Mapping[str, Redeemed], at: datetime
    ) -> SubscriptionSchedule:
        held = whole.row
        phase = Phase(
            start=whole.items[0].row.current_period_start,
            end=current_period_end(whole),
            items=tuple(
                PhaseItem(
                    item.row.price_id,
                    item.row.quantity,
                    dict(item.row.metadata),
                    tuple(item.row.tax_rates),
                    item.row.unit_amount,
                    entries_of(item.row.discounts, discounts),
                )
                for item in whole.items
            ),
            discounts=entries_of(held.discounts, discounts),
            default_tax_rates=tuple(held.default_tax_rates),
            trial_end=held.trial_end if held.status == SubscriptionStatus.TRIALING else None,
        )
        return SubscriptionSchedule.made(
            id=self.new_id(Prefix.SUBSCRIPTION_SCHEDULE),
            created_at=at,
            customer_id=held.customer_id,
            subscription_id=held.id,
            status=SubscriptionScheduleStatus.ACTIVE,
            position=0,
            currency=held.currency,
            billing_mode=held.billing_mode,
            end_behavior=SubscriptionScheduleEndBehavior.RELEASE,
            default_payment_method_id=held.default_payment_method_id,
            description=held.description,
            phases=[phase.as_json()],
            test_clock_id=held.test_clock_id,
            application_id=self.scope.application_id,
            **self.ownership(),
        )


def _named(draft: ScheduleDraft) -> str:
    if draft.customer is None:
        raise DomainError(
            ErrorCode.PARAMETER_MISSING,
            "A schedule needs a customer and phases, or fromSubscription, which has both.",
            "customer",
        )
    return draft.customer


def _start(draft: ScheduleDraft, at: datetime) -> datetime:
    """When the first phase begins: now, or at a later time."""
    if draft.start_date is None or draft.start_date is NOW:
        return at
    if draft.start_date < at:
        raise DomainError(
            ErrorCode.PARAMETER_INVALID,
            f"A schedule cannot begin at {draft.start_date:%Y-%m-%d %H:%M:%S} UTC, which is past; it would have to be"
            f" NOW or later than {at:%Y-%m-%d %H:%M:%S} UTC.",
            "startDate",
        )
    return draft.start_date


def _refuse_others(draft: ScheduleDraft) -> None:
    problems = Problems()
    for name in _OTHERS:
        if getattr(draft, name):
            first, *rest = name.split("_")
            field = first + "".join(word.capitalize() for word in rest)
            message = (
                f"Beside fromSubscription nothing is said of {field}: the subscription is taken over as it runs. Change"
                " the schedule afterwards with subscriptionScheduleUpdate."
            )
            problems.add(ErrorCode.PARAMETERS_EXCLUSIVE, message, field)
    problems.raise_any()


def _refuse_bound(row: Subscription) -> None:
    """One schedule at a time, and none for what is to end by itself."""
    if row.schedule_id is not None:
        raise DomainError(
            ErrorCode.SUBSCRIPTION_UNDER_SCHEDULE,
            f"Subscription {row.id} follows schedule {row.schedule_id} already; change that one, or release it first.",
            "fromSubscription",
        )
    if row.collection_method != CollectionMethod.CHARGE_AUTOMATICALLY:
        raise DomainError(
            ErrorCode.PARAMETER_INVALID,
            f"Subscription {row.id} is collected by {row.collection_method}; a schedule takes those that are charged"
            " automatically.",
            "fromSubscription",
        )
    if row.scheduled_change:
        raise DomainError(
            ErrorCode.SUBSCRIPTION_UNEXPECTED_STATE,
            f"Subscription {row.id} has a change that waits for the end of its period; take that back first, and let"
            " the schedule make it.",
            "fromSubscription",
        )
    if row.cancel_at is not None:
        raise DomainError(
            ErrorCode.SUBSCRIPTION_UNEXPECTED_STATE,
            f"Subscription {row.id} is to end at {row.cancel_at:%Y-%m-%d %H:%M:%S} UTC; take that back first, and let"
            " the schedule end it with endBehavior CANCEL.",
            "fromSubscription",
        )


def _refuse_mixed(whole: WholeSubscription) -> None:
    """The items of a scheduled subscription share their periods."""
    if len({recurrence_of_price(item.price) for item in whole.items}) > 1:
        raise DomainError(
            ErrorCode.PARAMETER_INVALID,
            f"The items of subscription {whole.row.id} recur at different times; a schedule takes those that recur"
            " alike.",
            "fromSubscription",
        )


def _at_first_phase(error: DomainError) -> DomainError:
    """What is wrong with the subscription of the first phase, at its place in the input."""
    problems = Problems()
    for each in error.problems:
        where = ("phases", "0") if each.param[:1] in (("items",), ("discounts",)) else ()
        problems.add(each.code, each.message, *where, *each.param)
    try:
        problems.raise_any()
    except DomainError as placed:
        return placed
    raise AssertionError("an error has a problem")
