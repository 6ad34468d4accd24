"""Subscriptions in the API: standing agreements, the prices on them, and the inputs that make, change and end them."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

import strawberry

import models
from domain.ids import Prefix
from domain.invoices import CollectionMethod
from domain.kinds import TaxBehavior
from domain.lifecycles import SUBSCRIPTION, SubscriptionStatus
from domain.subscriptions import (
    COMMENT_LENGTH_MAX,
    ITEMS_MAX,
    BillingMode,
    CancellationFeedback,
    CancellationReason,
    MissingPaymentMethod,
    PausedCollection,
    PaymentBehavior,
    ProrationBehavior,
)
from domain.trials import TRIAL_DAYS_MAX
from schema.base import Node, Wrapping, column, computed, describe_enum, input_field, node_type, part_type
from schema.catalog import RecurringInput
from schema.connections import Connection
from schema.invoice_items import AddInvoiceItemInput, InvoiceItemPageFilter
from schema.invoices import InvoicePageFilter
from schema.payloads import payload
from schema.refs import (
    CustomerRef,
    InvoiceItemRef,
    InvoiceRef,
    PaymentMethodRef,
    PriceRef,
    SubscriptionItemRef,
    SubscriptionRef,
    TestClockRef,
)
from schema.relations import many, one, page
from schema.scalars import Currency, Metadata, MinorUnits, TimeOrNow

describe_enum(
    SubscriptionStatus,
    "Where a subscription stands. It follows the latest finalized invoice.",
    INCOMPLETE="The first payment has not succeeded yet; 23 hours remain for it.",
    INCOMPLETE_EXPIRED="The first payment did not succeed in time. Final.",
    TRIALING="Nothing is charged until its trial ends.",
    ACTIVE="All is well: the latest invoice is paid.",
    PAST_DUE="The latest invoice could not be collected.",
    CANCELED="It has ended. Final: a canceled subscription never comes back.",
    PAUSED="Its trial ended without a payment method; there are no invoices until it is resumed.",
)
describe_enum(
    MissingPaymentMethod,
    "What becomes of a subscription whose trial ends while nothing can be charged for it.",
    CANCEL="It ends.",
    CREATE_INVOICE="It is invoiced all the same, and is PAST_DUE when that is to be collected.",
    PAUSE="It is PAUSED, without invoices, until `subscriptionResume`.",
)
describe_enum(
    PaymentBehavior,
    "What becomes of a new subscription whose first payment does not succeed at once.",
    ALLOW_INCOMPLETE="The payment is tried; the subscription is made all the same and waits as INCOMPLETE.",
    DEFAULT_INCOMPLETE="The payment is left to the customer; until it succeeds the subscription is INCOMPLETE.",
    ERROR_IF_INCOMPLETE="The payment is tried; without it there is no subscription.",
)
describe_enum(
    CancellationFeedback,
    "Why a customer left, as they said themselves.",
    CUSTOMER_SERVICE="They were not content with the customer service.",
    LOW_QUALITY="The quality was not what they expected.",
    MISSING_FEATURES="Something was missing.",
    OTHER="Another reason.",
    SWITCHED_SERVICE="They went to another service.",
    TOO_COMPLEX="It was too complicated.",
    TOO_EXPENSIVE="It cost too much.",
    UNUSED="They did not use it enough.",
)
describe_enum(
    CancellationReason,
    "Why a subscription ended or is to end.",
    CANCELLATION_REQUESTED="The customer or the seller asked for it.",
)


describe_enum(
    BillingMode,
    "What a change within a period gives back.",
    FLEXIBLE="What was invoiced for the time that is left, paid or not.",
    CLASSIC="The price in force, even if it was never invoiced.",
)
describe_enum(
    ProrationBehavior,
    "What becomes of the difference when items change within a period.",
    CREATE_PRORATIONS="It waits as invoice items for the next invoice of the subscription.",
    ALWAYS_INVOICE="It is invoiced and collected at once.",
    NONE="There is none: the new items are billed from the next period on.",
)
describe_enum(
    PausedCollection,
    "What becomes of invoices that are made while collection is paused.",
    KEEP_AS_DRAFT="They stay drafts.",
    MARK_UNCOLLECTIBLE="They are finalized after their hour and marked as uncollectible.",
    VOID="They are finalized after their hour and void.",
)


class SubscriptionStatusFilter(StrEnum):
    """A status to list, or one of two sets of them, as Stripe's lists take it."""

    INCOMPLETE = SubscriptionStatus.INCOMPLETE.value
    INCOMPLETE_EXPIRED = SubscriptionStatus.INCOMPLETE_EXPIRED.value
    TRIALING = SubscriptionStatus.TRIALING.value
    ACTIVE = SubscriptionStatus.ACTIVE.value
    PAST_DUE = SubscriptionStatus.PAST_DUE.value
    CANCELED = SubscriptionStatus.CANCELED.value
    PAUSED = SubscriptionStatus.PAUSED.value
    ENDED = "ended"
    ALL = "all"

    def statuses(self) -> tuple[SubscriptionStatus, ...]:
        """The statuses meant."""
        if self is SubscriptionStatusFilter.ALL:
            return tuple(SubscriptionStatus)
        if self is SubscriptionStatusFilter.ENDED:
            return tuple(status for status in SubscriptionStatus if SUBSCRIPTION.ended(status))
        return (SubscriptionStatus(self.value),)


