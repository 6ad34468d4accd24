"""Accounts: the platform, and those connected to it."""

from dataclasses import replace

from tortoise.expressions import Q

from domain.accounts import CapabilityName, Controller, Dashboard, Field, controlled
from domain.addresses import country_of
from domain.checks import checked
from domain.currencies import currency_of, currency_of_country
from domain.errors import DomainError, ErrorCode, Problems
from domain.event_types import EventType
from domain.ids import IdMint, Prefix
from models import Account, Person
from services.accounts.banking import open_external_account
from services.accounts.connecting import Connections
from services.accounts.details import Details, Written, groups_of
from services.accounts.drafts import AccountChange, AccountDraft, AccountSearch, IndividualChange
from services.accounts.persons import Persons
from services.accounts.reach import Reach
from services.accounts.sandbox import missing_of, representative_of
from services.accounts.standing import STANDING_COLUMNS, Standings
from services.base import Service, part
from services.events import Events
from services.idempotency import transactional
from services.pages import Listing
from services.rows import insert_rows, update_rows
from services.scope import Clock
from services.transactions import current_unit, in_transaction, is_postgres

__all__ = ["AccountChange", "AccountDraft", "AccountSearch", "Accounts", "Connections", "Persons"]


class Accounts(Service):
    """The scope's own account and those connected to it: reading, making, changing and completing them."""

    reach = part(Reach)

    async def current(self) -> Account:
        """The account that the scope acts for."""
        return await Account.get(id=self.scope.account_id)

    async def visible(self, identifier: str | None) -> Account | None:
        """The account with this id where it is the scope's own or connected to it once; its own without an id."""
        own = self.scope.account_id
        connected = Q(platform_id=own, livemode=self.scope.livemode)
        return await Account.filter(Q(id=own) | connected, id=identifier or own).first()

    def matching(self, wanted: AccountSearch) -> Listing:
        """The accounts that are connected to the scope's own, or once were, and pass the filter."""
        rows = Account.filter(platform_id=self.scope.account_id, livemode=self.scope.livemode)
        columns = ("type", "email", "country", "charges_enabled", "payouts_enabled", "details_submitted")
        rows = rows.filter(**{name: value for name in columns if (value := getattr(wanted, name)) is not None})
        if wanted.connected is not None:
            rows = rows.filter(disconnected_at__isnull=wanted.connected)
        if wanted.created is None:
            return rows
        bounds = {name: getattr(wanted.created, name) for name in ("gt", "gte", "lt", "lte")}
        return rows.filter(**{f"created_at__{name}": bound for name, bound in bounds.items() if bound is not None})

    @transactional
    async def create(self, draft: AccountDraft) -> Account:
        """A new account connected to the scope's own, which has to be a platform.

        Records `person.created` of an individual, and `capability.updated` of what was asked for.
        """
        self._refuse_unless_platform()
        problems = Problems()
        wanted = None if draft.controller is None else draft.controller.controller()
        kind, controller = checked(problems, controlled, draft.type, wanted) or ("", Controller())
        platform, now = await self.current(), self.scope.clock.now()
        country = checked(problems, country_of, draft.country or platform.country) or platform.country
        account = Account.made(
            id=self.new_id(Prefix.ACCOUNT),
            created_at=now,
            platform_id=platform.id,
            livemode=self.scope.livemode,
            type=kind,
            controller=controller.as_json(),
            country=country,
            default_currency=currency_of_country(country, now.date(), platform.default_currency),
            charges_enabled=False,
            payouts_enabled=False,
        )
        if controller.dashboard is Dashboard.FULL:
            account.capabilities = {name.value: "inactive" for name in CapabilityName}
            account.capabilities_requested = {name.value: int(now.timestamp()) for name in CapabilityName}
        as_account = _InAccount(self.reach.name_of(account))
        self.reach.refuse_unless_may_write(account, groups_of(draft), problems)
        written = as_account.details.written(problems, account, None, draft, now)
        problems.raise_any()
        return await as_account.begin(account, written)

    @transactional
    async def update(self, identifier: str | None, change: AccountChange) -> Account:
        """The account with these fields changed; the scope's own without an id.

        Records `person.created` or `person.updated` of an individual, `account.updated` and `capability.updated`.
        """
        account = await self.reach.reached(identifier)
        as_account = _InAccount(self.reach.name_of(account))
        problems = Problems()
        groups = groups_of(change)
        self.reach.refuse_unless_may_write(account, groups, problems)
        _refuse_to_platform(account, change, problems)
        return await as_account.change(account, change, problems)

    @transactional
    async def onboard(self, identifier: str | None) -> Account:
        """The account with test data for everything that it has still to submit; test mode only.

        Both capabilities are asked for. Events as those of the verbs that would have submitted it one by one.
        """
        if self.scope.livemode:
            raise DomainError(
                ErrorCode.TEST_MODE_ONLY,
                "Accounts are completed with test data in test mode only; use a key that begins sk_test_.",
            )
        account = await self.reach.reached(identifier)
        if account.type is None:
            raise DomainError(ErrorCode.ACCOUNT_INVALID, f"Account {account.id} is the platform.", "id")
        return await _InAccount(self.reach.name_of(account)).complete(account)

    def _refuse_unless_platform(self) -> None:
        if not self.scope.stand.is_platform:
            raise DomainError(
                ErrorCode.PLATFORM_ACCOUNT_REQUIRED,
                f"Account {self.scope.account_id} is connected itself; only a platform makes accounts.",
            )

    @staticmethod
    async def platform() -> Account | None:
        """The first account of this database; None as long as it is empty."""
        return await Account.all().order_by("id").first()

    @staticmethod
    async def connected_to(platform_id: str, identifier: str, *, livemode: bool) -> Account | None:
        """The account with this id where it is connected to the platform in this mode; None for any other."""
        return await Account.get_or_none(
            id=identifier, platform_id=platform_id, livemode=livemode, disconnected_at=None
        )

    @staticmethod
    async def founded(
        clock: Clock,
        ids: IdMint,
        *,
        country: str = "US",
        default_currency: str = "usd",
        business_name: str | None = None,
        email: str | None = None,
    ) -> Account:
        """The platform, made now if there is none yet; however many processes ask at once, there is one.

        Refuses a country or a currency that is none.
        """
        home, currency = country_of(country), currency_of(default_currency, "defaultCurrency")

        async def body() -> Account:
            await _hold_founding()
            present = await Accounts.platform()
            if present is not None:
                return present
            identifier = ids.new(Prefix.ACCOUNT)
            return await Account.create(
                id=identifier,
                created_at=clock.now(),
                platform_id=identifier,
                country=home,
                default_currency=currency,
                business_name=business_name,
                email=email,
            )

        return await in_transaction(body)


