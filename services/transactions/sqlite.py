"""Tortoise's client for one SQLite file: a writing connection that units take in turns, a reading one for the rest.

Reads outside a unit see what is committed and never wait for a writer. They run in the event loop's thread, where
they take microseconds; one that turns out slow is broken off and run again in another thread.
See docs/decisions/0002-transactions.md.
"""

import asyncio
import sqlite3
from collections.abc import Sequence
from typing import Any, Final

from pypika_tortoise.dialects import SQLLiteQuery
from tortoise.backends.base.client import BaseDBAsyncClient, Capabilities, TransactionContext
from tortoise.backends.sqlite.executor import SqliteExecutor
from tortoise.backends.sqlite.schema_generator import SqliteSchemaGenerator
from tortoise.exceptions import DBConnectionError, OperationalError

from services.transactions.offload import Offload
from services.transactions.sqlite_writer import SqliteSession, SqliteWriter, opened, translated
from services.transactions.tortoise_side import JoinedTransaction, SequentialPrefetch
from services.transactions.units import Dialect, current_unit, transaction

_SLOW_READ_SECONDS: Final = 25 / 1000
_STEPS_BETWEEN_LOOKS: Final = 5_000
_READS: Final = frozenset({"SELECT", "WITH", "EXPLAIN", "PRAGMA", "VALUES"})


class Executor(SequentialPrefetch, SqliteExecutor):
    """Tortoise's executor; prefetches run one after the other."""


class SqliteFile(BaseDBAsyncClient):
    """One file, for one event loop."""

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
        self._writer: SqliteWriter | None = None
        self._reader: sqlite3.Connection | None = None
        self._slow_reader: sqlite3.Connection | None = None
        self._slow_reads = Offload("sqlite-reader")

    async def create_connection(self, with_db: bool) -> None:
        """Open the file, which is made when missing. Raises `OperationalError` when it cannot be opened."""
        if self._writer is not None:
            return
        self._loop = asyncio.get_running_loop()
        self._read_until = self._loop.time()
        try:
            self._writer = SqliteWriter(self.filename, foreign_keys=self._foreign_keys)
            self._reader = opened(self.filename, "query_only = ON")
            self._reader.set_progress_handler(self._read_is_slow, _STEPS_BETWEEN_LOOKS)
        except sqlite3.Error as error:
            await self.close()
            raise OperationalError(f"The SQLite file {self.filename} cannot be used: {error}") from error
        await self._post_connect()

    async def close(self) -> None:
        """Close the file; a transaction that is still open is rolled back."""
        self._slow_reads.close()
        for connection in (self._slow_reader, self._reader, self._writer):
            if connection is not None:
                connection.close()
        self._writer = self._reader = self._slow_reader = None

    async def db_create(self) -> None:
        """Nothing: opening makes the file."""

    async def db_delete(self) -> None:
        """Not offered: nothing in the program deletes its database."""
        raise NotImplementedError

    async def begin(self) -> SqliteSession:
        """The writing connection with `BEGIN IMMEDIATE` done. Raises `DatabaseBusy` after 20 seconds of waiting."""
        if self._writer is None:
            raise DBConnectionError(f"The SQLite file {self.filename} is closed.")
        return await self._writer.begin()

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
            raise DBConnectionError(f"The SQLite file {self.filename} is closed.")
        self._read_until = self._loop.time() + _SLOW_READ_SECONDS
        try:
            return self._reader.execute(sql, values).fetchall()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_INTERRUPT:
                raise translated(error) from error
        except sqlite3.Error as error:
            raise translated(error) from error
        try:
            rows: list[Any] = await self._slow_reads.run(lambda: self._read_slowly(sql, values))
        except sqlite3.Error as error:
            raise translated(error) from error
        return rows

    def _read_is_slow(self) -> bool:
        return self._loop.time() > self._read_until

    def _read_slowly(self, sql: str, values: Sequence[Any]) -> list[Any]:
        if self._slow_reader is None:
            self._slow_reader = opened(self.filename, "query_only = ON")
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


client_class = SqliteFile
