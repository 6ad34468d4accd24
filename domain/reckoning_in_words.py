"""A line's discounts, prepaid credit and tax in words, step by step, after how its amount came about."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from domain.currencies import format_minor
from domain.kinds import TaxBehavior
from domain.money import half_away_from_zero
from domain.reckoning import TaxabilityReason, TaxRule, exact_taxes

_NOT_ASKED = {
    TaxabilityReason.CUSTOMER_EXEMPT: "no tax, as the customer is exempt",
    TaxabilityReason.REVERSE_CHARGE: "no tax, as the customer accounts for it (reverse charge)",
    TaxabilityReason.NOT_COLLECTING: "no tax, as there is no registration where the customer is",
    TaxabilityReason.NOT_SUPPORTED: "no tax, as none is known where the customer is",
}


def steps_in_words(
    amount: int,
    discounts: Sequence[Mapping[str, Any]],
    taxes: Sequence[Mapping[str, Any]],
    currency: str,
    draws: Sequence[Mapping[str, Any]] = (),
) -> str:
    """What follows on an explanation: "; less a 20% discount of $3.00 = $12.00; plus 19% tax on $12.00 = $2.28".

    Empty of none.

    Discounts, draws of prepaid credit and taxes are as lines keep them, amounts in minor units.
    """
    return "".join(f"; {step}" for step in _steps(amount, discounts, draws, taxes, currency))


def _steps(
    amount: int,
    discounts: Sequence[Mapping[str, Any]],
    draws: Sequence[Mapping[str, Any]],
    taxes: Sequence[Mapping[str, Any]],
    currency: str,
) -> Iterator[str]:
    def money(minor: int) -> str:
        return format_minor(minor, currency)

    left = amount
    for discount in discounts:
        left -= int(discount["amount"])
        percent = discount.get("percent_off")
        name = "a discount" if percent is None else f"a {percent}% discount"
        yield f"less {name} of {money(int(discount['amount']))} = {money(left)}"
    for draw in draws:
        left -= int(draw["amount"])
        yield f"less {money(int(draw['amount']))} of prepaid credit = {money(left)}"
    yield from _tax_steps(left, taxes, currency)


def _tax_steps(net: int, taxes: Sequence[Mapping[str, Any]], currency: str) -> Iterator[str]:
    """Tax that is rounded for the whole invoice may differ by a unit from what its line alone says; then it is told."""
    total = net
    for tax, exact in zip(taxes, exact_taxes(net, list(map(TaxRule.from_json, taxes))), strict=True):
        reason = TaxabilityReason(tax["taxability_reason"])
        if reason in _NOT_ASKED:
            yield _NOT_ASKED[reason]
            continue
        asked, base = int(tax["amount"]), format_minor(int(tax["taxable_amount"]), currency)
        step = f"{Decimal(tax['percentage']):f}% tax on {base} = {format_minor(asked, currency)}"
        rounded = "" if asked == half_away_from_zero(exact) else ", as it is rounded for the whole invoice"
        if tax["tax_behavior"] == TaxBehavior.INCLUSIVE:
            yield f"with {step} in it{rounded}"
        else:
            total += asked
            yield f"plus {step}{rounded}"
    if total != net:
        yield f"together {format_minor(total, currency)}"
