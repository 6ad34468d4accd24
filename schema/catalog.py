"""The catalogue in the API: products and prices, and the inputs that make and change them."""

from datetime import datetime
from decimal import Decimal

import strawberry

import models
from domain.ids import Prefix
from domain.kinds import PriceType, TaxBehavior, UsageType
from domain.periods import Interval
from domain.pricing import BillingScheme, TiersMode
from domain.uploads import UploadedFile
from schema.base import Node, Wrapping, column, computed, describe_enum, input_field, node_type, part_type
from schema.connections import Connection
from schema.payloads import payload
from schema.pricing import (
    CustomUnitAmount,
    CustomUnitAmountInput,
    PriceCurrencyOption,
    PriceCurrencyOptionInput,
    PriceTier,
    PriceTierInput,
    TransformQuantity,
    TransformQuantityInput,
)
from schema.refs import MeterRef, PriceRef, ProductFeatureRef, ProductRef
from schema.relations import one, page
from schema.scalars import Currency, Metadata, MinorUnits

describe_enum(
    PriceType,
    "Whether a price is paid once or again and again.",
    ONE_TIME="Paid once.",
    RECURRING="Paid again in every interval.",
)
describe_enum(
    UsageType,
    "What a recurring price bills.",
    LICENSED="A quantity that was agreed upon, in advance.",
    METERED="What a meter counted, once the period is over.",
)
describe_enum(
    TaxBehavior,
    "Whether a price's amount has the tax in it already.",
    EXCLUSIVE="Tax comes on top.",
    INCLUSIVE="Tax is in the amount.",
    UNSPECIFIED="Nothing was said yet; it can be said once.",
)
describe_enum(
    Interval,
    "The unit in which a price recurs.",
    DAY="Days.",
    WEEK="Weeks.",
    MONTH="Months; what begins on the 31st is due on the last day of shorter months.",
    YEAR="Years; what begins on 29 February is due on 28 February of other years.",
)


@strawberry.input(description="Which of a product's prices to show.")
class PricePageFilter:
    """Arguments of `Product.prices`; its fields are columns."""

    active: bool | None = input_field("Only those that are for sale, or only archived ones.")
    currency: Currency | None = input_field("Only those in this currency.")
    interval: Interval | None = input_field("Only those that recur in this unit.")
    type: PriceType | None = input_field("Only recurring ones, or only those paid once.")


@node_type(models.Product, kind="catalog", prefix=Prefix.PRODUCT)
class Product(Node):
    """A good or a service that is sold, at one price or several."""

    created: datetime = column("When it was made.", source="created_at")
    updated: datetime = column("When it was changed last.", source="updated_at")
    livemode: bool = column("Whether real money is meant.")
    name: str = column("What customers read: at checkout, on invoices, in the portal.")
    description: str | None = column("What it is, for customers.")
    active: bool = column("Whether it is for sale; false means archived.")
    images: list[str] = column("URLs of at most eight pictures, the uploaded ones among them.")
    default_price: PriceRef | None = one("default_price_id", "The price to show first; one of its own, and active.")
    prices: Connection[PriceRef] = page("product_id", "All its prices, newest first.", filter=PricePageFilter)
    features: Connection[ProductFeatureRef] = page(
        "product_id", "The features that it brings to those who are subscribed to it, newest first."
    )
    tax_code: str | None = column("What it is for the tax authorities: `txcd_` and eight digits.")
    statement_descriptor: str | None = column(
        "What card statements say beside recurring charges for it, instead of the account's own descriptor."
    )
    unit_label: str | None = column("What one unit is called: a `seat`, shown as `per seat`.")
    url: str | None = column("A page about it.")
    marketing_features: list[str] = column("What speaks for it, line by line, for pricing tables.")
    metadata: Metadata = column("Labels of your own.")


@part_type
class Recurring(Wrapping):
    """How often a recurring price is due."""

    interval: Interval = column("The unit.")
    interval_count: int = column("How many units lie between two payments.")
    usage_type: UsageType = column("Whether a quantity is billed, or what was used.")
    meter: MeterRef | None = one("meter_id", "The meter that counts use; null where a quantity is billed.")


