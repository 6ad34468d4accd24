"""What an account may send: money that is available in its world, held while it is looked at.

Money of a test clock's customers is a world of its own: it becomes available, is transferred and paid out in that
clock's time. All other money is in the system's time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.accounts import covered_by_platform
from domain.errors import DomainError, ErrorCode
from domain.lifecycles import TestClockStatus
from models import Account, BalanceTransaction, TestClock
from services.base import Service
from services.rows import fetch_by
from services.transactions import database, is_postgres


@dataclass(frozen=True, slots=True)
class Amount:
    """Minor units of one currency."""

    amount: int
    currency: str


@dataclass(frozen=True, slots=True)
class Balance:
    """What an account owns after fees, by currency: available to be paid out, and on its way to that.

    `connect_reserved` is kept back of it for what connected accounts owe whose losses the platform covers.
    """

    available: Sequence[Amount]
    pending: Sequence[Amount]
    connect_reserved: Sequence[Amount] = ()


class Availability(Service):
    """Sums up movements, and holds accounts that are about to send money."""

    async def current(self, test_clock: str | None = None) -> Balance:
        """What is available and what is pending right now, each movement by its own clock.

        With a test clock, of that clock's world alone.
        """
        records = await self._sums(test_clock)
        owed = await self._owed_to_platform()
        return _balance(records, [each for each in owed if test_clock in (None, each.test_clock_id)])

    async def held_available(self, currency: str, test_clock_id: str | None) -> int:
        """Within a transaction: what the scope's account may send of one world's money, in minor units.

        Below zero where it owes. The account's row is held until the transaction ends, so that nobody else sends it.
        """
        await fetch_by(Account, "id", [self.scope.account_id], lock=True)
        at = await self.moment(test_clock_id)
        available = await self._available(currency, test_clock_id, at)
        owed = sum(
            each.amount
            for each in await self._owed_to_platform()
            if (each.currency, each.test_clock_id) == (currency, test_clock_id)
        )
        return available - owed

    async def moment(self, test_clock_id: str | None) -> datetime:
        """The present of a world, also of one whose clock another account made."""
        if test_clock_id is None or test_clock_id == self.scope.on_clock:
            return self.scope.clock.now()
        return (await self._clock(test_clock_id)).frozen_at

    async def still_moment(self, test_clock_id: str | None) -> datetime:
        """As `moment`, of a clock that does not set off before the transaction ends; refused while it is on its way."""
        if test_clock_id is None or test_clock_id == self.scope.on_clock:
            return self.scope.clock.now()
        return _standing(await self._clock(test_clock_id, share=True))

    async def named_moment(self, test_clock: str | None) -> datetime:
        """As `moment`, of a clock that a caller named: the account's own, or that of the platform which acts for it.

        To a platform also that of one of its accounts: it has fees of payments in that clock's world.

        Refuses any other, and one that is on its way.
        """
        if test_clock is None:
            return self.scope.clock.now()
        found = await fetch_by(TestClock, "id", [test_clock], share=True, livemode=self.scope.livemode)
        if not found or not await self._may_name(found[0]):
            raise DomainError(ErrorCode.RESOURCE_MISSING, f"No such test clock: '{test_clock}'.", "testClock")
        return _standing(found[0])

    async def _may_name(self, clock: TestClock) -> bool:
        """Whether the scope may know of a clock: no other account's, unless it is their platform or acts for one."""
        if clock.account_id in {self.scope.account_id, self.scope.application_id}:
            return True
        return bool(await fetch_by(Account, "id", [clock.account_id], platform_id=self.scope.account_id))

    async def _clock(self, test_clock_id: str, *, share: bool = False) -> TestClock:
        found = await fetch_by(TestClock, "id", [test_clock_id], share=share, livemode=self.scope.livemode)
        assert found, f"money is left in the world of {test_clock_id}, which is gone"
        return found[0]

    async def of_world(self, test_clock_id: str | None) -> Balance:
        """As `current`, of one world alone: None is the system's."""
        records = await self._sums(test_clock_id, alone=True)
        owed = [each for each in await self._owed_to_platform() if each.test_clock_id == test_clock_id]
        return _balance(records, owed)

    async def _available(self, currency: str, test_clock_id: str | None, at: datetime) -> int:
        world, values = _world(test_clock_id, 5)
        one, two, three, four = _marks(4)
        sql = (
            f'SELECT CAST(COALESCE(SUM(net), 0) AS BIGINT) AS available FROM "{BalanceTransaction._meta.db_table}"'
            f" WHERE account_id = {one} AND livemode = {two} AND currency = {three} AND available_at <= {four}"
            f" AND test_clock_id {world}"
        )
        given = [self.scope.account_id, self.scope.livemode, currency, int(at.timestamp()), *values]
        return int((await database().query(sql, given))[1][0]["available"])

    async def _sums(self, test_clock_id: str | None, *, alone: bool = False) -> Sequence[Mapping[str, Any]]:
        """Per currency the sum of all nets, and of those that are available by their clock.

        Without a clock of all worlds, with `alone` of the system's.
        """
        now, account, mode = _marks(3)
        values: list[Any] = [int(self.scope.clock.now().timestamp()), self.scope.account_id, self.scope.livemode]
        narrowed = ""
        if alone or test_clock_id is not None:
            world, more = _world(test_clock_id, 4)
            narrowed, values = f" AND b.test_clock_id {world}", [*values, *more]
        sql = (
            f"SELECT b.currency AS currency, CAST(SUM(b.net) AS BIGINT) AS total, CAST(SUM(CASE WHEN b.available_at <= "
            f"COALESCE(c.frozen_at, {now}) THEN b.net ELSE 0 END) AS BIGINT) AS available "
            f'FROM "{BalanceTransaction._meta.db_table}" b LEFT JOIN "{TestClock._meta.db_table}" c '
            f"ON c.id = b.test_clock_id WHERE b.account_id = {account} AND b.livemode = {mode}{narrowed} "
            f"GROUP BY b.currency ORDER BY b.currency"
        )
        records: Sequence[Mapping[str, Any]] = (await database().query(sql, values))[1]
        return records

    async def _owed_to_platform(self) -> list["Owed"]:
        """What accounts owe whose losses the scope's account covers; nothing where it is no platform."""
        if self.scope.account_id != self.scope.platform_id:
            return []
        platform, mode = _marks(2)
        sql = (
            "SELECT b.account_id AS account, b.currency AS currency, b.test_clock_id AS clock,"
            f' CAST(SUM(b.net) AS BIGINT) AS net FROM "{BalanceTransaction._meta.db_table}" b'
            f' JOIN "{Account._meta.db_table}" a ON a.id = b.account_id'
            f" WHERE a.platform_id = {platform} AND a.id <> a.platform_id AND b.livemode = {mode}"
            " GROUP BY b.account_id, b.currency, b.test_clock_id HAVING SUM(b.net) < 0"
        )
        found = (await database().query(sql, [self.scope.account_id, self.scope.livemode]))[1]
        owing = {each.id: each for each in await fetch_by(Account, "id", {row["account"] for row in found})}
        return [
            Owed(-row["net"], row["currency"], row["clock"])
            for row in found
            if covered_by_platform(owing[row["account"]].controller)
        ]


