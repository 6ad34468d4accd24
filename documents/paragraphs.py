"""Texts cut into lines: at blanks, between Chinese characters, and anywhere in a word that fits no line."""

from collections.abc import Iterator
from typing import Final

from documents.bidi import levels_of
from documents.setting import Line, line_of, part_of_line
from documents.typefaces import Region, Weight

_NEVER_FIRST: Final = frozenset(
    "、。，．・：；？！゛゜´｀ヽヾゝゞ々ー’”）〕］｝〉》」』】°′″℃％‰…ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ"
)
"""What cannot begin a line in Chinese or Japanese."""
_NEVER_LAST: Final = frozenset("‘“（〔［｛〈《「『【￥＄£")
_AFTER: Final = frozenset("-‐–—/")
"""Signs after which a word may be cut."""


def lines_of(text: str, weight: Weight, region: Region, width: float) -> list[Line]:
    """A cleaned text as lines of at most `width` units of `typefaces.EM`; a line feed begins a new one."""
    found: list[Line] = []
    for paragraph in text.split("\n"):
        whole = line_of(paragraph.rstrip(), weight, region)
        if whole.width <= width:
            found.append(whole)
        else:
            levels = levels_of(paragraph)
            found += (
                part_of_line(paragraph, levels, start, end, weight, region)
                for start, end in _cuts(paragraph, weight, region, width)
            )
    return found


def _cuts(paragraph: str, weight: Weight, region: Region, width: float) -> Iterator[tuple[int, int]]:
    """Beginning and end of each line; blanks at its end belong to none."""
    start, used = 0, 0.0
    for first, last in _pieces(paragraph):
        piece = paragraph[first:last]
        needed = line_of(piece.rstrip(), weight, region).width
        if used and used + needed > width:
            yield start, start + len(paragraph[start:first].rstrip())
            start, used = first, 0.0
        if needed > width:
            full, start, used = _within_word(paragraph, first, last, weight, region, width)
            yield from full
        else:
            used += line_of(piece, weight, region).width
    if start < len(paragraph.rstrip()):
        yield start, len(paragraph.rstrip())


def _within_word(
    paragraph: str, first: int, last: int, weight: Weight, region: Region, width: float
) -> tuple[list[tuple[int, int]], int, float]:
    """The full lines that a word takes which is longer than one, then where its rest begins and how wide that is."""
    full: list[tuple[int, int]] = []
    start, used = first, 0.0
    for place, advance in _letters(paragraph, first, last, weight, region):
        if used and used + advance > width:
            full.append((start, place))
            start, used = place, 0.0
        used += advance
    return full, start, used


def _letters(paragraph: str, first: int, last: int, weight: Weight, region: Region) -> Iterator[tuple[int, int]]:
    """Where each group of characters begins that is drawn together, in order of reading, with its width."""
    at = first
    # Set from left to right whatever it is, so that the groups come in the order of reading.
    for run in part_of_line(paragraph, None, first, last, weight, region).runs:
        for text, glyphs in run.groups:
            yield at, sum(glyph.advance for glyph in glyphs)
            at += len(text)


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    """The parts between which a line may end, each with the blanks after it."""
    start = 0
    for index in range(1, len(text)):
        if _may_end(text[index - 1], text[index]):
            yield start, index
            start = index
    if text:
        yield start, len(text)


def _may_end(before: str, after: str) -> bool:
    """Whether a line may end between these two characters."""
    if after == " ":
        return False
    if before == " " or before in _AFTER:
        return before == " " or after.isalpha()
    if after in _NEVER_FIRST or before in _NEVER_LAST:
        return False
    return _is_wide(before) or _is_wide(after)


def _is_wide(character: str) -> bool:
    """Whether it is a character of Chinese, Japanese or Korean, which are written without blanks."""
    return "\u2e80" <= character <= "\ud7ff" or "\uf900" <= character <= "\ufaff" or character >= "\U00020000"
