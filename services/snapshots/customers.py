"""Customers and their tax ids as Stripe shows them."""

from models import CustomerTaxId
from services.aggregates import WholeCustomer
from services.snapshots.coupons import discount_snapshot
from services.snapshots.shapes import Snapshot, address_of, seconds, shipping_of


def customer_snapshot(customer: WholeCustomer) -> Snapshot:
    """A customer, with the balance its journal sums to (minor units; negative is credit).

    The lists that Stripe gives only to those who expand them (subscriptions, sources, tax ids) are left out; tax ids
    have events of their own.
    """
    row = customer.row
    return {
        "id": row.id,
        "object": "customer",
        "address": address_of(row.address),
        "balance": customer.balance,
        "business_name": None,
        "created": seconds(row.created_at),
        "currency": row.currency,
        "customer_account": row.represents_account_id,
        "default_source": None,
        "delinquent": row.delinquent,
        "description": row.description,
        "discount": None if customer.discount is None else discount_snapshot(customer.discount),
        "email": row.email,
        "individual_name": None,
        "invoice_prefix": row.invoice_prefix,
        "invoice_settings": {
            "custom_fields": list(row.invoice_custom_fields) or None,
            "default_payment_method": row.default_payment_method_id,
            "footer": row.invoice_footer,
            "rendering_options": None,
        },
        "livemode": row.livemode,
        "metadata": dict(row.metadata),
        "name": row.name,
        "next_invoice_sequence": row.next_invoice_sequence,
        "phone": row.phone,
        "preferred_locales": list(row.preferred_locales),
        "shipping": shipping_of(row.shipping),
        "tax": None,
        "tax_exempt": row.tax_exempt,
        "test_clock": row.test_clock_id,
    }


def tax_id_snapshot(row: CustomerTaxId) -> Snapshot:
    """A tax number of a customer. Its form was checked, no authority was asked: verification is unavailable."""
    return {
        "id": row.id,
        "object": "tax_id",
        "country": row.country,
        "created": seconds(row.created_at),
        "customer": row.customer_id,
        "customer_account": None,
        "livemode": row.livemode,
        "owner": {
            "account": None,
            "application": None,
            "customer": row.customer_id,
            "customer_account": None,
            "type": "customer",
        },
        "type": row.type,
        "value": row.value,
        "verification": {"status": row.verification_status, "verified_address": None, "verified_name": None},
    }
