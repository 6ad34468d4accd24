"""What must not stand in any committed file, whatever its language."""

import re
import subprocess
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

from tests.house.sources import ROOT

__all__ = ["RULES", "TextRule", "committed_files"]

TextRule = Callable[[str, str], Iterator[str]]

# These two quote what they forbid.
QUOTING = {"tests/house/rules_of_text.py", "tests/house/test_texts.py"}

UNFINISHED = re.compile(r"\b(TODO|FIXME|HACK)\b")
PLACES = re.compile(
    r"(?<![\w.])/(?:root|home|Users|work)/\w"
    r"|\b(?:pypi|pythonhosted|deb\.debian)\.org\b"
    r"|\bregistry\.npmjs\."
    r"|--(?:extra-)?index-url\b"
)


def _lines_with(pattern: re.Pattern[str], path: str, text: str) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(text.splitlines(), start=1):
        if (match := pattern.search(line)) is not None:
            yield f"{path}:{number}", match.group()


def nothing_is_left_for_later(path: str, text: str) -> Iterator[str]:
    """No note of unfinished work: what is not built is absent, and wishes are issues."""
    for place, word in _lines_with(UNFINISHED, path, text):
        yield f"{place} says {word}: finish it, or open an issue."


def no_machine_is_named(path: str, text: str) -> Iterator[str]:
    """No path of one machine and no host of a package registry: the project works wherever it is cloned."""
    for place, words in _lines_with(PLACES, path, text):
        yield f"{place} names {words}: that is one machine's business."


RULES = (nothing_is_left_for_later, no_machine_is_named)


def _tracked() -> list[Path]:
    try:
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True).stdout
    except (OSError, subprocess.CalledProcessError):
        # An unpacked archive has no git: what its folders hold was committed, but for what tools left there.
        return [path for path in ROOT.rglob("*") if not {".venv", "node_modules", "dist"} & set(path.parts)]
    return [ROOT / name for name in listed.split("\0") if name]


@cache
def committed_files() -> tuple[tuple[str, str], ...]:
    """Path and text of every committed file that is text."""
    found = []
    for path in _tracked():
        if path.relative_to(ROOT).as_posix() in QUOTING:
            continue
        if path.is_file() and b"\0" not in (content := path.read_bytes()):
            found.append((path.relative_to(ROOT).as_posix(), content.decode("utf-8", errors="replace")))
    return tuple(found)
