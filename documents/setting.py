"""Texts set as glyphs: the right typeface for every character, shaped by HarfBuzz, in the order in which it is seen."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from operator import eq, itemgetter
from typing import Final, NamedTuple, TypeAlias

import uharfbuzz

from documents.bidi import in_visual_order, is_from_right, levels_of
from documents.typefaces import LATIN, PICTURES, Family, Region, Typeface, Weight, family_with, typeface

_REMEMBERED_LENGTH_MAX: Final = 64
"""Characters. Labels and dates recur from paper to paper, long texts do not."""


class Glyph(NamedTuple):
    """One shape: how far the pen moves over it, how it is offset, and how much too far the pen goes by itself."""

    id: int
    advance: int
    x: int
    y: int
    excess: int


Group: TypeAlias = tuple[str, tuple[Glyph, ...]]
"""Characters that are drawn together, and their glyphs: a letter, a ligature, a syllable."""


@dataclass(frozen=True, slots=True)
class Run:
    """Groups of one typeface and one direction, from left to right.

    `steps` tells a run of plain letters once more, ready to be written: for each how far the pen goes back before it,
    and its glyph. It is None where groups have several glyphs, or glyphs are raised. `letters` has the glyphs and
    characters of such a run, each once.
    """

    typeface: Typeface
    groups: tuple[Group, ...]
    width: int
    steps: tuple[tuple[int, int], ...] | None
    letters: frozenset[tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text from left to right; its width is in units of `typefaces.EM`.

    `from_right` says that its paragraph begins at the right.
    """

    runs: tuple[Run, ...]
    width: int
    from_right: bool = False


def line_of(text: str, weight: Weight, region: Region) -> Line:
    """The whole text as one line."""
    if len(text) <= _REMEMBERED_LENGTH_MAX:
        return _remembered(text, weight, region)
    return part_of_line(text, levels_of(text), 0, len(text), weight, region)


@lru_cache(maxsize=4_096)
def _remembered(text: str, weight: Weight, region: Region) -> Line:
    return part_of_line(text, levels_of(text), 0, len(text), weight, region)


def part_of_line(text: str, levels: Sequence[int] | None, start: int, end: int, weight: Weight, region: Region) -> Line:
    """The part of a paragraph that stands on one line; `levels` are the whole paragraph's (`bidi.levels_of`)."""
    stretches = [(start, end, False)] if levels is None else in_visual_order(levels, start, end)
    runs: list[Run] = []
    for first, last, from_right in stretches:
        made = [
            _shaped(part, family, weight, from_right=from_right)
            for part, family in _by_family(text[first:last], region)
        ]
        runs += reversed(made) if from_right else made
    return Line(tuple(runs), sum(run.width for run in runs), levels is not None and is_from_right(text))


def _by_family(text: str, region: Region) -> Iterator[tuple[str, Family]]:
    """The text in parts that one family sets. Blanks, signs and marks stay with what is before them, if that can."""
    start = 0
    current: Family | None = None
    for index, character in enumerate(text):
        family = family_with(character, region)
        if family is current:
            continue
        if current is not None and _stays(character, current):
            continue
        if current is not None:
            yield text[start:index], current
        start, current = index, family
    if current is not None:
        yield text[start:], current


def _stays(character: str, current: Family) -> bool:
    """Whether a character that belongs to no script goes on in the family of its neighbour."""
    if character.isalnum() or current is LATIN or current in PICTURES:
        return False
    return typeface(current, Weight.REGULAR).has(character)


def _shaped(text: str, family: Family, weight: Weight, *, from_right: bool) -> Run:
    face = typeface(family, weight)
    buffer = uharfbuzz.Buffer()
    buffer.add_str(text)
    buffer.direction = "rtl" if from_right else "ltr"
    buffer.guess_segment_properties()
    uharfbuzz.shape(face.font, buffer)
    places = [info.cluster for info in buffer.glyph_infos]
    glyphs = [
        _glyph(face, info.codepoint, *position.position)
        for info, position in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True)
    ]
    groups = tuple(_groups(text, places, glyphs))
    steps = _steps(groups)
    letters = frozenset() if steps is None else frozenset((each[0].id, letter) for letter, each in groups)
    return Run(face, groups, sum(glyph.advance for glyph in glyphs), steps, letters)


def _steps(groups: Sequence[Group]) -> tuple[tuple[int, int], ...] | None:
    found: list[tuple[int, int]] = []
    back = 0
    for _, glyphs in groups:
        if len(glyphs) > 1 or glyphs[0].y:
            return None
        [glyph] = glyphs
        found.append((back - glyph.x, glyph.id))
        back = glyph.excess
    return tuple(found)


def _glyph(face: Typeface, glyph: int, x: int, y: int, advance: int, _down: int) -> Glyph:
    return Glyph(glyph, advance, x, y, x + face.advance(glyph) - advance)


def _groups(text: str, places: Sequence[int], glyphs: Sequence[Glyph]) -> Iterator[Group]:
    """Glyphs that begin at the same place in the text belong together, with the characters up to the next place."""
    if len(glyphs) == len(text) and all(map(eq, places, range(len(text)))):
        yield from zip(text, zip(glyphs, strict=True), strict=True)
        return
    starts = sorted(set(places))
    ends = dict(zip(starts, [*starts[1:], len(text)], strict=True))
    for start, group in groupby(zip(places, glyphs, strict=True), key=itemgetter(0)):
        yield text[start : ends[start]], tuple(glyph for _, glyph in group)
