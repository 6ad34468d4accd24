"""What callers send about coupons and promotion codes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from domain.coupons import CouponDuration
from domain.drafts import UNSET, Unset


@dataclass(frozen=True, slots=True)
class AmountOff:
    """The amount off in another currency, in its minor units."""

    currency: str
    amount_off: int


@dataclass(frozen=True, slots=True)
class MinimumAmount:
    """The least amount in another currency, in its minor units."""

    currency: str
    minimum_amount: int


@dataclass(frozen=True, slots=True)
class AppliesTo:
    """What a coupon is for."""

    products: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CouponDraft:
    """A new coupon: per cents or an amount off; without an id of the caller's choice it gets one."""

    id: str | None = None
    name: str | None = None
    percent_off: Decimal | None = None
    amount_off: int | None = None
    currency: str | None = None
    currency_options: Sequence[AmountOff] = ()
    duration: CouponDuration = CouponDuration.ONCE
    duration_in_months: int | None = None
    applies_to: AppliesTo | None = None
    max_redemptions: int | None = None
    redeem_by: datetime | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CouponChange:
    """What to change of a coupon; its money never changes, currencies can be added. None removes."""

    id: str
    name: str | Unset | None = UNSET
    currency_options: Sequence[AmountOff] = ()
    metadata: Mapping[str, str] = field(default_factory=dict)
    """Merged into what is there; an empty text removes its key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RestrictionsDraft:
    """Who may redeem a code, and with what purchase."""

    first_time_transaction: bool = False
    minimum_amount: int | None = None
    minimum_amount_currency: str | None = None
    currency_options: Sequence[MinimumAmount] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionCodeDraft:
    """A new code for a coupon; without one of the caller's choice it is made up."""

    coupon: str
    code: str | None = None
    active: bool = True
    customer: str | None = None
    expires_at: datetime | None = None
    max_redemptions: int | None = None
    restrictions: RestrictionsDraft = RestrictionsDraft()
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RestrictionsChange:
    """What to change of a code's restrictions: currencies can be added."""

    currency_options: Sequence[MinimumAmount] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionCodeChange:
    """What to change of a promotion code."""

    id: str
    active: bool | Unset = UNSET
    restrictions: RestrictionsChange = RestrictionsChange()
    metadata: Mapping[str, str] = field(default_factory=dict)
    """Merged into what is there; an empty text removes its key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionCodeSearch:
    """Which promotion codes a list shows; None asks nothing."""

    code: str | None = None
    coupon: str | None = None
    customer: str | None = None
    active: bool | None = None
