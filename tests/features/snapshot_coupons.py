"""Subjects for the snapshot tests: coupons, promotion codes and discounts."""

from models import Coupon, Discount, PromotionCode
from services.aggregates import WholeCoupon, WholeDiscount, WholePromotionCode
from tests.features.snapshot_facts import ANCHOR, NEXT, OWNER


def coupon(full: bool) -> WholeCoupon:
    """So much off in two currencies, of one product; bare, per cents off that nobody can redeem any more."""
    amount = {"amount_off": 500, "currency": "usd", "currency_options": {"eur": 450}, "products": ["prod_1"]}
    limits = {"max_redemptions": 5, "redeem_by": NEXT, "name": "Summer", "duration_in_months": 3}
    more = {**amount, **limits, "duration": "repeating"} if full else {"percent_off": "12.5", "deleted_at": ANCHOR}
    return WholeCoupon(Coupon(id="coupon_1", identifier="SUMMER", **{"duration": "once", **OWNER, **more}), ANCHOR)


def promotion_code(full: bool) -> WholePromotionCode:
    """A code for one customer's first purchase; bare, one for everybody."""
    least = {"minimum_amount": 1000, "minimum_amount_currency": "usd"}
    limits = {"max_redemptions": 5, "expires_at": NEXT, "customer_id": "cus_1", "first_time_transaction": True}
    more = {**least, **limits} if full else {}
    row = PromotionCode(id="promo_1", code="SUMMER", code_folded="summer", coupon_id="coupon_1", **OWNER, **more)
    return WholePromotionCode(row, coupon(True).row, ANCHOR)


def discount(full: bool) -> WholeDiscount:
    """A discount of a subscription by a code; bare, one of a customer that was taken away."""
    where = {"subscription_id": "sub_1", "promotion_code_id": "promo_1", "end": NEXT} if full else {}
    more = {"id": "di_1", "coupon_id": "coupon_1", "customer_id": "cus_1", "start": ANCHOR, "created_at": ANCHOR}
    owner = {name: value for name, value in OWNER.items() if name not in ("metadata", "created_at")}
    return WholeDiscount(Discount(**{**owner, **more, **where}), coupon(True).row, is_deleted=not full)