@node_type(models.Price, kind="catalog", prefix=Prefix.PRICE)
class Price(Node):
    """How much a product costs and how often. Its money never changes: a new price replaces an old one."""

    created: datetime = column("When it was made.", source="created_at")
    livemode: bool = column("Whether real money is meant.")
    product: ProductRef = one("product_id", "What is sold.")
    active: bool = column("Whether it is for sale; archived, it keeps serving those who have it.")
    currency: Currency = column("What it is charged in.")
    type: PriceType = column("Whether it is paid once or again and again.")
    billing_scheme: BillingScheme = column("How it is worked out: one amount per unit, or tiers.")
    unit_amount: MinorUnits | None = column(
        "What one unit or package costs; null when it has decimals of a minor unit, see `unitAmountDecimal`, or tiers."
    )
    unit_amount_decimal: Decimal | None = column(
        "What one unit, or package, costs in minor units, with up to twelve decimals; null with tiers."
    )
    tiers_mode: TiersMode | None = column("What its tiers are for; null without tiers.")
    tax_behavior: TaxBehavior = column("Whether tax is in the amount already.")
    lookup_key: str | None = column("A name by which your code finds it, unique among your prices.")
    nickname: str | None = column("A name for your own eyes.")
    metadata: Metadata = column("Labels of your own.")

    @computed("What it costs from quantity to quantity; null without tiers.")
    def tiers(self) -> list[PriceTier] | None:
        """From the column."""
        return [PriceTier.of(tier) for tier in self.row.tiers] or None

    @computed("In what packages it is sold; null when units are sold one by one.")
    def transform_quantity(self) -> TransformQuantity | None:
        """From the column."""
        return TransformQuantity.of(self.row.transform_quantity) if self.row.transform_quantity else None

    @computed("Within what the customer chooses the amount; null where they do not.")
    def custom_unit_amount(self) -> CustomUnitAmount | None:
        """From the column."""
        return CustomUnitAmount.of(self.row.custom_unit_amount) if self.row.custom_unit_amount else None

    @computed("What it costs in other currencies than its own.")
    def currency_options(self) -> list[PriceCurrencyOption]:
        """From the column."""
        options = self.row.currency_options.items()
        return [PriceCurrencyOption.of({"currency": currency, **amounts}) for currency, amounts in options]

    @computed("How often it is due; null when it is paid once.")
    def recurring(self) -> Recurring | None:
        """Reads through to the price."""
        return None if self.row.interval is None else Recurring.of(self.row)


@strawberry.input(description="How often a price is due.")
class RecurringInput:
    """Becomes `Recurring` of the catalogue's drafts."""

    interval: Interval = input_field("The unit.")
    interval_count: int | None = input_field(
        "How many units lie between two payments; 1 by default, three years at most."
    )
    usage_type: UsageType | None = input_field(
        "LICENSED bills a quantity in advance and is the default; METERED bills what a `meter` counted, afterwards."
    )
    meter: strawberry.ID | None = input_field("The active meter that counts use; with METERED.")


@strawberry.input(description="A first price, made together with its product.")
class ProductDefaultPriceDataInput:
    """Becomes `PriceTerms`."""

    currency: Currency = input_field("What it is charged in.")
    unit_amount: MinorUnits | None = input_field("What one unit costs; or give `unitAmountDecimal`.")
    unit_amount_decimal: Decimal | None = input_field("The same with up to twelve decimals of a minor unit.")
    billing_scheme: BillingScheme | None = input_field("TIERED with `tiers`; PER_UNIT by default.")
    tiers: list[PriceTierInput] | None = input_field("Ascending, the last one without an end; instead of an amount.")
    tiers_mode: TiersMode | None = input_field("What the tiers are for; with `tiers`.")
    transform_quantity: TransformQuantityInput | None = input_field(
        "Sells packages of so many units; the amount is that of a package. Not with tiers."
    )
    custom_unit_amount: CustomUnitAmountInput | None = input_field(
        "Lets the customer choose the amount, instead of saying it."
    )
    currency_options: list[PriceCurrencyOptionInput] | None = input_field("What it costs in other currencies.")
    recurring: RecurringInput | None = input_field("How often it is due; without it, it is paid once.")
    tax_behavior: TaxBehavior | None = input_field("Whether tax is in the amount already; UNSPECIFIED by default.")
    metadata: Metadata | None = input_field("Labels of your own for the price.")