describe_enum(
    SubscriptionStatusFilter,
    "Which subscriptions a list shows, by status.",
    INCOMPLETE="Those that wait for their first payment.",
    INCOMPLETE_EXPIRED="Those whose first payment did not succeed in time.",
    TRIALING="Those on trial.",
    ACTIVE="Those that are paid.",
    PAST_DUE="Those whose latest invoice could not be collected.",
    CANCELED="Those that were canceled.",
    PAUSED="Those whose trial ended without a payment method.",
    ENDED="Canceled and expired ones.",
    ALL="Every subscription, whatever its status.",
)


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
    default_payment_method: PaymentMethodRef | None = one(
        "default_payment_method_id", "What is charged for it; null charges the customer's default for invoices."
    )
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
    quantity: int = column("How many units, such as seats.")
    current_period_start: datetime = column("When the period that was billed last began.")
    current_period_end: datetime = column("When it ends and the next one is billed.")
    metadata: Metadata = column("Labels of your own.")


@strawberry.input(description="Which subscriptions to list. What is not given is not asked.")
class SubscriptionFilter:
    """Arguments of `subscriptions`."""

    customer: strawberry.ID | None = input_field("Only this customer's.")
    price: strawberry.ID | None = input_field("Only those with an item of this price.")
    collection_paused: bool | None = input_field(
        "True for those whose invoices are not collected at present, false for the others."
    )
    status: SubscriptionStatusFilter | None = input_field("Only these; without it, all but the canceled ones.")


@strawberry.input(description="Which of an object's subscriptions to show.")
class SubscriptionPageFilter:
    """Arguments of `Customer.subscriptions`; its fields are columns."""

    status: list[SubscriptionStatus] | None = input_field("Only those in one of these statuses.")


@strawberry.input(description="A price made for one subscription item alone; nobody else can buy by it.")
class SubscriptionItemPriceDataInput:
    """Becomes `InlinePriceDraft`."""

    product: strawberry.ID = input_field("The product that is sold.")
    currency: Currency = input_field("What it is charged in.")
    recurring: RecurringInput = input_field("How often it is billed.")
    unit_amount: MinorUnits | None = input_field("What one unit costs; or give `unitAmountDecimal`.")
    unit_amount_decimal: Decimal | None = input_field("The same with up to twelve decimals of a minor unit.")
    tax_behavior: TaxBehavior | None = input_field("Whether tax is in the amount already; UNSPECIFIED by default.")
    metadata: Metadata | None = input_field("Labels of your own for the price.")


