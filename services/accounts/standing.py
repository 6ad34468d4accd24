"""What accounts are able to do, worked out anew whenever something about them becomes known, and told."""

from dataclasses import dataclass
from datetime import datetime

from domain.accounts import BusinessType, is_under_platform
from domain.event_types import EventType
from domain.onboarding import Known, KnownPerson, VerificationStatus, standing_of
from models import Account, Person
from services.accounts.banking import has_external_account
from services.aggregates import WholeAccount, WholeCapability
from services.base import Service, part
from services.events import Events, Snapshot
from services.rows import fetch_by, update_rows
from services.snapshots.accounts import capabilities_of

STANDING_COLUMNS = (
    "capabilities",
    "requirements",
    "pending_verification",
    "charges_enabled",
    "payouts_enabled",
    "details_submitted",
    "individual_id",
)


@dataclass(frozen=True, slots=True)
class Before:
    """What was told of an account before a change."""

    account: Snapshot
    capabilities: dict[str, Snapshot]


class Standings(Service):
    """Follows changes of accounts. Its scope is the account's own; accounts are locked by whoever calls."""

    events = part(Events)

    async def representative_of(self, account: Account) -> Person | None:
        """The individual that the account is, or who represents the company."""
        found = await self.gather(Person, "account_id", [account.id], representative=True)
        return found[0] if found else None

    def before(self, account: Account, person: Person | None) -> Before:
        """What is told of the account now; `person` is its representative."""
        return Before(self.events.snapshot(_whole(account, person)), capabilities_of(account))

    async def worked_out(self, account: Account, person: Person | None) -> None:
        """Put on the row what follows from what is known. A platform is able to do everything."""
        if account.type is None:
            return
        known = _known_of(account, person, has_external_account=await has_external_account(account.id))
        standing = standing_of(known, account.capabilities, submitted=account.details_submitted)
        is_individual = known.business_type is BusinessType.INDIVIDUAL
        account.individual_id = person.id if person is not None and is_individual else None
        account.requirements = list(standing.currently_due)
        account.pending_verification = list(standing.pending_verification)
        account.capabilities = {name: status.value for name, status in standing.capabilities.items()}
        account.charges_enabled = standing.charges_enabled
        account.payouts_enabled = standing.payouts_enabled
        account.details_submitted = standing.details_submitted

    def tell(self, account: Account, person: Person | None, before: Before, at: datetime) -> None:
        """Record `account.updated` and `capability.updated`, each where something differs."""
        self.events.record(EventType.ACCOUNT_UPDATED, _whole(account, person), at=at, before=before.account)
        self.tell_capabilities(account, before, at)

    def tell_capabilities(self, account: Account, before: Before, at: datetime) -> None:
        """Record `capability.updated` of each capability about which something differs."""
        for name, former in before.capabilities.items():
            whole = WholeCapability(account, name)
            self.events.record(EventType.CAPABILITY_UPDATED, whole, at=at, before=former)

    def tell_person(
        self, type: EventType, account: Account, person: Person, at: datetime, *, before: Snapshot | None = None
    ) -> None:
        """Record what happened to somebody behind an account, as long as its platform has a hand in that."""
        if is_under_platform(account.controller, details_submitted=account.details_submitted):
            self.events.record(type, person, at=at, before=before)

    async def reassess(self) -> Account:
        """The scope's own account after something beside its row changed, such as an external account. Tells of it."""
        [account] = await fetch_by(Account, "id", [self.scope.account_id], lock=True)
        person = await self.representative_of(account)
        before = self.before(account, person)
        await self.worked_out(account, person)
        await update_rows([account], STANDING_COLUMNS)
        self.tell(account, person, before, self.scope.clock.now())
        return account


def _whole(account: Account, person: Person | None) -> WholeAccount:
    shown = person if person is not None and person.id == account.individual_id else None
    return WholeAccount(account, shown)


def _known_of(account: Account, person: Person | None, *, has_external_account: bool | None) -> Known:
    return Known(
        business_type=None if account.business_type is None else BusinessType(account.business_type),
        profile=account.business_profile,
        company=account.company,
        person=None if person is None else _known_person(person),
        terms_accepted=account.tos_accepted_at is not None,
        has_external_account=has_external_account,
    )


def _known_person(person: Person) -> KnownPerson:
    return KnownPerson(
        first_name=person.first_name,
        last_name=person.last_name,
        email=person.email,
        phone=person.phone,
        dob=person.dob,
        address=person.address,
        id_number_provided=person.id_number_provided,
        title=person.relationship.get("title"),
        verification=VerificationStatus(person.verification_status),
    )
