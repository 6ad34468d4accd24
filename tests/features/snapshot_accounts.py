"""Accounts, capabilities, persons and applications for the snapshot tests."""

from collections.abc import Callable
from typing import Any

import stripe
from stripe import StripeObject

from domain.accounts import CONTROLLERS, AccountType
from domain.event_types import EventType
from models import Account, Person
from services.aggregates import WholeAccount, WholeApplication, WholeCapability
from services.snapshots import Subject
from tests.features.snapshot_facts import ADDRESS, ANCHOR, ANCHOR_SECONDS, NEXT, OWNER


def person(full: bool) -> Person:
    """Somebody who owns a quarter; bare, somebody of whom nothing is known."""
    more: dict[str, Any] = {
        "first_name": "Jenny",
        "last_name": "Rosen",
        "email": "jenny@example.com",
        "phone": "+1",
        "dob": {"day": 1, "month": 2, "year": 1990},
        "address": ADDRESS,
        "nationality": "US",
        "id_number_provided": True,
        "representative": True,
        "relationship": {"owner": True, "title": "CEO", "percent_ownership": "25.5"},
        "verification_status": "verified",
    }
    return Person(id="person_1", **OWNER, **(more if full else {}))


def _row(full: bool) -> Account:
    row: dict[str, Any] = {"country": "US", "default_currency": "usd", "created_at": ANCHOR, "platform_id": "acct_0"}
    more: dict[str, Any] = {
        "livemode": False,
        "type": "express",
        "controller": CONTROLLERS[AccountType.EXPRESS].as_json(),
        "capabilities": {"card_payments": "inactive", "transfers": "inactive"},
        "capabilities_requested": {"card_payments": ANCHOR_SECONDS},
        "business_type": "individual",
        "business_name": "Acme",
        "business_profile": {"mcc": "5734", "url": "https://acme.test", "support_address": ADDRESS},
        "company": {"name": "Acme", "address": ADDRESS, "tax_id_provided": True},
        "tos_accepted_at": NEXT,
        "tos_acceptance": {"ip": "127.0.0.1"},
        "requirements": ["individual.phone"],
        "settings": {"payout_interval": "weekly", "payout_weekly_anchor": "friday", "branding_icon": "https://a.test"},
        "metadata": {"plan": "basic"},
    }
    return Account(id="acct_1", **row, **(more if full else {}))


def account(full: bool) -> WholeAccount:
    """An express account; bare, a platform."""
    return WholeAccount(_row(full), person(True) if full else None)


def capability(full: bool) -> WholeCapability:
    """Card payments that lack something; bare, what was not asked for."""
    return WholeCapability(_row(full), "card_payments")


def application(full: bool) -> WholeApplication:
    """A platform."""
    return WholeApplication(_row(full), livemode=False)


ACCOUNT_KINDS: dict[str, tuple[Callable[[bool], Subject], type[StripeObject], EventType]] = {
    "account": (account, stripe.Account, EventType.ACCOUNT_UPDATED),
    "application": (application, stripe.Application, EventType.ACCOUNT_APPLICATION_DEAUTHORIZED),
    "capability": (capability, stripe.Capability, EventType.CAPABILITY_UPDATED),
    "person": (person, stripe.Person, EventType.PERSON_CREATED),
}
