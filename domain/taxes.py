"""Tax rates and registrations: the words that they carry, and what a rate may ask for (spec 05, Tax)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final

from domain.errors import DomainError, ErrorCode, Problem
from domain.money import unit_amount_text

PERCENTAGE_MAX: Final = 100
PERCENTAGE_DECIMALS_MAX: Final = 4
RETRIED_FIRST: Final = timedelta(minutes=10)
RETRIED_AT_THE_LATEST: Final = timedelta(hours=12)
"""After which time a calculation is tried again that failed, first and at the most; it doubles."""
RATES_OF_A_LINE_MAX: Final = 5
"""As Stripe's: so many rates may ask for tax on one amount."""


class TaxType(StrEnum):
    """What kind of tax a rate is for."""

    ADMISSIONS_TAX = "admissions_tax"
    AMUSEMENT_TAX = "amusement_tax"
    ATTENDANCE_TAX = "attendance_tax"
    COMMUNICATIONS_TAX = "communications_tax"
    DIGITAL_EXCISE_TAX = "digital_excise_tax"
    ENTERTAINMENT_TAX = "entertainment_tax"
    GET_FUND = "get_fund"
    GROSS_RECEIPTS_TAX = "gross_receipts_tax"
    GST = "gst"
    HOSPITALITY_TAX = "hospitality_tax"
    HST = "hst"
    IGST = "igst"
    JCT = "jct"
    LEASE_TAX = "lease_tax"
    LUXURY_TAX = "luxury_tax"
    MASS_TRANSIT_PARKING_TAX = "mass_transit_parking_tax"
    NHIL = "nhil"
    PARKING_TAX = "parking_tax"
    PST = "pst"
    QST = "qst"
    RESORT_TAX = "resort_tax"
    RETAIL_DELIVERY_FEE = "retail_delivery_fee"
    RST = "rst"
    SALES_TAX = "sales_tax"
    SERVICE_TAX = "service_tax"
    TOURISM_TAX = "tourism_tax"
    UTILITY_USERS_TAX = "utility_users_tax"
    VAT = "vat"


class RegistrationStatus(StrEnum):
    """Whether tax is collected for a registration at a moment."""

    SCHEDULED = "scheduled"
    ACTIVE = "active"
    EXPIRED = "expired"


class AutomaticTaxStatus(StrEnum):
    """How far the tax of an invoice could be worked out from where its customer is."""

    COMPLETE = "complete"
    REQUIRES_LOCATION_INPUTS = "requires_location_inputs"
    FAILED = "failed"


class PriceTaxDefault(StrEnum):
    """What is meant where a price does not say whether tax is in its amount already."""

    INFERRED_BY_CURRENCY = "inferred_by_currency"
    INCLUSIVE = "inclusive"
    EXCLUSIVE = "exclusive"

    def is_inclusive(self, currency: str) -> bool:
        """Whether tax is in amounts of this currency; inferred, it comes on top of US and Canadian dollars only."""
        if self is PriceTaxDefault.INFERRED_BY_CURRENCY:
            return currency not in ("usd", "cad")
        return self is PriceTaxDefault.INCLUSIVE


class TaxLiabilityType(StrEnum):
    """Who owes the tax that is worked out."""

    SELF = "self"
    """The account that charges."""
    ACCOUNT = "account"
    """A connected account, whose registrations then decide."""


@dataclass(frozen=True, slots=True)
class TaxLiabilityDraft:
    """Who is to owe the tax."""

    type: TaxLiabilityType
    account: str | None = None


@dataclass(frozen=True, slots=True)
class AutomaticTaxDraft:
    """Whether tax is to be worked out from where the customer is, and by whom it is owed; None leaves that."""

    enabled: bool
    liability: TaxLiabilityDraft | None = None

    @property
    def liable(self) -> str | None:
        """The account that owes the tax; None where that is the one that charges, or nothing was said."""
        return None if self.liability is None else self.liability.account


def is_enabled(draft: AutomaticTaxDraft | None) -> bool:
    """Whether automatic tax was asked for."""
    return draft is not None and draft.enabled


