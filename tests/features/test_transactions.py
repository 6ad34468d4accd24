"""Units of work: what commits, what rolls back, and what is refused, the same on both databases."""

# ruff: noqa: PT012 - what raises here is a block, and a block is never one simple statement.

import asyncio
from datetime import UTC, datetime

import pytest
from tortoise.exceptions import IntegrityError

from models import Customer, EventCounter, Subscription
from services.transactions import (
    DatabaseBusy,
    ForeignTask,
    TransactionFailed,
    current_unit,
    for_update,
    savepoint,
    transaction,
    transactional,
)
from services.transactions.retries import ATTEMPTS_MAX

pytestmark = pytest.mark.usefixtures("database")

NOON = datetime(2027, 1, 31, 12, tzinfo=UTC)


class Refused(Exception):
    """Any error of a service."""


async def write(identifier: str, value: int = 0) -> None:
    await EventCounter.create(id=identifier, account_id="acct_1", livemode=False, value=value)


async def written() -> set[str]:
    return {row.id for row in await EventCounter.all()}


async def test_what_a_unit_wrote_is_there_after_it() -> None:
    async with transaction():
        await write("a")
        await write("b")

    assert await written() == {"a", "b"}
    assert current_unit() is None


async def test_an_error_undoes_the_whole_unit() -> None:
    with pytest.raises(Refused):
        async with transaction():
            await write("a")
            async with transaction():
                await write("b")
            raise Refused

    assert await written() == set()
    assert current_unit() is None


async def test_an_inner_block_joins_the_unit_around_it() -> None:
    async with transaction() as outer:
        await write("a")
        async with transaction() as inner:
            assert inner is outer
            assert await written() == {"a"}


async def test_a_write_outside_a_unit_commits_by_itself() -> None:
    await write("a")

    assert await written() == {"a"}


async def test_half_written_inner_work_cannot_be_committed_by_catching_its_error() -> None:
    with pytest.raises(TransactionFailed, match="wrote rows and then failed"):
        async with transaction():
            try:
                async with transaction():
                    await write("half")
                    raise Refused
            except Refused:
                await write("a")

    assert await written() == set()


async def test_an_inner_refusal_before_any_write_may_be_caught() -> None:
    async with transaction():
        try:
            async with transaction():
                assert await written() == set()
                raise Refused
        except Refused:
            await write("a")

    assert await written() == {"a"}


async def test_a_failed_statement_spoils_the_unit_unless_it_is_in_a_savepoint() -> None:
    await write("a")
    with pytest.raises(TransactionFailed, match="earlier statement"):
        async with transaction():
            with pytest.raises(IntegrityError):
                await write("a")
            await write("b")
    with pytest.raises(TransactionFailed, match="earlier statement"):
        async with transaction():
            with pytest.raises(IntegrityError):
                await write("a")

    assert await written() == {"a"}


async def test_a_collision_in_a_savepoint_leaves_the_unit_usable() -> None:
    await write("a")
    async with transaction():
        await write("b")
        with pytest.raises(IntegrityError):
            async with savepoint():
                await write("c")
                await write("a")
        await write("d")

    assert await written() == {"a", "b", "d"}


async def test_an_error_caught_inside_its_savepoint_is_refused() -> None:
    await write("a")
    async with transaction():
        with pytest.raises(TransactionFailed, match="Catch it around the savepoint"):
            async with savepoint():
                with pytest.raises(IntegrityError):
                    await write("a")
        await write("b")

    assert await written() == {"a", "b"}


async def test_a_savepoint_that_fails_takes_back_hooks_and_kept_values() -> None:
    happened: list[str] = []
    async with transaction() as unit:
        unit.state("pending", dict[str, list[str]]).setdefault("x", []).append("first")
        with pytest.raises(Refused):
            async with savepoint():
                unit.state("pending", dict[str, list[str]])["x"].append("second")
                unit.after_commit(lambda: happened.append("after"))
                async with transaction():
                    await write("a")
                    raise Refused
        assert unit.state("pending", dict[str, list[str]]) == {"x": ["first"]}

    assert happened == []
    assert await written() == set()


