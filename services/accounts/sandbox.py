"""What the sandbox knows of everybody: test data for whatever an account has still to submit."""

from dataclasses import fields
from datetime import datetime
from typing import Final

from domain.accounts import BusinessType
from domain.addresses import Address
from domain.drafts import UNSET
from models import Account, Person
from services.accounts.drafts import (
    AccountChange,
    BirthDate,
    BusinessProfileChange,
    CapabilitiesChange,
    CapabilityWish,
    CompanyChange,
    IndividualChange,
    PersonDraft,
    RelationshipChange,
    TermsAcceptance,
)

_PHONE: Final = "+1 555 010 0100"
_BIRTH: Final = BirthDate(day=1, month=1, year=1990)
_NUMBER: Final = "000000000"


def missing_of(account: Account, person: Person | None, now: datetime) -> AccountChange:
    """The change that completes the account; what is known already stays. Both capabilities are asked for."""
    due = set(account.requirements)
    kind = BusinessType(account.business_type or BusinessType.INDIVIDUAL)
    wish = CapabilityWish(requested=True)
    return AccountChange(
        business_type=kind if account.business_type is None else UNSET,
        business_profile=BusinessProfileChange(
            mcc="5734" if "business_profile.mcc" in due else UNSET,
            url="https://accessible.stripe.com" if "business_profile.url" in due else UNSET,
        ),
        company=CompanyChange() if kind is BusinessType.INDIVIDUAL else _company(account),
        individual=_individual(account, person) if kind is BusinessType.INDIVIDUAL else IndividualChange(),
        capabilities=CapabilitiesChange(card_payments=wish, transfers=wish),
        tos_acceptance=None if account.tos_accepted_at else TermsAcceptance(ip="127.0.0.1", date=now),
    )


def representative_of(account: Account, person: Person | None) -> PersonDraft:
    """What is missing of the person who represents a company."""
    known = _individual(account, person)
    title = None if person is None else person.relationship.get("title")
    return PersonDraft(
        **{each.name: getattr(known, each.name) for each in fields(known)},
        relationship=RelationshipChange(representative=True, title=UNSET if title else "CEO"),
    )


def _company(account: Account) -> CompanyChange:
    known = account.company or {}
    return CompanyChange(
        name=UNSET if known.get("name") else account.business_name or "Test Company",
        phone=UNSET if known.get("phone") else _PHONE,
        address=UNSET if _is_whole(known.get("address")) else _address(account),
        tax_id=UNSET if known.get("tax_id_provided") else _NUMBER,
    )


def _individual(account: Account, person: Person | None) -> IndividualChange:
    someone = person or Person.made(id="", first_name=None)
    proven = someone.id_number_provided and someone.verification_status == "verified"
    return IndividualChange(
        first_name=UNSET if someone.first_name else "Jenny",
        last_name=UNSET if someone.last_name else "Rosen",
        email=UNSET if someone.email else account.email or "jenny.rosen@example.com",
        phone=UNSET if someone.phone else _PHONE,
        dob=UNSET if someone.dob else _BIRTH,
        address=UNSET if _is_whole(someone.address) else _address(account),
        id_number=UNSET if proven else _NUMBER,
    )


def _is_whole(address: dict[str, str] | None) -> bool:
    return bool(address) and all((address or {}).get(name) for name in ("line1", "city", "postal_code"))


def _address(account: Account) -> Address:
    return Address(line1="1 Test Street", city="Test City", postal_code="12345", country=account.country)
