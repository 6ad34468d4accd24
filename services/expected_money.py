"""Money that comes: a note on the agenda of every world that has some, so that it is told and paid out in time.

Each world of an account (its money on one test clock, or on none) has one entry on the agenda at most, however many
charges come in. They do not wait for each other: whoever finds the entry there leaves it. Whoever takes the last one
away has to know of all money that is on its way into the world: charges hold the world together (shared advisory
locks on PostgreSQL; SQLite has one writer), and who takes it away holds it alone.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from domain.agenda import AgendaKind, rank_of
from domain.ids import Prefix
from domain.payouts import midnight_after
from models import AgendaEntry, BalanceTransaction
from services.rows.tables import Table, table_of
from services.scope import Scope
from services.transactions import database, is_postgres

_ALONE = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))"


@dataclass(frozen=True, slots=True)
class World:
    """The money of one account, in one mode, on one test clock or on none."""

    account_id: str
    livemode: bool
    test_clock_id: str | None

    @property
    def id(self) -> str:
        """What the agenda knows it by: a digest, because two ids are longer than one may be."""
        named = f"{self.account_id} {self.livemode} {self.test_clock_id}"
        return "world_" + sha256(named.encode()).hexdigest()[:32]


def world_of(entry: AgendaEntry) -> World:
    """The world that an entry of the agenda is about."""
    return World(entry.account_id, entry.livemode, entry.test_clock_id)


async def expect_money(scope: Scope, movements: Iterable[BalanceTransaction]) -> None:
    """Within a transaction, after these movements, of any accounts, were written: let it be told when they are
    available. One statement, none where no money comes in.

    What is available at once is told at the next midnight.
    """
    dues: dict[World, tuple[datetime, datetime]] = {}
    for each in movements:
        if each.net > 0:
            world = World(each.account_id, each.livemode, each.test_clock_id)
            due_at = each.available_at if each.available_at > each.created_at else midnight_after(each.created_at)
            dues[world] = min((due_at, each.created_at), dues.get(world, (due_at, each.created_at)))
    entries = [_entry(scope, world, *dues[world]) for world in sorted(dues, key=lambda world: world.id)]
    if not entries:
        return
    table = table_of(AgendaEntry)
    if is_postgres():
        await database().query(table.text("expect", lambda: _expect(table)), table.getter().columns(entries))
        return
    for entry in entries:  # mostly one
        await database().query(table.insert(ignore_conflicts=True, unnest=False), table.getter().row(entry))


async def hold_alone(world: World) -> None:
    """Within a transaction: wait for all money that is on its way into the world, and keep more from coming."""
    if is_postgres():
        await database().query(_ALONE, [world.id])


def _entry(scope: Scope, world: World, due_at: datetime, since: datetime) -> AgendaEntry:
    return AgendaEntry.made(
        id=scope.ids.new(Prefix.AGENDA_ENTRY),
        created_at=since,
        kind=AgendaKind.BALANCE_AVAILABLE,
        subject_id=world.id,
        due_at=due_at,
        rank=rank_of(AgendaKind.BALANCE_AVAILABLE),
        test_clock_id=world.test_clock_id,
        account_id=world.account_id,
        livemode=world.livemode,
    )


def _expect(table: Table[AgendaEntry]) -> str:
    arrays = ", ".join(f"${n}::{column.sql_type}[]" for n, column in enumerate(table.all, 1))
    held = f"SELECT *, pg_advisory_xact_lock_shared(hashtextextended(subject_id, 0)) FROM unnest({arrays})"
    return (
        f"INSERT INTO {table.name} ({table.select_list}) SELECT {table.select_list}"
        f" FROM ({held} AS coming ({table.select_list})) AS held ON CONFLICT DO NOTHING"
    )
