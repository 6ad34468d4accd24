"""What is written about an account: checked as a whole, then put on its row and on the person behind it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from domain.accounts import BusinessType, CapabilityName, Field
from domain.checks import checked, checked_where_given
from domain.currencies import currency_of
from domain.drafts import UNSET
from domain.errors import ErrorCode, Problems
from domain.ids import Prefix
from domain.metadata import merged_metadata
from domain.settings import settings_of, stored_settings
from domain.texts import email_of
from models import Account, Person
from services.accounts.checks import (
    company_columns,
    person_columns,
    profile_columns,
    settings_after,
    terms_columns,
)
from services.accounts.drafts import (
    AccountChange,
    AccountSettingsChange,
    BusinessProfileChange,
    CapabilitiesChange,
    CompanyChange,
    IndividualChange,
)
from services.base import Service


@dataclass(frozen=True, slots=True)
class Written:
    """The columns that a change gives to an account, and to the individual that it is."""

    account: dict[str, Any] = field(default_factory=dict)
    individual: dict[str, Any] = field(default_factory=dict)


class Details(Service):
    """Checks changes of accounts. Its scope is the account's own."""

    def written(
        self, problems: Problems, account: Account, individual: Person | None, change: AccountChange, now: datetime
    ) -> Written:
        """What the change comes to; whatever is wrong is noted, and the result is then of no use."""
        columns: dict[str, Any] = {
            "email": checked_where_given(problems, email_of, change.email),
            "default_currency": checked_where_given(problems, currency_of, change.default_currency, "defaultCurrency"),
            "business_type": change.business_type,
            "metadata": checked(problems, merged_metadata, account.metadata, change.metadata),
        }
        columns |= profile_columns(problems, change.business_profile, account.business_profile)
        columns |= company_columns(problems, change.company, account.company)
        columns |= terms_columns(problems, change.tos_acceptance, now)
        columns |= _capabilities(change.capabilities, account, now)
        if change.settings != AccountSettingsChange():
            settings = settings_after(problems, change.settings, settings_of(account.settings))
            columns["settings"] = stored_settings(settings)
        _refuse_other_kind(problems, account, change)
        return Written(
            {name: value for name, value in columns.items() if value is not UNSET},
            self._individual(problems, individual, change.individual, now),
        )

    def person(self, account: Account, columns: dict[str, Any], now: datetime) -> Person:
        """A new person behind the account, not stored yet."""
        return Person.made(
            id=self.new_id(Prefix.PERSON),
            created_at=now,
            platform_id=account.platform_id if account.id != account.platform_id else None,
            **columns,
            **self.ownership(),
        )

    def _individual(
        self, problems: Problems, individual: Person | None, change: IndividualChange, now: datetime
    ) -> dict[str, Any]:
        if change == IndividualChange():
            return {}
        former = {"metadata": {} if individual is None else individual.metadata}
        livemode = self.scope.livemode
        return person_columns(problems, change, former, now=now, livemode=livemode, param=("individual",))


def groups_of(change: AccountChange) -> dict[Field, tuple[str, ...]]:
    """The groups of fields that a change touches, each with the path of the first one."""
    details = {
        "email": change.email is not UNSET,
        "defaultCurrency": change.default_currency is not UNSET,
        "businessType": change.business_type is not UNSET,
        "businessProfile": change.business_profile != BusinessProfileChange(),
        "company": change.company != CompanyChange(),
        "individual": change.individual != IndividualChange(),
    }
    touched = {
        Field.DETAILS: next((name for name, given in details.items() if given), None),
        Field.TERMS: None if change.tos_acceptance is None else "tosAcceptance",
        Field.SETTINGS: None if change.settings == AccountSettingsChange() else "settings",
        Field.CAPABILITIES: None if change.capabilities == CapabilitiesChange() else "capabilities",
        Field.METADATA: "metadata" if change.metadata else None,
    }
    return {group: (name,) for group, name in touched.items() if name is not None}


def _refuse_other_kind(problems: Problems, account: Account, change: AccountChange) -> None:
    """An individual has no company, and a company is no individual."""
    kind = account.business_type if change.business_type is UNSET else change.business_type
    if change.company != CompanyChange() and kind == BusinessType.INDIVIDUAL:
        problems.add(
            ErrorCode.PARAMETERS_EXCLUSIVE, "An INDIVIDUAL is described by `individual`; leave this out.", "company"
        )
    if change.individual != IndividualChange() and kind != BusinessType.INDIVIDUAL:
        problems.add(
            ErrorCode.PARAMETERS_EXCLUSIVE,
            "Only the `businessType` INDIVIDUAL is described here; others have persons, a representative among them.",
            "individual",
        )


def _capabilities(change: CapabilitiesChange, account: Account, now: datetime) -> dict[str, Any]:
    """Statuses are worked out afterwards; what is asked for stands there until then."""
    wishes = {CapabilityName.CARD_PAYMENTS: change.card_payments, CapabilityName.TRANSFERS: change.transfers}
    statuses, requested = dict(account.capabilities), dict(account.capabilities_requested)
    for name, wish in wishes.items():
        if wish is UNSET or wish.requested is (name.value in statuses):
            continue
        if wish.requested:
            statuses[name.value], requested[name.value] = "inactive", int(now.timestamp())
        else:
            statuses.pop(name.value)
            requested.pop(name.value, None)
    if statuses.keys() == account.capabilities.keys():
        return {}
    return {"capabilities": statuses, "capabilities_requested": requested}
