"""Tortoise's client for PostgreSQL: one pool, a connection for each unit, any free one for a read outside."""

import asyncio
from collections.abc import Awaitable, Iterable, Sequence
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

import asyncpg
from tortoise.backends.asyncpg.client import AsyncpgDBClient
from tortoise.backends.asyncpg.executor import AsyncpgExecutor
from tortoise.backends.base.client import TransactionContext
from tortoise.exceptions import DBConnectionError, IntegrityError, OperationalError

from services.transactions.tortoise_side import JoinedTransaction, SequentialPrefetch
from services.transactions.units import (
    DatabaseBusy,
    Dialect,
    TransactionFailed,
    current_unit,
    failure_of,
    settled,
    transaction,
)

T = TypeVar("T")

_BUSY_SECONDS: Final = 20
_ROLLBACK_SECONDS: Final = 5
_COMMIT_SECONDS: Final = 60
_SETTINGS: Final = {
    "application_name": "prorata",
    "jit": "off",
    "timezone": "UTC",
    "lock_timeout": "10s",
    "statement_timeout": "60s",
    "idle_in_transaction_session_timeout": "60s",
}
_BUSY: Final = (asyncpg.SerializationError, asyncpg.DeadlockDetectedError, asyncpg.LockNotAvailableError)


def _translated(error: Exception) -> Exception:
    if isinstance(error, _BUSY):
        return DatabaseBusy(error)
    if isinstance(error, asyncpg.IntegrityConstraintViolationError):
        return IntegrityError(error)
    if isinstance(error, asyncpg.PostgresError):
        return OperationalError(error)
    return error


async def _keep_as_it_is(connection: Any) -> None:
    """Instead of asyncpg's reset, a round trip for each use: no session state is ever set on a connection."""


class Executor(SequentialPrefetch, AsyncpgExecutor):
    """Tortoise's executor; prefetches run one after the other."""


