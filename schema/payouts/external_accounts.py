"""External accounts in the API: bank accounts and debit cards that money is paid out to."""

from datetime import datetime

import strawberry

import models
from domain.external_accounts import ExternalAccountType, HolderType
from domain.ids import Prefix
from domain.lifecycles import ExternalAccountStatus
from domain.payouts import PayoutMethod
from schema.base import KINDS_BY_MODEL, KINDS_BY_PREFIX, Node, column, computed, describe_enum, input_field, node_type
from schema.payloads import payload
from schema.refs import ExternalAccountRef
from schema.scalars import Currency, Metadata
from services.payouts import payout_methods_of

describe_enum(
    ExternalAccountType,
    "What an external account is.",
    BANK_ACCOUNT="A bank account.",
    CARD="A debit card.",
)
describe_enum(
    HolderType,
    "Who holds a bank account.",
    INDIVIDUAL="A person.",
    COMPANY="A company.",
)
describe_enum(
    ExternalAccountStatus,
    "What is known of an external account.",
    NEW="Nothing speaks against it.",
    VALIDATED="The bank knows it.",
    ERRORED="A payout to it failed. Nothing is paid out in its currency until another one takes its place as default.",
)


@node_type(models.ExternalAccount, kind="payouts", prefix=Prefix.BANK_ACCOUNT)
class ExternalAccount(Node):
    """A bank account or debit card that the account is paid out to. Its number is not kept."""

    created: datetime = column("When it was added.", source="created_at")
    livemode: bool = column("Always false: so far they exist in test mode only.")
    type: ExternalAccountType = column("What it is.")
    status: ExternalAccountStatus = column("What is known of it.")
    country: str | None = column("Where it is, as a two-letter ISO 3166-1 code.")
    currency: Currency = column("The currency that it takes.")
    last4: str = column("The last four digits of its number.")
    fingerprint: str = column("The same for the same number within the account.")
    default_for_currency: bool = column("Whether its currency is paid out to it where nothing else is named.")
    account_holder_name: str | None = column("Who holds it.", source="holder_name")
    account_holder_type: HolderType | None = column("What the holder of a bank account is.", source="holder_type")
    bank_name: str | None = column("The bank of a bank account.")
    routing_number: str | None = column("The routing number of that bank, where there are such numbers.")
    brand: str | None = column("The network of a card.")
    funding: str | None = column("What a card takes its money from.")
    exp_month: int | None = column("The month in which a card expires.")
    exp_year: int | None = column("The year in which a card expires, with four digits.")
    deleted_at: datetime | None = column("When it was deleted; null of those that were not.")
    metadata: Metadata = column("Labels of your own.")

    @computed("How money reaches it.")
    def available_payout_methods(self) -> list[PayoutMethod]:
        """By what it is."""
        return [PayoutMethod(each) for each in payout_methods_of(self.row)]


# Cards have a prefix of their own.
KINDS_BY_PREFIX[Prefix.CARD] = KINDS_BY_MODEL[models.ExternalAccount]

_ACCOUNT = "A connected account, as its platform; without it, the account that the key belongs to or acts for."


@strawberry.input(description="Which external accounts to list.")
class ExternalAccountFilter:
    """Becomes `ExternalAccountSearch`."""

    type: ExternalAccountType | None = input_field("Only those of this kind.")
    currency: Currency | None = input_field("Only those in this currency.")


@strawberry.input(description="A bank account by its numbers, which are not kept.")
class ExternalBankAccountInput:
    """Becomes `BankAccountDraft`."""

    country: str = input_field("Where it is: a two-letter ISO 3166-1 code.")
    currency: Currency = input_field("The currency that it takes.")
    account_number: str = input_field("Its number; outside of the US, Canada, Australia and Great Britain an IBAN.")
    routing_number: str | None = input_field("The bank's number, where there is one: nine digits in the US.")
    account_holder_name: str | None = input_field("Who holds it; at most 200 characters.")
    account_holder_type: HolderType | None = input_field("What the holder is.")


@strawberry.input(description="A debit card by what stands on it. The number is not kept.")
class ExternalCardInput:
    """Becomes `DebitCardDraft`."""

    currency: Currency = input_field("The currency that it takes.")
    number: str = input_field("Its number, that of one of the sandbox's debit cards.")
    exp_month: int = input_field("The month in which it expires.")
    exp_year: int = input_field("The year in which it expires, with two or four digits.")
    cvc: str | None = input_field("Its security code.")
    name: str | None = input_field("Who holds it; at most 200 characters.")


@strawberry.input(one_of=True, description="How an external account is named: by one of these.")
class ExternalAccountWordsInput:
    """Becomes `ExternalAccountWords`."""

    token: str | None = input_field("A token of the sandbox, such as btok_us_verified or tok_visa_debit.")
    bank_account: ExternalBankAccountInput | None = input_field("A bank account.")
    card: ExternalCardInput | None = input_field("A debit card.")


@strawberry.input(description="What is to be paid out to.")
class ExternalAccountCreateInput:
    """Becomes `ExternalAccountDraft`."""

    external_account: ExternalAccountWordsInput = input_field("The bank account or debit card.")
    account: strawberry.ID | None = input_field(_ACCOUNT)
    default_for_currency: bool | None = input_field(
        "True makes it the default of its currency. The first of a currency is that anyway, and one that is added while"
        " the default is ERRORED."
    )
    metadata: Metadata | None = input_field("Labels of your own.")


@strawberry.input(description="What changes about an external account. What is not mentioned stays.")
class ExternalAccountUpdateInput:
    """Becomes `ExternalAccountChange`."""

    id: strawberry.ID = input_field("The external account.")
    account: strawberry.ID | None = input_field(_ACCOUNT)
    account_holder_name: strawberry.Maybe[str | None] = input_field("Who holds it; at most 200 characters.")
    account_holder_type: strawberry.Maybe[HolderType | None] = input_field("What the holder is.")
    default_for_currency: strawberry.Maybe[bool | None] = input_field(
        "True makes it the default of its currency in place of the one that is."
    )
    metadata: Metadata | None = input_field("Labels to set; an empty text removes one.")


@strawberry.input(description="Which external account goes.")
class ExternalAccountDeleteInput:
    """Arguments of `delete`."""

    id: strawberry.ID = input_field("The external account.")
    account: strawberry.ID | None = input_field(_ACCOUNT)


ExternalAccountCreatePayload = payload("externalAccountCreate", external_account=ExternalAccountRef)
ExternalAccountUpdatePayload = payload("externalAccountUpdate", external_account=ExternalAccountRef)
ExternalAccountDeletePayload = payload(
    "externalAccountDelete", external_account=(ExternalAccountRef, "The external account, deleted; null when refused.")
)
