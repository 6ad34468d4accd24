"""Answers of verbs as JSON and back, for replay under an idempotency key.

A row comes back as it was when it was answered; what it relates to is read afresh. Secrets that are shown only once
(`field(metadata={"secret": True})`) are not kept and come back as None.
"""

import dataclasses
from datetime import UTC, datetime
from typing import Any

import models
from domain.errors import ErrorCode, Problem
from models.base import Row
from services.base import Settled
from services.rows import hydrate

_ANSWERS: dict[str, type] = {"Settled": Settled, "Problem": Problem}


def answer(cls: type) -> type:
    """Class decorator: a frozen dataclass that a verb may answer with."""
    assert dataclasses.is_dataclass(cls) and cls.__name__ not in _ANSWERS
    _ANSWERS[cls.__name__] = cls
    return cls


def encoded(value: Any) -> Any:
    """JSON of an answer: rows, answer dataclasses, lists, times and plain values."""
    match value:
        case None | bool() | int():
            return value
        case ErrorCode():
            return {"code": value.value}
        case str():
            return str(value)
        case datetime():
            return {"at": int(value.timestamp())}
        case list() | tuple():
            return {"list": [encoded(each) for each in value]}
        case Row():
            columns = type(value)._meta.fields_db_projection
            fields = type(value)._meta.fields_map
            kept = {column: fields[name].to_db_value(getattr(value, name), value) for name, column in columns.items()}
            return {"row": type(value).__name__, "columns": kept}
    assert type(value).__name__ in _ANSWERS, f"{type(value).__name__} is not declared as an @answer"
    return {
        "answer": type(value).__name__,
        "fields": {
            each.name: encoded(getattr(value, each.name))
            for each in dataclasses.fields(value)
            if each.init and not each.metadata.get("secret")
        },
    }


def decoded(value: Any) -> Any:
    """The answer that `encoded` made this JSON of."""
    match value:
        case {"code": code}:
            return ErrorCode(code)
        case {"at": seconds}:
            return datetime.fromtimestamp(seconds, UTC)
        case {"list": members}:
            return tuple(decoded(each) for each in members)
        case {"row": name, "columns": columns}:
            return hydrate(getattr(models, name), [columns])[0]
        case {"answer": name, "fields": members}:
            cls = _ANSWERS[name]
            kept = {key: decoded(member) for key, member in members.items()}
            lost = {each.name: None for each in dataclasses.fields(cls) if each.init and each.name not in kept}
            return cls(**kept, **lost)
    return value
