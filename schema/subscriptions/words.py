"""The words of subscriptions: their enums, described for the API."""

from enum import StrEnum

from domain.lifecycles import SUBSCRIPTION, SubscriptionStatus
from domain.subscriptions import (
    AnchorChange,
    BillingMode,
    CancellationFeedback,
    CancellationReason,
    MissingPaymentMethod,
    PausedCollection,
    PaymentBehavior,
    ProrationBehavior,
)
from schema.base import describe_enum

describe_enum(
    SubscriptionStatus,
    "Where a subscription stands. It follows the latest finalized invoice.",
    INCOMPLETE="The first payment has not succeeded yet; 23 hours remain for it.",
    INCOMPLETE_EXPIRED="The first payment did not succeed in time. Final.",
    TRIALING="Nothing is charged until its trial ends.",
    ACTIVE="All is well: the latest invoice is paid.",
    PAST_DUE="The latest invoice could not be collected.",
    UNPAID="Retries of an invoice were used up; later invoices stay drafts until the latest finalized one is paid.",
    CANCELED="It has ended. Final: a canceled subscription never comes back.",
    PAUSED="You paused it, or its trial ended without a payment method; no invoice is made until it is resumed.",
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
    "What becomes of a new subscription, or of a change, whose payment does not succeed at once.",
    ALLOW_INCOMPLETE="The payment is tried; a subscription is made all the same, as INCOMPLETE, and so is a change.",
    DEFAULT_INCOMPLETE="The payment is left to the customer; until it succeeds a new subscription is INCOMPLETE.",
    ERROR_IF_INCOMPLETE="The payment is tried; without it there is no subscription, or no change.",
    PENDING_IF_INCOMPLETE="For changes: the payment is tried; until it succeeds the change waits as `pendingUpdate`.",
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
    PAYMENT_DISPUTED="The money of one of its payments was taken back by a bank.",
    PAYMENT_FAILED="Its invoice could not be collected, and retries were used up.",
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
    NONE="There is none: the new items are billed from their next period on, counted from the anchor.",
)
describe_enum(
    AnchorChange,
    "What a change does to the moment from which periods are counted.",
    NOW="They are counted from now on: every item begins a new period, and what was left of its old one is given back.",
    UNCHANGED="They go on being counted from where they were.",
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
    UNPAID = SubscriptionStatus.UNPAID.value
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
    UNPAID="Those whose retries were used up, and whose invoices stay drafts.",
    CANCELED="Those that were canceled.",
    PAUSED="Those that were paused, by you or at the end of a trial.",
    ENDED="Canceled and expired ones.",
    ALL="Every subscription, whatever its status.",
)
