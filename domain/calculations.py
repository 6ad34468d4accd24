"""How an amount came about: remembered with every line, and told in words long after its price is gone."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from domain.currencies import format_minor
from domain.money import half_away_from_zero, product_of, unit_amount_text
from domain.periods import Share
from domain.pricing import Quantity, Rates, Step, StepKind, quantity_text
from domain.reckoning import DiscountAmount

_DAY: Final = 86_400
UNUSED_TIME: Final = "unused_time"
"""The method of calculation of a line that gives back time which was billed."""
TRIAL: Final = "trial"
"""The method of calculation of a line that a trial makes free."""
CUT: Final = "cut"
"""The rounding of an amount beyond what a line can ask for, which it asks for instead."""


@dataclass(frozen=True, slots=True)
class Reduction:
    """What discounts took off an amount, one after the other; in minor units. Others lose the same share by them."""

    of: int
    cuts: tuple[DiscountAmount, ...]
    credit: int = 0
    """What prepaid credit paid of it after them."""
    waived: int = 0
    """What of the rest is not asked for any more: its invoice is void, or a credit note gave it back."""

    @property
    def off(self) -> int:
        """What they took off together."""
        return sum(cut.amount for cut in self.cuts) + self.credit + self.waived

    @property
    def share(self) -> Fraction:
        """Which share of the amount they took off, from 0 to 1."""
        return Fraction(self.off, self.of)

    def as_json(self) -> dict[str, Any]:
        """For a JSON column."""
        more = {name: amount for name, amount in (("credit", self.credit), ("waived", self.waived)) if amount}
        return {"of": self.of, "cuts": [cut.as_json() for cut in self.cuts], **more}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Reduction":
        """What `as_json` gave."""
        cuts = tuple(map(DiscountAmount.from_json, stored["cuts"]))
        return cls(int(stored["of"]), cuts, int(stored.get("credit", 0)), int(stored.get("waived", 0)))


@dataclass(frozen=True, slots=True)
class Late:
    """Usage of a time that was billed before: `quantity` came after that, or below zero was taken back."""

    quantity: Decimal
    start: datetime
    end: datetime
    before: Decimal = Decimal(0)
    """What had been asked for."""

    def as_json(self) -> dict[str, Any]:
        """For a JSON column; times are unix seconds."""
        return {
            "quantity": quantity_text(self.quantity),
            "before": quantity_text(self.before),
            "start": int(self.start.timestamp()),
            "end": int(self.end.timestamp()),
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Late":
        """What `as_json` gave."""
        start, end = (datetime.fromtimestamp(stored[name], UTC) for name in ("start", "end"))
        return cls(Decimal(stored["quantity"]), start, end, Decimal(stored["before"]))

    def in_words(self) -> str:
        """What it is: "late use from 1 to 31 May", "use taken back from 1 to 31 May"."""
        return f"{'use taken back' if self.quantity < 0 else 'late use'} {days_in_words(self.start, self.end)}"


@dataclass(frozen=True, slots=True)
class Calculation:
    """How a line's amount came about: what `quantity` costs is `exact`, which was rounded once to `amount`.

    That is unit amount times quantity, or led to by `steps`. A proration bills `seconds` of the `period_seconds` that
    `exact` is for, and `whole_periods` before them; its amount is negative when it gives back.
    """

    currency: str
    unit_amount: str | None
    quantity: Quantity
    exact: str
    amount: int
    method: str = "per_unit"
    rounding: str = "half_away_from_zero"
    seconds: int | None = None
    period_seconds: int | None = None
    whole_periods: int = 0
    steps: tuple[Step, ...] = ()
    reduction: Reduction | None = None
    """What discounts take off within the amount; None where they are not in it."""
    late: tuple[Late, ...] = ()
    """That the quantity was used in a time that was billed before, or taken back from it."""

    def as_json(self) -> dict[str, Any]:
        """The calculation for a JSON column; numbers that are not whole are texts."""
        more: dict[str, Any] = {}
        if self.seconds is not None and self.period_seconds is not None:
            more = {"seconds": self.seconds, "period_seconds": self.period_seconds}
        if self.whole_periods:
            more["whole_periods"] = self.whole_periods
        if self.steps:
            more["steps"] = [step.as_json() for step in self.steps]
        if self.reduction is not None:
            more["reduction"] = self.reduction.as_json()
        if self.late:
            more["late"] = [each.as_json() for each in self.late]
        return {
            "method": self.method,
            "currency": self.currency,
            "unit_amount": self.unit_amount,
            "quantity": self.quantity if isinstance(self.quantity, int) else quantity_text(self.quantity),
            "exact": self.exact,
            "rounding": self.rounding,
            "amount": self.amount,
            **more,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Calculation":
        """The calculation that `as_json` gave."""
        unit, quantity = stored["unit_amount"], stored["quantity"]
        return cls(
            currency=str(stored["currency"]),
            unit_amount=None if unit is None else str(unit),
            quantity=quantity if isinstance(quantity, int) else Decimal(quantity),
            exact=str(stored["exact"]),
            amount=int(stored["amount"]),
            method=str(stored["method"]),
            rounding=str(stored["rounding"]),
            seconds=int(stored["seconds"]) if "seconds" in stored else None,
            period_seconds=int(stored["period_seconds"]) if "period_seconds" in stored else None,
            whole_periods=int(stored.get("whole_periods", 0)),
            steps=tuple(map(Step.from_json, stored.get("steps", ()))),
            reduction=Reduction.from_json(stored["reduction"]) if "reduction" in stored else None,
            late=tuple(map(Late.from_json, stored.get("late", ()))),
        )

    def explanation(self, locale: str = "en_US") -> str:
        """The calculation in words: "3 × $0.333 = $0.999, rounded half away from zero to $1.00"."""
        if self.method == TRIAL:
            return "Nothing is charged for the time of a trial"
        exact, text = Decimal(self.exact), self._cost_in_words(locale)
        text = ", ".join((text, *(each.in_words() for each in self.late)))
        amount = format_minor(self.amount, self.currency, locale)
        if self.rounding == CUT:
            return f"{text}, more than a line can ask for: cut to {amount}"
        if self.seconds is not None and self.period_seconds is not None:
            seconds = self.seconds + self.whole_periods * self.period_seconds
            whole = self.reduced * seconds == abs(self.amount) * self.period_seconds
            fate = "given back" if self.method == UNUSED_TIME else "charged"
            share = _share_in_words(self.seconds, self.period_seconds)
            if self.whole_periods:
                share = f"{self.whole_periods} whole and {share}"
            text += self._reduction_in_words(locale)
            return f"{text} a period; {share} are {fate}: {amount}" + ("" if whole else ", rounded half away from zero")
        if self.reduction is not None:
            rounded = "" if self.reduced == self.amount else ", rounded half away from zero"
            return f"{text}{self._reduction_in_words(locale)}: {amount}{rounded}"
        if exact == self.amount:
            return text
        return f"{text}, rounded half away from zero to {amount}"

    @property
    def reduced(self) -> Fraction:
        """What a whole period costs less the discounts that are in the amount, exactly."""
        return Fraction(Decimal(self.exact)) * (1 - (self.reduction.share if self.reduction else 0))

    def _reduction_in_words(self, locale: str) -> str:
        """The discounts in the amount: "; discounts of 25 % and $5.00 take $10.00 of $20.00 off"."""
        if self.reduction is None:
            return ""
        each = [
            f"{cut.percent_off} %" if cut.percent_off else format_minor(cut.amount, self.currency, locale)
            for cut in self.reduction.cuts
        ]
        names = " and ".join([", ".join(each[:-1]), each[-1]] if len(each) > 1 else each)
        of = format_minor(self.reduction.of, self.currency, locale)
        off = format_minor(self.reduction.off, self.currency, locale)
        if self.reduction.waived:
            credit = "prepaid credit" if self.reduction.credit else ""
            found = [each for each in (f"discounts of {names}" if names else "", credit) if each]
            return f"; {', '.join((*found, 'void invoices and credit notes'))} took {off} of {of} off"
        if not self.reduction.credit:
            return f"; discounts of {names} take {off} of {of} off"
        return f"; {f'discounts of {names} and ' if names else ''}prepaid credit paid {off} of {of}"

    def _cost_in_words(self, locale: str) -> str:
        """What the quantity costs a whole period, step by step: "first 10 × $1.00 = $10.00; flat fee $2.00; …"."""
        exact = format_minor(Decimal(self.exact), self.currency, locale)
        steps = [self._step_in_words(step, locale) for step in self.steps]
        if len(steps) > 1:
            return "; ".join((*steps, f"together {exact}"))
        if steps:
            return steps[0]
        assert self.unit_amount is not None, "an amount of no unit amount has steps"
        unit = format_minor(Decimal(self.unit_amount), self.currency, locale)
        return f"{quantity_text(self.quantity)} × {unit} = {exact}"

    def _step_in_words(self, step: Step, locale: str) -> str:
        quantity = unit_amount_text(step.quantity)
        if step.kind is StepKind.PACKAGES:
            return f"{quantity} in packages of {step.rate} are {self._packages_in_words(step.amount, locale)}"
        amount = format_minor(step.amount, self.currency, locale)
        if step.kind is StepKind.BILLED:
            return f"less {format_minor(-step.amount, self.currency, locale)} billed before"
        if step.kind is StepKind.FLAT:
            return f"flat fee {amount}"
        return f"{step.kind} {quantity} × {format_minor(step.rate, self.currency, locale)} = {amount}"

    def _packages_in_words(self, packages: Decimal, locale: str) -> str:
        """So many packages and what they cost: "3; 3 × $5.00 = $15.00"."""
        assert self.unit_amount is not None, "packages have a price for each"
        number, unit = unit_amount_text(packages), Decimal(self.unit_amount)
        cost = format_minor(product_of(unit, packages), self.currency, locale)
        return f"{number}; {number} × {format_minor(unit, self.currency, locale)} = {cost}"


def calculation_of(rates: Rates, quantity: Quantity, currency: str) -> Calculation:
    """What so many units cost by these rates, in minor units, with its rounding."""
    cost = rates.cost_of(quantity)
    return Calculation(
        currency=currency,
        unit_amount=None if rates.unit_amount is None else unit_amount_text(rates.unit_amount),
        quantity=quantity,
        exact=unit_amount_text(cost.exact),
        amount=half_away_from_zero(cost.exact),
        steps=cost.steps,
    )


def shared(whole: Calculation, share: Share) -> Calculation:
    """The calculation for a share of what full periods cost."""
    seconds = share.seconds + share.whole_periods * share.period_seconds
    return replace(
        whole,
        amount=half_away_from_zero(Fraction(Decimal(whole.exact)) * seconds / share.period_seconds),
        method="part_of_period",
        seconds=share.seconds,
        period_seconds=share.period_seconds,
        whole_periods=share.whole_periods,
    )


def days_in_words(start: datetime, end: datetime) -> str:
    """The days of a time: "from 1 to 31 May", "from 15 May to 14 June", "on 5 May"; years where they differ."""
    last = max(start, end - timedelta(seconds=1))
    if start.date() == last.date():
        return f"on {start.day} {start:%B}"
    if start.year != last.year:
        return f"from {start.day} {start:%B} {start.year} to {last.day} {last:%B} {last.year}"
    begins = f"{start.day}" if start.month == last.month else f"{start.day} {start:%B}"
    return f"from {begins} to {last.day} {last:%B}"


def _share_in_words(seconds: int, of: int) -> str:
    """The share of a period: 15 of 28 days (1296000 of 2419200 seconds), without days where they are not whole."""
    exact = f"{seconds} of {of} seconds"
    if seconds % _DAY or of % _DAY:
        return exact
    return f"{seconds // _DAY} of {of // _DAY} days ({exact})"
