"""Reckoning an invoice: what discounts take off its lines, what prepaid credit pays, what tax is then asked for.

    amount of a line - its own discounts - discounts of the invoice - prepaid credit = net
    net - tax that is in it = taxable      net + tax that comes on top = what the line asks for

Discounts apply in order, each on what those before it left, and no line falls below zero. An amount off takes no more
than all lines come to, with what some of them give back, and is spread over its lines in proportion, each share rounded
down and the rest on the last line; per cents are of their lines, whatever else is on the invoice. Tax is rounded half
away from zero per line, or per invoice and rate; then the lines' shares still sum to what the invoice says (spec 05).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any, Protocol

from domain.drawing import Credit, CreditAmount, drawn
from domain.kinds import TaxBehavior, TaxExempt
from domain.money import half_away_from_zero, percentage_of, unit_amount_text


class TaxRounding(StrEnum):
    """Where tax is rounded to minor units."""

    PER_LINE = "per_line"
    PER_INVOICE = "per_invoice"


class TaxabilityReason(StrEnum):
    """Why a tax is asked for, or is not."""

    STANDARD_RATED = "standard_rated"
    REDUCED_RATED = "reduced_rated"
    ZERO_RATED = "zero_rated"
    CUSTOMER_EXEMPT = "customer_exempt"
    REVERSE_CHARGE = "reverse_charge"
    NOT_COLLECTING = "not_collecting"
    NOT_SUPPORTED = "not_supported"


@dataclass(frozen=True, slots=True)
class Deduction:
    """A discount as a rule: so many per cent, or an amount in minor units of the invoice's currency.

    `products` are those that it is for; empty is all.
    """

    discount_id: str
    percent_off: Decimal | None = None
    amount_off: int | None = None
    products: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class DiscountAmount:
    """What a discount takes off a line, or an invoice; in minor units."""

    discount_id: str
    amount: int
    percent_off: str | None = None

    def as_json(self) -> dict[str, Any]:
        """For a JSON column."""
        return {"discount": self.discount_id, "amount": self.amount, "percent_off": self.percent_off}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "DiscountAmount":
        """What `as_json` gave."""
        return cls(stored["discount"], int(stored["amount"]), stored["percent_off"])


@dataclass(frozen=True, slots=True)
class TaxRule:
    """A tax rate as a rule; `percentage` of what is taxed, which has it in it already when `inclusive`."""

    tax_rate_id: str
    percentage: Decimal
    inclusive: bool
    reason: TaxabilityReason = TaxabilityReason.STANDARD_RATED

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "TaxRule":
        """The rule behind what `TaxAmount.as_json` gave, for whom that was."""
        inclusive = stored["tax_behavior"] == TaxBehavior.INCLUSIVE
        reason = TaxabilityReason(stored["taxability_reason"])
        return cls(stored["tax_rate"], Decimal(stored["percentage"]), inclusive, reason)


@dataclass(frozen=True, slots=True)
class TaxAmount:
    """What a tax rate asks for of a line, or an invoice; negative where the line gives back. In minor units."""

    rule: TaxRule
    amount: int
    taxable_amount: int
    reason: TaxabilityReason

    def as_json(self) -> dict[str, Any]:
        """For a JSON column."""
        return {
            "tax_rate": self.rule.tax_rate_id,
            "amount": self.amount,
            "taxable_amount": self.taxable_amount,
            "percentage": unit_amount_text(self.rule.percentage),
            "tax_behavior": TaxBehavior.INCLUSIVE if self.rule.inclusive else TaxBehavior.EXCLUSIVE,
            "taxability_reason": self.reason,
        }


class Reckonable(Protocol):
    """A line as reckoning sees it, drafted or stored: its own discounts and tax rates are named by their ids."""

    @property
    def amount(self) -> int:
        """In minor units, before discounts and exclusive tax."""

    @property
    def product_id(self) -> str | None:
        """What is sold."""

    @property
    def price_id(self) -> str | None:
        """The price that the amount was worked out from."""

    @property
    def discountable(self) -> bool:
        """Whether discounts apply to it at all."""

    @property
    def discounts(self) -> Sequence[str]:
        """Its own discounts, in order."""

    @property
    def tax_rates(self) -> Sequence[str]:
        """Its own tax rates."""

    @property
    def taxed_as(self) -> Sequence[Mapping[str, Any]] | None:
        """How what it gives back was taxed, as lines keep their taxes; None for the rules of now."""


@dataclass(frozen=True, slots=True)
class Rules:
    """By what an invoice is reckoned. Discounts that are named but not among `deductions` are not in force.

    `default_taxes` are for lines that have no rates of their own; `line_taxes`, where given, say it for each line.
    `credits` are drawn in their order.
    """

    deductions: Mapping[str, Deduction]
    invoice_discounts: Sequence[str] = ()
    taxes: Mapping[str, TaxRule] | None = None
    default_taxes: Sequence[str] = ()
    line_taxes: Sequence[Sequence[TaxRule]] | None = None
    exemption: TaxExempt = TaxExempt.NONE
    rounding: TaxRounding = TaxRounding.PER_LINE
    credits: Sequence[Credit] = ()


@dataclass(frozen=True, slots=True)
class ReckonedLine:
    """What discounts take off a line, in order, what prepaid credit pays of it, and what tax is asked for."""

    amount: int
    discount_amounts: tuple[DiscountAmount, ...] = ()
    taxes: tuple[TaxAmount, ...] = ()
    credits: tuple[CreditAmount, ...] = ()

    @property
    def net(self) -> int:
        """The amount less its discounts and prepaid credit; inclusive tax is still in it."""
        off = sum(each.amount for each in self.discount_amounts)
        return self.amount - off - sum(each.amount for each in self.credits)

    @property
    def total_excluding_tax(self) -> int:
        """The net amount without the tax that is in it."""
        return self.net - sum(each.amount for each in self.taxes if each.rule.inclusive)

    @property
    def total(self) -> int:
        """What the line asks for: the net amount with the tax that comes on top."""
        return self.net + sum(each.amount for each in self.taxes if not each.rule.inclusive)


@dataclass(frozen=True, slots=True)
class Reckoned:
    """The lines as reckoned, in order, and their sums."""

    lines: tuple[ReckonedLine, ...]

    @property
    def subtotal(self) -> int:
        """The sum of the lines, before discounts and exclusive tax."""
        return sum(line.amount for line in self.lines)

    @property
    def total_excluding_tax(self) -> int:
        """What is asked for, without tax."""
        return sum(line.total_excluding_tax for line in self.lines)

    @property
    def total(self) -> int:
        """What is asked for, with tax."""
        return sum(line.total for line in self.lines)

    @property
    def credits(self) -> tuple[CreditAmount, ...]:
        """What prepaid credit pays, line by line."""
        return tuple(each for line in self.lines for each in line.credits)

    @property
    def discount_amounts(self) -> tuple[DiscountAmount, ...]:
        """By discount, what it takes off all lines, in order."""
        sums: dict[str, DiscountAmount] = {}
        for each in (amount for line in self.lines for amount in line.discount_amounts):
            known = sums.get(each.discount_id)
            taken = each.amount + (known.amount if known else 0)
            sums[each.discount_id] = DiscountAmount(each.discount_id, taken, each.percent_off)
        return tuple(sums.values())

    @property
    def taxes(self) -> tuple[TaxAmount, ...]:
        """By tax rate and reason, what it asks for of all lines, in order."""
        sums: dict[tuple[str, bool, TaxabilityReason], TaxAmount] = {}
        for each in (tax for line in self.lines for tax in line.taxes):
            key = (each.rule.tax_rate_id, each.rule.inclusive, each.reason)
            known = sums.get(key, TaxAmount(each.rule, 0, 0, each.reason))
            sums[key] = TaxAmount(
                each.rule, known.amount + each.amount, known.taxable_amount + each.taxable_amount, each.reason
            )
        return tuple(sums.values())


def reckoned(lines: Sequence[Reckonable], rules: Rules) -> Reckoned:
    """The lines with their discounts, prepaid credit and tax."""
    discounts = discounted(lines, rules)
    nets = [line.amount - sum(cut.amount for cut in cuts) for line, cuts in zip(lines, discounts, strict=True)]
    paid_for = drawn(nets, [line.price_id for line in lines], rules.credits)
    nets = [net - sum(each.amount for each in paid) for net, paid in zip(nets, paid_for, strict=True)]
    exemptions = [rules.exemption if line.taxed_as is None else TaxExempt.NONE for line in lines]
    taxes = taxed(nets, _taxes_of(lines, rules), exemptions, rules.rounding)
    return Reckoned(
        tuple(
            ReckonedLine(line.amount, tuple(cuts), tuple(tax), paid)
            for line, cuts, paid, tax in zip(lines, discounts, paid_for, taxes, strict=True)
        )
    )


def discounted(lines: Sequence[Reckonable], rules: Rules) -> list[list[DiscountAmount]]:
    """For each line what discounts take off it: first those of lines, in order, then those of the invoice.

    Amounts off never take more than what is left of the sum of all lines, so that none becomes money. Per cents do not
    depend on what other lines give back, which would otherwise be lost.
    """
    taken: list[list[DiscountAmount]] = [[] for _ in lines]
    left = [max(line.amount, 0) if line.discountable else 0 for line in lines]
    own = dict.fromkeys(identifier for line in lines for identifier in line.discounts)
    for identifier in own:
        within = [index for index, line in enumerate(lines) if identifier in line.discounts]
        _apply(rules.deductions.get(identifier), lines, within, left, taken)
    for identifier in rules.invoice_discounts:
        _apply(rules.deductions.get(identifier), lines, range(len(lines)), left, taken)
    return taken


def _apply(
    deduction: Deduction | None,
    lines: Sequence[Reckonable],
    within: Iterable[int],
    left: list[int],
    taken: list[list[DiscountAmount]],
) -> None:
    """Take one discount off what is `left` of the lines `within` that it is for."""
    if deduction is None:
        return
    taken_before = sum(cut.amount for cuts in taken for cut in cuts)
    room = max(sum(line.amount for line in lines) - taken_before, 0)
    eligible = [
        index
        for index in within
        if left[index] > 0 and (not deduction.products or lines[index].product_id in deduction.products)
    ]
    for index, cut in zip(eligible, _cuts(deduction, [left[index] for index in eligible], room), strict=True):
        if cut:
            percent = None if deduction.percent_off is None else unit_amount_text(deduction.percent_off)
            taken[index].append(DiscountAmount(deduction.discount_id, cut, percent))
            left[index] -= cut


def _cuts(deduction: Deduction, amounts: Sequence[int], room: int) -> list[int]:
    """What the discount takes off each of these amounts; an amount off takes no more than there is `room`."""
    if deduction.percent_off is not None:
        return [percentage_of(amount, deduction.percent_off) for amount in amounts]
    assert deduction.amount_off is not None, f"discount {deduction.discount_id} takes nothing off"
    return spread(min(deduction.amount_off, room), amounts)


def spread(amount: int, over: Sequence[int]) -> list[int]:
    """An amount spread in proportion over amounts that are not negative, never more than all of them.

    Each share is rounded down; the rest falls on the last, as far as there is room, then on those before it.
    """
    whole = sum(over)
    if whole == 0:
        return [0] * len(over)
    amount = min(amount, whole)
    shares = [amount * each // whole for each in over]
    rest = amount - sum(shares)
    for index in range(len(over) - 1, -1, -1):
        room = min(rest, over[index] - shares[index])
        shares[index] += room
        rest -= room
    return shares


def _taxes_of(lines: Sequence[Reckonable], rules: Rules) -> Sequence[Sequence[TaxRule]]:
    """The tax rules of each line: of what it gives back, as worked out for it, its own, or else the invoice's."""
    return [_taxes_of_line(line, place, rules) for place, line in enumerate(lines)]


