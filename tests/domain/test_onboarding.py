"""What must be known of an account, and what follows from what is known."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from domain.accounts import BusinessType
from domain.errors import DomainError
from domain.onboarding import (
    Known,
    KnownPerson,
    VerificationStatus,
    birth_of,
    disabled_reason,
    due_of,
    standing_of,
    verification_of,
)

NOW = datetime(2027, 1, 31, 12, tzinfo=UTC)
SEAT = {"line1": "1 Main St", "city": "Oakland", "postal_code": "94607"}
JENNY = KnownPerson(
    first_name="Jenny",
    last_name="Rosen",
    email="jenny@example.com",
    phone="+1 555 010 0100",
    dob={"day": 1, "month": 1, "year": 1990},
    address=SEAT,
    id_number_provided=True,
    verification=VerificationStatus.VERIFIED,
)
SOLE = Known(
    business_type=BusinessType.INDIVIDUAL,
    profile={"mcc": "5734", "url": "https://example.com"},
    person=JENNY,
    terms_accepted=True,
)
FIRM = replace(
    SOLE,
    business_type=BusinessType.COMPANY,
    company={"name": "Acme", "phone": "+1 555 010 0100", "address": SEAT, "tax_id_provided": True},
    person=replace(JENNY, title="CEO"),
)
BOTH = ("card_payments", "transfers")
TERMS = ["tos_acceptance.date", "tos_acceptance.ip"]
OF_PERSON = ["first_name", "last_name", "dob.day", "dob.month", "dob.year"]
OF_PERSON += ["address.line1", "address.city", "address.postal_code", "email", "phone"]


@pytest.mark.parametrize(
    ("known", "due"),
    [
        (Known(profile={}), ["business_type", "business_profile.mcc", "business_profile.url", *TERMS]),
        (SOLE, []),
        (FIRM, []),
        (replace(SOLE, profile={"mcc": "5734", "product_description": "Books"}), []),
        (replace(SOLE, person=None), [f"individual.{name}" for name in (*OF_PERSON, "id_number")]),
        (
            replace(FIRM, person=None),
            [f"representative.{name}" for name in (*OF_PERSON, "relationship.title", "id_number")],
        ),
        (
            replace(FIRM, company={}),
            [
                "company.name",
                "company.address.line1",
                "company.address.city",
                "company.address.postal_code",
                "company.phone",
                "company.tax_id",
            ],
        ),
        (replace(FIRM, person=JENNY), ["representative.relationship.title"]),
        (replace(SOLE, terms_accepted=False), TERMS),
        (replace(SOLE, has_external_account=False), ["external_account"]),
        (replace(SOLE, has_external_account=True), []),
        (replace(SOLE, person=replace(JENNY, verification=VerificationStatus.UNVERIFIED)), ["individual.id_number"]),
    ],
)
def test_what_is_missing_is_due(known: Known, due: list[str]) -> None:
    assert list(due_of(known)) == due


@pytest.mark.parametrize(
    ("known", "status", "charges", "payouts", "reason"),
    [
        (SOLE, "active", True, True, None),
        (replace(SOLE, terms_accepted=False), "inactive", False, False, "requirements.past_due"),
        # Without anywhere to send money to it can still be taken.
        (replace(SOLE, has_external_account=False), "active", True, False, "requirements.past_due"),
        (
            replace(SOLE, person=replace(JENNY, verification=VerificationStatus.PENDING)),
            "pending",
            False,
            False,
            "requirements.pending_verification",
        ),
    ],
)
def test_what_an_account_is_able_to_do_follows(
    known: Known, status: str, charges: bool, payouts: bool, reason: str | None
) -> None:
    standing = standing_of(known, BOTH, submitted=False)

    assert standing.capabilities == {"card_payments": status, "transfers": status}
    assert (standing.charges_enabled, standing.payouts_enabled) == (charges, payouts)
    assert disabled_reason(standing.currently_due, standing.pending_verification) == reason


def test_what_was_not_asked_for_is_not_able() -> None:
    transfers = standing_of(SOLE, ("transfers",), submitted=False)
    nothing = standing_of(SOLE, (), submitted=False)

    assert (transfers.charges_enabled, transfers.payouts_enabled) == (False, True)
    assert (nothing.capabilities, nothing.charges_enabled, nothing.payouts_enabled) == ({}, False, False)


@pytest.mark.parametrize(
    ("known", "submitted", "remains"),
    [
        (SOLE, False, True),
        (replace(SOLE, has_external_account=False), False, True),
        (replace(SOLE, terms_accepted=False), False, False),
        (replace(SOLE, terms_accepted=False), True, True),
    ],
)
def test_details_are_submitted_once(known: Known, submitted: bool, remains: bool) -> None:
    assert standing_of(known, BOTH, submitted=submitted).details_submitted is remains


@pytest.mark.parametrize(
    ("number", "livemode", "status"),
    [
        ("000000000", False, "verified"),
        ("111-11-1111", False, "unverified"),
        ("222222222", False, "pending"),
        ("111111111", True, "verified"),
    ],
)
def test_sandbox_numbers_stand_for_outcomes(number: str, livemode: bool, status: str) -> None:
    assert verification_of(number, livemode=livemode).value == status


@pytest.mark.parametrize(
    ("day", "month", "year", "possible"),
    [
        (29, 2, 2012, True),  # 14 years old
        (31, 1, 2014, True),  # 13 today
        (1, 2, 2014, False),
        (30, 2, 2000, False),
        (1, 1, 1899, False),
        (1, 1, 99999, False),
    ],
)
def test_date_of_birth_is_one(day: int, month: int, year: int, possible: bool) -> None:
    if possible:
        assert birth_of(day, month, year, NOW, ("dob",)) == {"day": day, "month": month, "year": year}
    else:
        with pytest.raises(DomainError):
            birth_of(day, month, year, NOW, ("dob",))
