"""Invoices and their lines as Stripe shows them."""

from collections.abc import Mapping, Sequence
from typing import Any

from domain.lifecycles import InvoiceStatus
from models import Invoice, InvoiceLine
from services.aggregates import UpcomingInvoice, WholeInvoice
from services.snapshots.shapes import Snapshot, address_of, application_of, list_of, seconds, shipping_of
from services.snapshots.sharing import invoice_sharing_of
from services.snapshots.tax import automatic_tax_of, tax_rate_snapshots


def invoice_snapshot(invoice: WholeInvoice) -> Snapshot:
    """An invoice with its lines, amounts in minor units.

    `paid` and what others have of it are ours: Stripe dropped them, and handlers still ask for them. What only an
    expanded invoice of Stripe has (payments, confirmation secret) is left out.
    """
    return {**_demand(invoice.row), **_circumstances(invoice.row), "lines": _lines(invoice)}


def upcoming_snapshot(invoice: UpcomingInvoice) -> Snapshot:
    """An invoice that does not exist yet, and therefore has no id; its lines belong to no invoice."""
    told = invoice_snapshot(WholeInvoice(invoice.row, invoice.lines))
    del told["id"]
    for line in told["lines"]["data"]:
        line["invoice"] = None
    told["lines"]["url"] = "/v1/invoices/upcoming/lines"
    return told


_WITHOUT = dict.fromkeys(
    (
        "account_country",
        "account_name",
        "account_tax_ids",
        "customer_account",
        "default_source",
        "from_invoice",
        "hosted_invoice_url",
        "invoice_pdf",
        "latest_revision",
        "receipt_number",
        "rendering",
        "shipping_cost",
        "shipping_details",
        "status_details",
        "threshold_reason",
        "webhooks_delivered_at",
    )
)
"""Fields of Stripe's that belong to what we do not do; null as on an object that does not use it."""


def _demand(row: Invoice) -> Snapshot:
    """What is asked for, and how far it has been paid."""
    paid = row.status == InvoiceStatus.PAID
    return {
        **_WITHOUT,
        "id": row.id,
        "object": "invoice",
        "amount_due": row.amount_due,
        "amount_overpaid": row.amount_overpaid,
        "amount_paid": row.amount_paid,
        "amount_paid_off_stripe": row.amount_paid_out_of_band,
        "amount_remaining": amount_remaining(row),
        "amount_shipping": 0,
        "application": application_of(row),
        "attempt_count": row.attempt_count,
        "attempted": row.attempted,
        "auto_advance": row.auto_advance,
        "automatically_finalizes_at": seconds(row.automatically_finalizes_at),
        "billing_reason": row.billing_reason,
        "collection_method": row.collection_method,
        "created": seconds(row.created_at),
        "currency": row.currency,
        "discounts": list(row.discounts),
        "due_date": seconds(row.due_date),
        "effective_at": seconds(row.finalized_at),
        "ending_balance": row.ending_balance,
        "last_finalization_error": _finalization_error(row),
        "livemode": row.livemode,
        "metadata": dict(row.metadata),
        "next_payment_attempt": seconds(row.next_payment_attempt),
        "number": row.number,
        "paid": paid,
        "period_end": seconds(row.period_end),
        "period_start": seconds(row.period_start),
        "post_payment_credit_notes_amount": row.post_payment_credit_notes_amount,
        "pre_payment_credit_notes_amount": row.pre_payment_credit_notes_amount,
        "starting_balance": row.starting_balance,
        "status": row.status,
        "status_transitions": _status_transitions(row),
        "subtotal": row.subtotal,
        "subtotal_excluding_tax": row.total_excluding_tax
        + amounts_off(row.total_discount_amounts)
        + amounts_off(row.pretax_credits),
        "total": row.total,
        "total_discount_amounts": discount_amounts_of(row.total_discount_amounts),
        "total_excluding_tax": row.total_excluding_tax,
        "total_pretax_credit_amounts": pretax_credits_of(row.total_discount_amounts, row.pretax_credits),
        "total_taxes": taxes_of(row.total_taxes),
    }


def amounts_off(amounts: Sequence[Mapping[str, Any]]) -> int:
    """What discounts take off, or prepaid credit pays, together, in minor units."""
    return sum(int(each["amount"]) for each in amounts)


def discount_amounts_of(amounts: Sequence[Mapping[str, Any]]) -> list[Snapshot]:
    """By how much each discount lowers a line or an invoice."""
    return [{"amount": each["amount"], "discount": each["discount"]} for each in amounts]


def pretax_credits_of(discounts: Sequence[Mapping[str, Any]], credits: Sequence[Mapping[str, Any]]) -> list[Snapshot]:
    """What lowers a line or an invoice before tax: discounts, then prepaid credit."""
    off = [
        {"amount": each["amount"], "credit_balance_transaction": None, "discount": each["discount"], "type": "discount"}
        for each in discounts
    ]
    paid = [
        {
            "amount": each["amount"],
            "credit_balance_transaction": each["credit_balance_transaction"],
            "type": "credit_balance_transaction",
        }
        for each in credits
    ]
    return off + paid


