"""Sizes that keep rooms liveable. There is no list of exceptions: what has grown too large is taken apart."""

import ast
from collections.abc import Iterator

from tests.house.rules_of_naming import INFRASTRUCTURE
from tests.house.sources import Function, Source, functions_of

__all__ = ["RULES"]

MODULE_LINES_MAX = 400
FUNCTION_LINES_MAX = 50
TEST_LINES_MAX = 40
SERVICE_METHODS_MAX = 15
RESOLVER_STATEMENTS_MAX = 8


def modules_are_short(source: Source) -> Iterator[str]:
    """A module has at most 400 lines."""
    lines = len(source.text.splitlines())
    if lines > MODULE_LINES_MAX:
        yield source.offence(source.tree, f"has {lines} lines, at most {MODULE_LINES_MAX}.")


def _lines(function: Function) -> int:
    assert function.end_lineno is not None
    return function.end_lineno - function.lineno + 1


def functions_are_short(source: Source) -> Iterator[str]:
    """A function has at most 50 lines, a test at most 40."""
    for function in functions_of(source.tree):
        is_test = source.layer == "tests" and function.name.startswith("test_")
        limit = TEST_LINES_MAX if is_test else FUNCTION_LINES_MAX
        if _lines(function) > limit:
            yield source.offence(function, f"{function.name} has {_lines(function)} lines, at most {limit}.")


def services_are_narrow(source: Source) -> Iterator[str]:
    """A class in services/ has at most 15 public methods."""
    if source.layer != "services":
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ClassDef):
            public = [each for each in node.body if isinstance(each, Function) and not each.name.startswith("_")]
            if len(public) > SERVICE_METHODS_MAX:
                yield source.offence(
                    node, f"{node.name} has {len(public)} public methods, at most {SERVICE_METHODS_MAX}."
                )


def _statements(function: Function) -> int:
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return sum(isinstance(node, ast.stmt) for statement in body for node in ast.walk(statement))


def resolvers_are_thin(source: Source) -> Iterator[str]:
    """A function of a feature in resolvers/ has at most 8 statements, those inside its branches counted too."""
    if source.layer != "resolvers" or source.room in INFRASTRUCTURE["resolvers"]:
        return
    for function in functions_of(source.tree):
        if _statements(function) > RESOLVER_STATEMENTS_MAX:
            found = f"{function.name} has {_statements(function)} statements"
            yield source.offence(function, f"{found}, at most {RESOLVER_STATEMENTS_MAX}: let a service decide.")


RULES = (modules_are_short, functions_are_short, services_are_narrow, resolvers_are_thin)
