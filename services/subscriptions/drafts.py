"""What a caller asks for when a subscription is made or changed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from domain.beginnings import AnchorConfig
from domain.cancellation import PeriodEnd
from domain.drafts import UNSET, Unset
from domain.invoices import CollectionMethod
from domain.sharing import NOBODY, Share, Sharing
from domain.subscriptions import (
    AnchorChange,
    BillingMode,
    CancellationFeedback,
    MissingPaymentMethod,
    PausedCollection,
    PaymentBehavior,
    ProrationBehavior,
)
from domain.taxes import AutomaticTaxDraft
from domain.trials import Now
from services.catalog import InlinePriceDraft
from services.coupons.redemption import DiscountDraft
from services.invoices.one_time import OneTimeDraft


@dataclass(frozen=True, slots=True)
class ItemDraft:
    """One price to be on the subscription: a catalogue price, or one made for it.

    `price_made` tells that the price was made or agreed upon for this purchase before, and need not be active. None as
    `quantity` is one unit, or none where usage is billed.
    """

    price: str | None = None
    price_data: InlinePriceDraft | None = None
    quantity: int | None = None
    tax_rates: tuple[str, ...] = ()
    metadata: Mapping[str, str] = field(default_factory=dict)
    price_made: bool = False
    unit_amount: int | None = None
    """What the customer chose to pay for a unit, where the price lets them."""
    discounts: tuple[DiscountDraft, ...] = ()


@dataclass(frozen=True, slots=True)
class TrialEndBehaviorDraft:
    """What is to happen when a trial ends."""

    missing_payment_method: MissingPaymentMethod


@dataclass(frozen=True, slots=True)
class TrialSettingsDraft:
    """How a trial is to be conducted."""

    end_behavior: TrialEndBehaviorDraft


@dataclass(frozen=True, slots=True)
class ThresholdsDraft:
    """From which cost on usage is invoiced early, in minor units, and whether a new period begins with that."""

    amount_gte: int
    reset_billing_cycle_anchor: bool = False


@dataclass(frozen=True, slots=True)
class Agreed:
    """Who has a part in a subscription and which platform makes it, as a schedule or a quote agreed upon before."""

    sharing: Sharing = NOBODY
    application_id: str | None = None


@dataclass(frozen=True, slots=True)
class SubscriptionDraft:
    """A subscription to be made; `scheduled` tells that it follows a schedule."""

    customer: str
    items: tuple[ItemDraft, ...]
    add_invoice_items: tuple[OneTimeDraft, ...] = ()
    payment_behavior: PaymentBehavior = PaymentBehavior.ALLOW_INCOMPLETE
    collection_method: CollectionMethod = CollectionMethod.CHARGE_AUTOMATICALLY
    days_until_due: int | None = None
    default_payment_method: str | None = None
    default_tax_rates: tuple[str, ...] = ()
    automatic_tax: AutomaticTaxDraft | None = None
    billing_thresholds: ThresholdsDraft | None = None
    off_session: bool = False
    trial_period_days: int | None = None
    trial_end: datetime | Now | None = None
    trial_settings: TrialSettingsDraft | None = None
    billing_cycle_anchor: datetime | None = None
    billing_cycle_anchor_config: AnchorConfig | None = None
    backdate_start_date: datetime | None = None
    proration_behavior: ProrationBehavior = ProrationBehavior.CREATE_PRORATIONS
    cancel_at: datetime | PeriodEnd | None = None
    cancel_at_period_end: bool = False
    billing_mode: BillingMode = BillingMode.FLEXIBLE
    description: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    scheduled: bool = False
    currency: str | None = None
    """What it is to be billed in; None leaves that to the customer and the prices."""
    discounts: tuple[DiscountDraft, ...] = ()
    application_fee_percent: Decimal | None = None
    transfer_data: tuple[Share, ...] = ()
    on_behalf_of: str | None = None
    agreed: Agreed | None = None
    """Takes the place of the three above, and of whoever asks."""

    @property
    def sharing(self) -> Sharing:
        """Who is to have which part of what it brings."""
        if self.agreed is not None:
            return self.agreed.sharing
        return Sharing(
            application_fee_percent=self.application_fee_percent,
            shares=self.transfer_data,
            on_behalf_of=self.on_behalf_of,
        )


@dataclass(frozen=True, slots=True)
class LeavingWords:
    """What a customer said about leaving."""

    comment: str | None = None
    feedback: CancellationFeedback | None = None


@dataclass(frozen=True, slots=True)
class BillingModeDraft:
    """The billing mode that a subscription goes over to."""

    type: BillingMode


@dataclass(frozen=True, slots=True)
class MigrationDraft:
    """A subscription that is to follow the rules of another billing mode."""

    id: str
    billing_mode: BillingModeDraft


@dataclass(frozen=True, slots=True)
class ItemChange:
    """What is to change about one item: one that is there (`id`), or a price that is added.

    `added_as` is the id of an added item, where it was given out already; `price_made` tells that the price was made or
    agreed upon for this before, and need not be active any more.
    """

    id: str | None = None
    price: str | None = None
    quantity: int | Unset = UNSET
    deleted: bool = False
    metadata: Mapping[str, str] = field(default_factory=dict)
    price_data: InlinePriceDraft | None = None
    added_as: str | None = None
    price_made: bool = False
    discounts: tuple[DiscountDraft, ...] | Unset | None = UNSET
    discount_ids: tuple[str, ...] | None = None
    """The discounts that were redeemed for it; None leaves what it has."""
    tax_rates: tuple[str, ...] | Unset | None = UNSET
    unit_amount: int | Unset = UNSET
    """What the customer chose to pay for a unit, where the price lets them."""


@dataclass(frozen=True, slots=True)
class ItemAddition:
    """A price to be put onto a subscription."""

    subscription: str
    price: str | None = None
    price_data: InlinePriceDraft | None = None
    quantity: int | Unset = UNSET
    tax_rates: tuple[str, ...] | Unset | None = UNSET
    unit_amount: int | Unset = UNSET
    discounts: tuple[DiscountDraft, ...] | Unset | None = UNSET
    metadata: Mapping[str, str] = field(default_factory=dict)
    proration_behavior: ProrationBehavior = ProrationBehavior.CREATE_PRORATIONS
    proration_date: datetime | None = None
    payment_behavior: PaymentBehavior = PaymentBehavior.ALLOW_INCOMPLETE
    off_session: bool = False


@dataclass(frozen=True, slots=True)
class ItemUpdate:
    """What is to change about one item of a subscription."""

    id: str
    price: str | None = None
    price_data: InlinePriceDraft | None = None
    quantity: int | Unset = UNSET
    tax_rates: tuple[str, ...] | Unset | None = UNSET
    unit_amount: int | Unset = UNSET
    discounts: tuple[DiscountDraft, ...] | Unset | None = UNSET
    metadata: Mapping[str, str] = field(default_factory=dict)
    proration_behavior: ProrationBehavior = ProrationBehavior.CREATE_PRORATIONS
    proration_date: datetime | None = None
    payment_behavior: PaymentBehavior = PaymentBehavior.ALLOW_INCOMPLETE
    off_session: bool = False


@dataclass(frozen=True, slots=True)
class ItemRemoval:
    """An item to be taken off its subscription."""

    id: str
    proration_behavior: ProrationBehavior = ProrationBehavior.CREATE_PRORATIONS
    proration_date: datetime | None = None
    payment_behavior: PaymentBehavior = PaymentBehavior.ALLOW_INCOMPLETE


@dataclass(frozen=True, slots=True)
class PauseCollectionDraft:
    """How collection is to be paused, and until when; without an end until it is told to go on."""

    behavior: PausedCollection
    resumes_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SubscriptionChange:
    """What is to change about a subscription; absent fields stay."""

    id: str
    trial_end: datetime | Now | Unset = UNSET
    trial_settings: TrialSettingsDraft | Unset = UNSET
    pause_collection: PauseCollectionDraft | Unset | None = UNSET
    cancel_at: datetime | PeriodEnd | Unset | None = UNSET
    cancel_at_period_end: bool | Unset = UNSET
    cancellation_details: LeavingWords | Unset | None = UNSET
    collection_method: CollectionMethod | Unset = UNSET
    days_until_due: int | Unset | None = UNSET
    default_payment_method: str | Unset | None = UNSET
    default_tax_rates: tuple[str, ...] | Unset | None = UNSET
    automatic_tax: AutomaticTaxDraft | Unset = UNSET
    billing_thresholds: ThresholdsDraft | Unset | None = UNSET
    description: str | Unset | None = UNSET
    metadata: Mapping[str, str] | Unset | None = UNSET
    discounts: tuple[DiscountDraft, ...] | Unset | None = UNSET
    application_fee_percent: Decimal | Unset | None = UNSET
    transfer_data: tuple[Share, ...] | Unset | None = UNSET
    on_behalf_of: str | Unset | None = UNSET
    items: tuple[ItemChange, ...] = ()
    proration_behavior: ProrationBehavior = ProrationBehavior.CREATE_PRORATIONS
    waits_for_period_end: bool = False
    """Whether the items change with the next period."""
    proration_date: datetime | None = None
    billing_cycle_anchor: AnchorChange | None = None
    payment_behavior: PaymentBehavior = PaymentBehavior.ALLOW_INCOMPLETE
    off_session: bool = False


@dataclass(frozen=True, slots=True)
class CancellationDraft:
    """A subscription to be ended at once, with what the customer said about it.

    `prorate` gives back what is not used; `invoice_now` invoices that and what waits, instead of letting it wait.
    """

    id: str
    prorate: bool = False
    invoice_now: bool = False
    cancellation_details: LeavingWords = field(default_factory=LeavingWords)
