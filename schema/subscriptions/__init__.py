"""Subscriptions in the API: standing agreements, the prices on them, and the inputs that make, change and end them."""

from datetime import datetime
from decimal import Decimal

import strawberry

import models
from domain.ids import Prefix
from domain.invoices import CollectionMethod
from domain.lifecycles import SubscriptionStatus
from domain.subscriptions import (
    ITEMS_MAX,
    BillingMode,
    CancellationFeedback,
    CancellationReason,
    MissingPaymentMethod,
    PausedCollection,
)
from schema.base import Node, Wrapping, column, computed, node_type, part_type
from schema.connections import Connection
from schema.invoice_items import InvoiceItemPageFilter
from schema.invoices import InvoicePageFilter
from schema.refs import (
    AccountRef,
    CustomerRef,
    DiscountRef,
    InvoiceItemRef,
    InvoiceRef,
    PaymentMethodRef,
    PriceRef,
    SubscriptionItemRef,
    SubscriptionRef,
    SubscriptionScheduleRef,
    TaxRateRef,
    TestClockRef,
)
from schema.relations import many, named, one, page
from schema.scalars import Currency, Metadata, MinorUnits
from schema.subscriptions.inputs import (
    CancellationDetailsInput,
    SubscriptionCancelInput,
    SubscriptionCancelPayload,
    SubscriptionCreateInput,
    SubscriptionCreatePayload,
    SubscriptionFilter,
    SubscriptionItemChangeInput,
    SubscriptionPageFilter,
    SubscriptionUpdateInput,
    SubscriptionUpdatePayload,
)
from schema.subscriptions.pausing import (
    SubscriptionPauseInput,
    SubscriptionPausePayload,
    SubscriptionResumeInput,
    SubscriptionResumePayload,
    SubscriptionStatusDetails,
)
from schema.subscriptions.pending import PendingUpdate
from schema.subscriptions.scheduled import (
    ScheduledChange,
    SubscriptionScheduledChangeDeleteInput,
    SubscriptionScheduledChangeDeletePayload,
)
from schema.subscriptions.transfers import SubscriptionTransferInput, SubscriptionTransferPayload
from schema.subscriptions.usage import SubscriptionBillingThresholds, SubscriptionItemUsage, current_usage
from schema.subscriptions.words import SubscriptionStatusFilter
from schema.tax import SubscriptionAutomaticTax, automatic_tax
from schema.transfers import TransferData, application_fee_percent, on_behalf_of, transfer_data

__all__ = [
    "CancellationDetailsInput",
    "Subscription",
    "SubscriptionCancelInput",
    "SubscriptionCancelPayload",
    "SubscriptionCreateInput",
    "SubscriptionCreatePayload",
    "SubscriptionFilter",
    "SubscriptionItem",
    "SubscriptionItemChangeInput",
    "SubscriptionPageFilter",
    "SubscriptionPauseInput",
    "SubscriptionPausePayload",
    "SubscriptionResumeInput",
    "SubscriptionResumePayload",
    "SubscriptionScheduledChangeDeleteInput",
    "SubscriptionScheduledChangeDeletePayload",
    "SubscriptionStatusFilter",
    "SubscriptionTransferInput",
    "SubscriptionTransferPayload",
    "SubscriptionUpdateInput",
    "SubscriptionUpdatePayload",
]


@part_type
class CancellationDetails(Wrapping):
    """Why a subscription ended or is to end, as far as anybody said."""

    reason: CancellationReason | None = column("What brought the end about.")
    feedback: CancellationFeedback | None = column("The customer's reason, from a list.")
    comment: str | None = column("What the customer added in their own words.")


@part_type
class PauseCollection(Wrapping):
    """How the collection of a subscription's invoices is paused."""

    behavior: PausedCollection = column("What becomes of invoices that are made meanwhile.", source="pause_behavior")
    resumes_at: datetime | None = column(
        "When collection goes on; null when it waits to be told.", source="pause_resumes_at"
    )