class _InAccount(Service):
    """Writing an account in its own name; its scope is the account's own, and the account is locked or new."""

    events = part(Events)
    details = part(Details)
    standings = part(Standings)

    async def begin(self, account: Account, written: Written) -> Account:
        """Store a new account."""
        now = account.created_at
        unasked = Account.made(id=account.id, created_at=now)
        before = self.standings.before(unasked, None)
        person = self._put(account, None, written)
        if person is not None:
            await insert_rows([person])
            self.standings.tell_person(EventType.PERSON_CREATED, account, person, now)
        await self.standings.worked_out(account, person)
        await insert_rows([account])
        self.standings.tell_capabilities(account, before, now)
        return account

    async def change(self, account: Account, change: AccountChange, problems: Problems) -> Account:
        """Put a change on the account and tell of it. Raises the problems found before and with it."""
        now = self.scope.clock.now()
        former = await self.standings.representative_of(account)
        written = self.details.written(problems, account, former, change, now)
        problems.raise_any()

        before = self.standings.before(account, former)
        told = None if former is None else self.events.snapshot(former)
        person = self._put(account, former, written)
        if person is not None and former is None:
            await insert_rows([person])
            self.standings.tell_person(EventType.PERSON_CREATED, account, person, now)
        elif person is not None and written.individual:
            await update_rows([person], list(written.individual))
            self.standings.tell_person(EventType.PERSON_UPDATED, account, person, now, before=told)
        await self.standings.worked_out(account, person)
        await update_rows([account], [*dict.fromkeys((*written.account, *STANDING_COLUMNS))])
        self.standings.tell(account, person, before, now)
        return account

    async def complete(self, account: Account) -> Account:
        """Let the sandbox submit what is missing, and open an external account where those are known."""
        person = await self.standings.representative_of(account)
        missing = missing_of(account, person, self.scope.clock.now())
        account = await self.change(account, missing, Problems())
        if account.individual_id is None:
            person = await self.standings.representative_of(account)
            await self._complete_representative(account, person)
        await open_external_account(self.scope, account)
        return await self.standings.reassess()

    async def _complete_representative(self, account: Account, person: Person | None) -> None:
        persons, wanted = Persons(replace(self.scope, application_id=None)), representative_of(account, person)
        if person is None:
            await persons.create(wanted)
        else:
            await persons.update(person.id, wanted)

    def _put(self, account: Account, person: Person | None, written: Written) -> Person | None:
        """Put the columns on the rows; the individual is made where there is none."""
        for name, value in written.account.items():
            setattr(account, name, value)
        if not written.individual:
            return person
        if person is None:
            columns = {**written.individual, "representative": True}
            return self.details.person(account, columns, self.scope.clock.now())
        for name, value in written.individual.items():
            setattr(person, name, value)
        return person


def _refuse_to_platform(account: Account, change: AccountChange, problems: Problems) -> None:
    """A platform asks itself for nothing."""
    if account.type is not None:
        return
    unfit = [path for group, path in groups_of(change).items() if group in (Field.CAPABILITIES, Field.TERMS)]
    unfit += [("individual",)] if change.individual != IndividualChange() else []
    for path in unfit:
        problems.add(
            ErrorCode.ACCOUNT_INVALID, f"Account {account.id} is the platform, which is able to do everything.", *path
        )


async def _hold_founding() -> None:
    """Let one process at a time found the platform; SQLite has one writer anyway."""
    unit = current_unit()
    assert unit is not None
    if is_postgres():
        # There is no row to lock yet. Reading goes on meanwhile.
        await unit.session().script("LOCK TABLE accounts IN SHARE ROW EXCLUSIVE MODE")
