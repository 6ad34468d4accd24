"""The migrations lead to the schema of the models, and take every row with them."""

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tortoise.exceptions import OperationalError

from prorata.database import connected
from prorata.migrations import SchemaDamaged, migrate, models_have_changed, pending, schema_state
from tests.house.schemas import Schema, fill, rows_by_table, schema_of_database

ROOT = Path(__file__).parents[2]
NAMES = sorted(path.stem for path in (ROOT / "models" / "migrations").glob("[0-9]*.py"))

BEFORE = """
from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

class Migration(migrations.Migration):
    initial = True
    operations = [
        ops.CreateModel(
            name="Parent",
            fields=[
                ("id", fields.CharField(primary_key=True, max_length=40)),
                ("account_id", fields.CharField(max_length=40)),
                ("email", fields.CharField(max_length=40, unique=True)),
                ("number", fields.BigIntField()),
                ("useless", fields.IntField(null=True)),
            ],
            options={
                "table": "parents", "app": "models", "pk_attr": "id",
                "table_description": "A comment; with a semicolon.",
                "unique_together": (("account_id", "number"),),
                "indexes": [Index(fields=["account_id", "email"]), Index(fields=["useless"])],
            },
        ),
        ops.CreateModel(
            name="Child",
            fields=[
                ("id", fields.CharField(primary_key=True, max_length=40)),
                ("parent", fields.ForeignKeyField(
                    "models.Parent", source_field="parent_id", related_name=False, on_delete=OnDelete.CASCADE,
                    db_index=True)),
            ],
            options={"table": "children", "app": "models", "pk_attr": "id"},
        ),
    ]
"""
AFTER = """
from tortoise import fields, migrations
from tortoise.migrations import operations as ops

class Migration(migrations.Migration):
    dependencies = [("models", "0001_initial")]
    operations = [
        ops.RemoveField(model_name="Parent", name="useless"),
        ops.AlterField(model_name="Parent", name="number", field=fields.BigIntField(null=True)),
        ops.AddField(model_name="Parent", name="added", field=fields.CharField(max_length=9, null=True)),
    ]
"""
UNCONSTRAINED = """
from tortoise import migrations
from tortoise.migrations import operations as ops

class Migration(migrations.Migration):
    dependencies = [("models", "0001_initial")]
    operations = [
        ops.RemoveConstraint(model_name="Parent", fields=("account_id", "number")),
    ]
"""
FAILING = """
from tortoise import migrations
from tortoise.migrations import operations as ops

class Migration(migrations.Migration):
    dependencies = [("models", "0001_initial")]
    operations = [
        ops.RunSQL("DELETE FROM children"),
        ops.RemoveField(model_name="Parent", name="useless"),
        ops.RunSQL("SELECT wrong FROM nowhere"),
    ]
"""
ORPHANING = """
from tortoise import migrations
from tortoise.migrations import operations as ops

class Migration(migrations.Migration):
    dependencies = [("models", "0001_initial")]
    operations = [ops.RunSQL("DELETE FROM parents")]
"""

Written = Callable[..., str]


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Written:
    """Writes a package of migrations, `0001_initial` first; gives its name."""

    def write(*texts: str) -> str:
        name = f"migrations_of_{tmp_path.name}".replace("-", "_").replace("[", "_").replace("]", "_")
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        (folder / "__init__.py").touch()
        for number, text in enumerate(texts, 1):
            (folder / f"{number:04}_{'initial' if number == 1 else 'next'}.py").write_text(text)
        monkeypatch.syspath_prepend(tmp_path)
        return name

    return write


@pytest.fixture
def url_from_models(request: pytest.FixtureRequest, empty_database_url: str) -> str:
    """URL of a database of the same kind whose tables were made from the models at once."""
    url: str = request.getfixturevalue("sqlite_url" if empty_database_url.startswith("sqlite") else "postgres_url")
    return url


async def observed(url: str) -> tuple[Schema, dict[str, list[dict[str, object]]]]:
    async with connected(url):
        schema = await schema_of_database()
        return schema, await rows_by_table(schema)


async def filled(url: str) -> tuple[Schema, dict[str, list[dict[str, object]]]]:
    async with connected(url):
        schema = await schema_of_database()
        await fill(schema)
        return schema, await rows_by_table(schema)


async def test_the_migrations_know_every_change_of_the_models() -> None:
    assert not await models_have_changed(), "python -m prorata.migrations new <what changed>"


