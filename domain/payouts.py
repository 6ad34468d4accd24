"""When money leaves for a bank, and what may go wrong on its way.

    created            00:00 UTC            00:00 UTC of a working day
       |---- PENDING ----|---- IN_TRANSIT ----| PAID or FAILED         STANDARD
       |------- IN_TRANSIT, half an hour -------|                      INSTANT

Days are days of UTC throughout. Saturday and Sunday are no working days; holidays differ from bank to bank and count.
"""

from calendar import monthrange
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

from domain.payout_schedules import PayoutInterval, PayoutSchedule

INSTANT_TAKES: Final = timedelta(minutes=30)
_DAY: Final = timedelta(days=1)


class PayoutMethod(StrEnum):
    """How quickly money goes to where it is paid out."""

    STANDARD = "standard"
    INSTANT = "instant"


class PayoutFailureCode(StrEnum):
    """Why a bank sent money back."""

    NO_ACCOUNT = "no_account"
    ACCOUNT_CLOSED = "account_closed"
    INSUFFICIENT_FUNDS = "insufficient_funds"
    DEBIT_NOT_AUTHORIZED = "debit_not_authorized"
    INVALID_CURRENCY = "invalid_currency"
    COULD_NOT_PROCESS = "could_not_process"


FAILURE_MESSAGES: Final = {
    PayoutFailureCode.NO_ACCOUNT: "There is no such account at the bank.",
    PayoutFailureCode.ACCOUNT_CLOSED: "The bank account has been closed.",
    PayoutFailureCode.INSUFFICIENT_FUNDS: "The account that the money was to be taken from has too little.",
    PayoutFailureCode.DEBIT_NOT_AUTHORIZED: "Debits of the bank account are not authorized.",
    PayoutFailureCode.INVALID_CURRENCY: "The bank account does not take this currency.",
    PayoutFailureCode.COULD_NOT_PROCESS: "The bank could not carry out the payout.",
}


def next_payout_at(schedule: PayoutSchedule, at: datetime) -> datetime | None:
    """The first midnight at or after `at` at which money is paid out; None when it is done by hand alone."""
    day = midnight_from(at)
    if schedule.interval is PayoutInterval.DAILY:
        return day
    if schedule.weekly_anchor is not None:
        return day + _DAY * ((schedule.weekly_anchor.number - day.weekday()) % 7)
    if schedule.monthly_anchor is None:
        return None
    found = _of_month(day.year, day.month, schedule.monthly_anchor)
    if found >= day:
        return found
    return _of_month(day.year + day.month // 12, day.month % 12 + 1, schedule.monthly_anchor)


def midnight_from(at: datetime) -> datetime:
    """The first midnight of UTC at or after this moment."""
    day = at.replace(hour=0, minute=0, second=0, microsecond=0)
    return day if day == at else day + _DAY


def midnight_after(at: datetime) -> datetime:
    """The first midnight of UTC after this moment."""
    return at.replace(hour=0, minute=0, second=0, microsecond=0) + _DAY


def sent_at(created_at: datetime) -> datetime:
    """When a standard payout goes to the bank: until then it can be canceled."""
    return midnight_after(created_at)


def arrival_of(created_at: datetime, method: PayoutMethod) -> datetime:
    """When a payout arrives: half an hour later, or at the beginning of the first working day after it was sent."""
    if method is PayoutMethod.INSTANT:
        return created_at + INSTANT_TAKES
    day = sent_at(created_at) + _DAY
    while day.weekday() > 4:
        day += _DAY
    return day


def _of_month(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, min(day, monthrange(year, month)[1]), tzinfo=UTC)