@dataclass(frozen=True, slots=True)
class Owed:
    """What a connected account owes in one world: minor units, above zero."""

    amount: int
    currency: str
    test_clock_id: str | None


def _balance(records: Sequence[Mapping[str, Any]], owed: Sequence[Owed]) -> Balance:
    reserved: dict[str, int] = {}
    for each in owed:
        reserved[each.currency] = reserved.get(each.currency, 0) + each.amount
    return Balance(
        available=[Amount(each["available"], each["currency"]) for each in records],
        pending=[Amount(each["total"] - each["available"], each["currency"]) for each in records],
        connect_reserved=[Amount(amount, currency) for currency, amount in sorted(reserved.items())],
    )


def _standing(clock: TestClock) -> datetime:
    """Where a clock stands; refused while it is on its way."""
    if clock.status == TestClockStatus.ADVANCING:
        raise DomainError(
            ErrorCode.TEST_CLOCK_ADVANCING,
            f"Test clock {clock.id} is advancing; money can be moved in its time once it is ready.",
            "testClock",
        )
    return clock.frozen_at


def _marks(count: int) -> list[str]:
    """Marks of a statement's first parameters."""
    return [f"${place}" if is_postgres() else f"?{place}" for place in range(1, count + 1)]


def _world(test_clock_id: str | None, place: int) -> tuple[str, list[str]]:
    """The end of a condition on `test_clock_id`, and its parameter at that place."""
    if test_clock_id is None:
        return "IS NULL", []
    return f"= {'$' if is_postgres() else '?'}{place}", [test_clock_id]
