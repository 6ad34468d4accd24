"""What a price asks for a quantity: per unit, in packages, by volume, graduated, or what the customer chose.

Amounts are exact decimals of minor units, up to the end: rounding is once per line and not done here. A quantity is a
whole number of things that are bought, or the exact measure of something that was used.

    tiers          1 – 10 at 100    11 – 20 at 80    above at 50
    graduated 15   10 × 100       + 5 × 80                        = 1400
    volume    15                    15 × 80                       = 1200

Nothing at all, quantity 0, lies in the first tier and owes its flat amount (Stripe's). So does what is taken back, a
quantity below zero: its units go at the rate of the first tier.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias

from domain.money import EXACT, product_of, unit_amount_text

Quantity: TypeAlias = int | Decimal
"""How many: whole numbers where units are bought, with decimals where use was measured."""


def quantity_text(quantity: Quantity) -> str:
    """The quantity without an exponent or needless zeros."""
    return str(quantity) if isinstance(quantity, int) else unit_amount_text(quantity)


class BillingScheme(StrEnum):
    """How a price is worked out."""

    PER_UNIT = "per_unit"
    TIERED = "tiered"


class TiersMode(StrEnum):
    """Whether the tier of the whole quantity holds for all of it (VOLUME), or each for its own part (GRADUATED)."""

    VOLUME = "volume"
    GRADUATED = "graduated"


class PackageRounding(StrEnum):
    """What becomes of a package that is not full: charged whole (UP), or not at all (DOWN)."""

    UP = "up"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Tier:
    """The quantities up to `up_to`, None for all above the tier before; at least one of the amounts is there."""

    up_to: int | None
    unit_amount: Decimal | None = None
    flat_amount: Decimal | None = None

    @property
    def is_free(self) -> bool:
        """Whether nothing is asked within it."""
        return not self.unit_amount and not self.flat_amount


@dataclass(frozen=True, slots=True)
class Packaging:
    """Units are sold in packages of `divide_by`."""

    divide_by: int
    rounding: PackageRounding

    def packages_of(self, quantity: Quantity) -> Decimal:
        """How many packages a quantity is charged as; of one that is taken back, below zero, only whole ones."""
        whole = EXACT.divide_int(Decimal(quantity), Decimal(self.divide_by))
        whole = EXACT.add(whole, Decimal(0))  # there are no -0 packages
        left = EXACT.remainder(Decimal(quantity), Decimal(self.divide_by))
        return whole + 1 if left > 0 and self.rounding is PackageRounding.UP else whole


class StepKind(StrEnum):
    """What one step of working out a price is."""

    PACKAGES = "packages"
    """So many units (`quantity`) in packages of `rate` are `amount` packages."""
    ALL = "all"
    """All units at the rate of their tier."""
    FIRST = "first"
    """The units of the first tier."""
    NEXT = "next"
    """The units of a tier after it."""
    FLAT = "flat"
    """What a tier costs beside its units."""
    BILLED = "billed"
    """What was asked for before, which is taken off."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of working out: so much `quantity` at `rate` is `amount`, in minor units unless it counts packages."""

    kind: StepKind
    quantity: Decimal
    rate: Decimal
    amount: Decimal

    def as_json(self) -> dict[str, str]:
        """The step for a JSON column."""
        return {
            "kind": self.kind,
            "quantity": unit_amount_text(self.quantity),
            "rate": unit_amount_text(self.rate),
            "amount": unit_amount_text(self.amount),
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, str]) -> "Step":
        """The step that `as_json` gave."""
        return cls(
            StepKind(stored["kind"]), Decimal(stored["quantity"]), Decimal(stored["rate"]), Decimal(stored["amount"])
        )


@dataclass(frozen=True, slots=True)
class Cost:
    """What a quantity costs: the exact sum in minor units, and the steps to it; none where it is one product."""

    exact: Decimal
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Rates:
    """How a price is worked out. One of `unit_amount` (minor units, of a unit or a package) and `tiers` is there.

    Neither is where the customer chooses the amount: such a price costs nothing until an amount is agreed upon.
    """

    unit_amount: Decimal | None = None
    packaging: Packaging | None = None
    tiers: tuple[Tier, ...] = ()
    mode: TiersMode | None = None

    @property
    def is_chosen(self) -> bool:
        """Whether the customer says what it costs."""
        return self.unit_amount is None and not self.tiers

    @property
    def is_free(self) -> bool:
        """Whether no quantity costs anything."""
        return all(tier.is_free for tier in self.tiers) if self.tiers else self.unit_amount == 0

    def cost_of(self, quantity: Quantity) -> Cost:
        """What so many units cost."""
        assert not self.is_chosen, "the amount of this price was not agreed upon"
        if self.unit_amount is None:
            return self._tiered(Decimal(quantity))
        if self.packaging is None:
            return Cost(product_of(self.unit_amount, quantity))
        packages = self.packaging.packages_of(quantity)
        step = Step(StepKind.PACKAGES, Decimal(quantity), Decimal(self.packaging.divide_by), packages)
        return Cost(product_of(self.unit_amount, packages), (step,))

    def _tiered(self, quantity: Decimal) -> Cost:
        steps: list[Step] = []
        if self.mode is TiersMode.VOLUME:
            steps += _tier_steps(self._tier_of(quantity), quantity, StepKind.ALL)
            return _sum(steps)
        below = Decimal(0)
        for index, tier in enumerate(self.tiers):
            if index and quantity <= below:
                break
            upper = quantity if tier.up_to is None else min(quantity, Decimal(tier.up_to))
            steps += _tier_steps(tier, upper - below, StepKind.NEXT if index else StepKind.FIRST)
            below = upper
        return _sum(steps)

    def _tier_of(self, quantity: Decimal) -> Tier:
        return next(tier for tier in self.tiers if tier.up_to is None or quantity <= tier.up_to)


def _tier_steps(tier: Tier, quantity: Decimal, kind: StepKind) -> Sequence[Step]:
    rate, flat = tier.unit_amount or Decimal(0), tier.flat_amount
    steps = [Step(kind, quantity, rate, product_of(rate, quantity))]
    if flat:
        steps.append(Step(StepKind.FLAT, Decimal(1), flat, flat))
    return steps


def _sum(steps: Sequence[Step]) -> Cost:
    total = Decimal(0)
    for step in steps:
        total = EXACT.add(total, step.amount)
    return Cost(total, tuple(steps))
