"""Payment methods and their set-up: fields of Query and Mutation."""

from typing import Annotated

import strawberry

from resolvers.context import Answer, Info
from resolvers.mutations import mutation
from resolvers.queries import by_id, field, listing, query
from schema.inputs import draft_of
from schema.payment_methods import (
    AuthenticationOutcome,
    PaymentMethodAttachInput,
    PaymentMethodAttachPayload,
    PaymentMethodCreateInput,
    PaymentMethodCreatePayload,
    PaymentMethodDetachInput,
    PaymentMethodDetachPayload,
    PaymentMethodUpdateInput,
    PaymentMethodUpdatePayload,
    SandboxAuthenticateInput,
    SandboxAuthenticatePayload,
    SandboxCard,
    SandboxOutcomesSetInput,
    SandboxOutcomesSetPayload,
    SetupIntent,
    SetupIntentCancelInput,
    SetupIntentCancelPayload,
    SetupIntentConfirmInput,
    SetupIntentConfirmPayload,
    SetupIntentCreateInput,
    SetupIntentCreatePayload,
    SetupIntentFilter,
)
from schema.refs import PaymentMethodRef, SetupIntentRef
from services.pages import Listing
from services.payment_methods import CardChange, NewCard, NewSetupIntent, SetupIntentSearch, sandbox_cards

_Filter = Annotated[SetupIntentFilter | None, strawberry.argument(description="Which ones; all without it.")]
_Id = Annotated[strawberry.ID, strawberry.argument(description="The id.")]
_Secret = Annotated[str | None, strawberry.argument(description="Its client secret; a publishable key needs it.")]


class PaymentMethodQueries:
    """Reading payment methods, set-ups and the cards of the sandbox."""

    payment_method: PaymentMethodRef | None = by_id("The payment method with this id; null when there is none.")

    @listing(PaymentMethodRef, kind="payment_methods")
    def payment_methods(self, info: Info) -> Listing:
        """Payment methods in customers' files, newest first. Those of one customer are at the customer."""
        return info.context.services.payment_methods.of_account()

    @query(kind="payment_methods")
    async def setup_intent(self, info: Info, id: _Id, client_secret: _Secret = None) -> SetupIntentRef | None:
        """The setup intent with this id; null when there is none or the client secret is not its own."""
        row = await info.context.services.setup_intents.shown(id, client_secret)
        return None if row is None else SetupIntent.of(row)

    @listing(SetupIntentRef, kind="payment_methods")
    def setup_intents(self, info: Info, filter: _Filter = None) -> Listing:
        """Setup intents, newest first."""
        return info.context.services.setup_intents.matching(
            draft_of(SetupIntentSearch, filter) if filter else SetupIntentSearch()
        )

    @field
    def sandbox_payment_methods(self) -> list[SandboxCard]:
        """The cards of the sandbox, by what they are there to try out."""
        return [SandboxCard.of(each) for each in sandbox_cards()]


class PaymentMethodMutations:
    """Making, attaching and setting up payment methods."""

    @mutation(kind="payment_methods", payload=PaymentMethodCreatePayload)
    async def payment_method_create(self, info: Info, input: PaymentMethodCreateInput) -> Answer:
        """Makes a payment method of a card. It can be charged once or attached to a customer."""
        return await info.context.services.payment_methods.create(draft_of(NewCard, input))

    @mutation(kind="payment_methods", payload=PaymentMethodAttachPayload)
    async def payment_method_attach(self, info: Info, input: PaymentMethodAttachInput) -> Answer:
        """Puts a payment method into a customer's file, once the bank has verified it. A decline keeps nothing."""
        return await info.context.services.payment_methods.attach(input.id, input.customer)

    @mutation(kind="payment_methods", payload=PaymentMethodDetachPayload)
    async def payment_method_detach(self, info: Info, input: PaymentMethodDetachInput) -> Answer:
        """Takes a payment method out of its customer's file, for good."""
        return await info.context.services.payment_methods.detach(input.id)

    @mutation(kind="payment_methods", payload=PaymentMethodUpdatePayload)
    async def payment_method_update(self, info: Info, input: PaymentMethodUpdateInput) -> Answer:
        """Changes billing details, expiry or metadata of a payment method."""
        return await info.context.services.payment_methods.update(input.id, draft_of(CardChange, input))

    @mutation(kind="payment_methods", payload=SandboxOutcomesSetPayload)
    async def sandbox_outcomes_set(self, info: Info, input: SandboxOutcomesSetInput) -> Answer:
        """Scripts the next charges of a payment method: declined twice, then good. Test mode only."""
        return await info.context.services.sandbox_scripts.write(input.payment_method, input.outcomes)

    @mutation(kind="payment_methods", payload=SetupIntentCreatePayload)
    async def setup_intent_create(self, info: Info, input: SetupIntentCreateInput) -> Answer:
        """Begins to set a payment method up for charges with the customer away."""
        return await info.context.services.setup_intents.create(draft_of(NewSetupIntent, input))

    @mutation(kind="payment_methods", payload=SetupIntentConfirmPayload)
    async def setup_intent_confirm(self, info: Info, input: SetupIntentConfirmInput) -> Answer:
        """Tries a set-up. A refusal answers with both the setup intent and a CARD_ERROR."""
        return await info.context.services.setup_intents.confirm(
            input.id, payment_method=input.payment_method, client_secret=input.client_secret
        )

    @mutation(kind="payment_methods", payload=SetupIntentCancelPayload)
    async def setup_intent_cancel(self, info: Info, input: SetupIntentCancelInput) -> Answer:
        """Cancels a set-up that nobody is to finish."""
        return await info.context.services.setup_intents.cancel(input.id, input.cancellation_reason)

    @mutation(kind="payments", payload=SandboxAuthenticatePayload)
    async def sandbox_authenticate(self, info: Info, input: SandboxAuthenticateInput) -> Answer:
        """Ends the 3-D Secure of a sandbox card as its customer would. Test mode only."""
        passed = input.outcome is AuthenticationOutcome.PASS
        payment, setup = input.subject.payment_intent, input.subject.setup_intent
        if payment:
            return await info.context.services.payments.authenticate(payment, passed=passed)
        return await info.context.services.setup_intents.authenticate(str(setup), passed=passed)
