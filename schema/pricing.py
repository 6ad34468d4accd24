"""How prices are worked out: tiers and packages, in the API and in inputs."""

from decimal import Decimal

import strawberry

from domain.kinds import TaxBehavior
from domain.money import whole_minor_units
from domain.pricing import BillingScheme, PackageRounding, TiersMode
from schema.base import Wrapping, column, computed, describe_enum, input_field, part_type
from schema.scalars import Currency, MinorUnits, Quantity

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

    up_to: Quantity | None = column("The last quantity of the tier; null in the last tier, which has no end.")
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

    divide_by: Quantity = column("How many units a package holds.")
    round: PackageRounding = column("What becomes of a package that is not full.")


@part_type
class CustomUnitAmount(Wrapping):
    """Within what bounds the customer chooses the amount."""

    minimum: MinorUnits | None = column("The least; null is the least that can be charged.")
    maximum: MinorUnits | None = column("The most; null is the most that can be charged.")
    preset: MinorUnits | None = column("What is suggested, and holds where nothing was chosen; null suggests nothing.")


@part_type
class PriceCurrencyOption(Wrapping):
    """What a price costs in another currency than its own."""

    currency: Currency = column("The currency.")
    tax_behavior: TaxBehavior = column(
        "Whether tax is in the amount already; UNSPECIFIED is as the account's `defaultTaxBehavior` says."
    )
    unit_amount: MinorUnits | None = column(
        "What one unit or package costs; null when it has decimals of a minor unit, or tiers."
    )
    unit_amount_decimal: Decimal | None = column("The same with up to twelve decimals; null with tiers.")

    @computed("What it costs from quantity to quantity; null without tiers.")
    def tiers(self) -> list[PriceTier] | None:
        """From the column."""
        return [PriceTier.of(tier) for tier in self.row.tiers] or None

    @computed("Within what the customer chooses; null where they do not.")
    def custom_unit_amount(self) -> CustomUnitAmount | None:
        """From the column."""
        return CustomUnitAmount.of(self.row.custom_unit_amount) if self.row.custom_unit_amount else None


@strawberry.input(description="A tier of a price: its end, and at least one amount.")
class PriceTierInput:
    """Becomes `TierDraft`."""

    up_to: Quantity | None = input_field("The last quantity of the tier; left out in the last one, which has no end.")
    unit_amount: MinorUnits | None = input_field("What each unit costs; or give `unitAmountDecimal`.")
    unit_amount_decimal: Decimal | None = input_field("The same with up to twelve decimals of a minor unit.")
    flat_amount: MinorUnits | None = input_field("What the tier costs beside its units; or `flatAmountDecimal`.")
    flat_amount_decimal: Decimal | None = input_field("The same with up to twelve decimals of a minor unit.")


@strawberry.input(description="Lets the customer choose the amount, within bounds.")
class CustomUnitAmountInput:
    """Becomes `CustomAmountDraft`."""

    minimum: MinorUnits | None = input_field("The least; by default the least that can be charged.")
    maximum: MinorUnits | None = input_field("The most; by default the most that can be charged.")
    preset: MinorUnits | None = input_field("What is suggested, and holds where nothing is chosen.")


@strawberry.input(description="What a price costs in another currency, said in the same way as in its own.")
class PriceCurrencyOptionInput:
    """Becomes `AmountTerms`."""

    currency: Currency = input_field("Another currency than the price's own.")
    unit_amount: MinorUnits | None = input_field("What one unit or package costs; or give `unitAmountDecimal`.")
    unit_amount_decimal: Decimal | None = input_field("The same with up to twelve decimals of a minor unit.")
    tiers: list[PriceTierInput] | None = input_field("Its tiers, where the price has tiers.")
    custom_unit_amount: CustomUnitAmountInput | None = input_field("Its bounds, where the customer chooses.")
    tax_behavior: TaxBehavior | None = input_field(
        "Whether tax is in the amount already; by default UNSPECIFIED, which is as the account says, not the price."
    )


@strawberry.input(description="In what packages a product is sold.")
class TransformQuantityInput:
    """Becomes `PackagingDraft`."""

    divide_by: Quantity = input_field("How many units a package holds.")
    round: PackageRounding = input_field("What becomes of a package that is not full.")


def _whole(text: str | None) -> MinorUnits | None:
    whole = None if text is None else whole_minor_units(Decimal(text))
    return None if whole is None else MinorUnits(whole)