@strawberry.input(description="One price to be on a subscription: `price` or `priceData`.")
class SubscriptionItemInput:
    """Becomes `ItemDraft`."""

    price: strawberry.ID | None = input_field("An active recurring price of the catalogue.")
    price_data: SubscriptionItemPriceDataInput | None = input_field("Or a price that is made for this item.")
    quantity: int | None = input_field("How many units; 1 by default.")
    metadata: Metadata | None = input_field("Labels of your own for the item.")


@strawberry.input(description="What is to happen when a trial ends.")
class TrialEndBehaviorInput:
    """Becomes `TrialEndBehaviorDraft`."""

    missing_payment_method: MissingPaymentMethod = input_field("When there is no payment method to charge.")


@strawberry.input(description="How a trial is to be conducted.")
class TrialSettingsInput:
    """Becomes `TrialSettingsDraft`."""

    end_behavior: TrialEndBehaviorInput = input_field("What is to happen when it ends.")


@strawberry.input(description="What a new subscription starts with.")
class SubscriptionCreateInput:
    """Becomes `SubscriptionDraft`."""

    customer: strawberry.ID = input_field("Who subscribes.")
    items: list[SubscriptionItemInput] = input_field(
        f"What is to be billed: 1 to {ITEMS_MAX} prices of one currency and one interval."
    )
    add_invoice_items: list[AddInvoiceItemInput] | None = input_field(
        "What is charged once with the first invoice, at most 20 one-time prices."
    )
    payment_behavior: PaymentBehavior | None = input_field(
        "What becomes of it when the first payment does not succeed at once; ALLOW_INCOMPLETE by default."
    )
    default_payment_method: strawberry.ID | None = input_field(
        "What to charge for it, one of the customer's; without it the customer's default for invoices. In test mode "
        "also a sandbox token such as `pm_card_visa`."
    )
    off_session: bool | None = input_field("Whether the customer is away and cannot authenticate; false by default.")
    trial_period_days: int | None = input_field(
        f"For how many days nothing is charged, from 1 to {TRIAL_DAYS_MAX}; or give `trialEnd`."
    )
    trial_end: TimeOrNow | None = input_field(
        "Until when nothing is charged, at most two years ahead; NOW is no trial. Or give `trialPeriodDays`."
    )
    trial_settings: TrialSettingsInput | None = input_field(
        "What happens when the trial ends; without a payment method CREATE_INVOICE by default."
    )
    cancel_at_period_end: bool | None = input_field("Whether it ends with its first period; false by default.")
    billing_mode: BillingMode | None = input_field(
        "By which rules later changes are prorated; FLEXIBLE by default. It stays."
    )
    description: str | None = input_field("What the customer may read about it, at most 500 characters.")
    metadata: Metadata | None = input_field("Labels of your own.")


@strawberry.input(description="What the customer said about leaving.")
class CancellationDetailsInput:
    """Becomes `LeavingWords`."""

    feedback: CancellationFeedback | None = input_field("Their reason, from a list.")
    comment: str | None = input_field(f"What they added in their own words; at most {COMMENT_LENGTH_MAX} characters.")


@strawberry.input(description="What changes about one item: of one that is there, or a price that is added.")
class SubscriptionItemChangeInput:
    """Becomes `ItemChange`."""

    id: strawberry.ID | None = input_field("The item that changes; without it a price is added.")
    price: strawberry.ID | None = input_field("Another active price of the same interval and currency.")
    quantity: strawberry.Maybe[int | None] = input_field(
        "How many units from now on; 1 by default for a price that is added."
    )
    deleted: bool | None = input_field("True removes the item.")
    metadata: Metadata | None = input_field("Labels of your own for the item.")


