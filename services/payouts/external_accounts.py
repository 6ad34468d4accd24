"""External accounts: bank accounts and debit cards that an account is paid out to."""

from collections.abc import Sequence
from dataclasses import replace

from domain.accounts import Field
from domain.checks import checked, checked_where_given
from domain.drafts import UNSET, given
from domain.errors import DomainError, ErrorCode, Problems
from domain.event_types import EventType
from domain.external_accounts import refuse_deleting_default
from domain.lifecycles import ExternalAccountStatus
from domain.metadata import merged_metadata
from domain.texts import required_text
from models import Account, ExternalAccount
from services.accounts.reach import Reach
from services.accounts.standing import Standings
from services.base import Service, part
from services.events import Events
from services.idempotency import transactional
from services.pages import Listing
from services.payouts.drafts import ExternalAccountChange, ExternalAccountDraft, ExternalAccountSearch
from services.payouts.planning import Planning
from services.payouts.recognizing import HOLDER_LENGTH_MAX, recognized, sandbox_bank
from services.rows import fetch_by, insert_rows, update_rows
from services.scope import Scope

_CHANGED = ("holder_name", "holder_type", "default_for_currency", "metadata")


class ExternalAccounts(Service):
    """Adds, changes and deletes external accounts of the scope's account, or of one that is connected to it.

    A platform may do so where it collects what must be known of the account, and before the account's details were
    submitted; afterwards the account does it with a key of its own (ACCOUNT_HOLDER_REQUIRED).
    """

    reach = part(Reach)

    def matching(self, search: ExternalAccountSearch) -> Listing:
        """Those of the scope's account that a list shows; deleted ones are in none."""
        wanted = {"type": search.type, "currency": search.currency}
        shown = {column: value for column, value in wanted.items() if value is not None}
        return self.mine(ExternalAccount).filter(deleted_at=None, **shown)

    @transactional
    async def create(self, draft: ExternalAccountDraft) -> ExternalAccount:
        """A new one. The first of a currency is its default, and so is one that takes the place of a default that is
        ERRORED. Test mode only. Events `account.external_account.created`, and `updated` of a former default.
        """
        own = await self._of(draft.account)
        at = self.scope.clock.now()
        row = recognized(own, draft.external_account, at)
        row.metadata = merged_metadata({}, draft.metadata)
        await self._add(own, row, is_default=draft.default_for_currency)
        return row

    @transactional
    async def update(self, change: ExternalAccountChange) -> ExternalAccount:
        """It with holder, metadata or its being the default changed. Event `account.external_account.updated`.

        Refuses to make one the default that is ERRORED, and to let a currency have none.
        """
        own = await self._of(change.account)
        kept = _Kept(own)
        row = await kept.living(change.id)
        before = kept.events.snapshot(row)
        problems = Problems()
        name = checked_where_given(
            problems, required_text, change.account_holder_name, HOLDER_LENGTH_MAX, "accountHolderName"
        )
        metadata = checked(problems, merged_metadata, row.metadata, change.metadata)
        is_default = None if change.default_for_currency in (UNSET, None) else change.default_for_currency
        _refuse_default(row, is_default, problems)
        problems.raise_any()
        assert metadata is not None
        row.holder_name = given(name, row.holder_name)
        row.holder_type = given(change.account_holder_type, row.holder_type)
        row.metadata = metadata
        former = await kept.defaults(row.currency) if is_default and not row.default_for_currency else []
        row.default_for_currency = row.default_for_currency or bool(is_default)
        await update_rows([row], _CHANGED)
        at = self.scope.clock.now()
        kept.events.record(EventType.ACCOUNT_EXTERNAL_ACCOUNT_UPDATED, row, at=at, before=before)
        await kept.give_way(former)
        await kept.follow()
        return row

    @transactional
    async def delete(self, identifier: str, account: str | None = None) -> ExternalAccount:
        """It, deleted; payouts on their way to it go on. Event `account.external_account.deleted`."""
        own = await self._of(account)
        kept = _Kept(own)
        row = await kept.living(identifier)
        if row.default_for_currency:
            [owner] = await fetch_by(Account, "id", [own.account_id])
            others = await kept.matching(row.currency).exclude(id=row.id).exists()
            refuse_deleting_default(row.id, row.currency, owner.default_currency, others=others)
        at = self.scope.clock.now()
        row.deleted_at, row.default_for_currency = at, False
        await update_rows([row], ("deleted_at", "default_for_currency"))
        kept.events.record(EventType.ACCOUNT_EXTERNAL_ACCOUNT_DELETED, row, at=at)
        await kept.follow()
        return row

    async def _of(self, identifier: str | None) -> Scope:
        """The scope in which external accounts of that account are written; its row is held."""
        account = await self.reach.reached(identifier, "account")
        problems = Problems()
        self.reach.refuse_unless_may_write(account, {Field.DETAILS: ("account",)}, problems)
        problems.raise_any()
        return self.reach.name_of(account)

    async def _add(self, own: Scope, row: ExternalAccount, *, is_default: bool | None) -> None:
        await _Kept(own).add(row, is_default=is_default)