def _taxes_of_line(line: Reckonable, place: int, rules: Rules) -> Sequence[TaxRule]:
    if line.taxed_as is not None:
        return [TaxRule.from_json(each) for each in line.taxed_as]
    if rules.line_taxes is not None:
        return rules.line_taxes[place]
    known = rules.taxes or {}
    return [known[identifier] for identifier in line.tax_rates or rules.default_taxes if identifier in known]


def taxed(
    nets: Sequence[int], taxes: Sequence[Sequence[TaxRule]], exemptions: Sequence[TaxExempt], rounding: TaxRounding
) -> list[list[TaxAmount]]:
    """For each net amount what its tax rules ask for of somebody so exempt."""
    exact = [
        [each * _asked(rule, exemption) for rule, each in zip(of_line, exact_taxes(net, of_line), strict=True)]
        for net, of_line, exemption in zip(nets, taxes, exemptions, strict=True)
    ]
    amounts = _rounded_per_line(exact) if rounding is TaxRounding.PER_LINE else _rounded_per_rate(exact, taxes)
    found = []
    for net, of_line, asked, exemption in zip(nets, taxes, amounts, exemptions, strict=True):
        base = net - sum(amount for rule, amount in zip(of_line, asked, strict=True) if rule.inclusive)
        found.append([_tax(rule, amount, base, exemption) for rule, amount in zip(of_line, asked, strict=True)])
    return found


