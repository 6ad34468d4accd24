"""Payments of invoices in the API: several may pay one invoice, in parts."""

from datetime import datetime
from inspect import isawaitable
from typing import Any

import strawberry

from domain.invoices import InvoicePaymentStatus, InvoicePaymentType
from schema.base import DIRECT, Wrapping, column, describe_enum, input_field, part_type
from schema.payloads import payload
from schema.refs import InvoiceRef, PaymentIntentRef
from schema.relations import one
from schema.scalars import Currency, MinorUnits
from services.invoices import payments_by_invoice

describe_enum(
    InvoicePaymentStatus,
    "Where one payment of an invoice stands.",
    OPEN="It was asked for, and the money has not come.",
    PAID="The money is here.",
    CANCELED="Nobody is to make it any more.",
)
describe_enum(
    InvoicePaymentType,
    "What stands behind a payment of an invoice.",
    PAYMENT_INTENT="A payment that goes through a gateway.",
    PAYMENT_RECORD="Money that came elsewhere and was written down.",
)


@part_type
class InvoicePayment(Wrapping):
    """One payment of an invoice. What the invoice was paid is the sum of those that are PAID, less `amountOverpaid`."""

    id: strawberry.ID = column("Its id, as events tell it.")
    status: InvoicePaymentStatus = column("Where it stands.")
    type: InvoicePaymentType = column("What stands behind it.")
    amount_paid: MinorUnits | None = column("What came in with it; null until it is PAID.")
    is_default: bool = column("Whether the invoice asks for it by itself: then its amount is what remains to be paid.")
    payment_intent: PaymentIntentRef | None = one(
        "payment_intent_id", "The payment behind it; null for money that came elsewhere."
    )
    paid_at: datetime | None = column("When the money came.")
    canceled_at: datetime | None = column("When it was canceled.")
    amount_requested: MinorUnits = column("What was asked for.")
    currency: Currency = column("What the amounts are in.")
    created: datetime = column("When it was made, by the customer's clock.")


async def _payments(source: Any, info: Any) -> list[InvoicePayment]:
    found = info.context.load.values(payments_by_invoice, list).load(source.row.id)
    return [InvoicePayment.of(each) for each in (await found if isawaitable(found) else found)]


def invoice_payments(description: str) -> Any:
    """The field of an invoice that lists its payments."""
    return strawberry.field(description=description, metadata={DIRECT: _payments})


@strawberry.input(description="Which payment intent is to pay which invoice.")
class InvoiceAttachPaymentInput:
    """Becomes `AttachPaymentDraft`."""

    id: strawberry.ID = input_field("The invoice; it has to be OPEN or UNCOLLECTIBLE.")
    payment_intent: strawberry.ID = input_field(
        "One of the same customer and currency, for at most what remains. When it has SUCCEEDED it counts at once, and"
        " what it brought beyond what remains becomes the customer's credit."
    )


InvoiceAttachPaymentPayload = payload(
    "invoiceAttachPayment", invoice=(InvoiceRef, "The invoice with that payment; null when refused.")
)
