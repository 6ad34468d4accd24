"""What every table has in common: identity, tenancy, time and metadata.

A row belongs to an account and a mode; `account_id` leads every primary access path, so that the tables can be
distributed by it. Times are whole UTC seconds, stored as BIGINT on both databases: exact, comparable, quick to read.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, Self, TypeVar, cast

from tortoise import fields
from tortoise.models import Model
from tortoise.validators import MaxLengthValidator

ROW = TypeVar("ROW", bound=Model)

ID_LENGTH = 40
"""Longest id of any kind: a prefix with its underscore and 23 characters, with room to spare."""


class InstantField(fields.BigIntField):
    """A moment in whole UTC seconds: `datetime` in Python, BIGINT unix time in the database."""

    field_type = datetime

    def to_db_value(self, value: Any, instance: Any) -> int | None:
        """Unix seconds of an aware datetime; integers pass, so that filters may carry either."""
        if value is None or isinstance(value, int):
            return value
        assert isinstance(value, datetime) and value.tzinfo is not None, f"naive or foreign time {value!r}"
        return int(value.timestamp())

    def to_python_value(self, value: Any) -> datetime | None:
        """An aware UTC datetime of stored unix seconds."""
        if value is None or isinstance(value, datetime):
            return value
        return datetime.fromtimestamp(value, UTC)


def instant(*, null: bool = False, db_index: bool = False) -> Any:
    """A column for a moment. Typed `Any` so that a model can annotate it as `datetime` or `datetime | None`."""
    make: Any = InstantField
    return make(null=null, db_index=db_index)


def restrict(model: str, *, null: bool = False, related_name: str | bool = False) -> Any:
    """A foreign key that is indexed and refuses to delete what is referred to (Tortoise's defaults are neither)."""
    make: Any = fields.ForeignKeyField
    return make(model, related_name=related_name, null=null, on_delete=fields.RESTRICT, db_index=True)


class Row(Model):
    """A row with an id of our making and the moment it came to be on its own clock."""

    id = fields.CharField(primary_key=True, max_length=ID_LENGTH)
    created_at: datetime = instant()

    class Meta:
        abstract = True

    def __init_subclass__(cls, **options: Any) -> None:
        """Let every text be looked up: one that is too long for its column is in no row.

        Tortoise measures what is searched for like what is written. Writing is the domain's to check, and PostgreSQL's.
        """
        super().__init_subclass__(**options)
        for column in cls._meta.fields_map.values():
            column.validators = [each for each in column.validators if not isinstance(each, MaxLengthValidator)]

    # Tortoise's own looks on every assignment for defaults that are coroutines and for relations that are no rows:
    # there are none here, and a renewal assigns sixty times.
    __setattr__ = cast(Any, object.__setattr__)

    @classmethod
    def made(cls, **columns: Any) -> Self:
        """A row that is not stored yet, like the constructor's but several times quicker: values are taken as they are.

        What is not given has its default. A renewal makes thousands of rows.
        """
        blank = _blank_of(cls)
        assert columns.keys() <= blank.known, f"{cls.__name__} has no {', '.join(columns.keys() - blank.known)}"
        row = cls.__new__(cls)
        values = row.__dict__
        values.update(blank.values)
        for name, make in blank.factories:
            values[name] = make()
        values.update(columns)
        return row


@dataclass(frozen=True, slots=True)
class _Blank:
    """What an instance of a model holds before anything is given: plain values, and what must be made for each."""

    known: frozenset[str]
    values: dict[str, Any]
    factories: tuple[tuple[str, Callable[[], Any]], ...]


@cache
def _blank_of(model: type[Model]) -> _Blank:
    known = frozenset(model._meta.fields_db_projection)
    defaults = {name: model._meta.fields_map[name].default for name in known}
    factories = tuple((name, default) for name, default in defaults.items() if callable(default))
    values = {name: default for name, default in defaults.items() if not callable(default)}
    state = {"_partial": False, "_saved_in_db": False, "_custom_generated_pk": True, "_await_when_save": {}}
    return _Blank(known, values | state, factories)


class Owned(Row):
    """A row of one account in one mode. `Service.mine` is the one place that filters by both."""

    account_id = fields.CharField(max_length=ID_LENGTH)
    livemode = fields.BooleanField(default=False)

    class Meta:
        abstract = True


class Described(Owned):
    """An owned row that its owner may label with metadata (limits in `domain/metadata.py`)."""

    metadata: dict[str, str] = cast(Any, fields.JSONField[dict[str, str]](default=dict))

    class Meta:
        abstract = True