async def test_migrations_lead_to_the_schema_of_the_models(empty_database_url: str, url_from_models: str) -> None:
    await migrate(empty_database_url, up_to=NAMES[-1])

    migrated, _ = await observed(empty_database_url)
    from_models, _ = await observed(url_from_models)

    assert migrated == from_models
    assert len(migrated) > 20


@pytest.mark.parametrize("name", NAMES)
async def test_every_row_survives_the_migration(empty_database_url: str, name: str) -> None:
    place = NAMES.index(name)
    if place:
        await migrate(empty_database_url, up_to=NAMES[place - 1])
    before, rows_before = await filled(empty_database_url)

    await migrate(empty_database_url, up_to=name)

    after, rows_after = await observed(empty_database_url)
    for table in before.keys() & after.keys():
        common = before[table].columns.keys() & after[table].columns.keys()
        kept = [{column: row[column] for column in common} for row in rows_after[table]]
        assert kept == [{column: row[column] for column in common} for row in rows_before[table]], table


async def test_a_rebuilt_table_keeps_its_rows_its_children_and_its_indexes(
    empty_database_url: str, written: Written
) -> None:
    package = written(BEFORE, AFTER)
    await migrate(empty_database_url, up_to="0001_initial", package=package)
    before, rows_before = await filled(empty_database_url)

    assert await migrate(empty_database_url, package=package) == ("0002_next",)

    after, rows_after = await observed(empty_database_url)
    assert rows_after["children"] == rows_before["children"] != []
    parent = rows_before["parents"][0]
    assert rows_after["parents"] == [
        {"id": parent["id"], "account_id": parent["account_id"], "email": parent["email"], "number": 7, "added": None}
    ]
    assert after["parents"].uniques == {("email",), ("account_id", "number")}
    assert after["parents"].indexes == {each for each in before["parents"].indexes if each[1] != ("useless",)}
    assert len(after["parents"].indexes) == 1
    assert after["parents"].columns["number"].nullable
    assert after["children"] == before["children"]


async def test_a_unique_constraint_can_be_taken_away(empty_database_url: str, written: Written) -> None:
    package = written(BEFORE, UNCONSTRAINED)
    await migrate(empty_database_url, up_to="0001_initial", package=package)
    before, rows_before = await filled(empty_database_url)

    await migrate(empty_database_url, package=package)

    after, rows_after = await observed(empty_database_url)
    assert after["parents"].uniques == {("email",)}
    assert after["parents"].indexes == before["parents"].indexes
    assert rows_after == rows_before


async def test_a_migration_that_fails_changes_nothing(empty_database_url: str, written: Written) -> None:
    package = written(BEFORE, FAILING)
    await migrate(empty_database_url, up_to="0001_initial", package=package)
    before = await filled(empty_database_url)

    with pytest.raises(OperationalError, match="nowhere"):
        await migrate(empty_database_url, package=package)

    assert await observed(empty_database_url) == before
    async with connected(empty_database_url):
        assert (await schema_state(package)).pending == ("0002_next",)


@pytest.mark.sqlite
async def test_a_migration_that_leaves_orphans_is_undone(empty_sqlite_url: str, written: Written) -> None:
    package = written(BEFORE, ORPHANING)
    await migrate(empty_sqlite_url, up_to="0001_initial", package=package)
    before = await filled(empty_sqlite_url)

    with pytest.raises(SchemaDamaged, match="row 1 of children, whose parents is missing"):
        await migrate(empty_sqlite_url, package=package)

    assert await observed(empty_sqlite_url) == before


async def test_processes_that_start_together_migrate_once(empty_database_url: str) -> None:
    program = "import asyncio, sys; from prorata.migrations import migrate; print(asyncio.run(migrate(sys.argv[1])))"
    processes = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", program, empty_database_url, cwd=ROOT, stdout=asyncio.subprocess.PIPE
        )
        for _ in range(3)
    ]
    answers = [(await process.communicate())[0].decode().strip() for process in processes]

    assert sorted(answers) == sorted(["()", "()", str(tuple(NAMES))])


async def test_a_database_tells_where_it_stands(empty_database_url: str, written: Written) -> None:
    async with connected(empty_database_url):
        fresh = await schema_state()
        assert (fresh.is_empty, fresh.is_current, fresh.pending) == (True, False, tuple(NAMES))
    assert await migrate(empty_database_url) == tuple(NAMES)
    assert await migrate(empty_database_url) == ()
    async with connected(empty_database_url):
        current = await schema_state()
        assert (current.is_empty, current.is_current, await pending()) == (False, True, ())
        elsewhere = await schema_state(written())
        assert (elsewhere.is_current, elsewhere.unknown) == (False, tuple(NAMES))
