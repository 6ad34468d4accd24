"""What keeps a coupon or a promotion code from being redeemed for a purchase."""

from dataclasses import dataclass
from datetime import datetime

from domain.coupons import shown
from domain.currencies import format_minor
from domain.errors import DomainError, ErrorCode
from models import Coupon, PromotionCode
from services.aggregates import WholeCoupon, WholePromotionCode


@dataclass(frozen=True, slots=True)
class Purchase:
    """What is bought, as far as limits look at it; None is what is not known, and then refuses nothing.

    `amount` is in minor units before discounts; without one, codes that ask for a least amount are refused.
    """

    customer_id: str | None
    currency: str | None = None
    amount: int | None = None
    products: frozenset[str] | None = None


def check_coupon(row: Coupon, purchase: Purchase, at: datetime, param: str) -> None:
    """Refuse a coupon that cannot be redeemed at this moment, or is not for this purchase."""
    if not WholeCoupon(row, at).is_valid:
        raise DomainError(
            ErrorCode.COUPON_EXPIRED, f"Coupon {row.identifier} {_why_not(row, at)}; use another one, or none.", param
        )
    currencies = {row.currency, *row.currency_options}
    if row.amount_off is not None and purchase.currency is not None and purchase.currency not in currencies:
        known = ", ".join(sorted(each for each in currencies if each is not None))
        raise DomainError(
            ErrorCode.COUPON_NOT_APPLICABLE,
            f"Coupon {row.identifier} takes off an amount in {known}, not in {purchase.currency}; couponUpdate can add"
            " a currency.",
            param,
        )
    if row.products and purchase.products is not None and not purchase.products.intersection(row.products):
        raise DomainError(
            ErrorCode.COUPON_NOT_APPLICABLE,
            f"Coupon {row.identifier} is for {', '.join(row.products[:5])}, and nothing of that is bought here.",
            param,
        )


def check_code(row: PromotionCode, coupon: Coupon, purchase: Purchase, at: datetime, *, first: bool) -> None:
    """Refuse a promotion code that cannot be redeemed at this moment, by this customer or with this purchase."""
    param = "promotionCode"
    if WholeCoupon(coupon, at).is_valid and not WholePromotionCode(row, coupon, at).is_active:
        raise DomainError(
            ErrorCode.COUPON_EXPIRED,
            f"Promotion code {row.code} is not active, has expired or was redeemed as often as it may be; use another"
            " one, or none.",
            param,
        )
    if row.customer_id is not None and row.customer_id != purchase.customer_id:
        raise DomainError(
            ErrorCode.COUPON_NOT_APPLICABLE,
            f"Promotion code {row.code} is for customer {row.customer_id} alone.",
            param,
        )
    if row.first_time_transaction and not first:
        raise DomainError(
            ErrorCode.COUPON_NOT_APPLICABLE,
            f"Promotion code {row.code} is for a first purchase, and customer {purchase.customer_id} has paid, or"
            " redeemed such a code, before.",
            param,
        )
    if row.minimum_amount is not None:
        _check_least(row, purchase, param)


def check_left(row: Coupon | PromotionCode, wanted: int) -> None:
    """Refuse the redemption of one purchase that would be the first beyond the limit, or follows it."""
    if row.max_redemptions is None or row.times_redeemed + wanted <= row.max_redemptions:
        return
    name = f"Coupon {row.identifier}" if isinstance(row, Coupon) else f"Promotion code {row.code}"
    left = row.max_redemptions - row.times_redeemed
    raise DomainError(
        ErrorCode.COUPON_EXPIRED,
        f"{name} can be redeemed {left} more times, and each discount here redeems it once; leave this one out.",
    )


def _check_least(row: PromotionCode, purchase: Purchase, param: str) -> None:
    """Refuse a purchase of less than the code asks for."""
    if purchase.amount is None or purchase.currency is None:
        raise DomainError(
            ErrorCode.COUPON_NOT_APPLICABLE,
            f"Promotion code {row.code} asks for a least amount, which only a purchase can have; redeem it with one.",
            param,
        )
    same = purchase.currency == row.minimum_amount_currency
    least = row.minimum_amount if same else row.currency_options.get(purchase.currency)
    if least is None:
        raise DomainError(
            ErrorCode.COUPON_NOT_APPLICABLE,
            f"Promotion code {row.code} has no least amount in {purchase.currency}; promotionCodeUpdate can add one.",
            param,
        )
    if purchase.amount < least:
        raise DomainError(
            ErrorCode.COUPON_NOT_APPLICABLE,
            f"Promotion code {row.code} is for purchases of at least {format_minor(least, purchase.currency)}; this one"
            f" is of {format_minor(purchase.amount, purchase.currency)}.",
            param,
        )


def _why_not(row: Coupon, at: datetime) -> str:
    if row.deleted_at is not None:
        return "was deleted"
    if row.redeem_by is not None and at > row.redeem_by:
        return f"could be redeemed until {shown(row.redeem_by)}"
    return f"was redeemed {row.times_redeemed} times of {row.max_redemptions}"