@part_type
class BillingCycleAnchorConfig(Wrapping):
    """On which day of a month periods begin, and at what time of day in UTC."""

    day_of_month: int = column("The day; in shorter months the last one.")
    month: int | None = column("The month in which a full period begins; null for any.")
    hour: int | None = column("The hour; null for that of the creation.")
    minute: int | None = column("The minute; null for that of the creation.")
    second: int | None = column("The second; null for that of the creation.")


@part_type
class TrialEndBehavior(Wrapping):
    """What happens when a trial ends."""

    missing_payment_method: MissingPaymentMethod = column(
        "When there is no payment method to charge.", source="trial_missing_payment_method"
    )


@part_type
class TrialSettings(Wrapping):
    """How a trial is conducted."""

    @computed("What happens when it ends.")
    def end_behavior(self) -> TrialEndBehavior:
        """Reads through to the subscription."""
        return TrialEndBehavior.of(self.row)


@node_type(models.Subscription, kind="subscriptions", prefix=Prefix.SUBSCRIPTION)
class Subscription(Node):
    """A customer's agreement to be billed again and again."""

    created: datetime = column("When it was made, by the customer's clock.", source="created_at")
    livemode: bool = column("Whether real money is meant.")
    status: SubscriptionStatus = column("Where it stands.")
    customer: CustomerRef = one("customer_id", "Who is billed.")
    currency: Currency = column("What it is billed in: the currency of all its prices.")
    items: list[SubscriptionItemRef] = many(
        "subscription_id", f"What is billed for, at most {ITEMS_MAX} prices with their quantities.", limit=ITEMS_MAX
    )
    collection_method: CollectionMethod = column("How its invoices are collected.")
    days_until_due: int | None = column("How many days later its invoices are due where they are sent; null otherwise.")
    default_payment_method: PaymentMethodRef | None = one(
        "default_payment_method_id", "What is charged for it; null charges the customer's default for invoices."
    )
    discounts: list[DiscountRef] = named(
        "discounts", Prefix.DISCOUNT, "Its discounts, in the order in which they apply; without any, its customer's."
    )
    default_tax_rates: list[TaxRateRef] = named(
        "default_tax_rates", Prefix.TAX_RATE, "The tax rates of items that have none of their own."
    )
    automatic_tax: SubscriptionAutomaticTax = automatic_tax(SubscriptionAutomaticTax)
    application: strawberry.ID | None = column(
        "The platform that made it for its account; null where the account did so itself.", source="application_id"
    )
    application_fee_percent: Decimal | None = application_fee_percent(
        "Which percentage of what each period's invoice charges a platform has; null for none."
    )
    transfer_data: list[TransferData] = transfer_data(
        "What other accounts receive of the payments of its invoices, in order."
    )
    on_behalf_of: AccountRef | None = on_behalf_of()

    @computed("From which cost on usage is invoiced before its period is over; null where it is not.")
    def billing_thresholds(self) -> SubscriptionBillingThresholds | None:
        """What the row keeps."""
        kept = self.row.billing_thresholds
        return None if kept is None else SubscriptionBillingThresholds.of(kept)

    latest_invoice: InvoiceRef | None = one("latest_invoice_id", "The invoice that was made last.")
    invoices: Connection[InvoiceRef] = page(
        "subscription_id", "All its invoices, newest first.", filter=InvoicePageFilter
    )
    billing_cycle_anchor: datetime = column(
        "From where periods are counted: the n-th period begins n intervals after it, at the same time of day, and on "
        "the last day of months that are too short for its day."
    )
    billing_mode: BillingMode = column("By which rules changes within a period are prorated.")
    invoice_items: Connection[InvoiceItemRef] = page(
        "subscription_id", "Amounts beside its periods, newest first.", filter=InvoiceItemPageFilter
    )
    schedule: SubscriptionScheduleRef | None = one("schedule_id", "The schedule that it follows; null when it is free.")
    start_date: datetime = column("When the agreement began.")
    trial_start: datetime | None = column("When its trial began; null without one.")
    trial_end: datetime | None = column("When its trial ends or ended; null without one.")
    cancel_at: datetime | None = column("When it is to end; null while no end is planned.")
    cancel_at_period_end: bool = column("Whether it ends with the current period.")
    canceled_at: datetime | None = column("When its end was asked for.")
    ended_at: datetime | None = column("When it ended.")
    description: str | None = column("What the customer may read about it.")
    test_clock: TestClockRef | None = one("test_clock_id", "The customer's test clock, if they live by one.")
    metadata: Metadata = column("Labels of your own.")

    @computed("How the collection of its invoices is paused; null while they are collected.")
    def pause_collection(self) -> PauseCollection | None:
        """Reads through to the subscription."""
        return None if self.row.pause_behavior is None else PauseCollection.of(self.row)

    @computed("What there is to say about its status; null unless it is PAUSED.")
    def status_details(self) -> SubscriptionStatusDetails | None:
        """Reads through to the subscription."""
        paused = self.row.status == SubscriptionStatus.PAUSED
        return SubscriptionStatusDetails.of(self.row) if paused else None

    @computed("On which day periods were asked to begin; null where that was not said.")
    def billing_cycle_anchor_config(self) -> BillingCycleAnchorConfig | None:
        """Reads through to the subscription."""
        config = self.row.billing_cycle_anchor_config
        return None if config is None else BillingCycleAnchorConfig.of(config)

    @computed("The change of its items that waits for the end of the period; null when none does.")
    def scheduled_change(self) -> ScheduledChange | None:
        """What the row keeps of it, unless the subscription has ended."""
        waits = self.row.scheduled_change and self.row.ended_at is None
        return ScheduledChange.of(self.row.scheduled_change) if waits else None

    @computed("A change that waits until its invoice is paid; null while none does.")
    def pending_update(self) -> PendingUpdate | None:
        """Reads through to the subscription."""
        return None if self.row.pending_update is None else PendingUpdate.of(self.row)

    @computed("How its trial is conducted.")
    def trial_settings(self) -> TrialSettings:
        """Reads through to the subscription."""
        return TrialSettings.of(self.row)

    @computed("Why it ended or is to end; null while there is nothing to tell.")
    def cancellation_details(self) -> CancellationDetails | None:
        """What the row keeps of it."""
        details = self.row.cancellation_details
        return CancellationDetails.of(details) if details else None


