"""Coupons, the codes that they are known by, and the discounts made of them."""

from services.coupons.codes import PromotionCodes
from services.coupons.coupons import Coupons
from services.coupons.drafts import (
    CouponChange,
    CouponDraft,
    PromotionCodeChange,
    PromotionCodeDraft,
    PromotionCodeSearch,
)

__all__ = [
    "CouponChange",
    "CouponDraft",
    "Coupons",
    "PromotionCodeChange",
    "PromotionCodeDraft",
    "PromotionCodeSearch",
    "PromotionCodes",
]
