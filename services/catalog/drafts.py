"""What callers send about products and prices."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from domain.drafts import UNSET, Unset
from domain.kinds import PriceType, TaxBehavior, UsageType
from domain.periods import Interval
from domain.pricing import BillingScheme, PackageRounding, TiersMode
from domain.uploads import UploadedFile


@dataclass(frozen=True, slots=True)
class Recurring:
    """How often a price is due, and what of: of a quantity, or of what a meter counted."""

    interval: Interval
    interval_count: int = 1
    usage_type: UsageType = UsageType.LICENSED
    meter: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TierDraft:
    """The quantities up to `up_to`, None for the last tier; for each unit and beside, in one of the two forms."""

    up_to: int | None = None
    unit_amount: int | None = None
    unit_amount_decimal: Decimal | None = None
    flat_amount: int | None = None
    flat_amount_decimal: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PackagingDraft:
    """Units are sold in packages of `divide_by`."""

    divide_by: int
    round: PackageRounding


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomAmountDraft:
    """The customer chooses the amount, within these bounds."""

    minimum: int | None = None
    maximum: int | None = None
    preset: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AmountTerms:
    """What a price costs in one currency: one of the two amounts, in minor units, tiers, or what the customer says."""

    currency: str
    unit_amount: int | None = None
    unit_amount_decimal: Decimal | None = None
    tiers: Sequence[TierDraft] = ()
    custom_unit_amount: CustomAmountDraft | None = None
    tax_behavior: TaxBehavior = TaxBehavior.UNSPECIFIED


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceTerms(AmountTerms):
    """What a price costs and how; recurring or, without an interval, one-time."""

    billing_scheme: BillingScheme = BillingScheme.PER_UNIT
    tiers_mode: TiersMode | None = None
    transform_quantity: PackagingDraft | None = None
    currency_options: Sequence[AmountTerms] = ()
    recurring: Recurring | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductDraft:
    """A new product."""

    name: str
    description: str | None = None
    active: bool = True
    images: Sequence[str] = ()
    image_upload: UploadedFile | None = None
    tax_code: str | None = None
    statement_descriptor: str | None = None
    unit_label: str | None = None
    url: str | None = None
    marketing_features: Sequence[str] = ()
    default_price_data: PriceTerms | None = None
    """A first price, which becomes the product's default."""
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductChange:
    """What to change of a product; None removes."""

    name: str | Unset = UNSET
    description: str | Unset | None = UNSET
    active: bool | Unset = UNSET
    images: Sequence[str] | Unset | None = UNSET
    image_upload: UploadedFile | None = None
    tax_code: str | Unset | None = UNSET
    statement_descriptor: str | Unset | None = UNSET
    unit_label: str | Unset | None = UNSET
    url: str | Unset | None = UNSET
    marketing_features: Sequence[str] | Unset | None = UNSET
    default_price: str | Unset | None = UNSET
    metadata: Mapping[str, str] = field(default_factory=dict)
    """Merged into what is there; an empty text removes its key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceDraft(PriceTerms):
    """A new price, of a product that exists or of one made with it."""

    product: str | None = None
    product_data: ProductDraft | None = None
    active: bool = True
    nickname: str | None = None
    lookup_key: str | None = None
    transfer_lookup_key: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceChange:
    """What to change of a price; its money never changes. None removes."""

    active: bool | Unset = UNSET
    nickname: str | Unset | None = UNSET
    lookup_key: str | Unset | None = UNSET
    transfer_lookup_key: bool = False
    tax_behavior: TaxBehavior | Unset = UNSET
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class InlinePriceDraft(PriceTerms):
    """A price that is made for one purchase alone (`priceData`)."""

    product: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductFilter:
    """Which products a list shows; None asks nothing."""

    active: bool | None = None
    ids: Sequence[str] | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceFilter:
    """Which prices a list shows; None asks nothing."""

    product: str | None = None
    currency: str | None = None
    interval: Interval | None = None
    active: bool | None = None
    type: PriceType | None = None
    lookup_keys: Sequence[str] | None = None
