"""Bringing a database to the schema of this release, and telling whether it is there.

Tortoise's own migrations in `models/migrations/`, run in one transaction: another process that starts meanwhile
waits and finds nothing left to do, and a failure leaves the database as it was. On SQLite foreign keys are off
while tables are rebuilt, and checked before the commit.

Developers: `python -m prorata.migrations new <name>` writes the next migration from the models, and
`python -m prorata.migrations anew` replaces all of them by one initial migration.
"""

import argparse
import asyncio
import sys
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from tortoise.context import TortoiseContext, require_context
from tortoise.migrations.autodetector import MigrationAutodetector
from tortoise.migrations.executor import MigrationExecutor, MigrationTarget
from tortoise.migrations.schema_editor import BaseSchemaEditor
from tortoise.migrations.writer import MigrationWriter, format_migration_name

from prorata.database import APP, MIGRATIONS, configuration, connect, disconnect
from prorata.sqlite_rebuild import RebuildingEditor
from services.transactions import database, is_postgres, transaction

_LOCK = 7_065_801_143_212  # Any number that other programs on the same server are unlikely to use.
_TABLE = "tortoise_migrations"


class _Executor(MigrationExecutor):
    """Tortoise's executor within one transaction of ours."""

    def _schema_editor(self, atomic: bool = True, collect_sql: bool = False) -> BaseSchemaEditor:
        if is_postgres():
            return super()._schema_editor(atomic=atomic, collect_sql=collect_sql)
        # "Atomic" on SQLite only means that Tortoise cuts scripts at every semicolon, those in comments included.
        return RebuildingEditor(self.connection, atomic=False, collect_sql=collect_sql)


class SchemaDamaged(RuntimeError):
    """A migration left rows that refer to nothing; it was rolled back."""


@dataclass(frozen=True, slots=True)
class SchemaState:
    """Which migrations a database has (`applied`), lacks (`pending`), or has from another release (`unknown`)."""

    applied: tuple[str, ...]
    pending: tuple[str, ...]
    unknown: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        """True when nothing was ever migrated: a fresh database."""
        return not self.applied

    @property
    def is_current(self) -> bool:
        """True when this release can serve from the database."""
        return not self.pending and not self.unknown


async def schema_state(package: str = MIGRATIONS) -> SchemaState:
    """Where the connected database stands."""
    applied = await _applied()
    known = _known(package)
    return SchemaState(
        applied=tuple(applied),
        pending=tuple(name for name in known if name not in applied),
        unknown=tuple(name for name in applied if name not in known),
    )


async def pending() -> tuple[str, ...]:
    """The migrations that the connected database lacks, in order."""
    return (await schema_state()).pending


async def migrate(url: str, *, up_to: str | None = None, package: str = MIGRATIONS) -> tuple[str, ...]:
    """Bring the database at `url` to the schema of this release; gives the names of the migrations it lacked.

    An empty database gets the tables of today's models at once, which is what the migrations add up to (a test
    compares them) in a tenth of the time; with `up_to` it goes through the migrations, to that one and no further.
    Opens a connection of its own, so call it before `prorata.database.connect`. Raises `SchemaDamaged` when rows
    would be left without what they refer to, and whatever the database refuses; nothing has changed then.
    """
    await connect(url, connections_max=2, foreign_keys=False)
    try:
        async with transaction() as unit:
            session = unit.session()
            if is_postgres():
                await session.script("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0")
                await session.query("SELECT pg_advisory_xact_lock($1)", [_LOCK])
            return await _migrate(up_to, package)
    finally:
        await disconnect()


async def _migrate(up_to: str | None, package: str) -> tuple[str, ...]:
    state = await schema_state(package)
    if not state.pending:
        return ()
    settings = configuration("postgres://" if is_postgres() else "sqlite://any")["apps"]
    settings[APP]["migrations"] = package
    executor = _Executor(require_context().db(), settings)
    # Tortoise asks for the applied migrations before it makes their table; that query must not fail here.
    await executor.recorder.ensure_schema(executor._schema_editor())
    if state.is_empty and up_to is None:
        await require_context().generate_schemas(safe=False)
        for name in state.pending:
            await executor.recorder.record_applied(APP, name)
        return state.pending
    await executor.migrate([MigrationTarget(APP, up_to or "__latest__")], direction="forward")
    await _check_foreign_keys()
    return tuple(name for name in state.pending if up_to is None or name <= up_to)


async def _check_foreign_keys() -> None:
    if is_postgres():
        return  # PostgreSQL never leaves its foreign keys unchecked.
    _, orphans = await database().query("PRAGMA foreign_key_check")
    if orphans:
        table, rowid, parent, _ = tuple(orphans[0])
        raise SchemaDamaged(
            f"{len(orphans)} rows would refer to nothing after this migration, the first being row {rowid} of "
            f"{table}, whose {parent} is missing. Nothing was changed."
        )


async def _applied() -> list[str]:
    if is_postgres():
        present = (await database().query("SELECT to_regclass($1) IS NOT NULL AS present", [_TABLE]))[1][0]["present"]
    else:
        present = (await database().query("SELECT 1 FROM sqlite_master WHERE name = ?", [_TABLE]))[0]
    if not present:
        return []
    _, rows = await database().query(f"SELECT name FROM {_TABLE} WHERE app = '{APP}' ORDER BY id")
    return [row["name"] for row in rows]


def _folder(package: str = MIGRATIONS) -> Path:
    return Path(next(iter(import_module(package).__path__)))


def _known(package: str = MIGRATIONS) -> list[str]:
    return sorted(path.stem for path in _folder(package).glob("[0-9]*.py"))


async def _unwritten() -> list[MigrationWriter]:
    context = TortoiseContext()
    settings = configuration("sqlite://any")
    with context:
        await context.init(settings, init_connections=False)
        assert context.apps is not None
        return await MigrationAutodetector(context.apps, settings["apps"]).changes()


async def models_have_changed() -> bool:
    """True when the models differ from what the migrations add up to: a migration is missing."""
    return bool(await _unwritten())


async def make_migration(name: str) -> Path | None:
    """Write the migration that leads from the last one to the models of today; None when nothing changed.

    For developers, in a source tree. The file is reviewed before it is committed: Tortoise takes a renamed column
    for a dropped and an added one (docs/decisions/0003-migrations.md).
    """
    writers = await _unwritten()
    if not writers:
        return None
    writer = writers[0]
    writer.name = format_migration_name(int(writer.name.split("_", 1)[0]), name)
    return Path(writer.write())


def main() -> None:
    """Write migrations from the models: `new NAME`, or `anew` for one initial migration in place of all."""
    parser = argparse.ArgumentParser(prog="python -m prorata.migrations", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("new", help="write the next migration").add_argument("name")
    commands.add_parser("anew", help="replace all migrations by one initial migration")
    arguments = parser.parse_args()
    if arguments.command == "anew":
        for name in _known():
            (_folder() / f"{name}.py").unlink()
    path = asyncio.run(make_migration("initial" if arguments.command == "anew" else arguments.name))
    sys.stdout.write(f"{path}\n" if path else "The models have not changed since the last migration.\n")


if __name__ == "__main__":
    main()
