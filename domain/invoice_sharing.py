"""What others have of invoices: the fee that is fixed at finalization, and its share of each payment.

    | amount due when it was finalized                                 |
    |-- first payment --|-- elsewhere --|-- credited --|-- the rest ---|
    |---- its part -----|               |              |-- its part ---|   of the fee and of fixed shares

The parts lie side by side on one line, each rounded half away from zero at both of its ends: however an invoice is
paid, they sum to the whole exactly. What came elsewhere or was credited bears its part, which nobody receives.
"""

from dataclasses import replace
from fractions import Fraction

from domain.errors import ErrorCode, Problems
from domain.invoices import BillingReason
from domain.money import half_away_from_zero
from domain.settings import ApplicationFeeBase
from domain.sharing import Share, Sharing, amounts_of


def refuse_amounts(sharing: Sharing, problems: Problems) -> None:
    """A subscription brings invoices of any amount, so that its shares are percentages or all that is left (Stripe)."""
    for index, share in enumerate(sharing.shares):
        if share.amount is not None:
            problems.add(
                ErrorCode.PARAMETER_UNKNOWN,
                f"The invoices of a subscription differ in amount; instead of {share.amount} give {share.destination} a"
                " percentage as amountPercent, or all of it.",
                "transferData",
                str(index),
                "amount",
            )


def bears_percentage(reason: BillingReason, *, opens_a_period: bool) -> bool:
    """Whether an invoice is one of a billing period, of which a percentage is taken (spec 06, Fees).

    What is used in a period and invoiced early belongs to it; what a change asks for at once does not.
    """
    return opens_a_period or reason.opens_a_period or reason is BillingReason.SUBSCRIPTION_THRESHOLD


def with_fee(sharing: Sharing, *, charged: int, untaxed: Fraction, in_period: bool) -> Sharing:
    """The sharing as it is fixed at finalization, with its fee in minor units and without the percentage.

    `charged` is what is asked for after discounts, credit and balance; `untaxed` the part of it that the percentage is
    taken of. A fee is at most what is charged: where that shrank since the fee was set, it is cut, as Stripe does.
    """
    fee = sharing.application_fee_amount
    if fee is not None:
        fee = min(fee, charged)
    elif sharing.application_fee_percent is not None and in_period:
        fee = half_away_from_zero(charged * untaxed * Fraction(sharing.application_fee_percent) / 100)
    return replace(sharing, application_fee_amount=fee, application_fee_percent=None)


def untaxed_part(total: int, total_excluding_tax: int, base: ApplicationFeeBase) -> Fraction:
    """The part of an invoice's total that a percentage is taken of."""
    if base is ApplicationFeeBase.INCLUDING_TAX or total == 0:
        return Fraction(1)
    return Fraction(total_excluding_tax, total)


def part_of(sharing: Sharing, *, due: int, before: int, amount: int) -> Sharing:
    """What others have of a payment of `amount` towards an invoice of `due`, of which `before` was settled already."""
    shares, fee = sharing.shares, sharing.application_fee_amount
    return replace(
        sharing,
        shares=shares if amount == due else _parts_of_shares(shares, due, before, amount),
        application_fee_amount=_between(fee, due, before, amount) or None if fee else None,
        application_fee_percent=None,
    )


def without_fee(sharing: Sharing) -> Sharing:
    """The sharing where nobody collects a fee any more."""
    return replace(sharing, application_fee_amount=None, application_fee_percent=None)


def _parts_of_shares(shares: tuple[Share, ...], due: int, before: int, amount: int) -> tuple[Share, ...]:
    """Fixed shares and percentages as amounts of this payment; whoever has all the rest goes on having that."""
    parts = []
    for share, total in zip(shares, amounts_of(shares, due), strict=True):
        if share.is_whole:
            parts.append(share)
        elif part := _between(total, due, before, amount):
            parts.append(Share(destination=share.destination, amount=part))
    return tuple(parts)


def _between(total: int, due: int, before: int, amount: int) -> int:
    """The part of `total` that belongs to the payment from `before` on."""
    upto = half_away_from_zero(Fraction(total * (before + amount), due))
    return upto - half_away_from_zero(Fraction(total * before, due))