def taxes_of(taxes: Sequence[Mapping[str, Any]]) -> list[Snapshot]:
    """What each tax rate asks for of a line or an invoice."""
    return [
        {
            "amount": each["amount"],
            "tax_behavior": each["tax_behavior"],
            "tax_rate_details": {"tax_rate": each["tax_rate"]},
            "taxability_reason": each["taxability_reason"],
            "taxable_amount": each["taxable_amount"],
            "type": "tax_rate_details",
        }
        for each in taxes
    ]


def amount_remaining(row: Invoice) -> int:
    """What is still to be paid: nothing of an invoice that is PAID, however that came about, or VOID."""
    settled = row.status in (InvoiceStatus.PAID, InvoiceStatus.VOID)
    return 0 if settled else row.amount_due - row.amount_paid


def _finalization_error(row: Invoice) -> Snapshot | None:
    """Why the draft could not be finalized."""
    error = row.last_finalization_error
    return None if error is None else {name: error[name] for name in ("code", "message", "type")}


def _status_transitions(row: Invoice) -> Snapshot:
    """When the invoice came to each of its statuses."""
    return {
        "finalized_at": seconds(row.finalized_at),
        "marked_uncollectible_at": seconds(row.marked_uncollectible_at),
        "paid_at": seconds(row.paid_at),
        "voided_at": seconds(row.voided_at),
    }


def _circumstances(row: Invoice) -> Snapshot:
    """Whom the invoice is for, from what it grew and how it is shown."""
    known = row.customer_snapshot.get
    return {
        "automatic_tax": {
            **automatic_tax_of(row.automatic_tax, row.tax_liability_id),
            "provider": None,
            "status": row.automatic_tax_status,
        },
        "custom_fields": list(row.custom_fields) or None,
        "customer": row.customer_id,
        "customer_address": address_of(known("address")),
        "customer_email": known("email"),
        "customer_name": known("name"),
        "customer_phone": known("phone"),
        "customer_shipping": shipping_of(known("shipping")),
        "customer_tax_exempt": known("tax_exempt"),
        "customer_tax_ids": [{"type": each["type"], "value": each["value"]} for each in known("tax_ids") or ()],
        "default_payment_method": row.default_payment_method_id,
        "default_tax_rates": tax_rate_snapshots(row.default_tax_rates),
        "description": row.description,
        "footer": row.footer,
        "issuer": {"type": "self"},
        "parent": _parent(row),
        "payment_settings": {
            "default_mandate": None,
            "payment_method_options": None,
            "payment_method_types": None,
        },
        "statement_descriptor": row.statement_descriptor,
        "test_clock": row.test_clock_id,
        "transfer_failure_reason": row.transfer_failure_reason,
        **invoice_sharing_of(row.sharing),
    }


def _parent(row: Invoice) -> Snapshot | None:
    """The subscription that the invoice belongs to."""
    if row.subscription_id is None:
        return None
    return {
        "quote_details": None,
        "subscription_details": {"metadata": None, "subscription": row.subscription_id},
        "type": "subscription_details",
    }


def _lines(invoice: WholeInvoice) -> Snapshot:
    """All lines of the invoice, in order."""
    row = invoice.row
    subscription_id = row.subscription_id
    return list_of([line_snapshot(line, subscription_id) for line in invoice.lines], f"/v1/invoices/{row.id}/lines")


def line_snapshot(row: InvoiceLine, subscription_id: str | None) -> Snapshot:
    """One amount on an invoice; `subscription_id` is the invoice's."""
    return {
        "id": row.id,
        "object": "line_item",
        "amount": row.amount,
        "currency": row.currency,
        "description": row.description,
        "discount_amounts": discount_amounts_of(row.discount_amounts),
        "discountable": row.discountable,
        "discounts": list(row.discounts),
        "invoice": row.invoice_id,
        "livemode": row.livemode,
        "metadata": dict(row.metadata),
        "parent": _line_parent(row, subscription_id),
        "period": {"end": seconds(row.period_end), "start": seconds(row.period_start)},
        "pretax_credit_amounts": pretax_credits_of(row.discount_amounts, row.pretax_credits),
        "pricing": _pricing(row),
        "quantity": row.quantity,
        "quantity_decimal": str(row.calculation.get("quantity", row.quantity)),
        "subscription": subscription_id if row.subscription_item_id or row.invoice_item_id else None,
        "subtotal": row.amount,
        "taxes": taxes_of(row.taxes),
    }


def _line_parent(row: InvoiceLine, subscription_id: str | None) -> Snapshot | None:
    """The invoice item or the subscription item that caused the line."""
    if row.invoice_item_id is not None:
        return {
            "invoice_item_details": {
                "invoice_item": row.invoice_item_id,
                "proration": row.proration,
                "proration_details": {"credited_items": None},
                "subscription": subscription_id,
            },
            "subscription_item_details": None,
            "type": "invoice_item_details",
        }
    if row.subscription_item_id is None:
        return None
    return {
        "invoice_item_details": None,
        "subscription_item_details": {
            "invoice_item": None,
            "proration": row.proration,
            "proration_details": {"credited_items": None},
            "subscription": subscription_id,
            "subscription_item": row.subscription_item_id,
        },
        "type": "subscription_item_details",
    }


def _pricing(row: InvoiceLine) -> Snapshot | None:
    """The price that the amount was computed from."""
    if row.price_id is None:
        return None
    return {
        "price_details": {"price": row.price_id, "product": row.product_id},
        "type": "price_details",
        "unit_amount_decimal": row.unit_amount_decimal,
    }
