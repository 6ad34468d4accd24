"""Tortoise's client for one SQLite file, without a thread between a statement and the event loop.

A statement on a local file takes microseconds; handing it to a thread costs more than running it. So statements run
in the loop's thread, a commit (it waits for the disk) runs in a thread of its own, and a read that turns out slow
is broken off and run again in another thread. See docs/decisions/0002-transactions.md.
"""

import asyncio
import sqlite3
from collections.abc import Sequence
from typing import Any, Final

from pypika_tortoise.dialects import SQLLiteQuery
from tortoise.backends.base.client import BaseDBAsyncClient, Capabilities, TransactionContext
from tortoise.backends.sqlite.executor import SqliteExecutor
from tortoise.backends.sqlite.schema_generator import SqliteSchemaGenerator
from tortoise.exceptions import IntegrityError, OperationalError

from services.transactions.offload import Offload
from services.transactions.tortoise_side import JoinedTransaction, SequentialPrefetch
from services.transactions.units import DatabaseBusy, Dialect, TransactionFailed, current_unit, settled, transaction

_TURN_SECONDS: Final = 20
_POLLS_MAX: Final = 1_000  # With pauses of 1, 2, 3 … and then 20 milliseconds: about 20 seconds as well.
_LONGEST_PAUSE_MILLISECONDS: Final = 20
_SLOW_READ_SECONDS: Final = 10 / 1000
_LONGEST_STRETCH_SECONDS: Final = 5 / 1000
_ROWS_AT_ONCE: Final = 500
_READS: Final = frozenset({"SELECT", "WITH", "EXPLAIN", "PRAGMA", "VALUES"})
_PRAGMAS: Final = (
    "foreign_keys = ON",
    "synchronous = FULL",
    "cache_size = -65536",
    "mmap_size = 268435456",
    "temp_store = MEMORY",
    "journal_size_limit = 67108864",
)


def _translated(error: sqlite3.Error) -> Exception:
    if isinstance(error, sqlite3.IntegrityError):
        return IntegrityError(error)
    if isinstance(error, sqlite3.OperationalError):
        busy = error.sqlite_errorcode & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
        return DatabaseBusy(error) if busy else OperationalError(error)
    return error


class Executor(SequentialPrefetch, SqliteExecutor):
    """Tortoise's executor; prefetches run one after the other."""


