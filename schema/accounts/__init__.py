"""Accounts in the API: who sells. Their settings stand in `schema/settings.py`."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import strawberry

import models
from domain.accounts import (
    NO_TYPE,
    AccountType,
    BusinessType,
    Dashboard,
    FeesPayer,
    LossesPayer,
    RequirementCollection,
    payer_of,
)
from domain.ids import Prefix
from domain.onboarding import CapabilityStatus, DisabledReason, disabled_reason
from domain.settings import settings_of
from schema.base import DIRECT, Node, Wrapping, column, computed, describe_enum, node_type, part_type
from schema.connections import Connection
from schema.customers.addresses import Address
from schema.refs import PersonRef
from schema.relations import one, page
from schema.scalars import Currency, Metadata
from schema.settings import AccountSettings

describe_enum(
    AccountType,
    "A set of controller values with a name.",
    STANDARD="The account pays fees, answers for losses, and looks after itself in a full dashboard.",
    EXPRESS="The platform pays fees and covers losses; the account has an express dashboard.",
    CUSTOM="The platform answers for everything; the account has no dashboard.",
)
describe_enum(
    FeesPayer,
    "Who pays the processing fees of direct charges.",
    ACCOUNT="The account.",
    APPLICATION="The platform.",
)
describe_enum(
    LossesPayer,
    "Who covers a negative balance that the account does not make good.",
    STRIPE="Whoever runs this server.",
    APPLICATION="The platform.",
)
describe_enum(
    RequirementCollection,
    "Who collects what must be known of the account, and keeps it up to date.",
    STRIPE="Whoever runs this server, from the account itself.",
    APPLICATION="The platform.",
)
describe_enum(
    Dashboard,
    "What the account has to look after itself with.",
    FULL="All of it, with keys of its own.",
    EXPRESS="What it earned and where it is sent.",
    NONE="Nothing: the platform acts for it.",
)
describe_enum(
    BusinessType,
    "What the business is in law.",
    INDIVIDUAL="One person.",
    COMPANY="A company.",
    NON_PROFIT="An organization without profit.",
    GOVERNMENT_ENTITY="A public body.",
)
describe_enum(
    CapabilityStatus,
    "Whether an account is able to do what was asked for.",
    ACTIVE="It is.",
    INACTIVE="Something is missing; `requirements` says what.",
    PENDING="Everything was given, and some of it is still being checked.",
)
describe_enum(
    DisabledReason,
    "Why an account is not able to do all that was asked for.",
    PAST_DUE="Something is missing: `requirements.past_due`.",
    PENDING_VERIFICATION="Something is still being checked: `requirements.pending_verification`.",
)


@part_type
class AccountControllerFees(Wrapping):
    """Who pays fees."""

    @computed("Who pays the processing fees of direct charges.")
    def payer(self) -> FeesPayer:
        """Reads through to the account."""
        return payer_of(self.row.fees_payer)


@part_type
class AccountControllerLosses(Wrapping):
    """Who covers losses."""

    payments: LossesPayer = column(
        "Who covers a negative balance that the account does not make good.", source="losses_payments"
    )


@part_type
class AccountController(Wrapping):
    """Who answers for what."""

    requirement_collection: RequirementCollection = column("Who collects what must be known of the account.")
    dashboard: Dashboard = column("What the account has to look after itself with.")

    @computed("Who pays fees.")
    def fees(self) -> AccountControllerFees:
        """Reads through to the account."""
        return AccountControllerFees.of(self.row)

    @computed("Who covers losses.")
    def losses(self) -> AccountControllerLosses:
        """Reads through to the account."""
        return AccountControllerLosses.of(self.row)


@part_type
class AccountCapabilities(Wrapping):
    """What an account is able to do; null is what was not asked for."""

    card_payments: CapabilityStatus | None = column("Taking payments by card.")
    transfers: CapabilityStatus | None = column("Receiving money from its platform.")


@part_type
class AccountRequirements(Wrapping):
    """What an account has still to submit, in Stripe's words: `individual.first_name`."""

    currently_due: list[str] = column("What is missing, in the order of a form.", source="requirements")
    past_due: list[str] = column("What of it keeps the account from something: all of it.", source="requirements")
    pending_verification: list[str] = column("What was given and is still being checked.")

    @computed("Why it is not able to do everything; null where it is.")
    def disabled_reason(self) -> DisabledReason | None:
        """Reads through to the account."""
        return disabled_reason(self.row.requirements, self.row.pending_verification)


