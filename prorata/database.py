"""The connection of this process to its database, an SQLite file or PostgreSQL. One at a time, in one event loop."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from tortoise.context import TortoiseContext, get_current_context

APP = "models"
MIGRATIONS = "models.migrations"
_SQLITE = "sqlite://"
_POSTGRES = ("postgres://", "postgresql://")


def configuration(url: str, *, connections_max: int = 10, foreign_keys: bool = True) -> dict[str, Any]:
    """Tortoise's settings for a database URL. Raises `ValueError` naming what a URL should look like.

    `sqlite:///absolute/file` and `sqlite://relative/file` name a file; `postgresql://user:password@host/name` a
    database on a server, with the parameters that libpq knows. The aliases differ because Tortoise keeps statements
    by alias, whatever the dialect.
    """
    if url.startswith(_SQLITE):
        path = unquote(url.removeprefix(_SQLITE).partition("?")[0])
        if path in {"", "/", ":memory:", "/:memory:"}:
            raise ValueError(f"The database URL {url} names no file; sqlite:///var/lib/prorata.sqlite3 would.")
        alias = "sqlite"
        connection: dict[str, Any] = {
            "engine": "services.transactions.sqlite",
            "credentials": {"file_path": str(Path(path)), "foreign_keys": foreign_keys},
        }
    elif url.startswith(_POSTGRES):
        alias = "postgres"
        connection = {
            "engine": "services.transactions.postgres",
            "credentials": {"url": url, "minsize": 1, "maxsize": connections_max},
        }
    else:
        scheme = url.partition(":")[0]
        raise ValueError(f"A database URL starts with sqlite:// or postgresql://, not with {scheme}:")
    return {
        "connections": {alias: connection},
        "apps": {APP: {"models": ["models"], "default_connection": alias, "migrations": MIGRATIONS}},
        "use_tz": True,
        "timezone": "UTC",
    }


async def connect(
    url: str, *, connections_max: int = 10, foreign_keys: bool = True, modules: tuple[str, ...] = ("models",)
) -> None:
    """Open the database for the whole process. Nothing stays open when that fails.

    Raises `ValueError` for a URL that is none, Tortoise's `OperationalError` or `DBConnectionError` when the
    database cannot be reached, `RuntimeError` when one is connected already. A process that forks connects afterwards.
    """
    if get_current_context() is not None:
        raise RuntimeError("This process is connected to a database already: disconnect() first.")
    settings = configuration(url, connections_max=connections_max, foreign_keys=foreign_keys)
    settings["apps"][APP]["models"] = list(modules)
    context = TortoiseContext()
    try:
        with context:
            # The global fallback is for every task, whichever context it was started in.
            await context.init(settings, _enable_global_fallback=True)
            await context.db().create_connection(with_db=True)
    except BaseException:
        await context.close_connections()
        raise


async def disconnect() -> None:
    """Close the database; Does nothing when none is connected."""
    context = get_current_context()
    if context is not None:
        await context.close_connections()


@asynccontextmanager
async def connected(url: str, *, connections_max: int = 10) -> AsyncIterator[None]:
    """The database for the length of a block."""
    await connect(url, connections_max=connections_max)
    try:
        yield
    finally:
        await disconnect()
