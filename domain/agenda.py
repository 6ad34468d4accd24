"""The kinds of action that time causes. One handler per kind stands in `services/agenda.py`."""

from enum import StrEnum


class AgendaKind(StrEnum):
    """What is to happen to the subject of an agenda entry when it falls due."""

    SUBSCRIPTION_RENEW = "subscription.renew"
    """The current period of a subscription ends: move on and draft the next invoice."""
    SUBSCRIPTION_UPCOMING = "subscription.upcoming"
    """A renewal is some days ahead: tell of its invoice."""
    SUBSCRIPTION_THRESHOLD = "subscription.threshold"
    """Something was used that may be invoiced before its period is over: look whether it is to be."""
    SUBSCRIPTION_LATE_USAGE = "subscription.late_usage"
    """A subscription has ended, and no more usage of it is taken: bill what came late."""
    SUBSCRIPTION_EXPIRE = "subscription.expire"
    """An incomplete subscription was not paid for within 23 hours."""
    SUBSCRIPTION_UPDATE_EXPIRE = "subscription.update_expire"
    """A change of a subscription was not paid for in time."""
    SUBSCRIPTION_CANCEL = "subscription.cancel"
    """A subscription reaches the moment at which it was to be cancelled."""
    SUBSCRIPTION_TRIAL_WILL_END = "subscription.trial_will_end"
    """A trial ends in three days: tell it."""
    SUBSCRIPTION_TRIAL_END = "subscription.trial_end"
    """A trial ends: the first period that is paid for begins, or what was settled for want of a payment method."""
    SUBSCRIPTION_RESUME_COLLECTION = "subscription.resume_collection"
    """Collection of a subscription's invoices was paused until now."""
    SCHEDULE_START = "schedule.start"
    """The first phase of a schedule begins: the subscription is made."""
    SCHEDULE_PHASE = "schedule.phase"
    """The current phase of a schedule ends: the next one begins, or the schedule is completed."""
    SCHEDULE_EXPIRING = "schedule.expiring"
    """A schedule ends in seven days: tell it."""
    INVOICE_FINALIZE = "invoice.finalize"
    """A draft has stood for its hour: finalize it and collect."""
    INVOICE_WILL_BE_DUE = "invoice.will_be_due"
    """An invoice that was sent will soon be due: tell it."""
    INVOICE_OVERDUE = "invoice.overdue"
    """An invoice that was sent should have been paid by now."""
    INVOICE_RETRY = "invoice.retry"
    """An invoice that could not be collected is to be tried again."""
    CREDIT_GRANT_EXPIRE = "credit_grant.expire"
    """What is left of prepaid credit is lost."""
    QUOTE_WILL_EXPIRE = "quote.will_expire"
    """A quote expires in seven days: tell it."""
    QUOTE_EXPIRE = "quote.expire"
    """Nobody accepted a quote in time: cancel it."""
    DISCOUNT_END = "discount.end"
    """A discount has lasted its months: it is taken away."""
    PRICE_MIGRATION_ENROLL = "price_migration.enroll"
    """More subscribers of the old price are to be found."""
    PRICE_MIGRATION_MOVE = "price_migration.move"
    """A subscription is to get another price."""
    PAYMENT_RESOLVE = "payment.resolve"
    """A charge was handed to the gateway and no answer was recorded: ask what became of it."""
    REFUND_RESOLVE = "refund.resolve"
    """A refund was handed to the gateway and no answer was recorded: ask what became of it."""
    SETUP_RESOLVE = "setup.resolve"
    """A verification was handed to the gateway and no answer was recorded: ask what became of it."""


_FIRST = frozenset({AgendaKind.SCHEDULE_PHASE})


def rank_of(kind: AgendaKind) -> int:
    """The order among what is due at one moment: the phases of schedules change before anything is billed."""
    return -1 if kind in _FIRST else 0