def exact_taxes(net: int, taxes: Sequence[TaxRule]) -> list[Fraction]:
    """What each rule asks for before rounding: a share of the amount without the tax that is in it."""
    within = sum((Fraction(rule.percentage) for rule in taxes if rule.inclusive), Fraction(0))
    base = net / (1 + within / 100)
    return [base * Fraction(rule.percentage) / 100 for rule in taxes]


def _rounded_per_line(exact: Sequence[Sequence[Fraction]]) -> list[list[int]]:
    return [[half_away_from_zero(each) for each in of_line] for of_line in exact]


def _rounded_per_rate(exact: Sequence[Sequence[Fraction]], taxes: Sequence[Sequence[TaxRule]]) -> list[list[int]]:
    """Round the sum of each rate once; a line has what the rounded sum grows by with it."""
    sums: dict[tuple[str, bool], Fraction] = {}
    amounts = []
    for of_line, rules in zip(exact, taxes, strict=True):
        shares = []
        for each, rule in zip(of_line, rules, strict=True):
            key = (rule.tax_rate_id, rule.inclusive)
            before = sums.get(key, Fraction(0))
            sums[key] = before + each
            shares.append(half_away_from_zero(before + each) - half_away_from_zero(before))
        amounts.append(shares)
    return amounts


def _asked(rule: TaxRule, exemption: TaxExempt) -> int:
    """1 where the tax is asked for, 0 where it is not."""
    free = rule.reason in (TaxabilityReason.REVERSE_CHARGE, TaxabilityReason.CUSTOMER_EXEMPT)
    return 0 if free or exemption is not TaxExempt.NONE else 1


def _tax(rule: TaxRule, amount: int, base: int, exemption: TaxExempt) -> TaxAmount:
    if exemption is TaxExempt.EXEMPT or rule.reason is TaxabilityReason.CUSTOMER_EXEMPT:
        return TaxAmount(rule, 0, 0, TaxabilityReason.CUSTOMER_EXEMPT)
    if exemption is TaxExempt.REVERSE:
        return TaxAmount(rule, 0, base, TaxabilityReason.REVERSE_CHARGE)
    if rule.reason is TaxabilityReason.STANDARD_RATED and not rule.percentage:
        return TaxAmount(rule, 0, base, TaxabilityReason.ZERO_RATED)
    return TaxAmount(rule, amount, base, rule.reason)
