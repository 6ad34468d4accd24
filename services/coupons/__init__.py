"""Coupons, the codes that they are known by, and the discounts made of them."""
