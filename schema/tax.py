"""Tax in the API: rates, and where the account is registered."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import strawberry

import models
from domain.ids import Prefix
from domain.kinds import TaxBehavior
from domain.reckoning import TaxabilityReason
from domain.tax_ids import TaxIdVerificationStatus
from domain.taxes import AutomaticTaxStatus, RegistrationStatus, TaxLiabilityType, TaxType, registration_status
from schema.base import DIRECT, Node, Wrapping, column, computed, describe_enum, input_field, node_type, part_type
from schema.payloads import payload
from schema.refs import AccountRef, TaxRateRef, TaxRegistrationRef
from schema.relations import one
from schema.scalars import Metadata, MinorUnits

describe_enum(
    TaxType,
    "What kind of tax a rate is for.",
    ADMISSIONS_TAX="On admissions to events.",
    AMUSEMENT_TAX="On amusements.",
    ATTENDANCE_TAX="On attendance at events.",
    COMMUNICATIONS_TAX="On communication services.",
    DIGITAL_EXCISE_TAX="On digital services.",
    ENTERTAINMENT_TAX="On entertainment.",
    GET_FUND="Ghana's levy for education.",
    GROSS_RECEIPTS_TAX="On what a business takes in.",
    GST="Goods and services tax.",
    HOSPITALITY_TAX="On hospitality.",
    HST="Canada's harmonized sales tax.",
    IGST="India's tax on sales between states and from abroad.",
    JCT="Japan's consumption tax.",
    LEASE_TAX="On leases.",
    LUXURY_TAX="On luxuries.",
    MASS_TRANSIT_PARKING_TAX="On parking, for mass transit.",
    NHIL="Ghana's levy for health insurance.",
    PARKING_TAX="On parking.",
    PST="A Canadian province's sales tax.",
    QST="Quebec's sales tax.",
    RESORT_TAX="On resorts.",
    RETAIL_DELIVERY_FEE="On deliveries.",
    RST="Manitoba's sales tax.",
    SALES_TAX="Sales tax as in the United States.",
    SERVICE_TAX="On services.",
    TOURISM_TAX="On tourism.",
    UTILITY_USERS_TAX="On the use of utilities.",
    VAT="Value added tax.",
)
describe_enum(
    TaxabilityReason,
    "Why a tax is asked for, or is not.",
    STANDARD_RATED="It is asked for at its rate.",
    REDUCED_RATED="It is asked for at a lower rate.",
    ZERO_RATED="Its rate is zero.",
    CUSTOMER_EXEMPT="The customer is exempt.",
    REVERSE_CHARGE="The customer accounts for it.",
    NOT_COLLECTING="There is no registration where the customer is.",
    NOT_SUPPORTED="No tax is known where the customer is.",
)
describe_enum(
    RegistrationStatus,
    "Whether tax is collected for a registration.",
    SCHEDULED="Not yet.",
    ACTIVE="Yes.",
    EXPIRED="Not any more.",
)


@node_type(models.TaxRate, kind="tax", prefix=Prefix.TAX_RATE)
class TaxRate(Node):
    """A percentage that goes to a tax office. What it asks for never changes: a new rate replaces an old one."""

    created: datetime = column("When it was made.", source="created_at")
    livemode: bool = column("Whether real money is meant.")
    display_name: str = column("What customers read: VAT, GST.")
    percentage: Decimal = column("How much of the amount, in per cent with at most four decimals.")
    inclusive: bool = column("Whether amounts have the tax in them already; otherwise it comes on top.")
    active: bool = column("Whether it can be used anew; archived, it keeps serving what has it.")
    description: str | None = column("For your own eyes.")
    jurisdiction: str | None = column("Whose tax it is; customers read it.")
    country: str | None = column("Its country: a two-letter ISO 3166-1 code.")
    state: str | None = column("Its part of the country, as in ISO 3166-2 without the country.")
    tax_type: TaxType | None = column("What kind of tax it is for.")
    metadata: Metadata = column("Labels of your own.")


describe_enum(
    AutomaticTaxStatus,
    "How far the tax of an invoice could be worked out from where its customer is.",
    COMPLETE="It was worked out.",
    REQUIRES_LOCATION_INPUTS="It is not known where the customer is; the invoice cannot be finalized.",
    FAILED="The calculation failed for the moment; a draft that goes on by itself is tried again.",
)


describe_enum(
    TaxIdVerificationStatus,
    "What an authority said of a tax number.",
    UNAVAILABLE="Its form and its check digits are right; no authority was asked.",
)


@part_type
class CustomerTaxIdVerification(Wrapping):
    """What an authority said of a tax number."""

    status: TaxIdVerificationStatus = column("Whether it knows the number.", source="verification_status")


describe_enum(
    TaxLiabilityType,
    "Who owes tax.",
    SELF="The account that charges.",
    ACCOUNT="A connected account, whose registrations and country then decide what is collected.",
)


@part_type
class TaxLiability(Wrapping):
    """Who owes the tax that is worked out."""

    account: AccountRef | None = one("tax_liability_id", "The connected account; null with SELF.")

    @computed("Who it is.")
    def type(self) -> TaxLiabilityType:
        """An account that is named, or the one that charges."""
        return TaxLiabilityType.SELF if self.row.tax_liability_id is None else TaxLiabilityType.ACCOUNT


def _liability() -> Any:
    """A field for who owes the tax."""

    def resolve(source: Any, _info: Any) -> TaxLiability:
        return TaxLiability.of(source.row)

    return strawberry.field(description="Who owes the tax.", metadata={DIRECT: resolve})


@part_type
class SubscriptionAutomaticTax(Wrapping):
    """Whether the tax of a subscription's invoices is worked out from where its customer is."""

    enabled: bool = column("Whether it is.", source="automatic_tax")
    liability: TaxLiability = _liability()