class SqliteFile(BaseDBAsyncClient):
    """One file: a writing connection that units take in turns, and a reading one for everything else."""

    dialect: Dialect = "sqlite"
    executor_class = Executor
    query_class = SQLLiteQuery
    schema_generator = SqliteSchemaGenerator
    capabilities = Capabilities(
        "sqlite",
        daemon=False,
        requires_limit=True,
        inline_comment=True,
        support_for_update=False,
        support_update_limit_order_by=False,
        can_rollback_ddl=True,
        support_returning=True,
    )

    def __init__(self, file_path: str, *, foreign_keys: bool = True, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.filename = file_path
        self._foreign_keys = foreign_keys
        self._writer: sqlite3.Connection | None = None
        self._reader: sqlite3.Connection | None = None
        self._slow_reader: sqlite3.Connection | None = None
        self._turn = asyncio.Lock()
        self._waiting = 0
        self._commits = Offload("sqlite-commits")
        self._slow_reads = Offload("sqlite-slow-reads")
        self._loop: asyncio.AbstractEventLoop | None = None

    async def create_connection(self, with_db: bool) -> None:
        """Open the file, which is made when missing. Raises `OperationalError` when it cannot be opened."""
        if self._writer is not None:
            return
        self._loop = asyncio.get_running_loop()
        self._read_until = self._loop.time()
        try:
            self._writer = self._opened("journal_mode = WAL")
            if not self._foreign_keys:
                self._writer.execute("PRAGMA foreign_keys = OFF")
            # A writer polls with pauses of the event loop; SQLite's own waiting would stop the loop.
            self._writer.execute("PRAGMA busy_timeout = 0")
            self._reader = self._opened("query_only = ON")
            self._reader.set_progress_handler(self._read_is_slow, 5_000)
        except sqlite3.Error as error:
            await self.close()
            raise OperationalError(f"The SQLite file {self.filename} cannot be used: {error}") from error
        await self._post_connect()

    def _opened(self, *pragmas: str) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self.filename, timeout=5, isolation_level=None, check_same_thread=False, cached_statements=1024
        )
        connection.row_factory = sqlite3.Row
        for pragma in (*_PRAGMAS, *pragmas):
            connection.execute(f"PRAGMA {pragma}")
        return connection

    def _read_is_slow(self) -> bool:
        assert self._loop is not None
        return self._loop.time() > self._read_until

    async def close(self) -> None:
        """Close the file; a transaction that is still open is rolled back."""
        self._commits.close()
        self._slow_reads.close()
        for connection in (self._slow_reader, self._reader, self._writer):
            if connection is not None:
                connection.close()
        self._writer = self._reader = self._slow_reader = None

    @property
    def is_open(self) -> bool:
        """True from `create_connection` to `close`."""
        return self._writer is not None

    async def db_create(self) -> None:
        """Nothing: opening makes the file."""

    async def db_delete(self) -> None:
        """Not offered: nothing in the program deletes its database."""
        raise NotImplementedError

    async def begin(self) -> "SqliteSession":
        """The writing connection with `BEGIN IMMEDIATE` done. Raises `DatabaseBusy` after 20 seconds of waiting."""
        if self._writer is None:
            await self.create_connection(with_db=True)
        await self._take_turn()
        try:
            await self._begin_immediate()
            assert self._writer is not None
            return SqliteSession(self, self._writer, self._turn, self._commits)
        except BaseException:
            self._turn.release()
            raise

    async def _take_turn(self) -> None:
        if not self._turn.locked() and self._waiting == 0:
            await self._turn.acquire()  # At once: a time limit would cost more than the whole beginning.
            return
        self._waiting += 1
        try:
            async with asyncio.timeout(_TURN_SECONDS):
                await self._turn.acquire()
        except TimeoutError:
            raise DatabaseBusy(
                f"Other transactions of this process have held the database for over {_TURN_SECONDS} seconds."
            ) from None
        finally:
            self._waiting -= 1

    async def _begin_immediate(self) -> None:
        polls = 0
        while True:
            assert self._writer is not None
            try:
                self._writer.execute("BEGIN IMMEDIATE")
            except sqlite3.Error as caught:
                error = _translated(caught)
                polls += 1
                if not isinstance(error, DatabaseBusy) or polls == _POLLS_MAX:
                    raise error from caught
            else:
                return
            await asyncio.sleep(min(polls, _LONGEST_PAUSE_MILLISECONDS) / 1000)

    async def query(self, sql: str, values: Sequence[Any] = ()) -> tuple[int, Sequence[Any]]:
        """Rows affected (or returned) and the records, in the running unit if there is one.

        Outside a unit a read goes to the reading connection, and anything else is a unit of its own.
        """
        unit = current_unit()
        if unit is not None:
            return await unit.session().query(sql, values)
        if sql.lstrip()[:8].split(None, 1)[0].upper() in _READS:
            rows = await self._read(sql, values)
            return len(rows), rows
        async with transaction() as unit:
            return await unit.session().query(sql, values)

    async def _read(self, sql: str, values: Sequence[Any]) -> list[Any]:
        if self._reader is None:
            await self.create_connection(with_db=True)
        assert self._reader is not None
        assert self._loop is not None
        self._read_until = self._loop.time() + _SLOW_READ_SECONDS
        try:
            return self._reader.execute(sql, values).fetchall()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_INTERRUPT:
                raise _translated(error) from error
        except sqlite3.Error as error:
            raise _translated(error) from error
        try:
            rows: list[Any] = await self._slow_reads.run(lambda: self._read_slowly(sql, values))
        except sqlite3.Error as error:
            raise _translated(error) from error
        return rows

    def _read_slowly(self, sql: str, values: Sequence[Any]) -> list[Any]:
        if self._slow_reader is None:
            self._slow_reader = self._opened("query_only = ON")
        return self._slow_reader.execute(sql, values).fetchall()

    async def execute_query(self, query: str, values: list[Any] | None = None) -> tuple[int, Sequence[Any]]:
        """Tortoise's name for `query`."""
        return await self.query(query, values or ())

    async def execute_insert(self, query: str, values: list[Any]) -> Any:
        """Run an insert. Nothing is returned: primary keys are made before."""
        await self.query(query, values)

    async def execute_query_dict(self, query: str, values: list[Any] | None = None) -> list[dict[str, Any]]:
        """The records as dictionaries."""
        return [dict(row) for row in (await self.query(query, values or ()))[1]]

    async def execute_many(self, query: str, values: list[list[Any]]) -> None:
        """Run one statement for each row of values, in one unit."""
        async with transaction() as unit:
            await unit.session().query_many(query, values)

    async def execute_script(self, query: str) -> None:
        """Run statements without values, in one unit."""
        async with transaction() as unit:
            await unit.session().script(query)

    def _in_transaction(self) -> TransactionContext:
        return JoinedTransaction(self)


