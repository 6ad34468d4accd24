"""What a caller can do wrong, and how it is said.

A service or a rule refuses by raising a `DomainError`, which carries one `Problem` or several; the API turns each
into a `UserError`. What only this program can cause is an assertion, never a `DomainError`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from domain.error_catalogue import ErrorEntry, error_catalogue
from domain.error_codes import ErrorCode
from domain.error_types import ErrorType

__all__ = ["DomainError", "ErrorCode", "ErrorEntry", "ErrorType", "Problem", "Problems", "error_catalogue", "path_of"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong: its code, a message for a person, and the path of the input field at fault.

    `type` follows from the code. `decline_code` is the card network's own code, only on card errors.
    """

    code: ErrorCode
    message: str
    param: tuple[str, ...] = ()
    decline_code: str | None = None
    type: ErrorType = field(init=False)

    def __post_init__(self) -> None:
        """Set the type that belongs to the code."""
        object.__setattr__(self, "type", self.code.type)


class DomainError(Exception):
    """A refusal that the caller caused and can act upon; carries every problem that was found.

    `param` is the path of the field at fault, as a tuple or with dots: `"items.0.price"`.
    """

    problems: tuple[Problem, ...]

    def __init__(
        self, code: ErrorCode, message: str, param: str | tuple[str, ...] = (), *, decline_code: str | None = None
    ) -> None:
        super().__init__(message)
        self.problems = (Problem(code, message, path_of(param), decline_code),)

    @classmethod
    def of(cls, problems: Iterable[Problem]) -> "DomainError":
        """The error that carries these problems, of which there is at least one."""
        found = tuple(problems)
        if not found:
            raise AssertionError("a DomainError needs a problem")
        error = cls(found[0].code, " ".join(problem.message for problem in found))
        error.problems = found
        return error

    def under(self, *prefix: str) -> "DomainError":
        """The same error with `prefix` before every field path, for a rule that knows only a part of the input."""
        return DomainError.of(
            Problem(each.code, each.message, (*prefix, *each.param), each.decline_code) for each in self.problems
        )


class Problems:
    """Collects what is wrong with one input, so that all of it is reported together."""

    def __init__(self) -> None:
        self._found: list[Problem] = []

    def __bool__(self) -> bool:
        """Whether anything was found."""
        return bool(self._found)

    def add(self, code: ErrorCode, message: str, *param: str) -> None:
        """Note a problem at the field path `param`."""
        self._found.append(Problem(code, message, param))

    def add_from(self, error: DomainError, *prefix: str) -> None:
        """Note all problems of an error that a rule raised, each path below `prefix`."""
        self._found.extend(error.under(*prefix).problems)

    def raise_any(self) -> None:
        """Raise a `DomainError` with everything noted so far, if there is anything."""
        if self._found:
            raise DomainError.of(self._found)


def path_of(param: str | tuple[str, ...]) -> tuple[str, ...]:
    """The field path that a dotted text names; a tuple is a path already."""
    if isinstance(param, tuple):
        return param
    return tuple(param.split(".")) if param else ()
