"""Clones in the API: a platform's customers and payment methods, copied to an account that it acts for."""

import strawberry

from schema.base import input_field
from schema.payloads import payload
from schema.refs import CustomerRef, PaymentMethodRef
from services.payment_methods.cloning import CLONED_METHODS_MAX


@strawberry.input(description="Which payment method of the platform to copy to the account of `Stripe-Account`.")
class PaymentMethodCloneInput:
    """Becomes `PaymentMethodClone`."""

    payment_method: strawberry.ID = input_field("The platform's payment method; it is attached to a customer there.")
    customer: strawberry.ID | None = input_field(
        "The account's customer in whose file the copy is to lie; without it the copy can be charged once or attached."
    )


@strawberry.input(description="Which customer of the platform to copy to the account of `Stripe-Account`.")
class CustomerCloneInput:
    """Becomes `CustomerClone`."""

    customer: strawberry.ID = input_field("The platform's customer.")
    payment_methods: list[strawberry.ID] | None = input_field(
        "Which of their payment methods come along, at most"
        f" {CLONED_METHODS_MAX}; the default alone when it is not said, none by an empty list."
    )
    test_clock: strawberry.ID | None = input_field("The account's test clock that the copy is to live by, for good.")


PaymentMethodClonePayload = payload(
    "paymentMethodClone", payment_method=(PaymentMethodRef, "The copy, which is the account's own.")
)
CustomerClonePayload = payload(
    "customerClone",
    customer=(CustomerRef, "The copy, which is the account's own."),
    possible_duplicates=(list[CustomerRef], "Others on the account with the same e-mail, at most ten, newest first."),
)
