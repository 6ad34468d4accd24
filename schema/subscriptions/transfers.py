"""Handing subscriptions over to other customers: input and payload."""

import strawberry

from schema.base import input_field
from schema.payloads import payload
from schema.refs import SubscriptionRef


@strawberry.input(description="Which subscription goes to whom.")
class SubscriptionTransferInput:
    """Becomes `TransferDraft`."""

    id: strawberry.ID = input_field("The subscription; neither ended nor INCOMPLETE.")
    customer: strawberry.ID = input_field(
        "Who has it from now on: a customer on the same test clock (or like it on none), billed in its currency or in "
        "none yet."
    )
    default_payment_method: strawberry.ID | None = input_field(
        "What to charge for it, one of the new customer's; without it their default for invoices."
    )


SubscriptionTransferPayload = payload(
    "subscriptionTransfer", subscription=(SubscriptionRef, "The subscription of its new customer; null when refused.")
)
