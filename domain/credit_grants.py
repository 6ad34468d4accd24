"""Prepaid credit: grants that pay invoices before money does, and in which order they are drawn down (spec 04)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from domain.errors import DomainError, ErrorCode

AMOUNT_MAX: Final = 999_999_999_999
"""Minor units of one grant."""
PRIORITY_DEFAULT: Final = 50
PRIORITY_MAX: Final = 100
PRICES_MAX: Final = 20
GRANTS_MAX: Final = 100
"""How many grants with something left a customer may have (Stripe's)."""
NAME_LENGTH_MAX: Final = 100


class CreditGrantCategory(StrEnum):
    """Whether the customer paid for a grant."""

    PAID = "paid"
    PROMOTIONAL = "promotional"


class CreditPriceType(StrEnum):
    """A kind of prices that a grant is for."""

    METERED = "metered"


class CreditBalanceTransactionType(StrEnum):
    """Whether a line of the journal gives or takes."""

    CREDIT = "credit"
    DEBIT = "debit"


class CreditCause(StrEnum):
    """Why a line of the journal gives."""

    CREDITS_APPLICATION_INVOICE_VOIDED = "credits_application_invoice_voided"
    CREDITS_GRANTED = "credits_granted"


class DebitCause(StrEnum):
    """Why a line of the journal takes."""

    CREDITS_APPLIED = "credits_applied"
    CREDITS_EXPIRED = "credits_expired"
    CREDITS_VOIDED = "credits_voided"


@dataclass(frozen=True, slots=True)
class Term:
    """From when until when a grant can be drawn, and what decides about its turn; `expires_at` None is never."""

    priority: int
    effective_at: datetime
    expires_at: datetime | None
    category: CreditGrantCategory
    grant_id: str

    def covers(self, at: datetime) -> bool:
        """Whether it is in force at that moment; it is no more when it expires."""
        return self.effective_at <= at and (self.expires_at is None or at < self.expires_at)

    @property
    def turn(self) -> tuple[int, bool, int, bool, datetime, str]:
        """Sorts grants into the order in which they are drawn down.

        By priority, 0 first; then the one that expires first, promotional before paid, effective first, created first.
        """
        lasting = self.expires_at is None
        expires = 0 if self.expires_at is None else int(self.expires_at.timestamp())
        paid = self.category is CreditGrantCategory.PAID
        return (self.priority, lasting, expires, paid, self.effective_at, self.grant_id)


def checked_priority(priority: int, param: str = "priority") -> int:
    """A priority from 0, the first, to 100."""
    if not 0 <= priority <= PRIORITY_MAX:
        raise DomainError(
            ErrorCode.PARAMETER_INVALID_INTEGER,
            f"Priority {priority} is none; it would have to be from 0, which is drawn first, to {PRIORITY_MAX}.",
            param,
        )
    return priority


def checked_amount(amount: int, param: tuple[str, ...] = ("amount", "monetary", "value")) -> int:
    """The amount of a grant, in minor units."""
    if not 0 < amount <= AMOUNT_MAX:
        raise DomainError(
            ErrorCode.PARAMETER_INVALID_INTEGER,
            f"Amount {amount} cannot be granted; it would have to be from 1 to {AMOUNT_MAX}.",
            param,
        )
    return amount


def checked_expiry(expires_at: datetime, effective_at: datetime, now: datetime, param: str = "expiresAt") -> datetime:
    """When a grant ends, which lies ahead, and after it has begun."""
    after = max(effective_at, now)
    if expires_at <= after:
        raise DomainError(
            ErrorCode.PARAMETER_INVALID,
            f"Credits cannot expire at {expires_at:%Y-%m-%dT%H:%M:%SZ}; it would have to be after"
            f" {after:%Y-%m-%dT%H:%M:%SZ}.",
            param,
        )
    return expires_at
