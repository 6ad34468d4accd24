"""What a life cycle is: a table of the moves that a status may make, and the verb that causes each."""

from collections.abc import Collection
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeVar

from domain.errors import DomainError, ErrorCode

Status = TypeVar("Status", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Move(Generic[Status]):
    """One allowed change: the verb that causes it, and the statuses before and after."""

    verb: str
    before: Status
    after: Status


@dataclass(frozen=True, slots=True)
class Lifecycle(Generic[Status]):
    """All that may happen to the status of one noun."""

    noun: str
    code: ErrorCode
    initial: tuple[Status, ...]
    moves: tuple[Move[Status], ...]
    _pairs: frozenset[tuple[Status, Status]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Keep the pairs of the table by themselves: a group of renewals asks for thousands of moves."""
        object.__setattr__(self, "_pairs", frozenset((each.before, each.after) for each in self.moves))

    def move(self, subject: str, before: Status, after: Status) -> Status:
        """`after`, when the table has that move; `subject` is the id. Anything else is an AssertionError."""
        if (before, after) not in self._pairs:
            raise AssertionError(f"{self.noun} {subject} cannot go from {before} to {after}")
        return after

    def statuses_for(self, verb: str) -> tuple[Status, ...]:
        """The statuses in which `verb` can be done, in the order of the table."""
        found = tuple(dict.fromkeys(each.before for each in self.moves if each.verb == verb))
        if not found:
            raise AssertionError(f"no {self.noun} is ever the subject of '{verb}'")
        return found

    def refuse_unless(
        self,
        verb: str,
        subject: str,
        status: Status,
        *,
        allowed: Collection[Status] | None = None,
        param: str | tuple[str, ...] = "id",
    ) -> None:
        """Refuse `verb` (as in "finalize") for the object with id `subject` unless its status allows it.

        The allowed statuses are those of the table; `allowed` names them for a verb that moves no status.
        """
        fitting = self.statuses_for(verb) if allowed is None else tuple(allowed)
        if status not in fitting:
            raise DomainError(
                self.code,
                f"{self.noun.capitalize()} {subject} is {status}; to {verb} it, it would have to be"
                f" {' or '.join(fitting)}.",
                param,
            )

    def ended(self, status: Status) -> bool:
        """Whether nothing can change this status any more."""
        return all(each.before != status for each in self.moves)


def moves_of(*rows: tuple[str, Collection[Status], Status]) -> tuple[Move[Status], ...]:
    """One move for each status before, row by row."""
    return tuple(Move(verb, before, after) for verb, befores, after in rows for before in befores)