class SqliteSession:
    """The writing connection while one unit has it."""

    __slots__ = ("_commits", "_connection", "_database", "_done", "_loop", "_resumed_at", "_turn", "failed", "writes")

    def __init__(
        self, database: SqliteFile, connection: sqlite3.Connection, turn: asyncio.Lock, commits: Offload
    ) -> None:
        self._database = database
        self._connection = connection
        self._turn = turn
        self._commits = commits
        self._loop = asyncio.get_running_loop()
        self._resumed_at = self._loop.time()
        self._done = False
        self.writes = 0
        self.failed: BaseException | None = None

    async def query(self, sql: str, values: Sequence[Any] = ()) -> tuple[int, Sequence[Any]]:
        """Rows affected (or returned) and the records."""
        try:
            cursor = self._connection.execute(sql, values)
            rows = cursor.fetchall()
        except sqlite3.Error as error:
            raise self._failure(error) from error
        await self._let_others_run()
        affected = cursor.rowcount
        if affected < 0:
            return len(rows), rows
        self.writes += 1
        return affected, rows

    async def query_many(self, sql: str, rows: Sequence[Sequence[Any]]) -> int:
        """Run one statement for each row of values; gives how many rows they affected together."""
        self.writes += 1
        affected = 0
        for start in range(0, len(rows), _ROWS_AT_ONCE):
            try:
                affected += self._connection.executemany(sql, rows[start : start + _ROWS_AT_ONCE]).rowcount
            except sqlite3.Error as error:
                raise self._failure(error) from error
            await self._let_others_run()
        return affected

    async def script(self, sql: str) -> None:
        """Run statements without values."""
        self.writes += 1
        try:
            for statement in _statements(sql):
                self._connection.execute(statement)
        except sqlite3.Error as error:
            raise self._failure(error) from error

    async def commit(self) -> asyncio.CancelledError | None:
        """Commit in the thread for it; then the next unit has its turn."""
        if not self._connection.in_transaction:
            raise TransactionFailed(f"SQLite has rolled this transaction back by itself: {self.failed}")
        if self.writes == 0:
            self._connection.execute("COMMIT")
            self._give_back()
            return None
        committing = self._commits.run(lambda: self._connection.execute("COMMIT"))
        interruption = await settled(committing)
        error = committing.exception()
        if error is None:
            self._give_back()
            return interruption
        if interruption is not None:
            raise interruption from error
        raise _translated(error) if isinstance(error, sqlite3.Error) else error

    async def rollback(self) -> None:
        """Roll back, unless the unit has ended."""
        if self._done:
            return
        try:
            # Closing the file, at the end of the program, has rolled back already.
            if self._database.is_open and self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
        finally:
            self._give_back()

    def _give_back(self) -> None:
        self._done = True
        self._turn.release()

    def _failure(self, error: sqlite3.Error) -> Exception:
        self.failed = error
        return _translated(error)

    async def _let_others_run(self) -> None:
        # Statements do not suspend the task: without this a large unit would hold the event loop to its end.
        if self._loop.time() - self._resumed_at > _LONGEST_STRETCH_SECONDS:
            await asyncio.sleep(0)
            self._resumed_at = self._loop.time()


def _statements(script: str) -> list[str]:
    # sqlite3's own executescript() commits the open transaction first.
    statements: list[str] = []
    pending = ""
    for piece in script.split(";"):
        pending += piece + ";"
        if sqlite3.complete_statement(pending):
            statements.append(pending)
            pending = ""
    return [statement for statement in statements if statement.strip(" \n\t;")]


client_class = SqliteFile