@part_type
class InvoiceAutomaticTax(Wrapping):
    """Whether the tax of an invoice is worked out from where its customer is, and how far that came."""

    enabled: bool = column("Whether it is.", source="automatic_tax")
    status: AutomaticTaxStatus | None = column(
        "How far that came; null where it is not enabled.", source="automatic_tax_status"
    )
    liability: TaxLiability = _liability()


def automatic_tax(part: type[Wrapping]) -> Any:
    """A field for what a row says of automatic tax."""

    def resolve(source: Any, _info: Any) -> Wrapping:
        return part.of(source.row)

    return strawberry.field(
        description="Whether tax is worked out from where the customer is.", metadata={DIRECT: resolve}
    )


@strawberry.input(description="Who is to owe the tax.")
class TaxLiabilityInput:
    """Becomes `TaxLiabilityDraft`."""

    type: TaxLiabilityType = input_field("Who it is; a platform alone can say ACCOUNT.")
    account: strawberry.ID | None = input_field("With ACCOUNT, a connected account.")


@strawberry.input(description="Whether tax is to be worked out from where the customer is.")
class AutomaticTaxInput:
    """Becomes `AutomaticTaxDraft`."""

    enabled: bool = input_field(
        "Whether it is; the places where whoever owes it is registered then decide what is collected."
    )
    liability: TaxLiabilityInput | None = input_field(
        "Who owes it; the account that charges by default. Of a subscription that is decided before its first invoice."
    )


@part_type
class TaxAmount(Wrapping):
    """What a tax rate comes to on a line or an invoice."""

    tax_rate: TaxRateRef | None = one(
        "tax_rate", "The rate; null in a preview for which automatic tax would have to make it first."
    )
    amount: MinorUnits = column("How much tax that is.")
    taxable_amount: MinorUnits = column("What it is a percentage of: after discounts, and without tax.")
    tax_behavior: TaxBehavior = column("Whether the tax is in the amount already, or comes on top.")
    taxability_reason: TaxabilityReason = column("Why it is asked for, or is not.")


def tax_amounts(column: str, description: str) -> Any:
    """A field for the taxes that a row keeps in a column."""

    def resolve(source: Any, _info: Any) -> list[TaxAmount]:
        return [TaxAmount.of(each) for each in getattr(source.row, column)]

    return strawberry.field(description=description, metadata={DIRECT: resolve})


def _status(source: Any, info: Any) -> RegistrationStatus:
    return registration_status(source.row.active_from, source.row.expires_at, info.context.scope.clock.now())


