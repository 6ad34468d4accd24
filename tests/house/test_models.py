"""Every model is registered, and no key or column takes Tortoise's dangerous defaults."""

import importlib
from collections.abc import Iterable, Iterator
from types import ModuleType

from tortoise import fields
from tortoise.fields.relational import ForeignKeyFieldInstance
from tortoise.models import Model

import models
from tests.house.sources import python_sources


def _modules() -> list[ModuleType]:
    paths = [source.path for source in python_sources() if source.layer == "models"]
    names = [path.removesuffix(".py").replace("/", ".").removesuffix(".__init__") for path in paths]
    return [importlib.import_module(name) for name in names]


def _concrete(modules: Iterable[ModuleType]) -> Iterator[type[Model]]:
    for module in modules:
        for value in vars(module).values():
            is_model = isinstance(value, type) and issubclass(value, Model) and value.__module__ == module.__name__
            if is_model and not value._meta.abstract:
                yield value


def unregistered(modules: Iterable[ModuleType]) -> list[str]:
    """Names of the models of these modules that `models` does not offer, and Tortoise therefore does not see."""
    return [model.__name__ for model in _concrete(modules) if getattr(models, model.__name__, None) is not model]


def careless_columns(tables: Iterable[type[Model]]) -> list[str]:
    """Foreign keys without an index or with a cascade, and columns that are not exact."""
    found = []
    for table in tables:
        for name, column in table._meta.fields_map.items():
            if isinstance(column, ForeignKeyFieldInstance):
                if not column.index or column.on_delete != fields.RESTRICT:
                    found.append(f"{table.__name__}.{name}: use models.base.restrict")
            elif isinstance(column, fields.FloatField | fields.DatetimeField):
                found.append(f"{table.__name__}.{name}: use BigIntField, or models.base.instant")
    return found


class _Forgotten(Model):
    id = fields.IntField(primary_key=True)
    amount = fields.FloatField()
    customer = fields.ForeignKeyField("models.Customer")  # type: ignore[var-annotated]


def test_every_model_is_registered() -> None:
    assert unregistered(_modules()) == []


def test_a_forgotten_model_is_noticed() -> None:
    module = ModuleType(__name__)
    module.Forgotten = _Forgotten  # type: ignore[attr-defined]
    assert unregistered([module]) == ["_Forgotten"]


def test_keys_and_columns_are_careful() -> None:
    assert careless_columns(_concrete(_modules())) == []


def test_careless_columns_are_noticed() -> None:
    assert careless_columns([_Forgotten]) == [
        "_Forgotten.amount: use BigIntField, or models.base.instant",
        "_Forgotten.customer: use models.base.restrict",
    ]
