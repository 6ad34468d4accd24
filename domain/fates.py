"""What becomes of a subscription by the fate of its latest invoice (spec 02, Creating; spec 03, Dunning)."""

from enum import StrEnum

from domain.lifecycles import SUBSCRIPTION, SubscriptionStatus


class InvoiceFate(StrEnum):
    """How the collection of a finalized invoice stands, as far as its subscription is concerned.

    GIVEN_UP is an uncollectible invoice: nobody waits for it any more.
    """

    PAID = "paid"
    FAILED = "failed"
    GIVEN_UP = "given_up"
    REQUIRES_ACTION = "requires_action"
    AWAITED = "awaited"


def subscription_status_at_start(fate: InvoiceFate) -> SubscriptionStatus:
    """The status of a new subscription whose first invoice has this fate (spec 02, Creating).

    AWAITED is a first payment that was not tried yet (DEFAULT_INCOMPLETE). An invoice of nothing is PAID.
    """
    return SubscriptionStatus.ACTIVE if fate is InvoiceFate.PAID else SubscriptionStatus.INCOMPLETE


def subscription_status_after(
    status: SubscriptionStatus, fate: InvoiceFate | None, *, on_attempt: bool = False
) -> SubscriptionStatus:
    """The status that follows from the latest finalized invoice that is not void (spec 02, Creating).

    `fate` is that invoice's, None when every invoice of the subscription is void. A status that ended stays, and so
    does a trial, whatever becomes of invoices from before it. A paused subscription goes on once its resumption is paid
    or given up: `fate` is that invoice's alone; where it resumes `on_attempt`, also once a payment of it failed. One
    whose invoice is AWAITED or GIVEN_UP stays as it is, but an incomplete one begins when its first invoice is given
    up. UNPAID lasts until the latest invoice is paid or void.
    """
    if SUBSCRIPTION.ended(status) or status is SubscriptionStatus.TRIALING:
        return status
    if status is SubscriptionStatus.PAUSED:
        return _while_paused(fate, on_attempt)
    if status is SubscriptionStatus.INCOMPLETE:
        return _while_incomplete(fate)
    if fate is InvoiceFate.PAID or fate is None:
        return SubscriptionStatus.ACTIVE
    if fate in (InvoiceFate.AWAITED, InvoiceFate.GIVEN_UP) or status is SubscriptionStatus.UNPAID:
        return status
    return SubscriptionStatus.PAST_DUE


def _while_paused(fate: InvoiceFate | None, on_attempt: bool) -> SubscriptionStatus:
    if fate in (InvoiceFate.PAID, InvoiceFate.GIVEN_UP):
        return SubscriptionStatus.ACTIVE
    return SubscriptionStatus.PAST_DUE if on_attempt and fate is InvoiceFate.FAILED else SubscriptionStatus.PAUSED


def _while_incomplete(fate: InvoiceFate | None) -> SubscriptionStatus:
    """Only the first invoice counts: paying it or giving it up starts the subscription, voiding it ends it."""
    if fate in (InvoiceFate.PAID, InvoiceFate.GIVEN_UP):
        return SubscriptionStatus.ACTIVE
    return SubscriptionStatus.INCOMPLETE_EXPIRED if fate is None else SubscriptionStatus.INCOMPLETE
