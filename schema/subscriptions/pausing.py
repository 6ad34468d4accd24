"""Pausing and resuming subscriptions: words, inputs and payloads."""

from datetime import datetime

import strawberry

from domain.pausing import (
    OutstandingUsage,
    PauseInvoicing,
    PauseReason,
    ResumptionAnchor,
    ResumptionPayment,
    UnusedTime,
)
from domain.subscriptions import ProrationBehavior
from schema.base import Wrapping, column, computed, describe_enum, input_field, part_type
from schema.payloads import payload
from schema.refs import SubscriptionRef

describe_enum(
    PauseInvoicing,
    "What becomes of the credit that a pause gives.",
    PENDING_INVOICE_ITEM="It waits as an invoice item for the next invoice of the subscription.",
    INVOICE="It is invoiced at once, and so becomes credit of the customer.",
)
describe_enum(
    UnusedTime,
    "From when on a pause gives back what was invoiced for the current period.",
    NOW="From now on.",
    NONE="Nothing is given back.",
    ITEM_CURRENT_PERIOD_START="The whole period is given back.",
)
describe_enum(
    OutstandingUsage,
    "Up to when a pause bills what was used in the current period.",
    NOW="Up to now.",
    NONE="What was used and not billed is dropped.",
)
describe_enum(
    PauseReason,
    "Why a subscription is paused.",
    PAUSE_REQUESTED="You asked for it with `subscriptionPause`.",
    TRIAL_END_WITHOUT_PAYMENT_METHOD="Its trial ended without a payment method.",
)
describe_enum(
    ResumptionAnchor,
    "From where periods are counted when a subscription goes on.",
    NOW="A new period begins now, and later ones are counted from it.",
    UNCHANGED="It joins the period of the old anchor that is under way.",
)
describe_enum(
    ResumptionPayment,
    "How the invoice of a resumption is paid.",
    RESUME_ON_PAYMENT_SUCCESS="It is charged at once; the subscription stays PAUSED until that succeeds.",
    RESUME_ON_PAYMENT_ATTEMPT="Nothing is charged by itself: `invoicePay` collects it. A payment that fails lets the "
    "subscription go on as PAST_DUE.",
)


@part_type
class PauseSource(Wrapping):
    """What brought a pause about."""

    type: PauseReason = column("Why it was paused.", source="pause_reason")


@part_type
class PausedDetails(Wrapping):
    """Since when and why a subscription is paused."""

    transitioned_at: datetime = column("When it was paused.", source="paused_at")

    @computed("What brought it about.")
    def subscription(self) -> PauseSource:
        """Reads through to the subscription."""
        return PauseSource.of(self.row)


@part_type
class SubscriptionStatusDetails(Wrapping):
    """What there is to say about a status."""

    @computed("Since when and why it is paused.")
    def paused(self) -> PausedDetails:
        """Reads through to the subscription."""
        return PausedDetails.of(self.row)


@strawberry.input(description="What a pause settles.")
class SubscriptionPauseBillForInput:
    """Becomes `BillForDraft`."""

    unused_time_from: UnusedTime | None = input_field(
        "From when on what was invoiced for the period is given back; NOW by default."
    )
    outstanding_usage_through: OutstandingUsage | None = input_field(
        "Up to when what was used in the period is billed; NOW by default. With INVOICE that is a draft for an hour."
    )


@strawberry.input(description="Which subscription is paused, and what is given back.")
class SubscriptionPauseInput:
    """Becomes `PauseDraft`."""

    id: strawberry.ID = input_field("The subscription: ACTIVE, PAST_DUE or UNPAID, in the billing mode FLEXIBLE.")
    bill_for: SubscriptionPauseBillForInput | None = input_field("What is settled.")
    invoicing_behavior: PauseInvoicing | None = input_field(
        "What becomes of what is given back; PENDING_INVOICE_ITEM by default."
    )


@strawberry.input(description="Which paused subscription goes on, and how.")
class SubscriptionResumeInput:
    """Becomes `ResumptionDraft`."""

    id: strawberry.ID = input_field("The subscription; it has to be PAUSED.")
    billing_cycle_anchor: ResumptionAnchor | None = input_field("From where periods are counted; NOW by default.")
    proration_behavior: ProrationBehavior | None = input_field(
        "What becomes of the rest of the period that it joins with the anchor UNCHANGED; CREATE_PRORATIONS by default. "
        "A new period is always invoiced."
    )
    payment_behavior: ResumptionPayment | None = input_field(
        "How an invoice of the resumption is paid; RESUME_ON_PAYMENT_SUCCESS by default."
    )


SubscriptionPausePayload = payload(
    "subscriptionPause", subscription=(SubscriptionRef, "The subscription, PAUSED; null when refused.")
)
SubscriptionResumePayload = payload(
    "subscriptionResume",
    subscription=(
        SubscriptionRef,
        "The subscription: ACTIVE when nothing remains to be paid, still PAUSED when the card was declined; null when "
        "refused.",
    ),
)
