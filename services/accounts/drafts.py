"""What callers send about accounts and the persons behind them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from domain.accounts import (
    AccountType,
    BusinessType,
    Controller,
    Dashboard,
    FeesPayer,
    LossesPayer,
    RequirementCollection,
)
from domain.addresses import Address
from domain.drafts import UNSET, Unset
from domain.payout_schedules import PayoutInterval, Weekday
from services.events import CreatedSpan


@dataclass(frozen=True, slots=True, kw_only=True)
class FeesDraft:
    """Who pays processing fees."""

    payer: FeesPayer = FeesPayer.ACCOUNT


@dataclass(frozen=True, slots=True, kw_only=True)
class LossesDraft:
    """Who covers losses."""

    payments: LossesPayer = LossesPayer.STRIPE


@dataclass(frozen=True, slots=True, kw_only=True)
class ControllerDraft:
    """Who answers for what in a new account."""

    fees: FeesDraft = FeesDraft()
    losses: LossesDraft = LossesDraft()
    requirement_collection: RequirementCollection = RequirementCollection.STRIPE
    dashboard: Dashboard = Dashboard.FULL

    def controller(self) -> Controller:
        """The values in one row."""
        return Controller(
            fees_payer=self.fees.payer,
            losses_payments=self.losses.payments,
            requirement_collection=self.requirement_collection,
            dashboard=self.dashboard,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessProfileChange:
    """What a business shows of itself; None removes."""

    name: str | Unset | None = UNSET
    mcc: str | Unset | None = UNSET
    product_description: str | Unset | None = UNSET
    url: str | Unset | None = UNSET
    support_email: str | Unset | None = UNSET
    support_phone: str | Unset | None = UNSET
    support_url: str | Unset | None = UNSET
    support_address: Address | Unset | None = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyChange:
    """The company behind an account; of its numbers only that they were given is kept."""

    name: str | Unset | None = UNSET
    phone: str | Unset | None = UNSET
    address: Address | Unset | None = UNSET
    tax_id: str | Unset | None = UNSET
    vat_id: str | Unset | None = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class BirthDate:
    """When somebody was born."""

    day: int
    month: int
    year: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RelationshipChange:
    """What a person is to the account."""

    representative: bool | Unset = UNSET
    owner: bool | Unset = UNSET
    director: bool | Unset = UNSET
    executive: bool | Unset = UNSET
    title: str | Unset | None = UNSET
    percent_ownership: Decimal | Unset | None = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class IndividualChange:
    """What changes about a person; None removes. Numbers are looked at and forgotten."""

    first_name: str | Unset | None = UNSET
    last_name: str | Unset | None = UNSET
    email: str | Unset | None = UNSET
    phone: str | Unset | None = UNSET
    dob: BirthDate | Unset | None = UNSET
    address: Address | Unset | None = UNSET
    nationality: str | Unset | None = UNSET
    id_number: str | Unset | None = UNSET
    ssn_last4: str | Unset | None = UNSET
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonChange(IndividualChange):
    """The same about anybody behind an account, whose relationship to it may change too."""

    relationship: RelationshipChange = RelationshipChange()


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonDraft(PersonChange):
    """Somebody more behind an account: the caller's own, or one connected to it."""

    account: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CapabilityWish:
    """Whether the account is to be able to do something."""

    requested: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CapabilitiesChange:
    """What the account is to be able to do."""

    card_payments: CapabilityWish | Unset = UNSET
    transfers: CapabilityWish | Unset = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class BrandingChange:
    """How the account looks; None removes."""

    icon: str | Unset | None = UNSET
    logo: str | Unset | None = UNSET
    primary_color: str | Unset | None = UNSET
    secondary_color: str | Unset | None = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentsSettingsChange:
    """How it takes payments."""

    statement_descriptor: str | Unset | None = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutScheduleChange:
    """When it is paid out. A new interval drops the anchor of the former one."""

    interval: PayoutInterval | Unset = UNSET
    weekly_anchor: Weekday | Unset | None = UNSET
    monthly_anchor: int | Unset | None = UNSET
    delay_days: int | Unset = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutsSettingsChange:
    """How it is paid out."""

    schedule: PayoutScheduleChange = PayoutScheduleChange()


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountSettingsChange:
    """What an account is set to by whoever is responsible for it."""

    branding: BrandingChange = BrandingChange()
    payments: PaymentsSettingsChange = PaymentsSettingsChange()
    payouts: PayoutsSettingsChange = PayoutsSettingsChange()


@dataclass(frozen=True, slots=True, kw_only=True)
class TermsAcceptance:
    """That somebody accepted the terms: from where, and when (now without a date)."""

    ip: str
    date: datetime | None = None
    user_agent: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountChange:
    """What changes about an account; None removes, nested parts are merged."""

    email: str | Unset | None = UNSET
    default_currency: str | Unset = UNSET
    business_type: BusinessType | Unset = UNSET
    business_profile: BusinessProfileChange = BusinessProfileChange()
    company: CompanyChange = CompanyChange()
    individual: IndividualChange = IndividualChange()
    capabilities: CapabilitiesChange = CapabilitiesChange()
    settings: AccountSettingsChange = AccountSettingsChange()
    tos_acceptance: TermsAcceptance | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountDraft(AccountChange):
    """A new connected account: of a type, or with a controller."""

    type: AccountType | None = None
    controller: ControllerDraft | None = None
    country: str | None = None
    """The platform's own without one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountSearch:
    """Which connected accounts a list shows; None asks nothing."""

    created: CreatedSpan | None = None
    type: AccountType | None = None
    email: str | None = None
    country: str | None = None
    charges_enabled: bool | None = None
    payouts_enabled: bool | None = None
    details_submitted: bool | None = None
    connected: bool | None = None


NOTHING = AccountChange()
"""A change of nothing."""
