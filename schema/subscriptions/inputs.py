"""What is asked of subscriptions: filters, inputs and payloads."""

from datetime import datetime
from decimal import Decimal

import strawberry

from domain.invoices import DAYS_UNTIL_DUE_MAX, CollectionMethod
from domain.kinds import TaxBehavior
from domain.lifecycles import SubscriptionStatus
from domain.pricing import BillingScheme, TiersMode
from domain.subscriptions import (
    COMMENT_LENGTH_MAX,
    ITEMS_MAX,
    AnchorChange,
    BillingMode,
    CancellationFeedback,
    MissingPaymentMethod,
    PausedCollection,
    PaymentBehavior,
    ProrationBehavior,
)
from domain.trials import TRIAL_DAYS_MAX
from schema.base import input_field
from schema.catalog import RecurringInput
from schema.coupons import DiscountInput
from schema.events import CreatedFilter
from schema.invoice_items import AddInvoiceItemInput
from schema.payloads import payload
from schema.pricing import PriceTierInput, TransformQuantityInput
from schema.refs import (
    SubscriptionRef,
)
from schema.scalars import Currency, Metadata, MinorUnits, TimeOrNow, TimeOrPeriodEnd
from schema.subscriptions.usage import BillingThresholdsInput
from schema.subscriptions.words import SubscriptionStatusFilter
from schema.tax import AutomaticTaxInput
from schema.transfers import TransferDataInput


@strawberry.input(description="Which subscriptions to list. What is not given is not asked.")
class SubscriptionFilter:
    """Arguments of `subscriptions`."""

    customer: strawberry.ID | None = input_field("Only this customer's.")
    price: strawberry.ID | None = input_field("Only those with an item of this price.")
    created: CreatedFilter | None = input_field("Only those made in this span, by their customers' clocks.")
    current_period_end: CreatedFilter | None = input_field(
        "Only those whose current period ends in this span; where items have periods of their own, the first that ends."
    )
    collection_method: CollectionMethod | None = input_field("Only those whose invoices are collected in this way.")
    collection_paused: bool | None = input_field(
        "True for those whose invoices are not collected at present, false for the others."
    )
    status: SubscriptionStatusFilter | None = input_field("Only these; without it, all but the canceled ones.")


@strawberry.input(description="Which of an object's subscriptions to show.")
class SubscriptionPageFilter:
    """Arguments of `Customer.subscriptions`; its fields are columns."""

    status: list[SubscriptionStatus] | None = input_field("Only those in one of these statuses.")


OWN_AMOUNT = (
    "What the customer chose to pay for a unit, with a price that has `customUnitAmount`; its preset by default."
)
NEW_OWN_AMOUNT = (
    "What the customer chose to pay for a unit from now on, with a price that has `customUnitAmount`; by default what "
    "they chose before, also with another such price, or else its preset."
)


@strawberry.input(description="A price made for one subscription item alone; nobody else can buy by it.")
class SubscriptionItemPriceDataInput:
    """Becomes `InlinePriceDraft`."""

    product: strawberry.ID = input_field("The product that is sold.")
    currency: Currency = input_field("What it is charged in.")
    recurring: RecurringInput = input_field("How often it is billed.")
    unit_amount: MinorUnits | None = input_field("What one unit costs; or give `unitAmountDecimal`.")
    unit_amount_decimal: Decimal | None = input_field("The same with up to twelve decimals of a minor unit.")
    billing_scheme: BillingScheme | None = input_field("TIERED with `tiers`; PER_UNIT by default.")
    tiers: list[PriceTierInput] | None = input_field("Ascending, the last one without an end; instead of an amount.")
    tiers_mode: TiersMode | None = input_field("What the tiers are for; with `tiers`.")
    transform_quantity: TransformQuantityInput | None = input_field(
        "Sells packages of so many units; the amount is that of a package. Not with tiers."
    )
    tax_behavior: TaxBehavior | None = input_field("Whether tax is in the amount already; UNSPECIFIED by default.")
    metadata: Metadata | None = input_field("Labels of your own for the price.")


@strawberry.input(description="One price to be on a subscription: `price` or `priceData`.")
class SubscriptionItemInput:
    """Becomes `ItemDraft`."""

    price: strawberry.ID | None = input_field("An active recurring price of the catalogue.")
    price_data: SubscriptionItemPriceDataInput | None = input_field("Or a price that is made for this item.")
    quantity: int | None = input_field("How many units; 1 by default, and none where usage is billed.")
    unit_amount: MinorUnits | None = input_field(OWN_AMOUNT)
    tax_rates: list[strawberry.ID] | None = input_field("Its own tax rates, at most five, instead of the defaults.")
    metadata: Metadata | None = input_field("Labels of your own for the item.")
    discounts: list[DiscountInput] | None = input_field("Discounts of this item alone, in order; at most 20.")


@strawberry.input(description="What is to happen when a trial ends.")
class TrialEndBehaviorInput:
    """Becomes `TrialEndBehaviorDraft`."""

    missing_payment_method: MissingPaymentMethod = input_field("When there is no payment method to charge.")


