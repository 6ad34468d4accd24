"""How prices are worked out: tiers and packages, in the API and in inputs."""

from decimal import Decimal

import strawberry

from domain.money import whole_minor_units
from domain.pricing import BillingScheme, PackageRounding, TiersMode
from schema.base import Wrapping, column, computed, describe_enum, input_field, part_type
from schema.scalars import MinorUnits

describe_enum(
    BillingScheme,
    "How a price is worked out.",
    PER_UNIT="One amount for each unit, or for each package of them.",
    TIERED="By tiers of the quantity.",
)
describe_enum(
    TiersMode,
    "What the tiers of a price are for.",
    VOLUME="The tier in which the quantity lies holds for all of it.",
    GRADUATED="Each tier holds for the part of the quantity that lies within it.",
)
describe_enum(
    PackageRounding,
    "What becomes of a package that is not full.",
    UP="It is charged whole.",
    DOWN="It is not charged.",
)


@part_type
class PriceTier(Wrapping):
    """What a price costs for quantities from the tier before up to an end. Quantity 0 lies in the first tier."""

    up_to: int | None = column("The last quantity of the tier; null in the last tier, which has no end.")
    unit_amount_decimal: Decimal | None = column("What each unit costs in minor units; null when units cost nothing.")
    flat_amount_decimal: Decimal | None = column("What the tier costs beside its units; null when nothing.")

    @computed("What each unit costs; null when it has decimals of a minor unit, or units cost nothing.")
    def unit_amount(self) -> MinorUnits | None:
        """A whole amount."""
        return _whole(self.row.unit_amount_decimal)

    @computed("What the tier costs beside its units; null when it has decimals of a minor unit, or is nothing.")
    def flat_amount(self) -> MinorUnits | None:
        """A whole amount."""
        return _whole(self.row.flat_amount_decimal)


@part_type
class TransformQuantity(Wrapping):
    """In what packages a product is sold."""

    divide_by: int = column("How many units a package holds.")
    round: PackageRounding = column("What becomes of a package that is not full.")


@strawberry.input(description="A tier of a price: its end, and at least one amount.")
class PriceTierInput:
    """Becomes `TierDraft`."""

    up_to: int | None = input_field("The last quantity of the tier; left out in the last one, which has no end.")
    unit_amount: MinorUnits | None = input_field("What each unit costs; or give `unitAmountDecimal`.")
    unit_amount_decimal: Decimal | None = input_field("The same with up to twelve decimals of a minor unit.")
    flat_amount: MinorUnits | None = input_field("What the tier costs beside its units; or `flatAmountDecimal`.")
    flat_amount_decimal: Decimal | None = input_field("The same with up to twelve decimals of a minor unit.")


@strawberry.input(description="In what packages a product is sold.")
class TransformQuantityInput:
    """Becomes `PackagingDraft`."""

    divide_by: int = input_field("How many units a package holds.")
    round: PackageRounding = input_field("What becomes of a package that is not full.")


def _whole(text: str | None) -> MinorUnits | None:
    whole = None if text is None else whole_minor_units(Decimal(text))
    return None if whole is None else MinorUnits(whole)