@strawberry.input(description="What a new product starts with.")
class ProductCreateInput:
    """Becomes `ProductDraft`."""

    name: str = input_field("What customers read; at most 250 characters.")
    description: str | None = input_field("What it is, for customers.")
    active: bool | None = input_field("Whether it is for sale; true by default.")
    images: list[str] | None = input_field("URLs of pictures, at most eight.")
    image_upload: UploadedFile | None = input_field(
        "A picture to keep here and put behind the others: JPEG, PNG or WEBP, smaller than 2 000 000 bytes."
    )
    default_price_data: ProductDefaultPriceDataInput | None = input_field("A first price, which becomes the default.")
    tax_code: str | None = input_field("`txcd_` and eight digits.")
    statement_descriptor: str | None = input_field(
        "For card statements: at most 22 characters, at least one letter, none of < > \\ ' \" *."
    )
    unit_label: str | None = input_field("What one unit is called; at most 12 characters.")
    url: str | None = input_field("A page about it.")
    marketing_features: list[str] | None = input_field("At most 15 lines of at most 80 characters.")
    metadata: Metadata | None = input_field("Labels of your own.")


@strawberry.input(description="What changes about a product. What is not mentioned stays.")
class ProductUpdateInput:
    """Becomes `ProductChange`."""

    id: strawberry.ID = input_field("The product.")
    name: strawberry.Maybe[str | None] = input_field("What customers read; at most 250 characters.")
    description: strawberry.Maybe[str | None] = input_field("What it is, for customers; null removes it.")
    active: strawberry.Maybe[bool | None] = input_field("Whether it is for sale; false archives it.")
    images: strawberry.Maybe[list[str] | None] = input_field("URLs of pictures, all of them; null removes them.")
    image_upload: UploadedFile | None = input_field(
        "A picture to keep here and put behind the others: JPEG, PNG or WEBP, smaller than 2 000 000 bytes."
    )
    default_price: strawberry.Maybe[strawberry.ID | None] = input_field(
        "One of its own active prices; null leaves it without a default."
    )
    tax_code: strawberry.Maybe[str | None] = input_field("`txcd_` and eight digits; null removes it.")
    statement_descriptor: strawberry.Maybe[str | None] = input_field("For card statements; null removes it.")
    unit_label: strawberry.Maybe[str | None] = input_field("What one unit is called; null removes it.")
    url: strawberry.Maybe[str | None] = input_field("A page about it; null removes it.")
    marketing_features: strawberry.Maybe[list[str] | None] = input_field("All lines; null removes them.")
    metadata: Metadata | None = input_field("Labels of your own, merged into what is there.")


@strawberry.input(description="Which product to delete.")
class ProductDeleteInput:
    """The id alone."""

    id: strawberry.ID = input_field("A product without prices; one with prices can only be archived.")


@strawberry.input(description="A product that is made together with a price.")
class PriceProductDataInput:
    """Becomes `ProductDraft`."""

    name: str = input_field("What customers read; at most 250 characters.")
    active: bool | None = input_field("Whether it is for sale; true by default.")
    statement_descriptor: str | None = input_field("For card statements.")
    tax_code: str | None = input_field("`txcd_` and eight digits.")
    unit_label: str | None = input_field("What one unit is called; at most 12 characters.")
    metadata: Metadata | None = input_field("Labels of your own for the product.")


