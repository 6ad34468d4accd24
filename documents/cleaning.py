"""Texts from anywhere, made fit for paper: whatever somebody puts into a name, it is set as a name."""

import re
import unicodedata
from typing import Final

MARKS_MAX: Final = 8
"""Marks on one letter. No language needs as many; piled up without end they run over the page."""

_JOINERS: Final = "\u200c\u200d"
"""Zero-width characters that change the shape of their neighbours, which Persian and Hindi need."""
_DROPPED: Final = frozenset(("Cc", "Cf", "Cs", "Co"))
_PLAIN: Final = re.compile(r"[ -~\n]*", re.ASCII)
_LINE_BREAKS: Final = re.compile("\r\n|[\r\n\v\f\x85\u2028\u2029]")


def cleaned(text: str) -> str:
    """The text composed (NFC), without control and private characters and without commands of direction.

    Line breaks of any kind become a line feed, tabs a blank; a letter keeps `MARKS_MAX` marks.
    """
    if _PLAIN.fullmatch(text):
        return text
    composed = unicodedata.normalize("NFC", _LINE_BREAKS.sub("\n", text).replace("\t", " "))
    kept: list[str] = []
    marks = 0
    for character in composed:
        category = unicodedata.category(character)
        if category in _DROPPED and character != "\n" and character not in _JOINERS:
            continue
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if marks <= MARKS_MAX:
            kept.append(character)
    return "".join(kept)