@strawberry.input(description="How a trial is to be conducted.")
class TrialSettingsInput:
    """Becomes `TrialSettingsDraft`."""

    end_behavior: TrialEndBehaviorInput = input_field("What is to happen when it ends.")


@strawberry.input(description="On which day of a month periods begin, and at what time of day in UTC.")
class BillingCycleAnchorConfigInput:
    """Becomes `AnchorConfig`."""

    day_of_month: int = input_field("The day, from 1 to 31; in shorter months the last one.")
    month: int | None = input_field("The month in which a full period begins, from 1 to 12; without it the next one.")
    hour: int | None = input_field("The hour, from 0 to 23; without it that of the creation.")
    minute: int | None = input_field("The minute, from 0 to 59; without it that of the creation.")
    second: int | None = input_field("The second, from 0 to 59; without it that of the creation.")


@strawberry.input(description="What a new subscription starts with.")
class SubscriptionCreateInput:
    """Becomes `SubscriptionDraft`."""

    customer: strawberry.ID = input_field("Who subscribes.")
    currency: Currency | None = input_field(
        "What it is billed in; all prices are offered in it. By default the customer's, or that of the first price."
    )
    items: list[SubscriptionItemInput] = input_field(
        f"What is to be billed: 1 to {ITEMS_MAX} prices of one currency. Their intervals may differ where each is a "
        "multiple of the shortest, such as months with years; in CLASSIC mode they are alike."
    )
    add_invoice_items: list[AddInvoiceItemInput] | None = input_field(
        "What is charged once with the first invoice, at most 20 one-time prices."
    )
    payment_behavior: PaymentBehavior | None = input_field(
        "What becomes of it when the first payment does not succeed at once; ALLOW_INCOMPLETE by default."
    )
    collection_method: CollectionMethod | None = input_field(
        "How its invoices are collected; CHARGE_AUTOMATICALLY by default. With SEND_INVOICE it is ACTIVE at once and "
        "needs no payment method."
    )
    days_until_due: int | None = input_field(
        f"With SEND_INVOICE, how many days after they are made its invoices are due, from 0 to {DAYS_UNTIL_DUE_MAX}."
    )
    default_payment_method: strawberry.ID | None = input_field(
        "What to charge for it, one of the customer's; without it the customer's default for invoices. In test mode "
        "also a sandbox token such as `pm_card_visa`."
    )
    discounts: list[DiscountInput] | None = input_field(
        "Discounts, in the order in which they apply; at most 20. Without any, its customer's applies."
    )
    default_tax_rates: list[strawberry.ID] | None = input_field(
        "The tax rates of items that have none of their own, at most five."
    )
    automatic_tax: AutomaticTaxInput | None = input_field(
        "Whether tax is worked out from where the customer is, instead of by tax rates; not by default."
    )
    billing_thresholds: BillingThresholdsInput | None = input_field(
        "From which cost on usage is invoiced before its period is over."
    )
    application_fee_percent: Decimal | None = input_field(
        "Which percentage a platform has of what each period's invoice charges, after discounts and the customer's "
        "balance: 0 to 100 with at most two decimals. Needs `Stripe-Account` or `transferData`."
    )
    transfer_data: list[TransferDataInput] | None = input_field(
        "What other accounts receive of each payment: all of it, or `amountPercent`. Not `amount`."
    )
    on_behalf_of: strawberry.ID | None = input_field(
        "The account that sells: on statements, invoices and for tax. It needs the capability `card_payments`."
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
    billing_cycle_anchor: datetime | None = input_field(
        "From when full periods are counted, at most one period after now or after the trial. The time until then is "
        "billed by its share of the period that ends there."
    )
    billing_cycle_anchor_config: BillingCycleAnchorConfigInput | None = input_field(
        "Or the day and the time at which periods of months or years begin."
    )
    backdate_start_date: datetime | None = input_field(
        "When it began, in the past. The first invoice also bills the time since then: a line for each period and "
        "item, or with CLASSIC one for all of it. It goes with no trial."
    )
    proration_behavior: ProrationBehavior | None = input_field(
        "NONE leaves the time until the anchor, and the time before now, free; otherwise it is billed."
    )
    cancel_at: TimeOrPeriodEnd | None = input_field(
        "When it ends. The period in which that is costs its share, unless it is the first one and `prorationBehavior` "
        "is NONE. A trial that would last longer goes on to be its `trialEnd`, and is shortened with CLASSIC."
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
    price: strawberry.ID | None = input_field("Another active recurring price in the same currency.")
    price_data: SubscriptionItemPriceDataInput | None = input_field("Or a price that is made for this item.")
    quantity: strawberry.Maybe[int | None] = input_field(
        "How many units from now on; 1 by default for a price that is added."
    )
    unit_amount: strawberry.Maybe[MinorUnits | None] = input_field(NEW_OWN_AMOUNT)
    tax_rates: strawberry.Maybe[list[strawberry.ID] | None] = input_field(
        "Its own tax rates from now on, at most five, instead of the defaults; null goes back to those."
    )
    deleted: bool | None = input_field("True removes the item.")
    discounts: strawberry.Maybe[list[DiscountInput] | None] = input_field(
        "All the discounts that it is to have from now on; null takes them away. Not with a change that waits."
    )
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
    cancel_at: strawberry.Maybe[TimeOrPeriodEnd | None] = input_field(
        "When it ends; null takes that back. What was billed for the current period beyond that is given back, and "
        "charged again when the end is taken back or put off, unless `prorationBehavior` is NONE. A later period costs "
        "its share in any case. With CLASSIC a trial that would last longer ends then."
    )
    cancel_at_period_end: strawberry.Maybe[bool | None] = input_field(
        "True ends it with the current period; false takes that back."
    )
    cancellation_details: strawberry.Maybe[CancellationDetailsInput | None] = input_field(
        "What the customer said about leaving; null removes it."
    )
    collection_method: strawberry.Maybe[CollectionMethod | None] = input_field(
        "How its later invoices are collected; those that there are stay as they are."
    )
    days_until_due: strawberry.Maybe[int | None] = input_field(
        "With SEND_INVOICE, how many days after they are made its later invoices are due."
    )
    default_payment_method: strawberry.Maybe[strawberry.ID | None] = input_field(
        "What to charge for it; null goes back to the customer's default for invoices."
    )
    discounts: strawberry.Maybe[list[DiscountInput] | None] = input_field(
        "All the discounts that it is to have from now on; null takes them away. Nothing is prorated."
    )
    default_tax_rates: strawberry.Maybe[list[strawberry.ID] | None] = input_field(
        "The tax rates of items that have none of their own, at most five; null removes them. Later invoices follow, "
        "and nothing is prorated."
    )
    automatic_tax: strawberry.Maybe[AutomaticTaxInput | None] = input_field(
        "Whether tax is worked out from where the customer is, instead of by tax rates; later invoices follow."
    )
    billing_thresholds: strawberry.Maybe[BillingThresholdsInput | None] = input_field(
        "From which cost on usage is invoiced before its period is over; null ends that."
    )
    application_fee_percent: strawberry.Maybe[Decimal | None] = input_field(
        "Which percentage a platform has of its later invoices; null ends that, which the account itself can do too."
    )
    transfer_data: strawberry.Maybe[list[TransferDataInput] | None] = input_field(
        "What other accounts receive of the payments of its later invoices, all of them; null ends that."
    )
    on_behalf_of: strawberry.Maybe[strawberry.ID | None] = input_field(
        "The account that sells from its next invoice on; null is the one that charges."
    )
    description: strawberry.Maybe[str | None] = input_field("What the customer may read about it; null removes it.")
    metadata: strawberry.Maybe[Metadata | None] = input_field("Labels of your own.")
    items: list[SubscriptionItemChangeInput] | None = input_field(
        "The items that change; the others stay. The subscription has to be TRIALING, ACTIVE or PAST_DUE."
    )
    proration_behavior: ProrationBehavior | None = input_field(
        "What becomes of the difference for the rest of the period; without it the account's `upgradeBehavior` or "
        "`downgradeBehavior` decides, which is CREATE_PRORATIONS by default."
    )
    proration_date: datetime | None = input_field(
        "From when the difference counts, within the current period; now by default. A preview for the same date has "
        "the same lines."
    )
    billing_cycle_anchor: AnchorChange | None = input_field(
        "NOW counts periods from now on. The credit for the rest of the old period and the charge for the new one wait "
        "for the next invoice, or are invoiced at once with ALWAYS_INVOICE and in CLASSIC mode; with NONE there is no "
        "credit. Without it the anchor stays, but in CLASSIC mode another interval, and a price for what was free, "
        "begin a new period now."
    )
    payment_behavior: PaymentBehavior | None = input_field(
        "What becomes of the change when what is invoiced at once meets a decline: with ALLOW_INCOMPLETE, the default, "
        "it is made all the same; DEFAULT_INCOMPLETE leaves the payment to the customer; with ERROR_IF_INCOMPLETE "
        "there is no change and no invoice; with PENDING_IF_INCOMPLETE the change waits until its invoice is paid."
    )
    off_session: bool | None = input_field("Whether the customer is away and cannot authenticate; false by default.")


@strawberry.input(description="Which subscription ends now.")
class SubscriptionCancelInput:
    """Becomes `CancellationDraft`."""

    id: strawberry.ID = input_field("The subscription.")
    prorate: bool | None = input_field(
        "Whether what was billed for the time from now on is given back, as invoice items; false by default."
    )
    invoice_now: bool | None = input_field(
        "Whether these items, and others that wait, are invoiced at once: a credit goes to the customer's balance, a "
        "charge is collected. False by default: they wait for the customer's next invoice, whatever that is for."
    )
    cancellation_details: CancellationDetailsInput | None = input_field("What the customer said about it.")


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
SubscriptionCancelPayload = payload(
    "subscriptionCancel", subscription=(SubscriptionRef, "The subscription, ended; null when refused.")
)
