"""The one connection of a process that writes to an SQLite file: units take turns on it.

Statements run in the event loop's thread, where they take microseconds. A commit waits for the disk: it runs there
too as long as the disk is quick, else in a thread.
"""

import asyncio
import logging
import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any, Final

from tortoise.exceptions import IntegrityError, OperationalError

from services.transactions.offload import Offload
from services.transactions.units import DatabaseBusy, TransactionFailed, failure_of, settled

_TURN_SECONDS: Final = 20
_POLLS_MAX: Final = 1_000  # With pauses of 1, 2, 3 … and then 20 milliseconds: about 20 seconds as well.
_LONGEST_PAUSE_MILLISECONDS: Final = 20
_LONGEST_STRETCH_SECONDS: Final = 5 / 1000
_QUICK_COMMIT_SECONDS: Final = 400 / 1_000_000
"""A commit that takes longer is cheaper to wait for in a thread; a hop there and back costs about as much."""
_CHANGES_BETWEEN_CHECKPOINTS: Final = 5_000
_ROWS_AT_ONCE: Final = 500
_PRAGMAS: Final = (
    "foreign_keys = ON",
    "synchronous = FULL",
    "cache_size = -65536",
    "mmap_size = 268435456",
    "temp_store = MEMORY",
    "journal_size_limit = 67108864",
)
_log = logging.getLogger(__name__)


def translated(error: sqlite3.Error) -> Exception:
    """Tortoise's error for one of sqlite3; `DatabaseBusy` when somebody else holds the file."""
    if isinstance(error, sqlite3.IntegrityError):
        return IntegrityError(error)
    if isinstance(error, sqlite3.OperationalError):
        busy = error.sqlite_errorcode & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
        return DatabaseBusy(error) if busy else OperationalError(error)
    return error


def opened(filename: str, *pragmas: str) -> sqlite3.Connection:
    """A connection with the settings of this house and these pragmas, which any thread may use, one at a time."""
    connection = sqlite3.connect(
        filename, timeout=5, isolation_level=None, check_same_thread=False, cached_statements=1024
    )
    connection.row_factory = sqlite3.Row
    for pragma in (*_PRAGMAS, *pragmas):
        connection.execute(f"PRAGMA {pragma}")
    return connection


class SqliteWriter:
    """Turns on the writing connection, and its commits."""

    def __init__(self, filename: str, *, foreign_keys: bool) -> None:
        self._filename = filename
        self._checkpointed = 0
        self._loop = asyncio.get_running_loop()
        self._turn = asyncio.Lock()
        self._waiting = 0
        self._thread = Offload("sqlite-writer")
        self._commit_seconds = _QUICK_COMMIT_SECONDS * 2  # The first commits show how quick this disk is.
        self.is_open = True
        self.connection = opened(
            filename,
            "journal_mode = WAL",
            f"foreign_keys = {'ON' if foreign_keys else 'OFF'}",
            # The log is emptied between units, see `end`.
            "wal_autocheckpoint = 0",
            # Waiting for other processes is done with pauses; SQLite's own way would stop the event loop.
            "busy_timeout = 0",
        )

    def close(self) -> None:
        """Close the connection; a transaction that is still open is rolled back."""
        self.is_open = False
        self._thread.close()
        self.connection.close()

    async def begin(self) -> "SqliteSession":
        """The connection with `BEGIN IMMEDIATE` done. Raises `DatabaseBusy` after 20 seconds of waiting."""
        await self._take_turn()
        try:
            await self._begin_immediate()
        except BaseException:
            self._turn.release()
            raise
        return SqliteSession(self)

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
            try:
                self.connection.execute("BEGIN IMMEDIATE")
            except sqlite3.Error as caught:
                error = translated(caught)
                polls += 1
                if not isinstance(error, DatabaseBusy) or polls == _POLLS_MAX:
                    raise error from caught
            else:
                return
            await asyncio.sleep(min(polls, _LONGEST_PAUSE_MILLISECONDS) / 1000)

    async def commit(self) -> asyncio.CancelledError | None:
        """Make the open transaction durable; gives the cancellation that came meanwhile, or None."""
        if self._commit_seconds < _QUICK_COMMIT_SECONDS:
            try:
                self._timed_commit()
            except sqlite3.Error as error:
                raise translated(error) from error
            return None
        committing = self._thread.run(self._timed_commit)
        interruption = await settled(committing)
        failure = failure_of(committing)
        if failure is None:
            return interruption
        if interruption is not None:
            raise interruption from failure
        raise translated(failure) if isinstance(failure, sqlite3.Error) else failure

    def _timed_commit(self) -> None:
        began_at = self._loop.time()
        self.connection.execute("COMMIT")
        self._commit_seconds += (self._loop.time() - began_at - self._commit_seconds) / 8

    def end(self) -> None:
        """End the turn, so that the next unit can write; after many changes first empty the log, in a thread.

        Left to itself SQLite does that within some commit, which then takes ten times as long as others.
        """
        if not self.is_open or self.connection.total_changes - self._checkpointed < _CHANGES_BETWEEN_CHECKPOINTS:
            self._turn.release()
            return
        self._checkpointed = self.connection.total_changes
        emptying = self._thread.run(lambda: self.connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall())
        emptying.add_done_callback(self._emptied)

    def _emptied(self, emptying: asyncio.Future[Any]) -> None:
        failure = failure_of(emptying)
        if failure is not None:
            _log.warning("The log of %s was not emptied: %s", self._filename, failure)
        self._turn.release()


class SqliteSession:
    """The writing connection while one unit has it."""

    __slots__ = ("_connection", "_done", "_loop", "_resumed_at", "_writer", "failed", "writes")

    def __init__(self, writer: SqliteWriter) -> None:
        self._writer = writer
        self._connection = writer.connection
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
        """Commit; then the next unit has its turn."""
        if not self._connection.in_transaction:
            raise TransactionFailed(f"SQLite has rolled this transaction back by itself: {self.failed}")
        if self.writes == 0:
            self._connection.execute("COMMIT")
            interruption = None
        else:
            interruption = await self._writer.commit()
        self._done = True
        self._writer.end()
        return interruption

    async def rollback(self) -> None:
        """Roll back, unless the unit has ended."""
        if self._done:
            return
        self._done = True
        try:
            # Closing the file, at the end of the program, has rolled back already.
            if self._writer.is_open and self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
        finally:
            self._writer.end()

    def _failure(self, error: sqlite3.Error) -> Exception:
        self.failed = error
        return translated(error)

    async def _let_others_run(self) -> None:
        # Statements do not suspend the task: without this a large unit would hold the event loop to its end.
        if self._loop.time() - self._resumed_at > _LONGEST_STRETCH_SECONDS:
            await asyncio.sleep(0)
            self._resumed_at = self._loop.time()


def _statements(script: str) -> Iterator[str]:
    # sqlite3's own executescript() commits the open transaction first.
    pending = ""
    for piece in script.split(";"):
        pending += piece + ";"
        if sqlite3.complete_statement(pending):
            if pending.strip(" \n\t;"):
                yield pending
            pending = ""
