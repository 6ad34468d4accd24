"""Payments of invoices as Stripe shows them."""

from domain.invoices import InvoicePaymentType
from services.aggregates import WholeInvoicePayment
from services.snapshots.shapes import Snapshot, seconds


def invoice_payment_snapshot(payment: WholeInvoicePayment) -> Snapshot:
    """One payment of an invoice, amounts in minor units. `charge` is left out: every charge has its payment intent."""
    return {
        "id": payment.id,
        "object": "invoice_payment",
        "amount_paid": payment.amount_paid,
        "amount_requested": payment.row.amount,
        "created": seconds(payment.row.created_at),
        "currency": payment.row.currency,
        "invoice": payment.invoice.id,
        "is_default": payment.is_default,
        "livemode": payment.row.livemode,
        "payment": {
            "charge": None,
            "payment_intent": payment.payment_intent_id,
            "payment_record": payment.id if payment.type is InvoicePaymentType.PAYMENT_RECORD else None,
            "type": payment.type.value,
        },
        "status": payment.status.value,
        "status_transitions": {"canceled_at": seconds(payment.canceled_at), "paid_at": seconds(payment.paid_at)},
    }