class _Kept(Service):
    """The external accounts of the scope's account, whose row is held."""

    events = part(Events)
    planning = part(Planning)

    def matching(self, currency: str) -> Listing:
        """Those of a currency that are not deleted."""
        return self.mine(ExternalAccount).filter(currency=currency, deleted_at=None)

    async def living(self, identifier: str) -> ExternalAccount:
        """The one with this id, held; RESOURCE_MISSING where it is absent, somebody else's or deleted."""
        row = await self.lock(ExternalAccount, identifier)
        if row.deleted_at is not None:
            raise DomainError(ErrorCode.RESOURCE_MISSING, f"External account '{identifier}' was deleted.", "id")
        return row

    async def defaults(self, currency: str) -> list[ExternalAccount]:
        """The default of a currency; none where it has none."""
        return list(await self.matching(currency).filter(default_for_currency=True))

    async def add(self, row: ExternalAccount, *, is_default: bool | None) -> None:
        """Write a new one."""
        former = await self.defaults(row.currency)
        takes = bool(is_default) or not former or former[0].status == ExternalAccountStatus.ERRORED
        row.default_for_currency = takes
        await insert_rows([row])
        self.events.record(EventType.ACCOUNT_EXTERNAL_ACCOUNT_CREATED, row, at=row.created_at)
        await self.give_way(former if takes else [])
        await self.follow()

    async def give_way(self, former: Sequence[ExternalAccount]) -> None:
        """These are the default no longer."""
        before = [self.events.snapshot(each) for each in former]
        for each in former:
            each.default_for_currency = False
        await update_rows(former, ("default_for_currency",))
        for each, told in zip(former, before, strict=True):
            at = self.scope.clock.now()
            self.events.record(EventType.ACCOUNT_EXTERNAL_ACCOUNT_UPDATED, each, at=at, before=told)

    async def follow(self) -> None:
        """What the account is able to do may have changed, and when it is paid out."""
        if self.scope.account_id != self.scope.platform_id:
            await Standings(self.scope).reassess()
        await self.planning.plan_anew()


def _refuse_default(row: ExternalAccount, is_default: bool | None, problems: Problems) -> None:
    if is_default and row.status == ExternalAccountStatus.ERRORED:
        problems.add(
            ErrorCode.BANK_ACCOUNT_UNUSABLE,
            f"A payout to {row.id} failed; create another external account to be the default.",
            "defaultForCurrency",
        )
    if is_default is False and row.default_for_currency:
        problems.add(
            ErrorCode.PARAMETER_INVALID,
            f"{row.id} is the default for {row.currency}; make another one the default instead.",
            "defaultForCurrency",
        )


async def with_external_accounts(account_ids: Sequence[str]) -> set[str]:
    """Of these accounts, those that have an external account which money can be sent to."""
    found = await fetch_by(ExternalAccount, "account_id", account_ids)
    return {
        each.account_id for each in found if each.deleted_at is None and each.status != ExternalAccountStatus.ERRORED
    }


async def open_in_sandbox(scope: Scope, account: Account) -> None:
    """Give an account of the sandbox a bank account in its own currency, where it has nowhere to be paid out to."""
    if account.id in await with_external_accounts([account.id]):
        return
    own = replace(scope, account_id=account.id)
    await _Kept(own).add(sandbox_bank(own, account.country, account.default_currency), is_default=None)
