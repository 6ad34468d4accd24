"""What code may do where: imports, exact numbers, and the one place that reads the time."""

import ast
import sys
from collections.abc import Iterator

from tests.house.sources import LAYERS, Source, functions_of

__all__ = ["RULES", "imported"]

EXACT_LAYERS = ("domain", "services")
DOMAIN_LIBRARIES = {"babel", "holidays", "stdnum", "domain"}
CLOCK = "prorata/clock.py"
TIME_FUNCTIONS = {"monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns", "time", "time_ns"}
TIME_METHODS = {"now", "today", "utcnow"}


def imports_stand_at_the_top(source: Source) -> Iterator[str]:
    """No function imports: who needs whom is seen in the first lines of a file."""
    for function in functions_of(source.tree):
        for node in ast.walk(function):
            if isinstance(node, ast.Import | ast.ImportFrom):
                yield source.offence(node, f"{function.name} imports inside its body.")


def imported(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    """Every import of a file with the top-level name of what it imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name.partition(".")[0]) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node, (node.module or "").partition(".")[0]


def domain_stands_on_little(source: Source) -> Iterator[str]:
    """domain/ imports the standard library, Babel, python-stdnum and holidays, nothing else."""
    if source.layer != "domain":
        return
    for node, package in imported(source.tree):
        if package not in DOMAIN_LIBRARIES | sys.stdlib_module_names:
            yield source.offence(node, f"domain imports {package}: rules stay free of the world.")


def money_is_exact(source: Source) -> Iterator[str]:
    """No float and no bare round() in domain/ and services/: `domain/money.py` names its roundings."""
    if source.layer not in EXACT_LAYERS:
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            yield source.offence(node, f"writes the float {node.value!r}: use int, Decimal or Fraction.")
        elif isinstance(node, ast.Name) and node.id == "float":
            yield source.offence(node, "names float: use int, Decimal or Fraction.")
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "round":
            yield source.offence(node, "calls round(): use a named rounding.")


def _reads_time(node: ast.AST) -> str | None:
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name | ast.Attribute):
        owner = node.value.id if isinstance(node.value, ast.Name) else node.value.attr
        if (owner == "time" and node.attr in TIME_FUNCTIONS) or (
            owner in {"datetime", "date"} and node.attr in TIME_METHODS
        ):
            return f"{owner}.{node.attr}"
    if isinstance(node, ast.ImportFrom) and node.module == "time":
        return next((f"time.{alias.name}" for alias in node.names if alias.name in TIME_FUNCTIONS), None)
    if isinstance(node, ast.keyword) and node.arg in {"auto_now", "auto_now_add"}:
        return node.arg
    return None


def only_the_clock_reads_the_time(source: Source) -> Iterator[str]:
    """Only prorata/clock.py asks the system for the time; everybody else is handed it."""
    if source.layer not in LAYERS or source.path == CLOCK:
        return
    for node in ast.walk(source.tree):
        if (call := _reads_time(node)) is not None:
            yield source.offence(node, f"reads the time by {call}: take it from {CLOCK}, or as an argument.")


RULES = (imports_stand_at_the_top, domain_stands_on_little, money_is_exact, only_the_clock_reads_the_time)
