"""Accounts, what they are able to do, and the persons behind them, as Stripe shows them."""

from collections.abc import Mapping
from typing import Any

from domain.accounts import CapabilityName, application_id_of
from domain.onboarding import DisabledReason, disabled_reason
from domain.settings import AccountSettings, settings_of
from models import Account, Person
from services.aggregates import WholeAccount, WholeApplication, WholeCapability
from services.snapshots.shapes import Snapshot, address_of, full_address, number, seconds

_PROFILE = (
    "mcc",
    "product_description",
    "support_email",
    "support_phone",
    "support_url",
    "url",
)


_OF_CAPABILITY = {
    DisabledReason.PAST_DUE.value: "requirements.fields_needed",
    DisabledReason.PENDING_VERIFICATION.value: "pending.review",
}
"""Stripe has other words for the same reasons where it speaks of a capability."""


def account_snapshot(account: WholeAccount) -> Snapshot:
    """An account with its settings. Where money is paid out to has events of its own and is left out."""
    row, individual = account.row, account.individual
    is_platform = row.type is None
    return {
        "id": row.id,
        "object": "account",
        "business_profile": _profile_of(row),
        "business_type": row.business_type,
        "capabilities": dict(row.capabilities),
        "charges_enabled": row.charges_enabled,
        "company": None if row.company is None else _company_of(row.company),
        "controller": {"type": "account"} if is_platform else _controller_of(row.controller),
        "country": row.country,
        "created": seconds(row.created_at),
        "default_currency": row.default_currency,
        "details_submitted": row.details_submitted or is_platform,
        "email": row.email,
        "future_requirements": _requirements(),
        "individual": None if individual is None else person_snapshot(individual),
        "metadata": dict(row.metadata),
        "payouts_enabled": row.payouts_enabled,
        "requirements": _requirements(row.requirements, row.pending_verification),
        "settings": _settings_of(row, settings_of(row.settings)),
        "tos_acceptance": {
            "date": seconds(row.tos_accepted_at),
            "ip": (row.tos_acceptance or {}).get("ip"),
            "service_agreement": "full",
            "user_agent": (row.tos_acceptance or {}).get("user_agent"),
        },
        "type": row.type or "standard",
    }


def capability_snapshot(capability: WholeCapability) -> Snapshot:
    """One capability of an account; its id is its name, which every account has for itself."""
    row, name = capability.row, capability.name
    requested = name in row.capabilities
    asked = _requirements(row.requirements, row.pending_verification) if requested else _requirements()
    reason = asked["disabled_reason"]
    return {
        "id": name,
        "object": "capability",
        "account": row.id,
        "future_requirements": _requirements(),
        "requested": requested,
        "requested_at": row.capabilities_requested.get(name),
        "requirements": {**asked, "disabled_reason": None if reason is None else _OF_CAPABILITY[reason]},
        "status": row.capabilities.get(name, "unrequested"),
    }


def capabilities_of(row: Account) -> dict[str, Snapshot]:
    """Every capability by its name, those that were not asked for too."""
    return {name.value: capability_snapshot(WholeCapability(row, name.value)) for name in CapabilityName}


def application_snapshot(application: WholeApplication) -> Snapshot:
    """A platform as what accounts are connected to."""
    row = application.row
    return {
        "id": application_id_of(row.id, livemode=application.livemode),
        "object": "application",
        "name": row.business_name,
    }


def person_snapshot(row: Person) -> Snapshot:
    """Somebody behind an account. Of numbers it says only that they were given."""
    birth, known = row.dob or {}, row.relationship.get
    percent = known("percent_ownership")
    return {
        "id": row.id,
        "object": "person",
        "account": row.account_id,
        "address": full_address(row.address or {}),
        "created": seconds(row.created_at),
        "dob": {"day": birth.get("day"), "month": birth.get("month"), "year": birth.get("year")},
        "email": row.email,
        "first_name": row.first_name,
        "id_number_provided": row.id_number_provided,
        "last_name": row.last_name,
        "metadata": dict(row.metadata),
        "nationality": row.nationality,
        "phone": row.phone,
        "relationship": {
            "authorizer": False,
            "director": bool(known("director")),
            "executive": bool(known("executive")),
            "legal_guardian": False,
            "owner": bool(known("owner")),
            "percent_ownership": None if percent is None else number(percent),
            "representative": row.representative,
            "title": known("title"),
        },
        "ssn_last_4_provided": row.ssn_last_4_provided,
        "verification": {
            "additional_document": None,
            "details": None,
            "details_code": None,
            "document": None,
            "status": row.verification_status,
        },
    }


def _profile_of(row: Account) -> Snapshot:
    known = row.business_profile
    return {
        **{name: known.get(name) for name in _PROFILE},
        "annual_revenue": None,
        "estimated_worker_count": None,
        "minority_owned_business_designation": None,
        "monthly_estimated_revenue": None,
        "name": row.business_name,
        "support_address": address_of(known.get("support_address")),
    }


def _company_of(company: Mapping[str, Any]) -> Snapshot:
    return {
        "address": full_address(company.get("address") or {}),
        "name": company.get("name"),
        "phone": company.get("phone"),
        "tax_id_provided": bool(company.get("tax_id_provided")),
        "vat_id_provided": bool(company.get("vat_id_provided")),
    }


def _controller_of(controller: Mapping[str, str]) -> Snapshot:
    known = controller.get
    return {
        "fees": {"payer": known("fees_payer")},
        "is_controller": True,
        "losses": {"payments": known("losses_payments")},
        "requirement_collection": known("requirement_collection"),
        "stripe_dashboard": {"type": known("dashboard")},
        "type": "application",
    }


def _requirements(due: list[str] | None = None, pending: list[str] | None = None) -> Snapshot:
    """Whatever is missing disables the account at once, so that all of it is past due."""
    missing, checking = list(due or ()), list(pending or ())
    reason = disabled_reason(missing, checking)
    return {
        "alternatives": [],
        "current_deadline": None,
        "currently_due": missing,
        "disabled_reason": None if reason is None else reason.value,
        "errors": [],
        "eventually_due": missing,
        "past_due": missing,
        "pending_verification": checking,
    }


def _settings_of(row: Account, settings: AccountSettings) -> Snapshot:
    schedule = settings.payout_schedule
    return {
        "branding": {
            "icon": settings.branding_icon,
            "logo": settings.branding_logo,
            "primary_color": settings.branding_primary_color,
            "secondary_color": settings.branding_secondary_color,
        },
        "card_payments": {"statement_descriptor_prefix": None},
        "dashboard": {"display_name": row.business_name, "timezone": "Etc/UTC"},
        "payments": {"statement_descriptor": settings.statement_descriptor},
        "payouts": {
            "debit_negative_balances": True,
            "schedule": {
                "delay_days": schedule.delay_days,
                "interval": schedule.interval.value,
                "monthly_anchor": schedule.monthly_anchor,
                "weekly_anchor": None if schedule.weekly_anchor is None else schedule.weekly_anchor.value,
            },
            "statement_descriptor": None,
        },
    }
