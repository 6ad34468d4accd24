"""Units of work when tasks are cancelled at any moment and when several processes write at once."""

# ruff: noqa: PT012 - what raises here is a block, and a block is never one simple statement.

import asyncio
import random
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest
from tortoise.exceptions import DBConnectionError, IntegrityError, OperationalError

from models import EventCounter
from prorata.database import connect, connected, disconnect
from services.rows import insert_rows
from services.transactions import TransactionFailed, current_unit, database, for_update, transaction, transactional
from tests.features.transactions_worker import counter

ROOT = Path(__file__).parents[2]
PROCESSES, ROUNDS = 4, 30


async def write_pair(number: int) -> None:
    """Two rows that belong together, with suspensions between."""
    async with transaction() as unit:
        await insert_rows([counter(f"{number}-left")])
        await asyncio.sleep(0)
        await for_update(EventCounter.filter(id=f"{number}-left")).get()
        unit.after_commit(lambda: asyncio.sleep(0))
        await insert_rows([counter(f"{number}-right")])


@pytest.mark.usefixtures("database")
async def test_cancelled_units_leave_no_lock_and_no_half() -> None:
    chance = random.Random(20270131)
    outcomes = {"cancelled": 0, "finished": 0}

    async def one(number: int) -> None:
        task = asyncio.create_task(write_pair(number))
        if chance.random() < 0.5:
            for _ in range(chance.randrange(40)):
                await asyncio.sleep(0)
        else:
            await asyncio.sleep(chance.random() * 0.03)
        task.cancel()
        try:
            await task
            outcomes["finished"] += 1
        except asyncio.CancelledError:
            outcomes["cancelled"] += 1

    for start in range(0, 600, 12):
        await asyncio.gather(*(one(number) for number in range(start, start + 12)))
    await asyncio.wait_for(write_pair(600), 10)

    stored = {row.id for row in await EventCounter.all()}
    pairs = {identifier.split("-")[0] for identifier in stored}
    assert stored == {f"{number}-{side}" for number in pairs for side in ("left", "right")}
    assert outcomes["cancelled"] > 100
    assert len(pairs) > outcomes["finished"]  # the last one, and those cancelled while they committed


@pytest.mark.usefixtures("database")
async def test_a_task_cancelled_while_it_waits_for_its_turn_leaves_nothing() -> None:
    is_held, release = asyncio.Event(), asyncio.Event()

    @transactional
    async def hold() -> None:
        await insert_rows([counter("held")])
        is_held.set()
        await release.wait()

    @transactional
    async def lock_it() -> None:
        await for_update(EventCounter.filter(id="held")).first()
        await insert_rows([counter("held")], ignore_conflicts=True)

    holder = asyncio.create_task(hold())
    await is_held.wait()
    waiting = [asyncio.create_task(lock_it()) for _ in range(12)]
    await asyncio.sleep(0.02)
    for task in waiting:
        task.cancel()
    gone = await asyncio.gather(*waiting, return_exceptions=True)
    release.set()
    await holder

    assert all(isinstance(outcome, asyncio.CancelledError) for outcome in gone)
    await asyncio.wait_for(lock_it(), 10)
    assert current_unit() is None


async def test_several_processes_write_one_database_and_none_is_refused(database_url: str) -> None:
    async with connected(database_url):
        await insert_rows([counter("shared")])
    command = [sys.executable, "-m", "tests.features.transactions_worker", database_url]
    processes = [
        subprocess.Popen(  # noqa: ASYNC220 - nothing else runs in this loop meanwhile
            [*command, f"process{number}", str(ROUNDS)], cwd=ROOT, stderr=subprocess.PIPE, text=True
        )
        for number in range(PROCESSES)
    ]
    errors = [process.communicate(timeout=120)[1] for process in processes]

    assert errors == [""] * PROCESSES
    async with connected(database_url):
        assert (await EventCounter.get(id="shared")).value == PROCESSES * ROUNDS
        assert await EventCounter.all().count() == 1 + PROCESSES * ROUNDS * 10


