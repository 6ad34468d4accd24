"""Pausing a subscription, and letting it go on: what is given back, and what the time until the next period costs.

    start |---- used ----| pause      resume |---- remaining ----| end       the period of the old anchor
                         |--- unused time, given back ----------|           when pausing
                                             |--- stub ---------|           when resuming with the anchor UNCHANGED

A paused subscription is in no period: its items' periods end where it was paused.
"""

from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from domain.invoicing import LineDraft
from domain.periods import Period
from domain.proration import Billed, Exchange, prorated


class PauseInvoicing(StrEnum):
    """What becomes of the credit that a pause gives."""

    PENDING_INVOICE_ITEM = "pending_invoice_item"
    """It waits for the next invoice of the subscription."""
    INVOICE = "invoice"
    """It is invoiced at once, and so becomes credit of the customer."""


class UnusedTime(StrEnum):
    """From when on a pause gives back what was invoiced for the current period."""

    NOW = "now"
    NONE = "none"
    """Nothing is given back."""
    ITEM_CURRENT_PERIOD_START = "item_current_period_start"
    """The whole period is given back."""


class OutstandingUsage(StrEnum):
    """Up to when a pause bills what was used in the current period."""

    NOW = "now"
    NONE = "none"
    """What was used and not billed is dropped."""


class PauseReason(StrEnum):
    """Why a subscription is paused."""

    PAUSE_REQUESTED = "pause_requested"
    TRIAL_END_WITHOUT_PAYMENT_METHOD = "trial_end_without_payment_method"


class ResumptionAnchor(StrEnum):
    """From where periods are counted when a subscription goes on."""

    NOW = "now"
    """A new period begins, and later ones are counted from it."""
    UNCHANGED = "unchanged"
    """It joins the period of the old anchor that is under way."""


class ResumptionPayment(StrEnum):
    """How a resumption that is invoiced is paid for."""

    RESUME_ON_PAYMENT_SUCCESS = "resume_on_payment_success"
    """It is charged at once; the subscription stays paused until that succeeds."""
    RESUME_ON_PAYMENT_ATTEMPT = "resume_on_payment_attempt"
    """It is left to the customer; a payment that fails lets the subscription go on as past due."""


def credit_of_pause(
    item_id: str, billed: Billed, period: Period, at: datetime, since: UnusedTime, full: Period | None = None
) -> list[LineDraft]:
    """What a pause at `at` gives back of `billed`, which was invoiced for `period`; without lines of nothing.

    `full` is what the price is for, where less of it was invoiced.
    """
    if since is UnusedTime.NONE:
        return []
    from_when = period.start if since is UnusedTime.ITEM_CURRENT_PERIOD_START else at
    whole = full or period
    return _lines(Exchange(item_id, billed, None, from_when, whole.start, whole.end, period.end))


def stub_of_resumption(item_id: str, billed: Billed, period: Period, at: datetime) -> list[LineDraft]:
    """What the rest of `period` costs from `at` on, before discounts."""
    lines = _lines(Exchange(item_id, None, billed, at, period.start, period.end))
    return [replace(line, discountable=True) for line in lines]


def _lines(exchange: Exchange) -> list[LineDraft]:
    return [line for line in prorated(exchange) if line.amount]
