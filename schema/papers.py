"""Addresses of papers, as a field of whatever can be printed once it has a number."""

from typing import Any

import strawberry

from schema.base import DIRECT


def paper(description: str) -> Any:
    """A field with the address of the object's paper; null as long as it has no number."""
    return strawberry.field(description=description, metadata={DIRECT: _address})


def _address(source: Any, info: Any) -> str | None:
    return None if source.row.number is None else info.context.paper_address(source.row.id)