@pytest.mark.postgres
@pytest.mark.usefixtures("postgres_database")
async def test_a_deadlock_is_broken_and_its_loser_runs_again() -> None:
    await insert_rows([counter("a"), counter("b")])
    runs: list[str] = []
    both_hold_one = asyncio.Barrier(2)

    @transactional
    async def add_to(first: str, second: str) -> None:
        runs.append(first)
        for identifier in (first, second):
            row = await for_update(EventCounter.filter(id=identifier)).get()
            row.value += 1
            await row.save(update_fields=["value"])
            if len(runs) <= 2 and identifier == first:
                await both_hold_one.wait()

    await asyncio.gather(add_to("a", "b"), add_to("b", "a"))

    assert {row.id: row.value for row in await EventCounter.all()} == {"a": 2, "b": 2}
    assert len(runs) == 3


@pytest.mark.postgres
async def test_a_connection_that_is_lost_costs_its_unit_alone(postgres_database: str) -> None:
    other = await asyncpg.connect(postgres_database)
    with pytest.raises(DBConnectionError, match="was lost"):
        async with transaction() as unit:
            _, rows = await unit.session().query("SELECT pg_backend_pid() AS pid")
            await other.execute("SELECT pg_terminate_backend($1, 5000)", rows[0]["pid"])
            await insert_rows([counter("a")])
    await other.close()

    await write_pair(1)

    assert await EventCounter.all().count() == 2


@pytest.mark.postgres
@pytest.mark.usefixtures("postgres_database")
async def test_a_commit_that_is_refused_says_why_and_gives_the_connection_back() -> None:
    async with transaction() as unit:
        await unit.session().script("CREATE TABLE late (id INT, UNIQUE (id) DEFERRABLE INITIALLY DEFERRED)")
    for _ in range(12):  # more often than there are connections
        with pytest.raises(IntegrityError, match="late_id_key"):
            async with transaction() as unit:
                await unit.session().query("INSERT INTO late VALUES (1), (1)")

    assert (await database().query("SELECT 1 FROM late"))[0] == 0


@pytest.mark.postgres
@pytest.mark.usefixtures("postgres_database")
async def test_a_statement_that_is_broken_off_spoils_its_unit() -> None:
    with pytest.raises(TransactionFailed, match="earlier statement"):
        async with transaction() as unit:
            await insert_rows([counter("a")])
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.01):
                    await unit.session().query("SELECT pg_sleep(5)")
            await insert_rows([counter("b")])

    assert await EventCounter.all() == []


@pytest.mark.sqlite
async def test_a_slow_read_does_not_hold_up_the_event_loop(sqlite_url: str) -> None:
    counting = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000000)"
    turns = 0
    async with connected(sqlite_url):
        reading = asyncio.create_task(database().query(f"{counting} SELECT count(*) AS c FROM n"))
        while not reading.done():
            await asyncio.sleep(0)
            turns += 1
        assert (await reading)[1][0]["c"] == 3_000_000

    assert turns > 10


@pytest.mark.sqlite
async def test_a_large_unit_lets_other_tasks_run(sqlite_url: str) -> None:
    order: list[str] = []

    async def other() -> None:
        await asyncio.sleep(0)
        order.append("other")

    async with connected(sqlite_url):
        task = asyncio.create_task(other())
        await insert_rows([counter(str(number)) for number in range(20_000)])
        order.append("unit")
        await task

    assert order == ["other", "unit"]


async def test_a_connection_that_fails_leaves_nothing_open() -> None:
    with pytest.raises(OperationalError, match="/nowhere/x"):
        await connect("sqlite:///nowhere/x.sqlite3")
    with pytest.raises(Exception, match="cannot be used"):
        await connect("postgresql://prorata:secret@127.0.0.1:1/none")
    with pytest.raises(ValueError, match="starts with sqlite:// or postgresql://, not with mysql:"):
        await connect("mysql://x/y")
    with pytest.raises(ValueError, match="names no file"):
        await connect("sqlite://:memory:")
    await disconnect()


async def test_one_process_connects_once(database_url: str) -> None:
    async with connected(database_url):
        with pytest.raises(RuntimeError, match="connected to a database already"):
            await connect(database_url)
        assert await EventCounter.all() == []


def test_a_program_that_fails_while_connected_ends(database_url: str) -> None:
    program = (
        "import asyncio, sys\n"
        "from prorata.database import connect\n"
        "from services.transactions import transaction\n"
        "async def main():\n"
        "    await connect(sys.argv[1])\n"
        "    async with transaction():\n"
        "        raise SystemExit(3)\n"
        "asyncio.run(main())\n"
    )
    ended = subprocess.run([sys.executable, "-c", program, database_url], cwd=ROOT, timeout=60, check=False)

    assert ended.returncode == 3
