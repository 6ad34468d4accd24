"""Coupons, promotion codes and discounts as Stripe shows them."""

from services.aggregates import WholeCoupon, WholeDiscount, WholePromotionCode
from services.snapshots.shapes import Snapshot, number, seconds


def coupon_snapshot(coupon: WholeCoupon) -> Snapshot:
    """A coupon with what Stripe shows those who expand it: what it applies to and its other currencies."""
    row = coupon.row
    options = row.currency_options
    told = {
        "id": row.identifier,
        "object": "coupon",
        "amount_off": row.amount_off,
        "applies_to": {"products": list(row.products)} if row.products else None,
        "created": seconds(row.created_at),
        "currency": row.currency,
        "currency_options": {each: {"amount_off": amount} for each, amount in options.items()} or None,
        "duration": row.duration,
        "duration_in_months": row.duration_in_months,
        "livemode": row.livemode,
        "max_redemptions": row.max_redemptions,
        "metadata": dict(row.metadata),
        "name": row.name,
        "percent_off": None if row.percent_off is None else number(row.percent_off),
        "redeem_by": seconds(row.redeem_by),
        "times_redeemed": row.times_redeemed,
        "valid": coupon.is_valid,
    }
    return told if row.deleted_at is None else {**told, "deleted": True}


def promotion_code_snapshot(code: WholePromotionCode) -> Snapshot:
    """A promotion code; its coupon by the id that callers know."""
    row = code.row
    options = row.currency_options
    return {
        "id": row.id,
        "object": "promotion_code",
        "active": code.is_active,
        "code": row.code,
        "created": seconds(row.created_at),
        "customer": row.customer_id,
        "customer_account": None,
        "expires_at": seconds(row.expires_at),
        "livemode": row.livemode,
        "max_redemptions": row.max_redemptions,
        "metadata": dict(row.metadata),
        "promotion": {"coupon": code.coupon.identifier, "type": "coupon"},
        "restrictions": {
            "currency_options": {each: {"minimum_amount": amount} for each, amount in options.items()},
            "first_time_transaction": row.first_time_transaction,
            "minimum_amount": row.minimum_amount,
            "minimum_amount_currency": row.minimum_amount_currency,
        },
        "times_redeemed": row.times_redeemed,
    }


def discount_snapshot(discount: WholeDiscount) -> Snapshot:
    """A discount; the end of a repeating coupon's, else null as Stripe's, even once it was used up."""
    row = discount.row
    told = {
        "id": row.id,
        "object": "discount",
        "checkout_session": None,
        "customer": row.customer_id,
        "customer_account": None,
        "end": seconds(row.end),
        "invoice": row.invoice_id,
        "invoice_item": row.invoice_item_id,
        "promotion_code": row.promotion_code_id,
        "source": {"coupon": discount.coupon.identifier, "type": "coupon"},
        "start": seconds(row.start),
        "subscription": row.subscription_id,
        "subscription_item": row.subscription_item_id,
    }
    return {**told, "deleted": True} if discount.is_deleted else told
