"""Trying again to collect what was declined: when, how often, and what happens when nothing helped (spec 03, Dunning).

    first try        retry 1       retry 2            retry 3
    |--- a wait -----|--- a wait --|--- a wait -------|   … as long as the next one falls into the window

SMART takes each wait from a table, by the reason of the last decline; CUSTOM takes the waits that the account chose.
`docs/dunning.md` is written from these tables.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from domain.errors import DomainError, ErrorCode

RETRIES_MAX: Final = 8
"""Retries of one invoice under SMART (spec 03)."""
CUSTOM_RETRIES_MAX: Final = 3
WAIT_DAYS_MAX: Final = 60
POSTPONED_BY: Final = timedelta(minutes=10)
"""How long a retry waits for a payment that is just being made."""


class RetryPolicy(StrEnum):
    """Who decides when a declined payment is tried again."""

    SMART = "smart"
    CUSTOM = "custom"


class RetryWindow(StrEnum):
    """How long after the first try an invoice may still be tried again under SMART."""

    ONE_WEEK = "one_week"
    TWO_WEEKS = "two_weeks"
    THREE_WEEKS = "three_weeks"
    ONE_MONTH = "one_month"
    TWO_MONTHS = "two_months"


class RetriesEnd(StrEnum):
    """What becomes of a subscription when the last retry has failed."""

    CANCEL = "cancel"
    UNPAID = "unpaid"
    PAST_DUE = "past_due"


class UnpaidInvoice(StrEnum):
    """What becomes of an invoice when its last retry has failed."""

    OPEN = "open"
    UNCOLLECTIBLE = "uncollectible"


class DeclineClass(StrEnum):
    """Reasons of declines that call for the same patience."""

    FUNDS = "funds"
    """There was not enough money: it may be there on a pay day."""
    TROUBLE = "trouble"
    """The issuer or the network was in trouble: it may be over in hours."""
    REFUSAL = "refusal"
    """The issuer said no without a reason that would last: it may think better of it in days."""
    HARD = "hard"
    """The same payment method will never do, or the customer has to act: a new one is waited for."""


DECLINE_CLASSES: Final = {
    DeclineClass.FUNDS: ("card_velocity_exceeded", "insufficient_funds", "withdrawal_count_limit_exceeded"),
    DeclineClass.TROUBLE: ("issuer_not_available", "processing_error", "reenter_transaction", "try_again_later"),
    DeclineClass.REFUSAL: ("do_not_honor", "expired_card", "generic_decline", "incorrect_cvc"),
    DeclineClass.HARD: (
        "authentication_required", "card_not_supported", "currency_not_supported", "fraudulent", "invalid_account",
        "lost_card", "pickup_card", "restricted_card", "revocation_of_all_authorizations",
        "revocation_of_authorization", "stolen_card", "transaction_not_allowed",
    ),
}  # fmt: skip
"""The decline codes of each class; any other is a REFUSAL, unless the issuer advised not to try again."""

WINDOW_DAYS: Final = {
    RetryWindow.ONE_WEEK: 7,
    RetryWindow.TWO_WEEKS: 14,
    RetryWindow.THREE_WEEKS: 21,
    RetryWindow.ONE_MONTH: 30,
    RetryWindow.TWO_MONTHS: 60,
}
REFUSAL_WAIT_DAYS: Final = {
    RetryWindow.ONE_WEEK: (1, 1, 1, 1, 1, 1, 1),
    RetryWindow.TWO_WEEKS: (1, 2, 2, 2, 2, 2, 2, 1),
    RetryWindow.THREE_WEEKS: (2, 2, 3, 3, 3, 3, 3, 2),
    RetryWindow.ONE_MONTH: (2, 3, 4, 4, 4, 4, 4, 5),
    RetryWindow.TWO_MONTHS: (4, 6, 8, 8, 8, 8, 8, 10),
}
"""Days before each retry after a REFUSAL, and between looks for a new payment method after a HARD decline."""
TROUBLE_WAIT_HOURS: Final = (2, 6, 12, 24, 24, 48, 48, 72)
"""Hours before each retry after TROUBLE."""
PAY_DAYS: Final = (1, 15)
"""Days of the month on which many are paid."""
PAY_WEEKDAY: Final = 4
"""Friday, as `date.weekday()` counts, on which others are paid."""


@dataclass(frozen=True, slots=True)
class RetryRules:
    """What an account chose: SMART looks at `window` alone, CUSTOM at `waits` (days, one per retry) alone."""

    policy: RetryPolicy
    window: RetryWindow
    waits: Sequence[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tries:
    """What was tried so far: when first and when last, how many retries there were, and why the last try failed.

    `worked_at` is when a payment of this customer that had failed before went through at last, None if that never
    happened.
    """

    first_at: datetime
    last_at: datetime
    retries: int
    reason: DeclineClass
    worked_at: datetime | None = None


def decline_class(code: str | None, advice: str | None) -> DeclineClass:
    """The class of a decline by its decline code, or by the issuer's advice where the code is not known."""
    for known, codes in DECLINE_CLASSES.items():
        if code in codes:
            return known
    return DeclineClass.HARD if advice == "do_not_try_again" else DeclineClass.REFUSAL


