"""What a caller asks for when a schedule is made or changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from domain.drafts import UNSET, Unset
from domain.lifecycles import SubscriptionScheduleStatus
from domain.periods import Interval
from domain.schedules import SubscriptionScheduleEndBehavior
from domain.sharing import Share, Sharing
from domain.subscriptions import BillingMode, ProrationBehavior
from domain.trials import Now
from services.coupons.redemption import DiscountDraft
from services.invoices.one_time import OneTimeDraft
from services.subscriptions import ItemDraft
from services.subscriptions.drafts import Agreed


@dataclass(frozen=True, slots=True)
class DurationDraft:
    """So many intervals that a phase lasts."""

    interval: Interval
    interval_count: int = 1


@dataclass(frozen=True, slots=True)
class PhaseDraft:
    """A phase to be; without an end and a duration it lasts for one interval of its prices.

    `start_date` only says again where the phase begins anyway, or moves the start of a schedule that has not begun.
    """

    items: tuple[ItemDraft, ...]
    add_invoice_items: tuple[OneTimeDraft, ...] = ()
    start_date: datetime | None = None
    end_date: datetime | None = None
    duration: DurationDraft | None = None
    trial: bool = False
    trial_end: datetime | None = None
    proration_behavior: ProrationBehavior = ProrationBehavior.CREATE_PRORATIONS
    default_payment_method: str | None = None
    default_tax_rates: tuple[str, ...] = ()
    discounts: tuple[DiscountDraft, ...] = ()
    description: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    application_fee_percent: Decimal | None = None
    transfer_data: tuple[Share, ...] = ()
    on_behalf_of: str | None = None

    @property
    def sharing(self) -> Sharing:
        """Who is to have which part of what the subscription brings."""
        return Sharing(
            application_fee_percent=self.application_fee_percent,
            shares=self.transfer_data,
            on_behalf_of=self.on_behalf_of,
        )


@dataclass(frozen=True, slots=True)
class DefaultSettingsDraft:
    """What is to hold in every phase that does not say otherwise; None removes, what is absent stays."""

    default_payment_method: str | Unset | None = UNSET
    description: str | Unset | None = UNSET


@dataclass(frozen=True, slots=True)
class ScheduleDraft:
    """A schedule to be made: for a customer with its phases, or out of a subscription that runs."""

    customer: str | None = None
    from_subscription: str | None = None
    start_date: datetime | Now | None = None
    phases: tuple[PhaseDraft, ...] = ()
    end_behavior: SubscriptionScheduleEndBehavior | None = None
    default_settings: DefaultSettingsDraft | None = None
    billing_mode: BillingMode | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    currency: str | None = None
    """What it is to be billed in; None leaves that to the customer and the prices."""
    agreed: Agreed | None = None
    """What was agreed upon before, of which its phases are; None lets whoever asks make it."""


@dataclass(frozen=True, slots=True)
class ScheduleChange:
    """What is to change about a schedule; absent fields stay. `phases` are the current one and all that follow."""

    id: str
    phases: tuple[PhaseDraft, ...] | Unset = UNSET
    end_behavior: SubscriptionScheduleEndBehavior | Unset = UNSET
    default_settings: DefaultSettingsDraft | Unset = UNSET
    metadata: Mapping[str, str] | Unset | None = UNSET
    proration_behavior: ProrationBehavior = ProrationBehavior.CREATE_PRORATIONS


@dataclass(frozen=True, slots=True)
class ScheduleReleaseDraft:
    """A schedule to let go of its subscription, which keeps the end that was planned for it when that is wanted."""

    id: str
    preserve_cancel_date: bool = False


@dataclass(frozen=True, slots=True)
class ScheduleCancelDraft:
    """A schedule to end with its subscription.

    `prorate` gives back what is not used; `invoice_now` invoices that and what waits, instead of letting it wait.
    """

    id: str
    invoice_now: bool = True
    prorate: bool = True


@dataclass(frozen=True, slots=True)
class ScheduleSearch:
    """Which schedules to list."""

    customer: str | None = None
    subscription: str | None = None
    status: Sequence[SubscriptionScheduleStatus] | None = None
