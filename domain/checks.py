"""Checking an input as a whole: every rule is tried, and what they refuse is reported together.

Each function notes a refusal in `problems` and gives None then, so that the other fields are checked as well; nothing
of what it gives may be used before `problems.raise_any()`.
"""

from collections.abc import Callable, Sequence
from typing import Concatenate, ParamSpec, TypeVar

from domain.drafts import UNSET, Unset
from domain.errors import DomainError, ErrorCode, Problems

G = TypeVar("G")
T = TypeVar("T")
P = ParamSpec("P")


def checked(problems: Problems, rule: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | None:
    """What the rule gives; its refusal is noted."""
    try:
        return rule(*args, **kwargs)
    except DomainError as error:
        problems.add_from(error)
        return None


def checked_where_given(
    problems: Problems,
    rule: Callable[Concatenate[G, P], T],
    value: G | Unset | None,
    *args: P.args,
    **kwargs: P.kwargs,
) -> T | Unset | None:
    """As `checked`; a value that is absent or removed is passed on as it is."""
    if value is None or value is UNSET:
        return value
    return checked(problems, rule, value, *args, **kwargs)


def checked_list(
    problems: Problems,
    rule: Callable[[G, tuple[str, ...]], T],
    values: Sequence[G] | Unset | None,
    count_max: int,
    param: tuple[str, ...],
) -> list[T] | Unset:
    """What the rule gives for every value with its path; a list that is too long is noted, one removed is empty."""
    if values is UNSET:
        return UNSET
    if values is None:
        return []
    if len(values) > count_max:
        problems.add(
            ErrorCode.PARAMETER_LIST_TOO_LONG,
            f"The list has {len(values)} entries; it may have {count_max}.",
            *param,
        )
        return []
    results = [checked(problems, rule, value, (*param, str(index))) for index, value in enumerate(values)]
    return [result for result in results if result is not None]
