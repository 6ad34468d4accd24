"""What invoice lines and invoice items both keep of a drafted line."""

from typing import Any

from domain.invoicing import LineDraft
from domain.money import optional_unit_amount_text


def columns_of(line: LineDraft) -> dict[str, Any]:
    """The columns that the line is stored in, whether it stands on an invoice or waits as an item."""
    return {
        "description": line.description,
        "amount": line.amount,
        "currency": line.currency,
        "quantity": line.quantity,
        "unit_amount_decimal": optional_unit_amount_text(line.unit_amount),
        "price_id": line.price_id,
        "product_id": line.product_id,
        "subscription_item_id": line.subscription_item_id,
        "proration": line.proration,
        "period_start": line.period_start,
        "period_end": line.period_end,
        "calculation": line.calculation.as_json(),
        "metadata": dict(line.metadata or {}),
        "discountable": line.discountable,
        "discounts": list(line.discounts),
        "tax_rates": list(line.tax_rates),
        "taxed_as": None if line.taxed_as is None else list(line.taxed_as),
    }
