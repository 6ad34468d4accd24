"""Inputs that make, change, complete and disconnect accounts, and what they answer."""

from datetime import datetime

import strawberry

from domain.accounts import AccountType, BusinessType, Dashboard, FeesPayer, LossesPayer, RequirementCollection
from domain.payout_schedules import PayoutInterval, Weekday
from schema.accounts.persons import IndividualInput
from schema.base import input_field
from schema.customers.addresses import AddressInput
from schema.events import CreatedFilter
from schema.payloads import payload
from schema.refs import AccountRef
from schema.scalars import Currency, Metadata


@strawberry.input(description="Who pays fees.")
class AccountControllerFeesInput:
    """Becomes `FeesDraft`."""

    payer: FeesPayer | None = input_field("Who pays the processing fees of direct charges; ACCOUNT by default.")


@strawberry.input(description="Who covers losses.")
class AccountControllerLossesInput:
    """Becomes `LossesDraft`."""

    payments: LossesPayer | None = input_field("Who covers a negative balance; STRIPE by default.")


@strawberry.input(description="Who answers for what. What is not mentioned is as with STANDARD.")
class AccountControllerInput:
    """Becomes `ControllerDraft`."""

    fees: AccountControllerFeesInput | None = input_field("Who pays fees.")
    losses: AccountControllerLossesInput | None = input_field("Who covers losses.")
    requirement_collection: RequirementCollection | None = input_field(
        "Who collects what must be known; STRIPE by default."
    )
    dashboard: Dashboard | None = input_field("What the account has to look after itself with; FULL by default.")


@strawberry.input(description="What a business shows of itself. What is not mentioned stays; null removes.")
class AccountBusinessProfileInput:
    """Becomes `BusinessProfileChange`."""

    name: strawberry.Maybe[str | None] = input_field("What customers know it by.")
    mcc: strawberry.Maybe[str | None] = input_field("Its merchant category code, four digits.")
    product_description: strawberry.Maybe[str | None] = input_field("What it sells, where it has no web page.")
    url: strawberry.Maybe[str | None] = input_field("Its web page.")
    support_email: strawberry.Maybe[str | None] = input_field("Where customers write.")
    support_phone: strawberry.Maybe[str | None] = input_field("Where customers call.")
    support_url: strawberry.Maybe[str | None] = input_field("Where customers look for help.")
    support_address: strawberry.Maybe[AddressInput | None] = input_field("Where customers send things, as a whole.")


@strawberry.input(description="A company. What is not mentioned stays; null removes.")
class AccountCompanyInput:
    """Becomes `CompanyChange`."""

    name: strawberry.Maybe[str | None] = input_field("Its name in law.")
    phone: strawberry.Maybe[str | None] = input_field("Its telephone number.")
    address: strawberry.Maybe[AddressInput | None] = input_field("Where it has its seat, as a whole.")
    tax_id: strawberry.Maybe[str | None] = input_field("Its tax number, of which only that it was given is kept.")
    vat_id: strawberry.Maybe[str | None] = input_field("Its VAT number, of which only that it was given is kept.")


@strawberry.input(description="Whether an account is to be able to do something.")
class CapabilityInput:
    """Becomes `CapabilityWish`."""

    requested: bool = input_field("Whether it is asked for.")


@strawberry.input(description="What an account is to be able to do. What is not mentioned stays.")
class AccountCapabilitiesInput:
    """Becomes `CapabilitiesChange`."""

    card_payments: CapabilityInput | None = input_field("Taking payments by card.")
    transfers: CapabilityInput | None = input_field("Receiving money from its platform.")


@strawberry.input(description="How an account looks on pages, receipts and invoices; null removes.")
class AccountBrandingInput:
    """Becomes `BrandingChange`."""

    icon: strawberry.Maybe[str | None] = input_field("Address of a square picture.")
    logo: strawberry.Maybe[str | None] = input_field("Address of a picture in place of the icon and the name.")
    primary_color: strawberry.Maybe[str | None] = input_field("The brand's color as `#rrggbb`.")
    secondary_color: strawberry.Maybe[str | None] = input_field("A color beside it as `#rrggbb`.")


@strawberry.input(description="How an account takes payments.")
class AccountPaymentsSettingsInput:
    """Becomes `PaymentsSettingsChange`."""

    statement_descriptor: strawberry.Maybe[str | None] = input_field(
        "What card statements say; 22 characters at the most."
    )


@strawberry.input(description="When an account is paid out by itself. A new interval drops the former anchor.")
class PayoutScheduleInput:
    """Becomes `PayoutScheduleChange`."""

    interval: PayoutInterval | None = input_field("How often.")
    weekly_anchor: strawberry.Maybe[Weekday | None] = input_field("The day, with WEEKLY alone.")
    monthly_anchor: strawberry.Maybe[int | None] = input_field("The day from 1 to 31, with MONTHLY alone.")
    delay_days: int | None = input_field("Days after which the money of a charge is available, from 2 to 31.")


@strawberry.input(description="How an account is paid out.")
class AccountPayoutsSettingsInput:
    """Becomes `PayoutsSettingsChange`."""

    schedule: PayoutScheduleInput | None = input_field("When it is paid out by itself.")