@node_type(models.TaxRegistration, kind="tax", prefix=Prefix.TAX_REGISTRATION)
class TaxRegistration(Node):
    """A place where the account is registered and collects tax."""

    created: datetime = column("When it was made.", source="created_at")
    livemode: bool = column("Whether real money is meant.")
    country: str = column("The country: a two-letter ISO 3166-1 code.")
    state: str | None = column("The part of the country, where that has taxes of its own.")
    status: RegistrationStatus = strawberry.field(
        description="Whether tax is collected for it now.", metadata={DIRECT: _status}
    )
    active_from: datetime = column("From when on tax is collected.")
    expires_at: datetime | None = column("From when on it is not collected any more; null for ever.")


@strawberry.input(description="What a new tax rate starts with.")
class TaxRateCreateInput:
    """Becomes `TaxRateDraft`."""

    display_name: str = input_field("What customers read; at most 50 characters.")
    percentage: Decimal = input_field("From 0 to 100 with at most four decimals.")
    inclusive: bool = input_field("Whether amounts have the tax in them already; otherwise it comes on top.")
    active: bool | None = input_field("Whether it can be used; true by default.")
    description: str | None = input_field("For your own eyes; at most 500 characters.")
    jurisdiction: str | None = input_field("Whose tax it is; at most 50 characters.")
    country: str | None = input_field("A two-letter ISO 3166-1 code.")
    state: str | None = input_field("A part of the country, as in ISO 3166-2 without the country.")
    tax_type: TaxType | None = input_field("What kind of tax it is for.")
    metadata: Metadata | None = input_field("Labels of your own.")


@strawberry.input(
    description="What changes about a tax rate. What is not mentioned stays; what it asks for cannot be mentioned."
)
class TaxRateUpdateInput:
    """Becomes `TaxRateChange`."""

    id: strawberry.ID = input_field("The tax rate.")
    display_name: strawberry.Maybe[str | None] = input_field("What customers read; at most 50 characters.")
    active: strawberry.Maybe[bool | None] = input_field("Whether it can be used anew; false archives it.")
    description: strawberry.Maybe[str | None] = input_field("For your own eyes; null removes it.")
    jurisdiction: strawberry.Maybe[str | None] = input_field("Whose tax it is; null removes it.")
    country: strawberry.Maybe[str | None] = input_field("A two-letter ISO 3166-1 code; null removes it.")
    state: strawberry.Maybe[str | None] = input_field("A part of the country; null removes it.")
    tax_type: strawberry.Maybe[TaxType | None] = input_field("What kind of tax it is for; null removes it.")
    metadata: Metadata | None = input_field("Labels of your own, merged into what is there.")


@strawberry.input(description="Which tax rates to list. What is not given is not asked.")
class TaxRateFilter:
    """Becomes `TaxRateSearch`."""

    active: bool | None = input_field("Only those that can be used, or only archived ones.")
    inclusive: bool | None = input_field("Only those that amounts have in them already, or only the others.")


@strawberry.input(description="Where and when tax is to be collected.")
class TaxRegistrationCreateInput:
    """Becomes `TaxRegistrationDraft`."""

    country: str = input_field("A two-letter ISO 3166-1 code.")
    state: str | None = input_field("The part of the country, where that has taxes of its own.")
    active_from: datetime | None = input_field("From when on; now by default.")
    expires_at: datetime | None = input_field("Until when; for ever by default.")


@strawberry.input(description="What changes about a registration. What is not mentioned stays.")
class TaxRegistrationUpdateInput:
    """Becomes `TaxRegistrationChange`."""

    id: strawberry.ID = input_field("The registration.")
    active_from: strawberry.Maybe[datetime | None] = input_field("From when on, as long as that has not come.")
    expires_at: strawberry.Maybe[datetime | None] = input_field(
        "From when on no tax is collected any more; null lets it last for ever."
    )


@strawberry.input(description="Which registrations to list. What is not given is not asked.")
class TaxRegistrationFilter:
    """Becomes `TaxRegistrationSearch`."""

    country: str | None = input_field("Only those in this country.")
    status: RegistrationStatus | None = input_field("Only those that are this now.")


TaxRateCreatePayload = payload("taxRateCreate", tax_rate=(TaxRateRef, "The new tax rate."))
TaxRateUpdatePayload = payload("taxRateUpdate", tax_rate=TaxRateRef)
TaxRegistrationCreatePayload = payload(
    "taxRegistrationCreate", tax_registration=(TaxRegistrationRef, "The new registration.")
)
TaxRegistrationUpdatePayload = payload("taxRegistrationUpdate", tax_registration=TaxRegistrationRef)
