"""Payment intents and charges: fields of Query and Mutation."""

from typing import Annotated

import strawberry

from resolvers.context import Answer, Info
from resolvers.mutations import mutation
from resolvers.queries import by_id, listing, query
from schema.inputs import draft_of
from schema.payments import (
    ChargeFilter,
    PaymentIntent,
    PaymentIntentCancelInput,
    PaymentIntentCancelPayload,
    PaymentIntentCaptureInput,
    PaymentIntentCapturePayload,
    PaymentIntentConfirmInput,
    PaymentIntentConfirmPayload,
    PaymentIntentCreateInput,
    PaymentIntentCreatePayload,
    PaymentIntentFilter,
    PaymentIntentUpdateInput,
    PaymentIntentUpdatePayload,
)
from schema.refs import ChargeRef, PaymentIntentRef
from services.pages import Listing
from services.payments import ChargeSearch, Confirmation, NewPaymentIntent, PaymentIntentChange, PaymentIntentSearch

_Id = Annotated[strawberry.ID, strawberry.argument(description="The id.")]
_Secret = Annotated[str | None, strawberry.argument(description="Its client secret; a publishable key needs it.")]
_IntentFilter = Annotated[PaymentIntentFilter | None, strawberry.argument(description="Which ones; all without it.")]
_ChargeFilter = Annotated[ChargeFilter | None, strawberry.argument(description="Which ones; all without it.")]


class PaymentQueries:
    """Reading payments."""

    charge: ChargeRef | None = by_id("The charge with this id; null when there is none.")

    @query(kind="payments")
    async def payment_intent(self, info: Info, id: _Id, client_secret: _Secret = None) -> PaymentIntentRef | None:
        """The payment intent with this id; null when there is none or the client secret is not its own."""
        row = await info.context.services.payments.shown(id, client_secret)
        return None if row is None else PaymentIntent.of(row)

    @listing(PaymentIntentRef, kind="payments")
    def payment_intents(self, info: Info, filter: _IntentFilter = None) -> Listing:
        """Payment intents, newest first."""
        return info.context.services.payments.matching(
            draft_of(PaymentIntentSearch, filter) if filter else PaymentIntentSearch()
        )

    @listing(ChargeRef, kind="payments")
    def charges(self, info: Info, filter: _ChargeFilter = None) -> Listing:
        """Charges, declined ones too, newest first."""
        wanted = draft_of(ChargeSearch, filter) if filter else ChargeSearch()
        return info.context.services.payments.charges(wanted)


class PaymentMutations:
    """Making, confirming, capturing and canceling payments."""

    @mutation(kind="payments", payload=PaymentIntentCreatePayload)
    async def payment_intent_create(self, info: Info, input: PaymentIntentCreateInput) -> Answer:
        """Asks for a payment, and tries it at once with `confirm`."""
        return await info.context.services.payments.create(draft_of(NewPaymentIntent, input))

    @mutation(kind="payments", payload=PaymentIntentUpdatePayload)
    async def payment_intent_update(self, info: Info, input: PaymentIntentUpdateInput) -> Answer:
        """Changes a payment that is not made yet. What an invoice asks for keeps its amount and payer."""
        return await info.context.services.payments.update(input.id, draft_of(PaymentIntentChange, input))

    @mutation(kind="payments", payload=PaymentIntentConfirmPayload)
    async def payment_intent_confirm(self, info: Info, input: PaymentIntentConfirmInput) -> Answer:
        """Tries to collect a payment. A decline answers with both the payment intent and a CARD_ERROR."""
        return await info.context.services.payments.confirm(draft_of(Confirmation, input))

    @mutation(kind="payments", payload=PaymentIntentCapturePayload)
    async def payment_intent_capture(self, info: Info, input: PaymentIntentCaptureInput) -> Answer:
        """Takes held money, once; what is not taken is released."""
        return await info.context.services.payments.capture(
            input.id, amount=input.amount_to_capture, application_fee_amount=input.application_fee_amount
        )

    @mutation(kind="payments", payload=PaymentIntentCancelPayload)
    async def payment_intent_cancel(self, info: Info, input: PaymentIntentCancelInput) -> Answer:
        """Cancels a payment that was not made; held money is released."""
        return await info.context.services.payments.cancel(input.id, input.cancellation_reason)
