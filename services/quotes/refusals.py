"""Refusals of what a quote offers, told to a caller who named nothing but the quote."""

from collections.abc import Iterator
from contextlib import contextmanager

from domain.errors import DomainError, Problem


@contextmanager
def told_of_the_quote() -> Iterator[None]:
    """Tell whatever is wrong within at `id`: the fields at fault are the quote's, not the input's."""
    try:
        yield
    except DomainError as error:
        raise DomainError.of(
            Problem(each.code, each.message, ("id",), each.decline_code) for each in error.problems
        ) from None
