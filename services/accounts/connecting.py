"""Connected accounts leave their platform and come back; subscriptions go on, but nobody acts for them meanwhile."""

from collections.abc import Callable
from dataclasses import replace

from domain.accounts import Dashboard
from domain.errors import DomainError, ErrorCode
from domain.event_types import EventType
from models import Account, Person
from services.accounts.reach import Reach
from services.aggregates import WholeApplication
from services.base import Service, part
from services.events import Events
from services.idempotency import transactional
from services.rows import fetch_by, update_rows
from services.transactions import current_unit

Listener = Callable[[str], None]

_LISTENERS: list[Listener] = []


def on_disconnect(listener: Listener) -> Callable[[], None]:
    """Tell the listener the id of every account that is disconnected by this process; gives what ends that."""
    _LISTENERS.append(listener)
    return lambda: _LISTENERS.remove(listener)


class Connections(Service):
    """Disconnecting and reconnecting accounts."""

    reach = part(Reach)

    @transactional
    async def end(self, identifier: str | None) -> Account:
        """The account, which its platform cannot act for any more; the scope's own without an id.

        Records `account.application.deauthorized` on the platform for accounts with a dashboard.
        """
        account = await self.reach.reached(identifier, disconnected=True)
        _refuse_platform(account)
        if account.disconnected_at is not None:
            raise DomainError(
                ErrorCode.ACCOUNT_INVALID,
                f"Account {account.id} is not connected since {account.disconnected_at:%Y-%m-%d %H:%M:%S} UTC.",
                "id",
            )
        account.disconnected_at = self.scope.clock.now()
        await self._moved(account, EventType.ACCOUNT_APPLICATION_DEAUTHORIZED)
        unit = current_unit()
        assert unit is not None
        unit.after_commit(lambda: _tell(account.id))
        return account

    @transactional
    async def begin_again(self, identifier: str | None) -> Account:
        """The account, connected as before; the scope's own without an id.

        An account with a full dashboard does it by itself, and its platform only in test mode. Records
        `account.application.authorized` on the platform for accounts with a dashboard.
        """
        account = await self.reach.reached(identifier, disconnected=True)
        _refuse_platform(account)
        if account.disconnected_at is None:
            raise DomainError(ErrorCode.ACCOUNT_INVALID, f"Account {account.id} is connected already.", "id")
        is_full = account.controller.get("dashboard") == Dashboard.FULL
        if is_full and self.scope.livemode and self.reach.is_platform_of(account):
            raise DomainError(
                ErrorCode.ACCOUNT_HOLDER_REQUIRED,
                f"Account {account.id} has a full dashboard: it connects again by itself, with a key of its own.",
                "id",
            )
        account.disconnected_at = None
        await self._moved(account, EventType.ACCOUNT_APPLICATION_AUTHORIZED)
        return account

    async def _moved(self, account: Account, type: EventType) -> None:
        """Keep whether the account is connected, let its persons be seen accordingly, and tell the platform."""
        await update_rows([account], ["disconnected_at"])
        persons = await fetch_by(Person, "account_id", [account.id], lock=True)
        for person in persons:
            person.platform_id = None if account.disconnected_at else account.platform_id
        await update_rows(persons, ["platform_id"])
        if account.controller.get("dashboard") == Dashboard.NONE:
            return
        [platform] = await fetch_by(Account, "id", [account.platform_id])
        there = Events(replace(self.scope, account_id=platform.id, application_id=None))
        application = WholeApplication(platform, self.scope.livemode)
        there.record(type, application, at=self.scope.clock.now(), about=account.id)


def _refuse_platform(account: Account) -> None:
    if account.id == account.platform_id:
        raise DomainError(
            ErrorCode.ACCOUNT_INVALID, f"Account {account.id} is the platform; it is connected to nobody.", "id"
        )


def _tell(account_id: str) -> None:
    for listener in list(_LISTENERS):
        listener(account_id)
