"""What must be known of an account before it can be charged for and paid out, and what follows from what is known.

One pure rule: `due_of` lists what is missing, `standing_of` says what the account is able to do. Names are Stripe's.
In the sandbox two numbers that are no secret stand for outcomes of the identity check: 111111111 does not match the
person, 222222222 is never done being checked.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

from domain.accounts import BusinessType, CapabilityName
from domain.errors import DomainError, ErrorCode

EXTERNAL_ACCOUNT: Final = "external_account"
_ADDRESS_PARTS: Final = ("line1", "city", "postal_code")
_BIRTH_PARTS: Final = ("day", "month", "year")
_BIRTH_YEAR_FIRST: Final = 1900
_AGE_LEAST: Final = 13

MISMATCHING_NUMBER: Final = "111111111"
PENDING_NUMBER: Final = "222222222"


class CapabilityStatus(StrEnum):
    """Whether an account is able to do what was asked for."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    PENDING = "pending"


class VerificationStatus(StrEnum):
    """What the identity check says of a person."""

    UNVERIFIED = "unverified"
    PENDING = "pending"
    VERIFIED = "verified"


class DisabledReason(StrEnum):
    """Why an account is not able to do all that was asked for."""

    PAST_DUE = "requirements.past_due"
    PENDING_VERIFICATION = "requirements.pending_verification"


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPerson:
    """What is known of the individual behind an account, or of a company's representative."""

    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    phone: str | None = None
    dob: Mapping[str, int] | None = None
    address: Mapping[str, str] | None = None
    id_number_provided: bool = False
    title: str | None = None
    verification: VerificationStatus = VerificationStatus.UNVERIFIED
    """What the check said of the number; where there is none it has nothing to say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of an account."""

    business_type: BusinessType | None = None
    profile: Mapping[str, Any]
    """`mcc`, `url`, `product_description`, as far as they are known."""
    company: Mapping[str, Any] | None = None
    """`name`, `phone`, `address`, `tax_id_provided`."""
    person: KnownPerson | None = None
    terms_accepted: bool = False
    has_external_account: bool | None = None
    """None where external accounts are nobody's business: they are not asked for then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What an account is able to do."""

    currently_due: tuple[str, ...]
    pending_verification: tuple[str, ...]
    capabilities: Mapping[str, CapabilityStatus]
    charges_enabled: bool
    payouts_enabled: bool
    details_submitted: bool


def standing_of(known: Known, requested: Iterable[str], *, submitted: bool) -> Standing:
    """What the account is able to do of what was `requested`; details that were `submitted` once remain so.

    A missing external account keeps money from leaving and nothing else.
    """
    due = due_of(known)
    blocking = tuple(each for each in due if each != EXTERNAL_ACCOUNT)
    pending = _pending(known)
    unblocked = CapabilityStatus.PENDING if pending else CapabilityStatus.ACTIVE
    status = CapabilityStatus.INACTIVE if blocking else unblocked
    capabilities = dict.fromkeys(sorted(requested), status)
    able = CapabilityStatus.ACTIVE in capabilities.values()
    return Standing(
        currently_due=due,
        pending_verification=pending,
        capabilities=capabilities,
        charges_enabled=capabilities.get(CapabilityName.CARD_PAYMENTS) is CapabilityStatus.ACTIVE,
        payouts_enabled=able and not due,
        details_submitted=submitted or not blocking,
    )


def disabled_reason(currently_due: Iterable[str], pending_verification: Iterable[str]) -> DisabledReason | None:
    """Why the account is not able to do everything; None where it is."""
    if any(currently_due):
        return DisabledReason.PAST_DUE
    return DisabledReason.PENDING_VERIFICATION if any(pending_verification) else None


def due_of(known: Known) -> tuple[str, ...]:
    """What is missing, in the order in which a form would ask for it."""
    due: list[str] = [] if known.business_type else ["business_type"]
    due += [] if known.profile.get("mcc") else ["business_profile.mcc"]
    described = known.profile.get("url") or known.profile.get("product_description")
    due += [] if described else ["business_profile.url"]
    if known.business_type is BusinessType.INDIVIDUAL:
        due += _due_of_person("individual", known.person, more=("id_number",))
    elif known.business_type is not None:
        due += _due_of_company(known.company or {})
        due += _due_of_person("representative", known.person, more=("relationship.title", "id_number"))
    due += [] if known.terms_accepted else ["tos_acceptance.date", "tos_acceptance.ip"]
    due += [EXTERNAL_ACCOUNT] if known.has_external_account is False else []
    return tuple(due)


def _due_of_company(company: Mapping[str, Any]) -> list[str]:
    address = company.get("address") or {}
    given = {"name": company.get("name"), **{f"address.{part}": address.get(part) for part in _ADDRESS_PARTS}}
    given |= {"phone": company.get("phone"), "tax_id": company.get("tax_id_provided")}
    return [f"company.{name}" for name, value in given.items() if not value]


def _due_of_person(role: str, person: KnownPerson | None, *, more: tuple[str, ...]) -> list[str]:
    someone = person or KnownPerson()
    birth, address = someone.dob or {}, someone.address or {}
    given: dict[str, object] = {
        "first_name": someone.first_name,
        "last_name": someone.last_name,
        **{f"dob.{part}": birth.get(part) for part in _BIRTH_PARTS},
        **{f"address.{part}": address.get(part) for part in _ADDRESS_PARTS},
        "email": someone.email,
        "phone": someone.phone,
        "relationship.title": someone.title or "relationship.title" not in more,
        "id_number": someone.id_number_provided,
    }
    due = [f"{role}.{name}" for name, value in given.items() if not value]
    if someone.id_number_provided and someone.verification is VerificationStatus.UNVERIFIED:
        due.append(f"{role}.id_number")
    return due


def _pending(known: Known) -> tuple[str, ...]:
    if known.person is None or known.person.verification is not VerificationStatus.PENDING:
        return ()
    role = "individual" if known.business_type is BusinessType.INDIVIDUAL else "representative"
    return (f"{role}.id_number",)


def verification_of(id_number: str, *, livemode: bool) -> VerificationStatus:
    """What the check says of a number, which is forgotten after it. Outside the sandbox the form is all it looks at."""
    if livemode:
        return VerificationStatus.VERIFIED
    digits = "".join(filter(str.isdigit, id_number))
    outcomes = {
        MISMATCHING_NUMBER: VerificationStatus.UNVERIFIED,
        PENDING_NUMBER: VerificationStatus.PENDING,
    }
    return outcomes.get(digits, VerificationStatus.VERIFIED)


def birth_of(day: int, month: int, year: int, now: datetime, param: tuple[str, ...]) -> dict[str, int]:
    """The date of birth of somebody who is at least 13, for a JSON column."""
    try:
        born = date(year, month, day)
        of_age = date(year + _AGE_LEAST, month, 28 if (month, day) == (2, 29) else day)
    except ValueError:
        born = of_age = date.max
    if year < _BIRTH_YEAR_FIRST or of_age > now.date():
        raise DomainError(
            ErrorCode.PARAMETER_INVALID,
            f"{year:04}-{month:02}-{day:02} is no date of birth; it would have to be a date from {_BIRTH_YEAR_FIRST} on"
            f" and at least {_AGE_LEAST} years ago.",
            param,
        )
    return {"day": born.day, "month": born.month, "year": born.year}
