"""Three-state values of an update: absent, removed (None), or given.

An update carries a frozen dataclass whose fields default to `UNSET`; `given` takes the value or keeps what was there.
"""

from enum import Enum
from typing import Final, Literal, TypeAlias, TypeVar

T = TypeVar("T")
D = TypeVar("D")


class _Absence(Enum):
    """A class of its own with one member, so that type checkers can tell it apart."""

    UNSET = "unset"

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "UNSET"


UNSET: Final = _Absence.UNSET
Unset: TypeAlias = Literal[_Absence.UNSET]
"""`name: str | None | Unset = UNSET` in a draft: leave alone, remove, or set."""


def given(value: T | Unset, otherwise: D) -> T | D:
    """The value, or `otherwise` (what the row holds) when the caller did not mention the field."""
    return otherwise if value is UNSET else value