async def test_hooks_run_inside_before_the_commit_and_outside_after_it() -> None:
    happened: list[object] = []

    async def before() -> None:
        await write("flushed")
        happened.append(("before", current_unit()))

    async def after() -> None:
        happened.append(("after", current_unit(), await written()))

    async with transaction() as unit:
        unit.after_commit(after)
        unit.before_commit(before)
        happened.append("body")

    assert happened == ["body", ("before", unit), ("after", None, {"flushed"})]


async def test_an_error_before_the_commit_undoes_the_unit_and_skips_what_follows() -> None:
    happened: list[str] = []

    async def before() -> None:
        raise Refused

    with pytest.raises(Refused):
        async with transaction() as unit:
            unit.before_commit(before)
            unit.after_commit(lambda: happened.append("after"))
            await write("a")

    assert await written() == set()
    assert happened == []


async def test_an_error_after_the_commit_is_logged_and_changes_nothing(caplog: pytest.LogCaptureFixture) -> None:
    happened: list[str] = []

    async def fail() -> None:
        raise Refused

    async with transaction() as unit:
        unit.after_commit(fail)
        unit.after_commit(lambda: happened.append("next"))
        await write("a")

    assert await written() == {"a"}
    assert happened == ["next"]
    assert "A hook after commit failed" in caplog.text


async def test_a_task_started_inside_a_unit_may_not_use_the_database() -> None:
    over = asyncio.Event()

    async def join() -> None:
        async with transaction():
            pass

    async def later() -> None:
        await over.wait()
        await write("a")

    async with transaction():
        with pytest.raises(ForeignTask):
            await asyncio.create_task(written())
        with pytest.raises(ForeignTask):
            await asyncio.create_task(join())
        left_over = asyncio.create_task(later())
    over.set()
    with pytest.raises(ForeignTask, match=r"unit\.after_commit"):
        await left_over

    assert await written() == set()


async def test_relations_are_prefetched_inside_a_unit() -> None:
    async with transaction():
        assert await Subscription.all().prefetch_related("customer") == []
        customer = {"id": "cus_1", "created_at": NOON, "account_id": "acct_1"}
        assert await Customer.filter(**customer).prefetch_related() == []


async def test_reads_outside_see_only_what_is_committed_and_do_not_wait() -> None:
    read = asyncio.Event()
    writing = asyncio.Event()

    async def hold() -> None:
        async with transaction():
            await write("a")
            writing.set()
            await read.wait()

    holder = asyncio.create_task(hold())
    await writing.wait()
    assert await written() == set()
    read.set()
    await holder
    assert await written() == {"a"}


async def test_a_locked_row_makes_read_and_write_one_step() -> None:
    await write("a")

    @transactional
    async def add_one() -> None:
        row = await for_update(EventCounter.filter(id="a")).get()
        await asyncio.sleep(0)
        row.value += 1
        await row.save(update_fields=["value"])

    await asyncio.gather(*(add_one() for _ in range(30)))

    assert (await EventCounter.get(id="a")).value == 30


async def test_a_lock_outside_a_unit_is_refused() -> None:
    with pytest.raises(Exception, match=r"for_update\(\) needs a transaction"):
        for_update(EventCounter.all())
    with pytest.raises(Exception, match=r"savepoint\(\) needs a transaction"):
        async with savepoint():
            pass


async def test_a_busy_database_lets_the_outermost_method_run_again() -> None:
    attempts: list[str] = []

    @transactional
    async def inner() -> None:
        attempts.append("inner")
        await write(f"attempt {len(attempts)}")
        if len(attempts) < 5:
            raise DatabaseBusy("taken")

    @transactional
    async def outer() -> str:
        attempts.append("outer")
        await inner()
        return "done"

    assert await outer() == "done"
    assert attempts == ["outer", "inner"] * 3  # the sixth entry is the third "inner", the first to succeed
    assert await written() == {"attempt 6"}


async def test_a_database_that_stays_busy_is_given_up() -> None:
    attempts: list[int] = []

    @transactional
    async def busy() -> None:
        attempts.append(1)
        raise DatabaseBusy("taken")

    with pytest.raises(DatabaseBusy, match="taken"):
        await busy()

    assert len(attempts) == ATTEMPTS_MAX
    assert current_unit() is None


async def test_more_units_than_connections_take_turns() -> None:
    @transactional
    async def one(number: int) -> None:
        await write(str(number))
        await asyncio.sleep(0.001)

    await asyncio.gather(*(one(number) for number in range(40)))

    assert len(await written()) == 40
