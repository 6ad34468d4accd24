"""What belongs to a part of an invoice's line that is credited: its share of discounts, prepaid credit and tax.

Shares are in proportion to the line's amount, rounded half away from zero over all that was credited so far: the parts
of a line that is credited bit by bit sum to what the line had, to the unit.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from domain.kinds import TaxBehavior
from domain.money import half_away_from_zero

Kept = Mapping[str, Any]
"""A discount amount, a draw of prepaid credit or a tax amount as invoices keep it."""


@dataclass(frozen=True, slots=True)
class CreditedShare:
    """A part of a line's amount with its share of discounts, prepaid credit and tax, in minor units."""

    amount: int
    discount_amounts: tuple[dict[str, Any], ...] = ()
    taxes: tuple[dict[str, Any], ...] = ()
    pretax_credits: tuple[dict[str, Any], ...] = ()

    @property
    def net(self) -> int:
        """The amount less its discounts and what prepaid credit paid of it; inclusive tax is still in it."""
        return self.amount - sum(int(each["amount"]) for each in (*self.discount_amounts, *self.pretax_credits))

    @property
    def total_excluding_tax(self) -> int:
        """The net amount without the tax that is in it."""
        return self.net - _of(self.taxes, TaxBehavior.INCLUSIVE)

    @property
    def total(self) -> int:
        """What is credited: the net amount with the tax that comes on top."""
        return self.net + _of(self.taxes, TaxBehavior.EXCLUSIVE)


def credited_share(
    whole: int,
    before: int,
    amount: int,
    discounts: Sequence[Kept],
    taxes: Sequence[Kept],
    draws: Sequence[Kept] = (),
) -> CreditedShare:
    """The share of `amount` of a line of `whole`, of which `before` was credited already."""

    def part(value: int) -> int:
        return _until(value, whole, before + amount) - _until(value, whole, before)

    cuts = tuple({**each, "amount": part(int(each["amount"]))} for each in discounts)
    paid = tuple({**each, "amount": part(int(each["amount"]))} for each in draws)
    asked = [{**each, "amount": part(int(each["amount"]))} for each in taxes]
    base = CreditedShare(amount, cuts, tuple(asked), paid).total_excluding_tax
    for each in asked:
        each["taxable_amount"] = base if each["taxable_amount"] else 0  # of an exemption it is nothing
    return CreditedShare(amount, cuts, tuple(asked), paid)


def summed_discounts(shares: Iterable[CreditedShare]) -> list[dict[str, Any]]:
    """By discount, what all shares have of it."""
    return _summed((each for share in shares for each in share.discount_amounts), ("discount",), ("amount",))


def summed_draws(shares: Iterable[CreditedShare]) -> list[dict[str, Any]]:
    """By line of a grant's journal, what all shares have of it."""
    draws = (each for share in shares for each in share.pretax_credits)
    return _summed(draws, ("credit_balance_transaction",), ("amount",))


def summed_taxes(shares: Iterable[CreditedShare]) -> list[dict[str, Any]]:
    """By tax rate and reason, what all shares have of it."""
    keys = ("tax_rate", "tax_behavior", "taxability_reason")
    return _summed((each for share in shares for each in share.taxes), keys, ("amount", "taxable_amount"))


def _summed(kept: Iterable[Kept], keys: Sequence[str], sums: Sequence[str]) -> list[dict[str, Any]]:
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for each in kept:
        key = tuple(each[name] for name in keys)
        known = found.get(key)
        found[key] = dict(each) if known is None else {**known, **{name: known[name] + each[name] for name in sums}}
    return list(found.values())


def _until(value: int, whole: int, credited: int) -> int:
    return half_away_from_zero(Fraction(value * credited, whole))


def _of(taxes: Iterable[Kept], behavior: TaxBehavior) -> int:
    return sum(int(each["amount"]) for each in taxes if each["tax_behavior"] == behavior)