def next_try(rules: RetryRules, tries: Tries) -> datetime | None:
    """When an invoice is to be tried again after these tries; None when it was tried often enough."""
    if rules.policy is RetryPolicy.CUSTOM:
        return tries.last_at + timedelta(days=rules.waits[tries.retries]) if tries.retries < len(rules.waits) else None
    if tries.retries >= RETRIES_MAX:
        return None
    at = _smart(rules.window, tries)
    return at if at is not None and at <= tries.first_at + timedelta(days=WINDOW_DAYS[rules.window]) else None


def _smart(window: RetryWindow, tries: Tries) -> datetime | None:
    if tries.reason is DeclineClass.TROUBLE:
        return tries.last_at + timedelta(hours=TROUBLE_WAIT_HOURS[tries.retries])
    if tries.reason is DeclineClass.FUNDS:
        return _next_pay_day(tries)
    waits = REFUSAL_WAIT_DAYS[window]
    if tries.retries >= len(waits):
        return None
    return _at_the_hour_that_worked(tries.last_at + timedelta(days=waits[tries.retries]), tries)


def _next_pay_day(tries: Tries) -> datetime:
    """The first likely pay day after the day of the last try; one comes within a week, as every Friday is one."""
    days = {*PAY_DAYS} if tries.worked_at is None else {*PAY_DAYS, tries.worked_at.day}
    at = tries.last_at + timedelta(days=1)
    while at.day not in days and at.weekday() != PAY_WEEKDAY:
        at += timedelta(days=1)
    return _at_the_hour_that_worked(at, tries)


def _at_the_hour_that_worked(at: datetime, tries: Tries) -> datetime:
    """The same day (UTC) at the time of day of what worked for the customer before, if anything did."""
    if tries.worked_at is None:
        return at
    return at.replace(hour=tries.worked_at.hour, minute=tries.worked_at.minute, second=tries.worked_at.second)


def wait_days(days: int, param: str | tuple[str, ...] = "retryWaits") -> int:
    """Days before a CUSTOM retry, from 1 to 60."""
    if not 1 <= days <= WAIT_DAYS_MAX:
        raise DomainError(
            ErrorCode.PARAMETER_INVALID_INTEGER,
            f"A wait of {days} days is not possible; it would have to be from 1 to {WAIT_DAYS_MAX}.",
            param,
        )
    return days


def share_recovered(recovered: int, failed: int) -> str:
    """How much of what failed was recovered, in per cent with two decimals, rounded half up; "0.00" of nothing."""
    hundredths = (2 * 10_000 * recovered + failed) // (2 * failed) if failed else 0
    return f"{hundredths // 100}.{hundredths % 100:02d}"