@node_type(models.SubscriptionItem, kind="subscriptions", prefix=Prefix.SUBSCRIPTION_ITEM)
class SubscriptionItem(Node):
    """One price on a subscription, with its quantity and its current period."""

    created: datetime = column("When it came onto the subscription.", source="created_at")
    subscription: SubscriptionRef = one("subscription_id", "The subscription it belongs to.")
    price: PriceRef = one("price_id", "What one unit costs, and how often it is billed.")
    unit_amount: MinorUnits | None = column(
        "What the customer chose to pay for a unit; null where the price says what it costs."
    )
    tax_rates: list[TaxRateRef] = named(
        "tax_rates", Prefix.TAX_RATE, "Its own tax rates, instead of those of the subscription."
    )
    current_period_start: datetime = column("When the period that was billed last began.")
    current_period_end: datetime = column("When it ends and the next one is billed.")
    discounts: list[DiscountRef] = named(
        "discounts", Prefix.DISCOUNT, "Its own discounts, which apply before those of its subscription."
    )
    metadata: Metadata = column("Labels of your own.")

    current_usage: SubscriptionItemUsage | None = current_usage(
        "What was used in the period under way; null where a quantity is billed, and while no usage is."
    )

    @computed("How many units, such as seats; null where usage is billed.")
    def quantity(self) -> int | None:
        """What the row says, unless it is metered."""
        return None if self.row.metered_since is not None else int(self.row.quantity)
