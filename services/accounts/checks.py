"""What accounts and persons may look like. Nothing here reads the database; every problem is noted with its path."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from ipaddress import ip_address
from typing import Any, Final

from domain.addresses import Address, country_of, validated_address
from domain.checks import checked, checked_where_given
from domain.descriptors import statement_descriptor
from domain.drafts import UNSET, Unset, given
from domain.errors import DomainError, ErrorCode, Problems
from domain.metadata import merged_metadata
from domain.onboarding import birth_of, verification_of
from domain.payout_schedules import PayoutSchedule, delay_days_of, validated_schedule
from domain.settings import AccountSettings
from domain.texts import email_of, required_text, url_of
from services.accounts.drafts import (
    AccountSettingsChange,
    BirthDate,
    BrandingChange,
    BusinessProfileChange,
    CompanyChange,
    IndividualChange,
    PayoutScheduleChange,
    PersonChange,
    RelationshipChange,
    TermsAcceptance,
)

NAME_LENGTH_MAX: Final = 100
BUSINESS_NAME_LENGTH_MAX: Final = 200
DESCRIPTION_LENGTH_MAX: Final = 40_000
PHONE_LENGTH_MAX: Final = 20
NUMBER_LENGTH_MAX: Final = 40
USER_AGENT_LENGTH_MAX: Final = 500

_MCC = re.compile(r"[0-9]{4}", re.ASCII)
_COLOR = re.compile(r"#[0-9a-fA-F]{6}", re.ASCII)
_PHONE = re.compile(r"\+?[0-9(][0-9 ()./-]{3,19}", re.ASCII)
_SSN_END = re.compile(r"[0-9]{4}", re.ASCII)

Columns = dict[str, Any]


def profile_columns(problems: Problems, change: BusinessProfileChange, former: Mapping[str, Any]) -> Columns:
    """The profile with the change on it; the name is a column of its own, by which papers know the seller."""
    at = "businessProfile"
    parts = {
        "mcc": checked_where_given(problems, _mcc, change.mcc),
        "product_description": checked_where_given(
            problems, required_text, change.product_description, DESCRIPTION_LENGTH_MAX, (at, "productDescription")
        ),
        "url": checked_where_given(problems, url_of, change.url, (at, "url")),
        "support_email": checked_where_given(problems, email_of, change.support_email, (at, "supportEmail")),
        "support_phone": checked_where_given(problems, phone_of, change.support_phone, (at, "supportPhone")),
        "support_url": checked_where_given(problems, url_of, change.support_url, (at, "supportUrl")),
        "support_address": _address(problems, change.support_address, (at, "supportAddress")),
    }
    name = checked_where_given(problems, required_text, change.name, BUSINESS_NAME_LENGTH_MAX, (at, "name"))
    columns: Columns = {} if name is UNSET else {"business_name": name}
    return columns | _merged("business_profile", parts, former)


def company_columns(problems: Problems, change: CompanyChange, former: Mapping[str, Any] | None) -> Columns:
    """The company with the change on it. Of its numbers only that they were given remains."""
    at = "company"
    parts = {
        "name": checked_where_given(problems, required_text, change.name, BUSINESS_NAME_LENGTH_MAX, (at, "name")),
        "phone": checked_where_given(problems, phone_of, change.phone, (at, "phone")),
        "address": _address(problems, change.address, (at, "address")),
        "tax_id_provided": _provided(problems, change.tax_id, (at, "taxId")),
        "vat_id_provided": _provided(problems, change.vat_id, (at, "vatId")),
    }
    return _merged("company", parts, former or {})


def person_columns(
    problems: Problems,
    change: IndividualChange,
    former: Mapping[str, Any],
    *,
    now: datetime,
    livemode: bool,
    param: tuple[str, ...] = (),
) -> Columns:
    """The columns of a person that the caller gave, checked; `former` has those that are merged into."""
    text = {"first_name": "firstName", "last_name": "lastName"}
    columns: Columns = {
        name: checked_where_given(problems, required_text, getattr(change, name), NAME_LENGTH_MAX, (*param, path))
        for name, path in text.items()
    }
    columns |= {
        "email": checked_where_given(problems, email_of, change.email, (*param, "email")),
        "phone": checked_where_given(problems, phone_of, change.phone, (*param, "phone")),
        "dob": checked_where_given(problems, _birth, change.dob, now, (*param, "dob")),
        "address": _address(problems, change.address, (*param, "address")),
        "nationality": checked_where_given(problems, country_of, change.nationality, (*param, "nationality")),
        "id_number_provided": _provided(problems, change.id_number, (*param, "idNumber")),
        "ssn_last_4_provided": checked_where_given(problems, _ssn_end, change.ssn_last4, param),
        "metadata": checked(
            problems, merged_metadata, former.get("metadata", {}), change.metadata, (*param, "metadata")
        ),
    }
    if change.ssn_last4 is None:
        columns["ssn_last_4_provided"] = False
    if isinstance(change.id_number, str):
        columns["verification_status"] = verification_of(change.id_number, livemode=livemode).value
    elif change.id_number is None:
        columns["verification_status"] = "unverified"
    if isinstance(change, PersonChange):
        columns |= _relationship(problems, change.relationship, former, (*param, "relationship"))
    return {name: value for name, value in columns.items() if value is not UNSET}


def settings_after(problems: Problems, change: AccountSettingsChange, former: AccountSettings) -> AccountSettings:
    """The settings with the change on them; what is removed goes back to its default."""
    branding, at = change.branding, ("settings", "branding")
    kept: Columns = {
        **{f"branding_{name}": _branding(problems, branding, name, at) for name in ("icon", "logo")},
        **{
            f"branding_{name}": checked_where_given(problems, _color, getattr(branding, name), (*at, path))
            for name, path in (("primary_color", "primaryColor"), ("secondary_color", "secondaryColor"))
        },
        "statement_descriptor": checked_where_given(
            problems,
            statement_descriptor,
            change.payments.statement_descriptor,
            ("settings", "payments", "statementDescriptor"),
        ),
        **_schedule(problems, change.payouts.schedule, former.payout_schedule),
    }
    return replace(former, **{name: value for name, value in kept.items() if value is not UNSET})


def terms_columns(problems: Problems, terms: TermsAcceptance | None, now: datetime) -> Columns:
    """When and from where the terms were accepted; nobody accepts them in the future."""
    if terms is None:
        return {}
    at = "tosAcceptance"
    accepted = terms.date or now
    if accepted > now:
        problems.add(
            ErrorCode.PARAMETER_INVALID,
            f"The terms cannot have been accepted at {accepted:%Y-%m-%d %H:%M:%S} UTC, which is yet to come.",
            *(at, "date"),
        )
    kept = {"ip": checked(problems, _ip, terms.ip)}
    if terms.user_agent is not None:
        kept["user_agent"] = checked(
            problems, required_text, terms.user_agent, USER_AGENT_LENGTH_MAX, (at, "userAgent")
        )
    return {"tos_accepted_at": accepted, "tos_acceptance": kept}


def phone_of(text: str, param: tuple[str, ...]) -> str:
    """A telephone number as people write them."""
    phone = required_text(text, PHONE_LENGTH_MAX, param)
    if not _PHONE.fullmatch(phone):
        raise DomainError(
            ErrorCode.INVALID_CHARACTERS,
            f"'{text}' is not a telephone number; it would have to look like +1 (555) 010-0100.",
            param,
        )
    return phone


def _merged(column: str, parts: Mapping[str, Any], former: Mapping[str, Any]) -> Columns:
    """The column where anything of it was given: new parts on the former ones, without those that are removed."""
    wanted = {name: value for name, value in parts.items() if value is not UNSET}
    if not wanted:
        return {}
    merged = {**former, **wanted}
    return {column: {name: value for name, value in merged.items() if value not in (None, False)}}


def _address(problems: Problems, address: Address | Unset | None, param: tuple[str, ...]) -> Any:
    def kept(whole: Address) -> dict[str, str] | None:
        return validated_address(whole, param).as_json() or None

    return checked_where_given(problems, kept, address)


def _provided(problems: Problems, number: str | Unset | None, param: tuple[str, ...]) -> bool | Unset:
    """Whether a number is known from now on; the number itself goes no further."""
    if number is UNSET:
        return UNSET
    return number is not None and checked(problems, required_text, number, NUMBER_LENGTH_MAX, param) is not None


def _relationship(
    problems: Problems, change: RelationshipChange, former: Mapping[str, Any], param: tuple[str, ...]
) -> Columns:
    parts: Columns = {name: getattr(change, name) for name in ("owner", "director", "executive")}
    parts["title"] = checked_where_given(problems, required_text, change.title, NAME_LENGTH_MAX, (*param, "title"))
    parts["percent_ownership"] = checked_where_given(
        problems, _percent, change.percent_ownership, (*param, "percentOwnership")
    )
    return {"representative": change.representative} | _merged("relationship", parts, former.get("relationship", {}))


def _schedule(problems: Problems, change: PayoutScheduleChange, former: PayoutSchedule) -> Columns:
    if change == PayoutScheduleChange():
        return {}
    moved = change.interval is not UNSET and change.interval is not former.interval
    wanted = PayoutSchedule(
        interval=given(change.interval, former.interval),
        weekly_anchor=given(change.weekly_anchor, None if moved else former.weekly_anchor),
        monthly_anchor=given(change.monthly_anchor, None if moved else former.monthly_anchor),
        delay_days=former.delay_days,
    )
    checked(problems, validated_schedule, wanted)
    return {
        "payout_interval": wanted.interval,
        "payout_weekly_anchor": wanted.weekly_anchor,
        "payout_monthly_anchor": wanted.monthly_anchor,
        "payout_delay_days": checked_where_given(problems, delay_days_of, change.delay_days),
    }


def _branding(problems: Problems, branding: BrandingChange, name: str, at: tuple[str, ...]) -> Any:
    return checked_where_given(problems, url_of, getattr(branding, name), (*at, name))


def _mcc(text: str) -> str:
    return _matching(_MCC, text, "merchant category code", "5734", ("businessProfile", "mcc"))


def _color(text: str, param: tuple[str, ...]) -> str:
    return _matching(_COLOR, text, "color", "#7a3cff", param).lower()


def _ssn_end(text: str, param: tuple[str, ...]) -> bool:
    return bool(_matching(_SSN_END, text, "end of a social security number", "1234", (*param, "ssnLast4")))


def _matching(form: re.Pattern[str], text: str, noun: str, example: str, param: tuple[str, ...]) -> str:
    value = text.strip()
    if not form.fullmatch(value):
        raise DomainError(
            ErrorCode.PARAMETER_INVALID,
            f"'{text[:40]}' is not a {noun}; it would have to look like {example}.",
            param,
        )
    return value


def _ip(text: str) -> str:
    try:
        return str(ip_address(text.strip()))
    except ValueError:
        raise DomainError(
            ErrorCode.PARAMETER_INVALID,
            f"'{text[:50]}' is not an IP address; it would have to look like 203.0.113.7 or 2001:db8::7.",
            ("tosAcceptance", "ip"),
        ) from None


def _birth(birth: BirthDate, now: datetime, param: tuple[str, ...]) -> dict[str, int]:
    return birth_of(birth.day, birth.month, birth.year, now, param)


def _percent(percent: Decimal, param: tuple[str, ...]) -> str:
    if not 0 <= percent <= 100:
        raise DomainError(
            ErrorCode.PARAMETER_INVALID,
            f"{percent:f} per cent are not possible; it would have to be from 0 to 100.",
            param,
        )
    return format(percent, "f")
