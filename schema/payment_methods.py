"""Payment methods in the API: cards, how they are set up for later, and what testers script for them."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import strawberry

import models
from domain.errors import ErrorCode
from domain.ids import Prefix
from domain.kinds import FutureUsage, PaymentMethodType, SetupIntentCancellationReason
from domain.lifecycles import SetupIntentStatus
from gateways.cards import CardBrand, CardFunding
from gateways.outcomes import ActionKind
from gateways.sandbox import Family, ScriptedOutcome
from schema.base import (
    DIRECT,
    Node,
    Wrapping,
    column,
    computed,
    confidential,
    describe_enum,
    input_field,
    node_type,
    part_type,
    wrapped,
)
from schema.customers.addresses import Address, AddressInput
from schema.errors import UserError
from schema.payloads import Outcome, payload
from schema.refs import (
    ChargeRef,
    CustomerRef,
    PaymentIntentRef,
    PaymentMethodRef,
    SandboxOutcomeRef,
    SetupIntentRef,
)
from schema.relations import many, one
from schema.scalars import Metadata

describe_enum(PaymentMethodType, "The kinds of payment methods.", CARD="A payment card.")
describe_enum(
    FutureUsage,
    "Whether a payment method is to be used again with its holder present or away.",
    ON_SESSION="With the customer present, who can authenticate then.",
    OFF_SESSION="With the customer away, as for renewals; a card that needs authentication asks for it now.",
)
describe_enum(
    CardBrand,
    "The network a card belongs to.",
    AMEX="American Express.",
    DINERS="Diners Club.",
    DISCOVER="Discover.",
    JCB="JCB.",
    MASTERCARD="Mastercard.",
    UNIONPAY="UnionPay.",
    VISA="Visa.",
    UNKNOWN="A network that we do not know.",
)
describe_enum(
    CardFunding,
    "Where a card takes its money from.",
    CREDIT="Credit.",
    DEBIT="A bank account.",
    PREPAID="Money that was loaded onto it.",
    UNKNOWN="It was not said.",
)
describe_enum(
    SetupIntentStatus,
    "What the set-up of a payment method waits for, or how it ended.",
    REQUIRES_PAYMENT_METHOD="A payment method, the first or another after a refusal.",
    REQUIRES_CONFIRMATION="To be confirmed.",
    REQUIRES_ACTION="The customer, who has to authenticate.",
    CANCELED="It was canceled. Final.",
    SUCCEEDED="The payment method can be charged later. Final.",
)
describe_enum(
    SetupIntentCancellationReason,
    "Why a set-up was canceled.",
    ABANDONED="Nobody finished it.",
    DUPLICATE="It was made twice.",
    REQUESTED_BY_CUSTOMER="The customer wanted so.",
)
describe_enum(
    ActionKind,
    "What a customer has to do before a payment goes on.",
    THREE_D_SECURE="Authenticate with their bank (3-D Secure); in test mode `sandboxAuthenticate` does it.",
)
describe_enum(
    ScriptedOutcome,
    "What shall become of a charge, whatever its card would do by itself.",
    **{each.name: f"It is declined with the code `{each.value}`." for each in ScriptedOutcome}
    | {
        "SUCCEED": "It succeeds.",
        "AUTHENTICATION_REQUIRED": "A present customer has to authenticate, and passing succeeds; away, it declines.",
    },
)
describe_enum(Family, "What a sandbox card is there to try out.", **{each.name: f"{each.value}." for each in Family})


class AuthenticationOutcome(StrEnum):
    """How a customer ends 3-D Secure."""

    PASS = "pass"  # noqa: S105 - the word for an authentication that was passed
    FAIL = "fail"


describe_enum(
    AuthenticationOutcome,
    "How the customer of a sandbox card ends 3-D Secure.",
    PASS="They authenticate; the payment goes on.",  # noqa: S106
    FAIL="They do not; the payment is refused.",
)


@part_type
class Card(Wrapping):
    """What may be known of a card. Its number is never stored."""

    brand: CardBrand = column("The network.")
    last4: str = column("The last four digits.", name="last4")
    exp_month: int = column("The month in which it expires, 1 to 12.")
    exp_year: int = column("The year in which it expires, with four digits.")
    country: str | None = column("Where it was issued: a two-letter ISO 3166-1 code.")
    funding: CardFunding = column("Where it takes its money from.")
    fingerprint: str = column("The same for the same number within this account, and nothing of the number.")


@part_type
class BillingDetails(Wrapping):
    """Who pays by a payment method, as far as it is known."""

    name: str | None = column("Their name.")
    email: str | None = column("Their e-mail address.")
    phone: str | None = column("Their phone number.")

    @computed("Where they live.")
    def address(self) -> Address | None:
        """Reads through to what is stored."""
        return Address.of(self.row.address) if self.row.address else None


@node_type(models.PaymentMethod, kind="payment_methods", prefix=Prefix.PAYMENT_METHOD)
class PaymentMethod(Node):
    """A card that a customer pays with."""

    created: datetime = column("When it was made.", source="created_at")
    livemode: bool = column("Whether real money is meant.")
    type: PaymentMethodType = column("What kind it is.")
    customer: CustomerRef | None = one("customer_id", "In whose file it lies; null before it is attached and after.")
    metadata: Metadata = column("Labels of your own.")
    sandbox_outcomes: list[SandboxOutcomeRef] = many(
        "payment_method_id", "The outcomes scripted for its charges, used up or not, in order."
    )

    @computed("The card.")
    def card(self) -> Card:
        """Reads through to the row."""
        return Card.of(self.row)

    @computed("Who pays by it.")
    def billing_details(self) -> BillingDetails:
        """Reads through to the stored details."""
        return BillingDetails.of(self.row.billing_details)


@node_type(models.SandboxOutcome, kind="payment_methods", prefix=Prefix.SANDBOX_OUTCOME)
class SandboxOutcome(Node):
    """What shall become of one coming charge of a payment method."""

    outcome: ScriptedOutcome = column("What shall become of it.")
    charge: ChargeRef | None = one("charge_id", "The charge that used it up; null while it waits.")


@part_type
class IntentError(Wrapping):
    """Why the last attempt at a payment or a set-up failed."""

    code: ErrorCode = column("What was wrong, for a program.")
    decline_code: str | None = column("The card network's own code.")
    message: str = column("What can be told to the customer.")
    charge: ChargeRef | None = one("charge", "The attempt that failed.")
    payment_method: PaymentMethodRef | None = one("payment_method", "What was tried.")


@part_type
class NextAction(Wrapping):
    """What the customer has to do before a payment or set-up goes on."""

    type: ActionKind = column("What it is.", source="next_action")


@node_type(models.SetupIntent, kind="payment_methods", prefix=Prefix.SETUP_INTENT)
class SetupIntent(Node):
    """Getting a payment method ready for charges to come."""

    created: datetime = column("When it was made.", source="created_at")
    livemode: bool = column("Whether real money is meant.")
    status: SetupIntentStatus = column("What it waits for, or how it ended.")
    usage: FutureUsage = column("What the payment method is set up for.")
    customer: CustomerRef | None = one("customer_id", "In whose file the payment method will lie.")
    payment_method: PaymentMethodRef | None = one("payment_method_id", "What is set up.")
    client_secret: str = column("Lets a page with a publishable key confirm it. Show it to nobody else.")
    description: str | None = column("What you wrote about it.")
    cancellation_reason: SetupIntentCancellationReason | None = column("Why it was canceled.")
    metadata: Metadata = confidential("payment_methods", "Labels of your own.", "metadata", dict)

    @computed("What the customer has to do; null unless it REQUIRES_ACTION.")
    def next_action(self) -> NextAction | None:
        """Reads through to the row."""
        return NextAction.of(self.row) if self.row.next_action else None

    @computed("Why the last attempt failed; null when none did, or a later one succeeded.")
    def last_setup_error(self) -> IntentError | None:
        """Reads through to what is kept of the refusal."""
        return IntentError.of(self.row.last_error) if self.row.last_error else None


@part_type
class SandboxCard(Wrapping):
    """A card of the sandbox: use its token wherever a payment method is created, or type its number."""

    token: str = column("Its token.")
    number: str = column("Its number; any expiry in the future and any security code go with it.")
    brand: CardBrand = column("The network.")
    last4: str = column("The last four digits.", name="last4")
    country: str = column("Where it was issued.")
    funding: CardFunding = column("Where it takes its money from.")
    family: Family = column("What it is there to try out.")
    description: str = column("What happens.")


@strawberry.input(description="A card: by its sandbox token, or by what stands on it.")
class CardInput:
    """Becomes `CardWords`."""

    token: str | None = input_field("A sandbox token such as `pm_card_visa` or `tok_visa`.")
    number: str | None = input_field("The number, with or without blanks. It is used once and not stored.")
    exp_month: int | None = input_field("The month of expiry, 1 to 12.")
    exp_year: int | None = input_field("The year of expiry, with two or four digits.")
    cvc: str | None = input_field("The security code.")


@strawberry.input(description="Who pays by a payment method. What is not mentioned stays; null removes it.")
class BillingDetailsInput:
    """Becomes `BillingDetails` of the service."""

    name: strawberry.Maybe[str | None] = input_field("Their name.")
    email: strawberry.Maybe[str | None] = input_field("Their e-mail address.")
    phone: strawberry.Maybe[str | None] = input_field("Their phone number.")
    address: strawberry.Maybe[AddressInput | None] = input_field("Where they live.")


@strawberry.input(description="A new date of expiry. What is not mentioned stays.")
class CardExpiryInput:
    """Becomes `Expiry`."""

    exp_month: strawberry.Maybe[int | None] = input_field("The month, 1 to 12.")
    exp_year: strawberry.Maybe[int | None] = input_field("The year, with two or four digits.")


@strawberry.input(description="A card to be known from now on. It lies in nobody's file until it is attached.")
class PaymentMethodCreateInput:
    """Becomes `NewCard`."""

    card: CardInput = input_field("The card.")
    billing_details: BillingDetailsInput | None = input_field("Who pays by it.")
    metadata: Metadata | None = input_field("Labels of your own.")


@strawberry.input(description="Into whose file a payment method goes.")
class PaymentMethodAttachInput:
    """Arguments of `attach`."""

    id: strawberry.ID = input_field("The payment method, or a sandbox token such as `pm_card_visa`.")
    customer: strawberry.ID = input_field("The customer.")


@strawberry.input(description="Which payment method leaves its file, for good.")
class PaymentMethodDetachInput:
    """Argument of `detach`."""

    id: strawberry.ID = input_field("The payment method.")


@strawberry.input(description="What changes about a payment method.")
class PaymentMethodUpdateInput:
    """Becomes `CardChange`."""

    id: strawberry.ID = input_field("The payment method; it lies in a customer's file.")
    card: CardExpiryInput | None = input_field("When it expires.")
    billing_details: BillingDetailsInput | None = input_field("Who pays by it.")
    metadata: Metadata | None = input_field("Labels to set; an empty text removes one.")


@strawberry.input(description="What shall become of the next charges of a payment method, one outcome each, in order.")
class SandboxOutcomesSetInput:
    """Arguments of `write`."""

    payment_method: strawberry.ID = input_field("The payment method.")
    outcomes: list[ScriptedOutcome] = input_field(
        "The outcomes; they take the place of those not used up yet. An empty list leaves the card to itself."
    )


@strawberry.input(description="Which setup intents to list.")
class SetupIntentFilter:
    """Becomes `SetupIntentSearch`."""

    customer: strawberry.ID | None = input_field("Only this customer's.")
    payment_method: strawberry.ID | None = input_field("Only those of this payment method.")
    status: SetupIntentStatus | None = input_field("Only those with this status.")


@strawberry.input(description="A set-up of a payment method for later.")
class SetupIntentCreateInput:
    """Becomes `NewSetupIntent`."""

    customer: strawberry.ID | None = input_field("In whose file the payment method will lie.")
    payment_method: strawberry.ID | None = input_field("What to set up; a sandbox token makes a fresh one.")
    usage: FutureUsage | None = input_field("What for; OFF_SESSION when it is not said.")
    confirm: bool | None = input_field("Try it at once.")
    description: str | None = input_field("What you want to remember about it.")
    metadata: Metadata | None = input_field("Labels of your own.")


@strawberry.input(description="Which set-up to try, with what.")
class SetupIntentConfirmInput:
    """Arguments of `confirm`."""

    id: strawberry.ID = input_field("The setup intent.")
    payment_method: strawberry.ID | None = input_field("What to set up, if not what it has already.")
    client_secret: str | None = input_field("Its client secret; a publishable key needs it.")


@strawberry.input(description="Which set-up to cancel.")
class SetupIntentCancelInput:
    """Arguments of `cancel`."""

    id: strawberry.ID = input_field("The setup intent.")
    cancellation_reason: SetupIntentCancellationReason | None = input_field("Why.")


@strawberry.input(one_of=True, description="The payment or the set-up whose customer authenticates.")
class SandboxAuthenticateSubject:
    """One of the two."""

    payment_intent: strawberry.ID | None = input_field("A payment intent that REQUIRES_ACTION.")
    setup_intent: strawberry.ID | None = input_field("A setup intent that REQUIRES_ACTION.")


@strawberry.input(description="Whose 3-D Secure ends, and how.")
class SandboxAuthenticateInput:
    """Arguments of `authenticate`."""

    subject: SandboxAuthenticateSubject = input_field("What waits for its customer.")
    outcome: AuthenticationOutcome = input_field("How it ends.")


PaymentMethodCreatePayload = payload("paymentMethodCreate", payment_method=PaymentMethodRef)
PaymentMethodAttachPayload = payload("paymentMethodAttach", payment_method=PaymentMethodRef)
PaymentMethodDetachPayload = payload("paymentMethodDetach", payment_method=PaymentMethodRef)
PaymentMethodUpdatePayload = payload("paymentMethodUpdate", payment_method=PaymentMethodRef)
SandboxOutcomesSetPayload = payload("sandboxOutcomesSet", payment_method=PaymentMethodRef)
SetupIntentCreatePayload = payload("setupIntentCreate", setup_intent=SetupIntentRef)
SetupIntentConfirmPayload = payload("setupIntentConfirm", setup_intent=SetupIntentRef)
SetupIntentCancelPayload = payload("setupIntentCancel", setup_intent=SetupIntentRef)


def _answered_as(model: type) -> Any:
    """The answer of the verb where it is a row of this model."""

    def resolve(source: Outcome, _info: Any) -> Any:
        return wrapped(source.answer) if isinstance(source.answer, model) else None

    return resolve


@strawberry.type(description="What `sandboxAuthenticate` answers.")
class SandboxAuthenticatePayload:
    """One of two nouns, so no `payload(…)`."""

    payment_intent: PaymentIntentRef | None = strawberry.field(
        description="The payment intent, when it was one.", metadata={DIRECT: _answered_as(models.PaymentIntent)}
    )
    setup_intent: SetupIntentRef | None = strawberry.field(
        description="The setup intent, when it was one.", metadata={DIRECT: _answered_as(models.SetupIntent)}
    )
    user_errors: list[UserError] = strawberry.field(
        description="What was wrong; empty when all went through. A refused payment stands here beside the object."
    )
