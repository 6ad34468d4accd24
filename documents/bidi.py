"""Which parts of a text run from right to left: the Unicode Bidirectional Algorithm (Unicode Standard Annex 9).

Commands of direction are no part of a cleaned text, so that a paragraph is one level run before its letters are
looked at, and the rules about embeddings and isolates have nothing to do. The names of rules are the annex's.
"""

import unicodedata
from collections.abc import Sequence
from itertools import groupby
from typing import Final

_RIGHT_TO_LEFT: Final = ("R", "AL")
_STRONG: Final = {"L": "L", "R": "R", "EN": "R", "AN": "R"}
"""How neutrals see their neighbours (N1)."""
_NEUTRAL: Final = frozenset(("B", "S", "WS", "ON"))
_BRACKETS: Final = dict(zip("([{⁅⁽₍⌈⌊⟦⟨⟪〈《「『【（［｛｢", ")]}⁆⁾₎⌉⌋⟧⟩⟫〉》」』】）］｝｣", strict=True))
_OPEN_BRACKETS_MAX: Final = 63


def levels_of(text: str) -> Sequence[int] | None:
    """The level of each character, odd from right to left; None for a text that runs from left to right throughout."""
    kinds = [unicodedata.bidirectional(character) or "L" for character in text]
    if not any(kind in ("R", "AL", "AN") for kind in kinds):
        return None
    original = list(kinds)
    base = int(is_from_right(text))
    edge = "R" if base else "L"
    _resolve_weak(kinds, edge)
    _resolve_brackets(text, original, kinds, edge)
    _resolve_neutral(kinds, edge)
    levels = [_level(kind, base) for kind in kinds]
    _reset_blanks(original, levels, base)
    return levels


def is_from_right(text: str) -> bool:
    """Whether a paragraph begins at the right: its first letter does (P2, P3)."""
    kinds = map(unicodedata.bidirectional, text)
    return next((kind for kind in kinds if kind in ("L", *_RIGHT_TO_LEFT)), "L") in _RIGHT_TO_LEFT


def in_visual_order(levels: Sequence[int], start: int, end: int) -> list[tuple[int, int, bool]]:
    """The stretches of one line, from `start` up to `end`, as they stand from left to right (L2).

    Each with its bounds in the text and whether it runs from right to left.
    """
    stretches: list[tuple[int, int, int]] = []
    for level, group in groupby(range(start, end), key=lambda index: levels[index]):
        indexes = list(group)
        stretches.append((indexes[0], indexes[-1] + 1, level))
    highest = max((level for *_, level in stretches), default=0)
    for turned in range(highest, 0, -1):
        stretches = [
            each
            for is_turned, group in groupby(stretches, key=lambda stretch: stretch[2] >= turned)
            for each in (reversed(list(group)) if is_turned else list(group))
        ]
    return [(first, last, bool(level % 2)) for first, last, level in stretches]


def _resolve_weak(kinds: list[str], edge: str) -> None:
    """Numbers, their separators and marks take after what surrounds them (W1 to W7)."""
    before = edge
    letter = edge
    for index, kind in enumerate(kinds):
        if kind == "NSM":
            kind = kinds[index] = before
        elif kind == "BN":
            kind = kinds[index] = "ON" if before not in ("L", "R", "AL") else before
        before = kind
        if kind in ("L", *_RIGHT_TO_LEFT):
            letter = kind
        elif kind == "EN" and letter == "AL":
            kinds[index] = "AN"
    kinds[:] = ["R" if kind == "AL" else kind for kind in kinds]
    for index in range(1, len(kinds) - 1):
        kind, around = kinds[index], (kinds[index - 1], kinds[index + 1])
        if (kind in ("ES", "CS") and around == ("EN", "EN")) or (kind == "CS" and around == ("AN", "AN")):
            kinds[index] = around[0]
    _resolve_signs(kinds, edge)


def _resolve_signs(kinds: list[str], edge: str) -> None:
    """Signs beside a number belong to it, others are neutral (W5, W6); numbers among Latin letters are theirs (W7)."""
    index = 0
    for kind, group in groupby(list(kinds)):
        length = len(list(group))
        if kind == "ET":
            beside = kinds[index - 1 : index] + kinds[index + length : index + length + 1]
            kinds[index : index + length] = ["EN" if "EN" in beside else "ON"] * length
        elif kind in ("ES", "CS"):
            kinds[index : index + length] = ["ON"] * length
        index += length
    letter = edge
    for index, kind in enumerate(kinds):
        if kind in ("L", "R"):
            letter = kind
        elif kind == "EN" and letter == "L":
            kinds[index] = "L"


def _resolve_brackets(text: str, original: Sequence[str], kinds: list[str], edge: str) -> None:
    """Both brackets of a pair go the way of what they enclose, and marks on them too (N0)."""
    for opening, closing in _bracket_pairs(text, kinds):
        inside = {_STRONG[kind] for kind in kinds[opening + 1 : closing] if kind in _STRONG}
        if not inside:
            continue
        direction = edge
        if edge not in inside:
            context = next((_STRONG[kind] for kind in reversed(kinds[:opening]) if kind in _STRONG), edge)
            direction = context if context != edge else edge
        for bracket in (opening, closing):
            kinds[bracket] = direction
            for mark in range(bracket + 1, len(kinds)):
                if original[mark] != "NSM":
                    break
                kinds[mark] = direction


def _bracket_pairs(text: str, kinds: Sequence[str]) -> list[tuple[int, int]]:
    """Where brackets that belong together stand, in the order of the opening ones (BD16)."""
    waiting: list[tuple[str, int]] = []
    pairs: list[tuple[int, int]] = []
    for index, character in enumerate(text):
        if kinds[index] != "ON":
            continue
        if character in _BRACKETS:
            if len(waiting) == _OPEN_BRACKETS_MAX:
                break
            waiting.append((_BRACKETS[character], index))
            continue
        depth = next((place for place in reversed(range(len(waiting))) if waiting[place][0] == character), None)
        if depth is not None:
            pairs.append((waiting[depth][1], index))
            del waiting[depth:]
    return sorted(pairs)


def _resolve_neutral(kinds: list[str], edge: str) -> None:
    """What has no direction goes with its neighbours where they agree, else with the paragraph (N1, N2)."""
    index = 0
    for neutral, group in groupby(list(kinds), key=lambda kind: kind in _NEUTRAL or kind not in _STRONG):
        length = len(list(group))
        if neutral:
            before = _STRONG[kinds[index - 1]] if index else edge
            after = _STRONG[kinds[index + length]] if index + length < len(kinds) else edge
            kinds[index : index + length] = [before if before == after else edge] * length
        index += length


def _level(kind: str, base: int) -> int:
    """The level of a character whose kind is settled (I1, I2)."""
    if base:
        return 1 if kind == "R" else 2
    return {"L": 0, "R": 1}.get(kind, 2)


def _reset_blanks(original: Sequence[str], levels: list[int], base: int) -> None:
    """Separators, blanks before them and blanks at the end go with the paragraph (L1)."""
    trailing = True
    for index in reversed(range(len(levels))):
        if original[index] in ("B", "S"):
            trailing = True
        elif original[index] not in ("WS", "BN"):
            trailing = False
        if trailing:
            levels[index] = base