@strawberry.input(
    description="What a new price starts with: one of `product` and `productData`, and one of the amounts."
)
class PriceCreateInput:
    """Becomes `PriceDraft`."""

    product: strawberry.ID | None = input_field("What is sold.")
    product_data: PriceProductDataInput | None = input_field("Or a product that is made with the price.")
    currency: Currency = input_field("What it is charged in.")
    unit_amount: MinorUnits | None = input_field("What one unit costs; 0 makes it free. Or give `unitAmountDecimal`.")
    unit_amount_decimal: Decimal | None = input_field("The same with up to twelve decimals of a minor unit.")
    billing_scheme: BillingScheme | None = input_field("TIERED with `tiers`; PER_UNIT by default.")
    tiers: list[PriceTierInput] | None = input_field("Ascending, the last one without an end; instead of an amount.")
    tiers_mode: TiersMode | None = input_field("What the tiers are for; with `tiers`.")
    transform_quantity: TransformQuantityInput | None = input_field(
        "Sells packages of so many units; the amount is that of a package. Not with tiers."
    )
    custom_unit_amount: CustomUnitAmountInput | None = input_field(
        "Lets the customer choose the amount, instead of saying it."
    )
    currency_options: list[PriceCurrencyOptionInput] | None = input_field("What it costs in other currencies.")
    recurring: RecurringInput | None = input_field("How often it is due; without it, it is paid once.")
    tax_behavior: TaxBehavior | None = input_field("Whether tax is in the amount already; UNSPECIFIED by default.")
    active: bool | None = input_field("Whether it is for sale; true by default.")
    nickname: str | None = input_field("A name for your own eyes.")
    lookup_key: str | None = input_field("A name by which your code finds it; at most 200 characters.")
    transfer_lookup_key: bool | None = input_field("Take the lookup key from the price that has it now.")
    metadata: Metadata | None = input_field("Labels of your own.")


@strawberry.input(description="What changes about a price. What is not mentioned stays; its money cannot be mentioned.")
class PriceUpdateInput:
    """Becomes `PriceChange`."""

    id: strawberry.ID = input_field("The price.")
    active: strawberry.Maybe[bool | None] = input_field("Whether it is for sale; false archives it.")
    nickname: strawberry.Maybe[str | None] = input_field("A name for your own eyes; null removes it.")
    lookup_key: strawberry.Maybe[str | None] = input_field("A name for your code; null frees it.")
    transfer_lookup_key: bool | None = input_field("Take the lookup key from the price that has it now.")
    tax_behavior: strawberry.Maybe[TaxBehavior | None] = input_field(
        "Whether tax is in the amount; from UNSPECIFIED only."
    )
    metadata: Metadata | None = input_field("Labels of your own, merged into what is there.")


@strawberry.input(description="Which products to list. What is not given is not asked.")
class ProductFilter:
    """Becomes the service's `ProductFilter`."""

    active: bool | None = input_field("Only those for sale, or only archived ones.")
    ids: list[strawberry.ID] | None = input_field("Only these, at most 100.")
    url: str | None = input_field("Only those with this page.")


@strawberry.input(description="Which prices to list. What is not given is not asked.")
class PriceFilter:
    """Becomes the service's `PriceFilter`."""

    product: strawberry.ID | None = input_field("Only those of this product.")
    currency: Currency | None = input_field("Only those in this currency.")
    interval: Interval | None = input_field("Only those that recur in this unit.")
    active: bool | None = input_field("Only those for sale, or only archived ones.")
    type: PriceType | None = input_field("Only recurring ones, or only those paid once.")
    lookup_keys: list[str] | None = input_field("Only those with one of these lookup keys, at most 10.")


ProductCreatePayload = payload("productCreate", product=(ProductRef, "The new product."))
ProductUpdatePayload = payload("productUpdate", product=ProductRef)
ProductDeletePayload = payload("productDelete", product=(ProductRef, "The product as it was."))
PriceCreatePayload = payload("priceCreate", price=(PriceRef, "The new price."))
PriceUpdatePayload = payload("priceUpdate", price=PriceRef)