class PostgresServer(AsyncpgDBClient):
    """One database on a server, reached through a pool."""

    dialect: Dialect = "postgres"
    executor_class = Executor

    def __init__(self, url: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._url = url

    async def create_connection(self, with_db: bool) -> None:
        """Open the pool. Raises `DBConnectionError` when the server or the database cannot be reached."""
        if self._pool is not None:
            return
        try:
            self._pool = await asyncpg.create_pool(
                self._url,
                min_size=self.pool_minsize,
                max_size=self.pool_maxsize,
                reset=_keep_as_it_is,
                server_settings=_SETTINGS,
                statement_cache_size=1024,
                max_cached_statement_lifetime=0,
                timeout=10,
            )
        except (OSError, TimeoutError, asyncpg.PostgresError) as error:
            # The URL holds a password: only its harmless parts are shown.
            parts = urlsplit(self._url)
            where = f"{parts.hostname or 'the local socket'}{parts.path}"
            raise DBConnectionError(f"PostgreSQL at {where} cannot be used: {error}") from error
        await self._post_connect()

    @property
    def _open_pool(self) -> Any:
        if self._pool is None:
            raise DBConnectionError("The connections to PostgreSQL are closed.")
        return self._pool

    async def _free_connection(self) -> Any:
        pool = self._open_pool
        if pool.get_idle_size() > 0:
            return await pool.acquire()  # At once; a time limit costs a task.
        try:
            return await pool.acquire(timeout=_BUSY_SECONDS)
        except TimeoutError:
            raise DatabaseBusy(
                f"All {self.pool_maxsize} connections were in use for {_BUSY_SECONDS} seconds."
            ) from None

    async def begin(self) -> "PostgresSession":
        """A connection with `BEGIN` done. Raises `DatabaseBusy` when none gets free."""
        connection = await self._free_connection()
        session = PostgresSession(self._open_pool, connection)
        try:
            await connection.execute("BEGIN")
        except BaseException:
            await session.rollback()
            raise
        return session

    async def query(self, sql: str, values: Sequence[Any] = ()) -> tuple[int, Sequence[Any]]:
        """Rows affected (or returned) and the records, in the running unit if there is one."""
        unit = current_unit()
        if unit is not None:
            return await unit.session().query(sql, values)
        connection = await self._free_connection()
        try:
            return await _run(connection, sql, values)
        except asyncpg.PostgresError as error:
            raise _translated(error) from error
        finally:
            await self._open_pool.release(connection)

    async def execute_query(self, query: str, values: list[Any] | None = None) -> tuple[int, Sequence[Any]]:  # type: ignore[override]
        """Tortoise's name for `query`."""
        return await self.query(query, values or ())

    async def execute_insert(self, query: str, values: list[Any]) -> Any:
        """Run an insert and give the record that it returns, if any."""
        rows = (await self.query(query, values))[1]
        return rows[0] if rows else None

    async def execute_query_dict(self, query: str, values: list[Any] | None = None) -> list[dict[str, Any]]:
        """The records as dictionaries."""
        return [dict(row) for row in (await self.query(query, values or ()))[1]]

    async def execute_many(self, query: str, values: list[Any]) -> None:
        """Run one statement for each row of values, in one unit."""
        async with transaction() as unit:
            await unit.session().query_many(query, values)

    async def execute_script(self, query: str) -> None:
        """Run statements without values, in one unit."""
        async with transaction() as unit:
            await unit.session().script(query)

    def _in_transaction(self) -> TransactionContext:
        return JoinedTransaction(self)


async def _run(connection: Any, sql: str, values: Sequence[Any]) -> tuple[int, Sequence[Any]]:
    head = sql.lstrip()[:6].upper()
    if head in {"UPDATE", "DELETE", "INSERT"} and "RETURNING" not in sql.upper():
        status: str = await connection.execute(sql, *values)
        return int(status.rsplit(" ", 1)[1]), []
    rows = await connection.fetch(sql, *values)
    return len(rows), rows


class PostgresSession:
    """One connection of the pool while one unit has it."""

    __slots__ = ("_connection", "_done", "_pool", "failed", "writes")

    def __init__(self, pool: Any, connection: Any) -> None:
        self._pool = pool
        self._connection = connection
        self._done = False
        self.writes = 0
        self.failed: BaseException | None = None

    async def query(self, sql: str, values: Sequence[Any] = ()) -> tuple[int, Sequence[Any]]:
        """Rows affected (or returned) and the records."""
        if sql[:6] != "SELECT":
            self.writes += 1
        return await self._answered(_run(self._connection, sql, values))

    async def query_many(self, sql: str, rows: Sequence[Sequence[Any]]) -> int:
        """Run one statement for each row of values; gives how many rows of values there were."""
        self.writes += 1
        await self._answered(self._connection.executemany(sql, rows))
        return len(rows)

    async def copy(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Insert rows by COPY."""
        self.writes += 1
        await self._answered(self._connection.copy_records_to_table(table, records=rows, columns=columns))

    async def script(self, sql: str) -> None:
        """Run statements without values."""
        self.writes += 1
        await self._answered(self._connection.execute(sql))

    async def _answered(self, statement: Awaitable[T]) -> T:
        try:
            return await statement
        except asyncio.CancelledError as error:
            # The server broke the statement off, and with it the transaction, whoever catches this.
            self.failed = error
            raise
        except Exception as error:
            self.failed = error
            raise self._translated(error) from error

    def _is_lost(self) -> bool:
        try:
            return bool(self._connection.is_closed())
        except asyncpg.InterfaceError:
            return True  # The pool has taken a closed connection back by itself.

    def _give_up(self) -> None:
        if not self._is_lost():
            self._connection.terminate()

    def _translated(self, error: Exception) -> Exception:
        if isinstance(error, DBConnectionError):
            return error
        if self._is_lost():
            return DBConnectionError(f"The connection to PostgreSQL was lost: {error}")
        return _translated(error)

    async def commit(self) -> asyncio.CancelledError | None:
        """Commit and give the connection back."""
        committing = asyncio.ensure_future(self._end("COMMIT", _COMMIT_SECONDS))
        interruption = await settled(committing)
        failure = failure_of(committing)
        if failure is None and committing.result() != "COMMIT":
            # PostgreSQL answers ROLLBACK, without an error, when a statement has failed before.
            failure = TransactionFailed(f"PostgreSQL rolled this transaction back at its commit: {self.failed}")
        if failure is None:
            return interruption
        if interruption is not None:
            raise interruption from failure
        raise failure

    async def rollback(self) -> None:
        """Roll back, unless the unit has ended."""
        if self._done:
            return
        rolling = asyncio.ensure_future(self._end("ROLLBACK", _ROLLBACK_SECONDS))
        interruption = await settled(rolling)
        failure_of(rolling)  # Seen, and answered: the connection was given up.
        if interruption is not None:
            raise interruption

    async def _end(self, statement: str, seconds: int) -> str:
        """Send the last statement and give the connection back, or give it up when its state is unknown."""
        self._done = True
        try:
            if self._is_lost():
                raise DBConnectionError("The connection to PostgreSQL was lost.")
            status: str = await self._connection.execute(statement, timeout=seconds)
        except Exception as error:
            meaning = self._translated(error)
            self._give_up()
            raise meaning from error
        except asyncio.CancelledError:
            self._give_up()
            raise
        finally:
            await self._pool.release(self._connection)
        return status


client_class = PostgresServer
