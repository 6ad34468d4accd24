"""Emptying a database of test data: everything but the platform, its settings and its keys."""

from tortoise.context import require_context
from tortoise.models import Model

from models import Account, ApiKey
from prorata.database import APP, connect, disconnect
from prorata.house import prepare
from prorata.refusals import Refusal
from prorata.settings import Settings
from services.transactions import Unit, database, is_postgres, transaction

KEPT: tuple[type[Model], ...] = (Account, ApiKey)


class LiveDataPresent(Refusal):
    """The database holds rows of live mode, which nobody removes by a command."""


async def emptied(settings: Settings) -> int:
    """Remove all rows but the platform and its keys in one transaction; how many there were.

    Raises `LiveDataPresent`.
    """
    await prepare(settings)
    await disconnect()
    # Rows go in any order: what refers to what does not matter when all of them go.
    await connect(settings.database_url, foreign_keys=False)
    try:
        async with transaction() as unit:
            tables = _tables()
            if is_postgres():
                await unit.session().script(f"LOCK TABLE {', '.join(tables)} IN ACCESS EXCLUSIVE MODE")
            await _refuse_live_rows()
            return await _removed(unit, tables) + await _removed_accounts(unit)
    finally:
        await disconnect()


def _models() -> list[type[Model]]:
    apps = require_context().apps
    assert apps is not None
    return [model for model in apps[APP].values() if model not in KEPT]


def _tables() -> list[str]:
    return [f'"{model._meta.db_table}"' for model in _models()]


async def _refuse_live_rows() -> None:
    looked_at: list[type[Model]] = [*_models(), Account]
    live = [
        model._meta.db_table
        for model in looked_at
        if "livemode" in model._meta.fields_map and await model.filter(livemode=True).exists()
    ]
    if live:
        raise LiveDataPresent(f"There is live data ({', '.join(sorted(live))}): nothing was removed.")


async def _removed(unit: Unit, tables: list[str]) -> int:
    if not is_postgres():
        return sum([(await unit.session().query(f"DELETE FROM {table}"))[0] for table in tables])
    counts = [(await database().query(f"SELECT count(*) AS count FROM {table}"))[1][0]["count"] for table in tables]
    await unit.session().script(f"TRUNCATE {', '.join(tables)}")
    return sum(counts)


async def _removed_accounts(unit: Unit) -> int:
    """Remove the accounts that are connected to the platform, and their keys."""
    connected = 'SELECT "id" FROM "accounts" WHERE "platform_id" <> "id"'
    keys, _ = await unit.session().query(f'DELETE FROM "api_keys" WHERE "account_id" IN ({connected})')
    accounts, _ = await unit.session().query(f'DELETE FROM "accounts" WHERE "id" IN ({connected})')
    return keys + accounts