def liable_of(draft: AutomaticTaxDraft | None) -> str | None:
    """The account that is to owe it; None where that is the one that charges, or nothing was said."""
    return None if draft is None else draft.liable


def liability_of(account_id: str | None) -> TaxLiabilityDraft:
    """What a row keeps of who owes tax, as it was said."""
    who = TaxLiabilityType.SELF if account_id is None else TaxLiabilityType.ACCOUNT
    return TaxLiabilityDraft(who, account_id)


def liability_problem(liability: TaxLiabilityDraft, param: tuple[str, ...]) -> Problem | None:
    """What is wrong with how it was said who owes tax; None when nothing is."""
    if liability.type is TaxLiabilityType.ACCOUNT and liability.account is None:
        message = "With type ACCOUNT it has to be said which account owes the tax."
        return Problem(ErrorCode.PARAMETER_MISSING, message, (*param, "account"))
    if liability.type is TaxLiabilityType.SELF and liability.account is not None:
        message = f"With type SELF nobody else owes the tax; leave out {liability.account}, or say ACCOUNT."
        return Problem(ErrorCode.PARAMETERS_EXCLUSIVE, message, (*param, "account"))
    return None


@dataclass(frozen=True, slots=True)
class TaxPlace:
    """A country, or a part of one that has taxes of its own; both as in ISO 3166."""

    country: str
    state: str | None = None

    def __str__(self) -> str:
        """`DE`, `CA-QC`."""
        return self.country if self.state is None else f"{self.country}-{self.state}"


def automatic_tax_problem(
    status: AutomaticTaxStatus | str | None, customer_id: str, param: str | tuple[str, ...] = "id"
) -> Problem | None:
    """Why an invoice whose automatic tax came so far cannot be finalized; None when it can, as one without it can."""
    path = (param,) if isinstance(param, str) else param
    match status:
        case AutomaticTaxStatus.REQUIRES_LOCATION_INPUTS:
            return Problem(
                ErrorCode.CUSTOMER_TAX_LOCATION_INVALID,
                f"Customer {customer_id} has no address that tells where they are taxed; it would need a country, and"
                " in Canada a province or a postal code.",
                path,
            )
        case AutomaticTaxStatus.FAILED:
            return Problem(
                ErrorCode.TAXES_CALCULATION_FAILED,
                f"The tax of customer {customer_id} could not be worked out for the moment; try again later.",
                path,
            )
    return None


def rates_beside_automatic_tax(*param: str) -> DomainError:
    """What is wrong where rates are named and automatic tax is wanted; `param` is the field that says one of them."""
    return DomainError(
        ErrorCode.PARAMETERS_EXCLUSIVE,
        "Tax is either worked out by automaticTax or asked for by tax rates; leave one of them out.",
        param or "automaticTax",
    )


def tried_again_after(failures: int) -> timedelta:
    """How long to wait after so many failures in a row, from 1."""
    return min(RETRIED_FIRST * (1 << min(failures - 1, 16)), RETRIED_AT_THE_LATEST)


def percentage_text(percentage: Decimal, param: str | tuple[str, ...] = "percentage") -> str:
    """The percentage as it is stored and shown ("19", "25.5"); from 0 to 100 with at most four decimals."""
    possible = percentage.is_finite() and 0 <= percentage <= PERCENTAGE_MAX
    if not possible or percentage.scaleb(PERCENTAGE_DECIMALS_MAX) % 1:
        raise DomainError(
            ErrorCode.PARAMETER_INVALID,
            f"A tax of {percentage:f} per cent is not possible; it would have to be from 0 to {PERCENTAGE_MAX} with at"
            f" most {PERCENTAGE_DECIMALS_MAX} decimals.",
            param,
        )
    return unit_amount_text(abs(percentage))  # there is a zero with a sign


def registration_status(active_from: datetime, expires_at: datetime | None, at: datetime) -> RegistrationStatus:
    """What a registration is at this moment: it begins with `active_from` and is over with `expires_at`."""
    if expires_at is not None and expires_at <= at:
        return RegistrationStatus.EXPIRED
    return RegistrationStatus.ACTIVE if active_from <= at else RegistrationStatus.SCHEDULED
