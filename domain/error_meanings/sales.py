"""What is wrong with what is sold, and at which discount."""

from typing import Final

from domain.error_meanings.meaning import API, INVALID, Meaning

SALES: Final = {
    "product_inactive": Meaning(
        INVALID,
        "The product is archived and cannot be sold anew.",
        "Activate the product or choose another.",
    ),
    "price_inactive": Meaning(
        INVALID,
        "The price is archived and cannot be sold anew.",
        "Activate the price or choose another; existing subscriptions keep it.",
    ),
    "feature_inactive": Meaning(
        INVALID,
        "The feature is archived and cannot be attached to a product anew.",
        "Activate the feature or choose another; products that have it keep it.",
    ),
    "customer_tax_location_invalid": Meaning(
        INVALID,
        "Automatic tax does not know where the customer is.",
        "Give the customer an address with a country, and in Canada with a province or a postal code.",
    ),
    "taxes_calculation_failed": Meaning(
        API,
        "Automatic tax could not be worked out for the moment.",
        "Try again later. A draft that goes on by itself is tried again until it works.",
    ),
    "tax_rate_inactive": Meaning(
        INVALID,
        "The tax rate is archived and cannot be used anew.",
        "Activate the tax rate or choose another; what has it already keeps it.",
    ),
    "coupon_expired": Meaning(
        INVALID,
        "The coupon or promotion code cannot be redeemed any more: it has expired or was redeemed too often.",
        "Use another coupon or promotion code; discounts that run are not touched.",
    ),
    "coupon_not_applicable": Meaning(
        INVALID,
        "The coupon or promotion code is not for this customer, currency or purchase.",
        "The message says what it is for; use another one, or none.",
    ),
}
