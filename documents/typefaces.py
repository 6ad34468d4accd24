"""The typefaces that papers are set in: Noto Sans, and its relatives for the scripts that it lacks.

All of them are variable fonts with the same range of weights, so that one file serves every weight. They come as
packages of data from PyPI (SIL Open Font License); no font is part of this repository.
"""

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final

import uharfbuzz

EM: Final = 1000
"""Units of a typeface to its size."""


class Weight(IntEnum):
    """How strong the strokes are, on the axis `wght`."""

    REGULAR = 400
    STRONG = 600


class Region(StrEnum):
    """Whose way of writing Chinese characters is meant where one code stands for several shapes."""

    JAPAN = "JP"
    KOREA = "KR"
    CHINA = "CN"
    TAIWAN = "TW"
    HONG_KONG = "HK"


@dataclass(frozen=True, slots=True)
class Family:
    """A file of outlines for one or more scripts."""

    name: str
    package: str
    file: str
    index: int = 0
    """Its place in a collection."""


@dataclass(frozen=True, slots=True, eq=False)
class Typeface:
    """A family in one weight: `outlines` is the file, `font` measures and shapes."""

    family: Family
    weight: Weight
    outlines: uharfbuzz.Face
    font: uharfbuzz.Font
    _advances: dict[int, int] = field(default_factory=dict)

    def advance(self, glyph: int) -> int:
        """How far the pen moves over a glyph that nothing adjusts, in units."""
        known = self._advances.get(glyph)
        if known is None:
            known = self._advances[glyph] = self.font.get_glyph_h_advance(glyph)
        return known

    def has(self, character: str) -> bool:
        """Whether it has a glyph for this character."""
        return bool(self.font.get_nominal_glyph(ord(character)))


def _noto(name: str) -> Family:
    return Family(f"NotoSans{name}", "manimgx_fonts", f"NotoSans{name}[wght].ttf")


LATIN: Final = _noto("")
"""Latin, Greek and Cyrillic; the typeface of everything else that it has."""
_SCRIPTS: Final = (
    *(_noto(name) for name in ("Arabic", "Hebrew", "Devanagari", "Thai", "Armenian", "Georgian", "Bengali")),
    *(_noto(name) for name in ("Tamil", "Telugu", "Kannada", "Malayalam", "Gujarati", "Gurmukhi", "Oriya", "Sinhala")),
    *(_noto(name) for name in ("Ethiopic", "Khmer", "Lao", "Myanmar")),
)
PICTURES: Final = (_noto("Symbols"), Family("NotoEmoji", "manimgx_fonts", "NotoEmoji[wght].ttf"))
_CHINESE: Final = {
    region: Family(f"NotoSansCJK{region}", "manimgx_fonts_cjk", "NotoSansCJK-VF.otf.ttc", index)
    for index, region in enumerate(Region)
}


@cache
def typeface(family: Family, weight: Weight) -> Typeface:
    """The family in this weight, read on first use; the system maps the file, so that only what is used is loaded."""
    path = files(family.package) / family.file
    outlines = uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(path)), family.index)
    font = uharfbuzz.Font(outlines)
    font.scale = (EM, EM)
    font.set_variations({"wght": weight})
    return Typeface(family, weight, outlines, font)


@lru_cache(maxsize=16_384)
def family_with(character: str, region: Region) -> Family:
    """The first family that has this character; the Latin one, with its empty box, when none has it."""
    for family in (LATIN, *_SCRIPTS, _CHINESE[region], *PICTURES):
        if typeface(family, Weight.REGULAR).has(character):
            return family
    return LATIN