@strawberry.input(description="What an account is set to. What is not mentioned stays.")
class AccountSettingsInput:
    """Becomes `AccountSettingsChange`."""

    branding: AccountBrandingInput | None = input_field("How it looks.")
    payments: AccountPaymentsSettingsInput | None = input_field("How it takes payments.")
    payouts: AccountPayoutsSettingsInput | None = input_field("How it is paid out.")


@strawberry.input(description="That the terms were accepted.")
class AccountTermsAcceptanceInput:
    """Becomes `TermsAcceptance`."""

    ip: str = input_field("From which address.")
    date: datetime | None = input_field("When; now without it.")
    user_agent: str | None = input_field("With which browser.")


@strawberry.input(description="What a new account starts with: a type or a controller, and whatever is known of it.")
class AccountCreateInput:
    """Becomes `AccountDraft`."""

    type: AccountType | None = input_field("A set of controller values; STANDARD without this and `controller`.")
    controller: AccountControllerInput | None = input_field("Who answers for what, value by value.")
    country: str | None = input_field("Where it is at home, for good: a two-letter code; the platform's by default.")
    default_currency: Currency | None = input_field("The currency of its country by default.")
    email: str | None = input_field("Where mail about it goes.")
    business_type: BusinessType | None = input_field("What it is in law.")
    business_profile: AccountBusinessProfileInput | None = input_field("What it shows of itself.")
    company: AccountCompanyInput | None = input_field("The company behind it.")
    individual: IndividualInput | None = input_field("The person that it is, of the `businessType` INDIVIDUAL.")
    capabilities: AccountCapabilitiesInput | None = input_field(
        "What it is to be able to do; with a full dashboard everything, unless this says otherwise."
    )
    settings: AccountSettingsInput | None = input_field("What it is set to.")
    tos_acceptance: AccountTermsAcceptanceInput | None = input_field(
        "That the terms were accepted, where the platform collects requirements."
    )
    metadata: Metadata | None = input_field("Labels of your own.")


@strawberry.input(description="What changes about an account. What is not mentioned stays.")
class AccountUpdateInput:
    """Becomes `AccountChange`."""

    id: strawberry.ID | None = input_field("Your own account without it, or one that is connected to yours.")
    default_currency: Currency | None = input_field("The currency that is meant where none is named.")
    email: strawberry.Maybe[str | None] = input_field("Where mail about it goes; null removes it.")
    business_type: BusinessType | None = input_field("What it is in law.")
    business_profile: AccountBusinessProfileInput | None = input_field("What it shows of itself.")
    company: AccountCompanyInput | None = input_field("The company behind it.")
    individual: IndividualInput | None = input_field("The person that it is, of the `businessType` INDIVIDUAL.")
    capabilities: AccountCapabilitiesInput | None = input_field("What it is to be able to do.")
    settings: AccountSettingsInput | None = input_field("What it is set to.")
    tos_acceptance: AccountTermsAcceptanceInput | None = input_field(
        "That the terms were accepted: by the account itself, or where the platform collects requirements."
    )
    metadata: Metadata | None = input_field("Labels of your own, merged into what is there.")


@strawberry.input(description="Which account to complete with test data.")
class SandboxAccountOnboardInput:
    """The id alone."""

    id: strawberry.ID | None = input_field("Your own account without it, or one that is connected to yours.")


@strawberry.input(description="Which account to disconnect from its platform.")
class AccountDeauthorizeInput:
    """The id alone."""

    id: strawberry.ID | None = input_field("Your own account without it, or one that is connected to yours.")


@strawberry.input(description="Which account to connect to its platform again.")
class AccountReconnectInput:
    """The id alone."""

    id: strawberry.ID | None = input_field("Your own account without it, or one that was connected to yours.")


@strawberry.input(description="Which accounts to list. What is not given is not asked.")
class AccountFilter:
    """Becomes `AccountSearch`."""

    created: CreatedFilter | None = input_field("Only those made in this span.")
    type: AccountType | None = input_field("Only those of this type.")
    email: str | None = input_field("Only those with this e-mail, as it was written.")
    country: str | None = input_field("Only those at home here: a two-letter code in capitals.")
    charges_enabled: bool | None = input_field("Only those that can take payments by card, or cannot.")
    payouts_enabled: bool | None = input_field("Only those that can be paid out, or cannot.")
    details_submitted: bool | None = input_field("Only those that submitted everything, or did not.")
    connected: bool | None = input_field("Only those that are connected, or are no more.")


AccountCreatePayload = payload("accountCreate", account=(AccountRef, "The new account."))
AccountUpdatePayload = payload("accountUpdate", account=AccountRef)
SandboxAccountOnboardPayload = payload("sandboxAccountOnboard", account=(AccountRef, "The account, complete."))
AccountDeauthorizePayload = payload("accountDeauthorize", account=(AccountRef, "The account, disconnected."))
AccountReconnectPayload = payload("accountReconnect", account=(AccountRef, "The account, connected again."))
