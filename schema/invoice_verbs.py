"""What pays invoices, voids them and gives them up: inputs and payloads."""

import strawberry

from schema.base import input_field
from schema.payloads import payload
from schema.refs import InvoiceRef
from schema.scalars import MinorUnits


@strawberry.input(description="Which invoice to pay, and how.")
class InvoicePayInput:
    """Becomes `InvoicePayDraft`."""

    id: strawberry.ID = input_field("The invoice: a DRAFT, which is finalized first, OPEN or UNCOLLECTIBLE.")
    payment_method: strawberry.ID | None = input_field(
        "What to charge, one of the customer's; without it the invoice's, then the subscription's, then the "
        "customer's default. In test mode also a sandbox token such as `pm_card_visa`."
    )
    amount: MinorUnits | None = input_field(
        "A part of what remains to be paid; all of it by default. What is then left has to be nothing or enough to be"
        " charged."
    )
    paid_out_of_band: bool | None = input_field(
        "True marks it as paid with money that came elsewhere; nothing is charged, so it goes without `paymentMethod`."
    )
    off_session: bool | None = input_field("Whether the customer is away and cannot authenticate; false by default.")


@strawberry.input(description="Which invoice nobody shall pay any more.")
class InvoiceVoidInput:
    """Names the invoice."""

    id: strawberry.ID = input_field("The invoice; it has to be OPEN or UNCOLLECTIBLE.")


@strawberry.input(description="Which invoice nobody counts on any more.")
class InvoiceMarkUncollectibleInput:
    """Names the invoice."""

    id: strawberry.ID = input_field("The invoice; it has to be OPEN.")


InvoicePayPayload = payload(
    "invoicePay", invoice=(InvoiceRef, "The invoice, also when the card was declined; null when the input was refused.")
)
InvoiceVoidPayload = payload("invoiceVoid", invoice=(InvoiceRef, "The invoice, void; null when refused."))
InvoiceMarkUncollectiblePayload = payload(
    "invoiceMarkUncollectible", invoice=(InvoiceRef, "The invoice, UNCOLLECTIBLE; null when refused.")
)
