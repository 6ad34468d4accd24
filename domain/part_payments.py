"""Paying an invoice in parts: what a part may be."""

from domain.currencies import chargeable, minimum_charge_of
from domain.errors import DomainError, ErrorCode

PAYMENTS_MAX = 100
"""Payments that one invoice may have, those that failed included."""


def checked_part(amount: int, remaining: int, currency: str, *, charged: bool, param: str = "amount") -> int:
    """`amount` minor units of the `remaining` ones of an invoice; refused when it, or the rest, could not be charged.

    A part that is not `charged` may be as small as it likes. Of what is left nobody could take less than the minimum.
    """
    if amount < 1:
        raise DomainError(
            ErrorCode.PARAMETER_INVALID_INTEGER,
            f"Amount {amount} is no payment; it would have to be from 1 to {remaining} {currency}.",
            param,
        )
    if amount > remaining:
        raise DomainError(
            ErrorCode.AMOUNT_TOO_LARGE, f"Amount {amount} exceeds the {remaining} {currency} that remain.", param
        )
    if charged:
        chargeable(amount, currency)
    refuse_small_rest(remaining - amount, currency, param)
    return amount


def refuse_small_rest(rest: int, currency: str, param: str) -> None:
    """Refuse to leave `rest` minor units of an invoice when that is less than can be charged; 0 is fine."""
    least = minimum_charge_of(currency)
    if 0 < rest < least:
        raise DomainError(
            ErrorCode.AMOUNT_TOO_SMALL,
            f"That would leave {rest} {currency} to be paid, and less than {least} cannot be charged;"
            " take all that remains, or less.",
            param,
        )
