"""Many rows at once, on both databases."""

from datetime import UTC, datetime
from typing import Any

import pytest
from tortoise.exceptions import IntegrityError

from models import Event
from services.rows import delete_by, fetch_by, hydrate, insert_rows, select_list, update_rows
from services.transactions import database, transaction

pytestmark = pytest.mark.usefixtures("database")

NOON = datetime(2027, 1, 31, 12, tzinfo=UTC)
MANY = 450  # more than PostgreSQL takes by `unnest` and fewer than SQLite takes at a stretch


def event(number: int, *, account: str = "acct_1", livemode: bool = False) -> Event:
    return Event(
        id=f"evt_{account}_{number:04}",
        created_at=NOON,
        account_id=account,
        livemode=livemode,
        type="invoice.paid",
        object_id=f"in_{number}",
        object_type="invoice",
        data={"number": number, "word": "Größe", "none": None},
        previous_attributes={"n": 1} if number % 2 else None,
        api_version="1",
        sequence=number,
        object_sequence=1,
        written_at=NOON,
    )


def columns(row: Event) -> dict[str, Any]:
    """What the row holds, column by column."""
    return {name: getattr(row, name) for name in Event._meta.fields_db_projection}


@pytest.mark.parametrize("count", [1, 2, MANY])
async def test_inserted_rows_are_read_as_tortoise_reads_them(count: int) -> None:
    rows = [event(number) for number in range(count)]

    assert await insert_rows(rows) == count

    fetched = await fetch_by(Event, "id", [row.id for row in rows], order=("id",))
    stored = await Event.all().order_by("id")
    assert [columns(row) for row in fetched] == [columns(row) for row in stored] == [columns(row) for row in rows]
    assert fetched[0].__dict__ == stored[0].__dict__
    assert type(fetched[0].livemode) is bool


async def test_an_inserted_row_counts_as_saved() -> None:
    row = event(1)
    await insert_rows([row])
    row.type = "invoice.voided"
    await row.save(update_fields=["type"])

    assert [stored.type for stored in await Event.all()] == ["invoice.voided"]


@pytest.mark.parametrize("count", [1, 2, MANY])
async def test_a_collision_inserts_none_of_the_rows(count: int) -> None:
    await insert_rows([event(0)])
    with pytest.raises(IntegrityError):
        await insert_rows([event(number) for number in range(count)])

    assert await Event.all().count() == 1


@pytest.mark.parametrize("count", [1, 2, MANY])
async def test_collisions_can_be_passed_over(count: int) -> None:
    await insert_rows([event(0)])

    assert await insert_rows([event(number) for number in range(count)], ignore_conflicts=True) == count - 1
    assert await Event.all().count() == count


@pytest.mark.parametrize("count", [1, 2, MANY])
async def test_updated_rows_change_in_the_named_fields_alone(count: int) -> None:
    rows = [event(number) for number in range(count)]
    await insert_rows([*rows, event(count)])
    for row in rows:
        row.data, row.livemode, row.type, row.previous_attributes = {"new": True}, True, "not written", None

    assert await update_rows(rows, ("data", "livemode", "previous_attributes")) == count

    stored = await Event.filter(livemode=True)
    assert len(stored) == count
    assert all(row.data == {"new": True} and row.type == "invoice.paid" for row in stored)
    assert all(row.previous_attributes is None for row in stored)


async def test_an_update_counts_only_rows_that_are_there() -> None:
    present, absent = event(1), event(2)
    await insert_rows([present])

    assert await update_rows([present, absent], ("type",)) == 1
    assert await update_rows([absent], ("type",)) == 0
    assert await update_rows([], ("type",)) == 0
    assert await insert_rows([]) == 0


async def test_rows_are_fetched_within_their_scope_and_in_order() -> None:
    await insert_rows([event(number) for number in range(5)])
    await insert_rows([event(number, account="acct_2") for number in range(5)])
    objects = ["in_4", "in_0", "in_0", "in_9"]

    mine = await fetch_by(Event, "object_id", objects, account_id="acct_1", livemode=False, order=("-sequence", "id"))

    assert [row.id for row in mine] == ["evt_acct_1_0004", "evt_acct_1_0000"]
    assert await fetch_by(Event, "object_id", objects, account_id="acct_1", livemode=True) == []
    assert await fetch_by(Event, "id", []) == []
    assert len(await fetch_by(Event, "created_at", [NOON], account_id="acct_2")) == 5


async def test_rows_can_be_locked_while_they_are_fetched() -> None:
    await insert_rows([event(number) for number in range(3)])
    async with transaction():
        rows = await fetch_by(Event, "id", ["evt_acct_1_0002", "evt_acct_1_0001"], lock=True)

    assert [row.sequence for row in rows] == [1, 2]


async def test_rows_are_deleted_within_their_scope() -> None:
    await insert_rows([event(1), event(2), event(1, account="acct_2")])

    assert await delete_by(Event, "object_id", ["in_1", "in_3"], account_id="acct_1") == 1
    assert {row.id for row in await Event.all()} == {"evt_acct_1_0002", "evt_acct_2_0001"}


async def test_records_of_any_shape_become_rows() -> None:
    await insert_rows([event(1)])
    stored = await Event.get(object_id="in_1")
    _, with_more = await database().query(f"SELECT 1 AS one, {select_list(Event)} FROM events")
    record = {**columns(stored), "created_at": int(NOON.timestamp())}

    assert columns(hydrate(Event, with_more)[0]) == columns(stored)
    assert columns(hydrate(Event, [record])[0]) == columns(stored)
    del record["request_id"]
    assert hydrate(Event, [record])[0].request_id is None
    assert hydrate(Event, []) == []