@strawberry.input(description="How the collection of invoices is to be paused.")
class PauseCollectionInput:
    """Becomes `PauseCollectionDraft`."""

    behavior: PausedCollection = input_field("What becomes of invoices that are made meanwhile.")
    resumes_at: datetime | None = input_field("When collection goes on; without it, when it is told to.")


@strawberry.input(description="What changes about a subscription. What is not mentioned stays.")
class SubscriptionUpdateInput:
    """Becomes `SubscriptionChange`."""

    id: strawberry.ID = input_field("The subscription.")
    trial_end: strawberry.Maybe[TimeOrNow | None] = input_field(
        "NOW ends its trial: the first period that is paid for begins. A time, at most two years ahead, moves the end, "
        "and on an ACTIVE subscription begins a trial until then, which delays the next payment."
    )
    pause_collection: strawberry.Maybe[PauseCollectionInput | None] = input_field(
        "Pauses the collection of its invoices, which go on being made; its status stays. Null collects again."
    )
    trial_settings: strawberry.Maybe[TrialSettingsInput | None] = input_field("What happens when its trial ends.")
    cancel_at_period_end: strawberry.Maybe[bool | None] = input_field(
        "True ends it with the current period; false takes that back."
    )
    cancellation_details: strawberry.Maybe[CancellationDetailsInput | None] = input_field(
        "What the customer said about leaving; null removes it."
    )
    default_payment_method: strawberry.Maybe[strawberry.ID | None] = input_field(
        "What to charge for it; null goes back to the customer's default for invoices."
    )
    description: strawberry.Maybe[str | None] = input_field("What the customer may read about it; null removes it.")
    metadata: strawberry.Maybe[Metadata | None] = input_field("Labels of your own.")
    items: list[SubscriptionItemChangeInput] | None = input_field(
        "The items that change; the others stay. The subscription has to be ACTIVE or PAST_DUE."
    )
    proration_behavior: ProrationBehavior | None = input_field(
        "What becomes of the difference for the rest of the period; CREATE_PRORATIONS by default."
    )
    proration_date: datetime | None = input_field(
        "From when the difference counts, within the current period; now by default. A preview for the same date has "
        "the same lines."
    )
    payment_behavior: PaymentBehavior | None = input_field(
        "What becomes of the change when ALWAYS_INVOICE meets a decline: with ALLOW_INCOMPLETE, the default, it is made"
        " all the same; DEFAULT_INCOMPLETE leaves the payment to the customer. ERROR_IF_INCOMPLETE is for new"
        " subscriptions only."
    )
    off_session: bool | None = input_field("Whether the customer is away and cannot authenticate; false by default.")


@strawberry.input(description="Which subscription ends now.")
class SubscriptionCancelInput:
    """Becomes `CancellationDraft`."""

    id: strawberry.ID = input_field("The subscription.")
    cancellation_details: CancellationDetailsInput | None = input_field("What the customer said about it.")


@strawberry.input(description="Which paused subscription goes on.")
class SubscriptionResumeInput:
    """Names the subscription."""

    id: strawberry.ID = input_field("The subscription; it has to be PAUSED.")


SubscriptionCreatePayload = payload(
    "subscriptionCreate",
    subscription=(
        SubscriptionRef,
        "The new subscription, also when its first payment was declined; null when the input was refused or when "
        "ERROR_IF_INCOMPLETE met a decline.",
    ),
)
SubscriptionUpdatePayload = payload(
    "subscriptionUpdate", subscription=(SubscriptionRef, "The subscription as it is now; null when refused.")
)
SubscriptionResumePayload = payload(
    "subscriptionResume",
    subscription=(
        SubscriptionRef,
        "The subscription: ACTIVE when nothing remains to be paid, still PAUSED when the card was declined; null when "
        "refused.",
    ),
)
SubscriptionCancelPayload = payload(
    "subscriptionCancel", subscription=(SubscriptionRef, "The subscription, ended; null when refused.")
)
