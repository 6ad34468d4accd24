"""The page about statuses, `docs/lifecycles.md`, written from the tables of moves: `prorata schema --lifecycles`."""

from collections.abc import Iterator
from enum import StrEnum
from inspect import getdoc
from itertools import groupby
from textwrap import fill
from typing import Any, Final

from domain.lifecycles import LIFECYCLES, Lifecycle, Move
from prorata.reference import LINE_LENGTH

_INTRODUCTION: Final = """\
# Life cycles

Every noun that has a status has one table of moves, in `domain/lifecycles/`. A status changes by a move of its table
or not at all; a verb that the status does not allow is refused with the code below. This page is generated from the
tables: `prorata schema --lifecycles > docs/lifecycles.md`. Which events tell of what happens
stands in [Events](events.md).
"""
_PREPOSITIONS: Final = (" for", " of", " on")


def lifecycles_page() -> str:
    """The whole page in Markdown, ending with a line break."""
    return "\n".join([_INTRODUCTION, *(_section(each) for each in LIFECYCLES)])


def _section(table: Lifecycle[Any]) -> str:
    """Diagram and table of one noun."""
    meaning = getdoc(type(table.initial[0])) or ""
    refusals = f"Refusals have the code [{table.code.name}](errors.md#{table.code.value})."
    return "\n".join(
        [
            f"## {table.noun.capitalize()}",
            "",
            fill(f"{meaning} {refusals}", LINE_LENGTH, break_on_hyphens=False),
            "",
            "```mermaid",
            "stateDiagram-v2",
            *(f"    {line}" for line in _diagram(table)),
            "```",
            "",
            "| Move | From | To |",
            "|---|---|---|",
            *_rows(table),
            "",
        ]
    )


def _diagram(table: Lifecycle[Any]) -> Iterator[str]:
    """An arrow from the beginning to each first status, one for each pair, one from each last status to the end."""
    yield from (f"[*] --> {status.name}" for status in table.initial)
    pairs = dict.fromkeys((move.before, move.after) for move in table.moves)
    for before, after in pairs:
        verbs = [_plain(move.verb) for move in table.moves if (move.before, move.after) == (before, after)]
        yield f"{before.name} --> {after.name}: {', '.join(dict.fromkeys(verbs))}"
    yield from (f"{status.name} --> [*]" for status in type(table.initial[0]) if table.ended(status))


def _rows(table: Lifecycle[Any]) -> Iterator[str]:
    """One row for each verb and what it leads to, with every status that it can start from."""

    def verb_and_end(move: Move[StrEnum]) -> tuple[str, StrEnum]:
        return move.verb, move.after

    for (verb, after), moves in groupby(table.moves, key=verb_and_end):
        yield f"| {_plain(verb)} | {', '.join(move.before.name for move in moves)} | {after.name} |"


def _plain(verb: str) -> str:
    """The verb without the preposition that leads to the noun in a refusal: "end the trial of" is "end the trial"."""
    for preposition in _PREPOSITIONS:
        verb = verb.removesuffix(preposition)
    return verb
