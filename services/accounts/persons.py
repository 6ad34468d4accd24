"""The persons behind accounts: individuals, representatives, owners, and those who run a company."""

from datetime import datetime
from typing import Any

from domain.accounts import Field
from domain.drafts import UNSET
from domain.errors import DomainError, ErrorCode, Problems
from domain.event_types import EventType
from models import Account, Person
from services.accounts.checks import person_columns
from services.accounts.details import Details
from services.accounts.drafts import PersonChange, PersonDraft
from services.accounts.reach import Reach
from services.accounts.standing import STANDING_COLUMNS, Standings
from services.base import Service, part
from services.events import Events
from services.idempotency import transactional
from services.rows import delete_by, insert_rows, update_rows

_NOBODY: dict[str, Any] = {"metadata": {}, "relationship": {}}


class Persons(Service):
    """Adding, changing and removing persons; what their account is able to do follows."""

    reach = part(Reach)

    @transactional
    async def create(self, draft: PersonDraft) -> Person:
        """One more person. Records `person.created`, then what changes about the account."""
        account = await self.reach.reached(draft.account, "account")
        behind = Behind(self.reach.name_of(account))
        problems = self._checked_hand(account)
        now = self.scope.clock.now()
        columns = person_columns(problems, draft, _NOBODY, now=now, livemode=self.scope.livemode)
        representative = await behind.standings.representative_of(account)
        _refuse_second(problems, draft, representative)
        problems.raise_any()

        person = behind.details.person(account, columns, now)
        before = behind.standings.before(account, representative)
        await insert_rows([person])
        behind.standings.tell_person(EventType.PERSON_CREATED, account, person, now)
        await behind.follow(account, person if person.representative else representative, before, now)
        return person

    @transactional
    async def update(self, identifier: str, change: PersonChange) -> Person:
        """The person with these fields changed. Records `person.updated`, then what changes about the account."""
        account, person = await self.reach.of_person(identifier)
        behind = Behind(self.reach.name_of(account))
        problems = self._checked_hand(account)
        now = self.scope.clock.now()
        former = {"metadata": person.metadata, "relationship": person.relationship}
        columns = person_columns(problems, change, former, now=now, livemode=self.scope.livemode)
        representative = await behind.standings.representative_of(account)
        if representative is None or representative.id != person.id:
            _refuse_second(problems, change, representative)
        elif person.id == account.individual_id and change.relationship.representative is False:
            problems.add(ErrorCode.RESOURCE_IN_USE, f"{person.id} is the account.", "relationship", "representative")
        problems.raise_any()

        if representative is not None and representative.id == person.id:
            representative = person
        told, before = behind.events.snapshot(person), behind.standings.before(account, representative)
        for name, value in columns.items():
            setattr(person, name, value)
        await update_rows([person], list(columns))
        behind.standings.tell_person(EventType.PERSON_UPDATED, account, person, now, before=told)
        if person.representative:
            representative = person
        elif representative is person:
            representative = None
        await behind.follow(account, representative, before, now)
        return person

    @transactional
    async def delete(self, identifier: str) -> Person:
        """The person as it was. Records `person.deleted`; an individual, who is the account, cannot be removed."""
        account, person = await self.reach.of_person(identifier)
        behind = Behind(self.reach.name_of(account))
        problems = self._checked_hand(account)
        if person.id == account.individual_id:
            problems.add(
                ErrorCode.RESOURCE_IN_USE,
                f"{person.id} is the individual that account {account.id} is; change the `businessType` first.",
                "id",
            )
        problems.raise_any()

        now = self.scope.clock.now()
        representative = await behind.standings.representative_of(account)
        before = behind.standings.before(account, representative)
        await delete_by(Person, "id", [person.id])
        behind.standings.tell_person(EventType.PERSON_DELETED, account, person, now)
        remaining = None if representative is None or representative.id == person.id else representative
        await behind.follow(account, remaining, before, now)
        return person

    def _checked_hand(self, account: Account) -> Problems:
        """Problems, with one where the account's details are not the caller's to write."""
        problems = Problems()
        if account.type is None:
            raise DomainError(
                ErrorCode.ACCOUNT_INVALID,
                f"Account {account.id} is the platform; persons stand behind connected accounts.",
                "account",
            )
        self.reach.refuse_unless_may_write(account, {Field.DETAILS: ("id",)}, problems)
        return problems


class Behind(Service):
    """What is written when a person changes; its scope is the account's own."""

    events = part(Events)
    standings = part(Standings)
    details = part(Details)

    async def follow(self, account: Account, representative: Person | None, before: Any, at: datetime) -> None:
        """Let what the account is able to do follow from its persons, and tell of it."""
        await self.standings.worked_out(account, representative)
        await update_rows([account], STANDING_COLUMNS)
        self.standings.tell(account, representative, before, at)


def _refuse_second(problems: Problems, change: PersonChange, representative: Person | None) -> None:
    """One person acts for an account."""
    wanted = change.relationship.representative
    if wanted is not UNSET and wanted and representative is not None:
        problems.add(
            ErrorCode.RESOURCE_ALREADY_EXISTS,
            f"{representative.id} represents the account already; take that from them first.",
            "relationship",
            "representative",
        )
