"""Credit notes: how much of an invoice may still be credited, line by line and in total, and where the money goes.

Amounts are in minor units. What is credited of a line has the line's sign, and never exceeds the line: a proration that
gave something back can be credited too, which makes the credit note smaller.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final

from domain.errors import DomainError, ErrorCode
from domain.money import EXACT, half_away_from_zero
from domain.pricing import Quantity, quantity_text

LINES_MAX: Final = 100
MEMO_LENGTH_MAX: Final = 5000
DESCRIPTION_LENGTH_MAX: Final = 500


class CreditNoteType(StrEnum):
    """When the credited amount was to be paid, or was paid."""

    PRE_PAYMENT = "pre_payment"
    """It was not paid yet; less is due now."""
    POST_PAYMENT = "post_payment"
    """It was paid before; it is given back."""
    MIXED = "mixed"
    """Part of it was paid."""


class CreditNoteReason(StrEnum):
    """Why an invoice is credited."""

    DUPLICATE = "duplicate"
    FRAUDULENT = "fraudulent"
    ORDER_CHANGE = "order_change"
    PRODUCT_UNSATISFACTORY = "product_unsatisfactory"


class CreditNoteLineType(StrEnum):
    """What a line of a credit note credits."""

    INVOICE_LINE_ITEM = "invoice_line_item"
    """A line of the invoice, or a part of it."""
    CUSTOM_LINE_ITEM = "custom_line_item"
    """Something else, described by hand."""


@dataclass(frozen=True, slots=True)
class Creditable:
    """A line of an invoice, and what has been credited of it before."""

    line_id: str
    amount: int
    quantity: Quantity
    """Exact, with the decimals that use may have."""
    credited_amount: int = 0
    credited_quantity: int = 0


@dataclass(frozen=True, slots=True)
class Credited:
    """What a credit note takes of a line; `quantity` is None when the amount was named."""

    amount: int
    quantity: int | None


@dataclass(frozen=True, slots=True)
class Allocation:
    """How a credit note is split: what lowers the amount due, and what is given back in each way."""

    pre_payment: int
    refunded: int
    credited: int
    out_of_band: int

    @property
    def post_payment(self) -> int:
        """What is given back of money that was paid, or of balance that was used."""
        return self.refunded + self.credited + self.out_of_band

    @property
    def type(self) -> CreditNoteType:
        """What kind of credit note it makes."""
        if self.pre_payment and self.post_payment:
            return CreditNoteType.MIXED
        return CreditNoteType.PRE_PAYMENT if self.pre_payment else CreditNoteType.POST_PAYMENT


def credited_by_amount(line: Creditable, amount: int, param: str = "amount") -> Credited:
    """`amount` of a line, with the line's sign; refused when that and what was credited before exceed the line."""
    left = line.amount - line.credited_amount
    sign = -1 if line.amount < 0 else 1
    if amount * sign < 1:
        direction = "negative, as the line is" if sign < 0 else "1 or more"
        raise DomainError(
            ErrorCode.PARAMETER_INVALID_INTEGER,
            f"Amount {amount} credits nothing of line {line.line_id}; it would have to be {direction}.",
            param,
        )
    if amount * sign > left * sign:
        raise DomainError(
            ErrorCode.AMOUNT_TOO_LARGE,
            f"Amount {amount} exceeds the {left} left to credit of line {line.line_id}.",
            param,
        )
    return Credited(amount, None)


def credited_by_quantity(line: Creditable, quantity: int) -> Credited:
    """So many units of a line; the parts of a line that is credited bit by bit sum to the line.

    Rounded half away from zero, over all units credited so far. Refused beyond the units, or the amount, that is left.
    """
    left = EXACT.subtract(Decimal(line.quantity), Decimal(line.credited_quantity))
    if quantity < 1:
        raise DomainError(
            ErrorCode.PARAMETER_INVALID_INTEGER,
            f"Quantity {quantity} credits nothing of line {line.line_id}; it would have to be from 1 to"
            f" {quantity_text(left)}.",
            "quantity",
        )
    if quantity > left:
        raise DomainError(
            ErrorCode.AMOUNT_TOO_LARGE,
            f"Quantity {quantity} exceeds the {quantity_text(left)} left to credit of line {line.line_id}; for a part"
            " of a unit name an amount.",
            "quantity",
        )
    amount = _share(line, line.credited_quantity + quantity) - _share(line, line.credited_quantity)
    return Credited(credited_by_amount(line, amount, "quantity").amount, quantity)


def _share(line: Creditable, quantity: int) -> int:
    exact = Fraction(line.amount * quantity) / Fraction(line.quantity)
    return half_away_from_zero(exact)


def refuse_beyond(total: int, creditable: int, currency: str, param: str) -> None:
    """Refuse a credit note of nothing, or of more than is left to credit of its invoice."""
    if total < 1:
        raise DomainError(
            ErrorCode.PARAMETER_INVALID_INTEGER,
            f"A credit note of {total} {currency} credits nothing; it would have to be from 1 to {creditable}.",
            param,
        )
    if total > creditable:
        raise DomainError(
            ErrorCode.AMOUNT_TOO_LARGE,
            f"Amount {total} exceeds the {creditable} {currency} left to credit of the invoice.",
            param,
        )


def allocated(total: int, remaining: int, *, refunded: int, credited: int, out_of_band: int) -> Allocation:
    """The split of `total`: first what `remaining` is due, then the rest, which the three ways have to sum to."""
    for param, amount in (("refundAmount", refunded), ("creditAmount", credited), ("outOfBandAmount", out_of_band)):
        if amount < 0:
            raise DomainError(
                ErrorCode.PARAMETER_INVALID_INTEGER, f"Amount {amount} cannot be given back; it is below 0.", param
            )
    pre_payment = min(total, remaining)
    post_payment = total - pre_payment
    given = refunded + credited + out_of_band
    if given != post_payment:
        raise DomainError(
            ErrorCode.PARAMETER_INVALID,
            f"Of {total}, {pre_payment} lower what is due and {post_payment} are to be given back, but refundAmount, "
            f"creditAmount and outOfBandAmount sum to {given}.",
            "refundAmount",
        )
    return Allocation(pre_payment, refunded, credited, out_of_band)


def credit_note_number(invoice_number: str, sequence: int) -> str:
    """The number of a credit note: its invoice's, and its place among that one's. "K3J9ZQ12AB-0001-CN-01"."""
    return f"{invoice_number}-CN-{sequence:02d}"


def unit_amount_of(line: Creditable, unit_amount: Decimal) -> Decimal:
    """What one unit of a credited line costs, with the line's sign."""
    return -unit_amount if line.amount < 0 else unit_amount