@part_type
class AccountBusinessProfile(Wrapping):
    """What a business shows of itself."""

    name: str | None = column("What customers know it by.")
    mcc: str | None = column("Its merchant category code.")
    product_description: str | None = column("What it sells.")
    url: str | None = column("Its web page.")
    support_email: str | None = column("Where customers write.")
    support_phone: str | None = column("Where customers call.")
    support_url: str | None = column("Where customers look for help.")

    @computed("Where customers send things.")
    def support_address(self) -> Address | None:
        """Reads through to the account."""
        return Address.of(self.row.support_address) if self.row.support_address else None


@part_type
class AccountCompany(Wrapping):
    """The company behind an account. Numbers are not kept, only that they were given."""

    name: str | None = column("Its name in law.")
    phone: str | None = column("Its telephone number.")

    @computed("Where it has its seat.")
    def address(self) -> Address | None:
        """Reads through to the account."""
        return Address.of(self.row.address) if self.row.address else None

    @computed("Whether its tax number was given.")
    def tax_id_provided(self) -> bool:
        """Reads through to the account."""
        return bool(self.row.tax_id_provided)

    @computed("Whether its VAT number was given.")
    def vat_id_provided(self) -> bool:
        """Reads through to the account."""
        return bool(self.row.vat_id_provided)


@part_type
class AccountTermsAcceptance(Wrapping):
    """That the terms were accepted."""

    date: datetime = column("When.", source="tos_accepted_at")

    @computed("From which address.")
    def ip(self) -> str | None:
        """Reads through to the account."""
        return (self.row.tos_acceptance or {}).get("ip")

    @computed("With which browser.")
    def user_agent(self) -> str | None:
        """Reads through to the account."""
        return (self.row.tos_acceptance or {}).get("user_agent")


def _own(description: str, shown: Callable[[Any], Any]) -> Any:
    """A field of what the row shows to the account itself and to the platform that it is connected to; else null."""

    def resolve(source: Any, info: Any) -> Any:
        row = source.row
        is_told = row.disconnected_at is None or row.id == info.context.scope.account_id
        return shown(row) if is_told else None

    return strawberry.field(description=description, metadata={DIRECT: resolve})


def _profile(row: Any) -> AccountBusinessProfile:
    return AccountBusinessProfile.of({**row.business_profile, "name": row.business_name})


@node_type(models.Account, kind="accounts", prefix=Prefix.ACCOUNT)
class Account(Node):
    """A business with its own customers, catalogue and books: the platform, or one that is connected to it.

    Of an account that disconnected, its former platform reads no more than the fields that are never null here.
    """

    created: datetime = column("When it was made.", source="created_at")
    livemode: bool | None = column("The mode in which a connected account lives; null for a platform, which has both.")
    country: str = column("Where it is at home, as a two-letter ISO 3166-1 code.")
    default_currency: Currency = column("The currency that is meant where none is named.")
    disconnected_at: datetime | None = column("When it left its platform; null while it is connected.")
    details_submitted: bool = column("Whether everything about the business was submitted once.")
    charges_enabled: bool = column("Whether it can take payments by card.")
    payouts_enabled: bool = column("Whether its money can be paid out.")
    business_name: str | None = _own("What customers know it by.", lambda row: row.business_name)
    email: str | None = _own("Where mail about the account goes.", lambda row: row.email)
    business_type: BusinessType | None = _own(
        "What it is in law.", lambda row: BusinessType(row.business_type) if row.business_type else None
    )
    business_profile: AccountBusinessProfile | None = _own("What it shows of itself.", _profile)
    company: AccountCompany | None = _own(
        "The company behind it.", lambda row: AccountCompany.of(row.company) if row.company else None
    )
    individual: PersonRef | None = one("individual_id", "The person that it is, where it is an INDIVIDUAL.")
    persons: Connection[PersonRef] = page("account_id", "Everybody behind it, newest first.")
    capabilities: AccountCapabilities | None = _own(
        "What it is able to do.", lambda row: AccountCapabilities.of(row.capabilities)
    )
    requirements: AccountRequirements | None = _own("What it has still to submit.", AccountRequirements.of)
    tos_acceptance: AccountTermsAcceptance | None = _own(
        "That the terms were accepted; null while they were not.",
        lambda row: AccountTermsAcceptance.of(row) if row.tos_accepted_at else None,
    )
    metadata: Metadata | None = _own("Labels of the platform's own.", lambda row: row.metadata)
    settings: AccountSettings | None = _own(
        "How it works: every setting, those never chosen with their defaults.",
        lambda row: AccountSettings.of(settings_of(row.settings)),
    )

    @computed("Its set of controller values; null for a platform, and where they were chosen one by one.")
    def type(self) -> AccountType | None:
        """Reads through to the account."""
        return None if self.row.type in {None, NO_TYPE} else AccountType(self.row.type)

    @computed("Who answers for what; null for a platform.")
    def controller(self) -> AccountController | None:
        """Reads through to the account."""
        return AccountController.of(self.row.controller) if self.row.controller else None
