"""Tells when money becomes available, and sees when it is paid out: once per world and day at most."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from domain.agenda import AgendaKind
from domain.event_types import EventType
from domain.payouts import midnight_after
from models import Account, AgendaEntry, BalanceTransaction
from services.aggregates import WholeBalance
from services.availability import Availability
from services.base import Service, part
from services.due import Due
from services.events import Events
from services.expected_money import World, hold_alone, world_of
from services.payouts.planning import Planning
from services.rows import fetch_by
from services.transactions import database, is_postgres


class Telling(Service):
    """Follows one world. Its scope is that of the world's account."""

    availability = part(Availability)
    due = part(Due)
    events = part(Events)
    planning = part(Planning)

    async def tell(self, entry: AgendaEntry) -> None:
        """Event `balance.available` if money became available since the entry was made; then the next entry."""
        world, now = world_of(entry), self.scope.clock.now()
        await hold_alone(world)
        found = await self._come(world, entry.created_at, now)
        if found["come"]:
            [account] = await fetch_by(Account, "id", [world.account_id])
            balance = await self.availability.of_world(world.test_clock_id)
            self.events.record(EventType.BALANCE_AVAILABLE, WholeBalance(account, balance, world.livemode), at=now)
            await self.planning.plan(world.test_clock_id)
        tomorrow = midnight_after(now)
        if found["next"] is not None:
            await self._again(world, max(datetime.fromtimestamp(found["next"], UTC), tomorrow))
        elif found["come"]:
            await self._again(world, tomorrow)

    async def _again(self, world: World, due_at: datetime) -> None:
        await self.due.schedule(AgendaKind.BALANCE_AVAILABLE, world.id, due_at, test_clock_id=world.test_clock_id)

    async def _come(self, world: World, since: datetime, now: datetime) -> Mapping[str, Any]:
        """`come`: how many amounts became available since then; `next`: when more of what is pending will."""
        mark = "$" if is_postgres() else "?"
        clock = "IS NULL" if world.test_clock_id is None else f"= {mark}5"
        available = f"available_at <= {mark}3"
        sql = (
            f"SELECT COUNT(CASE WHEN {available} AND (available_at > {mark}4 OR created_at >= {mark}4) THEN 1 END)"
            f" AS come, MIN(CASE WHEN NOT ({available}) THEN available_at END) AS next"
            f' FROM "{BalanceTransaction._meta.db_table}" WHERE account_id = {mark}1 AND livemode = {mark}2'
            f" AND net > 0 AND available_at >= {mark}4 AND test_clock_id {clock}"
        )
        values: list[Any] = [world.account_id, world.livemode, int(now.timestamp()), int(since.timestamp())]
        if world.test_clock_id is not None:
            values.append(world.test_clock_id)
        found: Mapping[str, Any] = (await database().query(sql, values))[1][0]
        return found
