"""The file: pages of glyphs and rules, and of every typeface the glyphs that the pages use.

Texts can be copied and searched: every glyph knows its characters, and where glyphs and characters do not match one
to one (letters that join, texts from right to left) the text itself is written beside them. The same paper is the same
bytes, whenever it is made.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from io import BytesIO
from typing import Final, TypeAlias

import pydyf
import uharfbuzz

from documents.setting import Line, Run
from documents.typefaces import EM, Typeface

Colour: TypeAlias = tuple[float, float, float]
"""Red, green and blue, 0 to 1."""

_COMPRESSED: Final = True
_NEEDLESS_TABLES: Final = tuple(int.from_bytes(tag.encode().ljust(4)) for tag in (
    "GSUB", "GPOS", "GDEF", "name", "OS/2", "post", "STAT", "MVAR", "HVAR", "VVAR", "cmap", "BASE", "VORG", "vmtx",
    "vhea", "avar", "gasp", "meta", "DSIG",
))  # fmt: skip
_UNICODE_HEAD: Final = (
    "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
    "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
    "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
    "1 begincodespacerange\n<0000> <ffff>\nendcodespacerange\n"
)
_UNICODE_TAIL: Final = "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend"
_ENTRIES_MAX: Final = 100
"""Entries of one section of a character map."""


@dataclass(slots=True)
class _Embedded:
    """A typeface of the file: the glyphs that are used, and what each of them stands for."""

    typeface: Typeface
    name: str
    meanings: dict[int, str | None] = field(default_factory=dict)
    letters: set[tuple[int, str]] = field(default_factory=set)
    """The same as pairs: whether they have all of a run's is asked in one step."""
    codes: Mapping[int, str] = field(default_factory=dict)
    """The numbers of the glyphs within the subset in hexadecimal digits, once there is one."""


@dataclass(frozen=True, slots=True)
class _Written:
    """A run at its place; it becomes bytes when the subsets are known."""

    run: Run
    embedded: _Embedded
    matrix: str
    size: float
    colour: str
    spelled: Collection[int]
    """The groups whose text is written beside them."""


class Page:
    """One page. Lengths are in points, places are counted from its upper left corner."""

    def __init__(self, pdf: "Pdf", width: float, height: float) -> None:
        self.width = width
        self.height = height
        self._pdf = pdf
        self._parts: list[str | _Written] = []

    def write(self, line: Line, x: float, y: float, size: float, colour: Colour) -> None:
        """Write a line of text from `x` on; `y` is where its letters stand."""
        for run in line.runs:
            self._place(run, f"1 0 0 1 {_number(x)} {_number(self.height - y)}", size, colour)
            x += run.width * size / EM

    def write_turned(self, line: Line, x: float, y: float, size: float, colour: Colour) -> None:
        """Write a line that rises a little, as a stamp does."""
        cosine, sine = 0.98, 0.2
        for run in line.runs:
            turn = f"{cosine} {sine} {-sine} {cosine} {_number(x)} {_number(self.height - y)}"
            self._place(run, turn, size, colour)
            x += cosine * run.width * size / EM
            y -= sine * run.width * size / EM

    def rule(self, left: float, right: float, y: float, thickness: float, colour: Colour) -> None:
        """Draw a horizontal line."""
        place = _number(self.height - y)
        self._parts.append(
            f"{_numbers(colour)} RG {_number(thickness)} w {_number(left)} {place} m {_number(right)} {place} l S"
        )

    def _place(self, run: Run, matrix: str, size: float, colour: Colour) -> None:
        embedded, spelled = self._pdf.taken(run)
        self._parts.append(_Written(run, embedded, matrix, size, _numbers(colour), spelled))

    def content(self) -> str:
        """What the page shows, in the language of PDF; the subsets must be known."""
        return "\n".join(part if isinstance(part, str) else _shown(part) for part in self._parts)


@dataclass(frozen=True, slots=True)
class About:
    """What the file says of itself."""

    title: str
    author: str
    language: str
    """A language tag such as `de-AT`."""
    created_at: datetime


class Pdf:
    """A file in the making."""

    def __init__(self) -> None:
        self.pages: list[Page] = []
        self._embedded: dict[tuple[str, int], _Embedded] = {}

    def new_page(self, width: float, height: float) -> Page:
        """Another page at the end."""
        page = Page(self, width, height)
        self.pages.append(page)
        return page

    def taken(self, run: Run) -> tuple[_Embedded, Collection[int]]:
        """The typeface of a run with its glyphs taken in, and the groups whose text the glyphs alone would not give."""
        face = run.typeface
        key = face.family.name, int(face.weight)
        embedded = self._embedded.get(key)
        if embedded is None:
            embedded = self._embedded[key] = _Embedded(face, f"F{len(self._embedded)}")
        spelled: set[int] = set()
        meanings = embedded.meanings
        if run.steps is not None and run.letters <= embedded.letters:
            return embedded, spelled
        for place, (text, glyphs) in enumerate(run.groups):
            if len(glyphs) > 1:
                meanings.update((glyph.id, None) for glyph in glyphs if glyph.id not in meanings)
                spelled.add(place)
                continue
            glyph = glyphs[0].id
            known = meanings.get(glyph)
            if known is None:
                meanings[glyph] = text
                embedded.letters.add((glyph, text))
            elif known != text:
                spelled.add(place)
        return embedded, spelled

    def finished(self, about: About) -> bytes:
        """The whole file."""
        pdf = pydyf.PDF()
        fonts = pydyf.Dictionary({each.name: _font(pdf, each) for each in self._embedded.values()})
        pdf.add_object(fonts)
        resources = pydyf.Dictionary({"Font": fonts.reference})
        pdf.add_object(resources)
        for page in self.pages:
            content = pydyf.Stream([page.content().encode("ascii")], compress=_COMPRESSED)
            pdf.add_object(content)
            pdf.add_page(
                pydyf.Dictionary(
                    {
                        "Type": "/Page",
                        "Parent": pdf.pages.reference,
                        "MediaBox": pydyf.Array([0, 0, page.width, page.height]),
                        "Contents": content.reference,
                        "Resources": resources.reference,
                    }
                )
            )
        _describe(pdf, about)
        written = BytesIO()
        pdf.write(written, compress=_COMPRESSED)
        return written.getvalue()


def _describe(pdf: pydyf.PDF, about: About) -> None:
    pdf.info["Title"] = pydyf.String(about.title)
    pdf.info["Author"] = pydyf.String(about.author)
    pdf.info["Producer"] = pydyf.String("Prorata")
    pdf.info["CreationDate"] = pydyf.String(f"D:{about.created_at:%Y%m%d%H%M%S}Z")
    pdf.catalog["Lang"] = pydyf.String(about.language)
    pdf.catalog["ViewerPreferences"] = pydyf.Dictionary({"DisplayDocTitle": "true"})


def _shown(written: _Written) -> str:
    """A run as operators."""
    name, size = written.embedded.name, _number(written.size)
    begin = f"BT {written.colour} rg /{name} {size} Tf {written.matrix} Tm"
    if written.run.steps is not None and not written.spelled:
        codes = written.embedded.codes
        steps = [f"> {back} <{codes[glyph]}" if back else codes[glyph] for back, glyph in written.run.steps]
        return f"{begin} [<{''.join(steps)}>] TJ ET"
    return f"{begin} {' '.join(_pieces(written))} ET"


def _pieces(written: _Written) -> Iterator[str]:
    """The glyphs in strings; kerning and offsets move the pen, and marks above or below are raised."""
    known = written.embedded.codes
    codes: list[str] = []
    gap = rise = 0
    for place, (text, glyphs) in enumerate(written.run.groups):
        spelled = place in written.spelled
        if spelled:
            yield from _string(codes)
            yield f"/Span <</ActualText <feff{text.encode('utf-16-be').hex()}>>> BDC"
        for glyph, _, x, y, excess in glyphs:
            if y != rise:
                yield from _string(codes)
                yield f"{_number(y * written.size / EM)} Ts"
                rise = y
            gap -= x
            if gap:
                codes.append(f"> {gap} <")
            codes.append(known[glyph])
            gap = excess
        if spelled:
            yield from _string(codes)
            yield "EMC"
    yield from _string(codes)
    if rise:
        yield "0 Ts"


def _string(codes: list[str]) -> Iterator[str]:
    """What has gathered so far."""
    if codes:
        yield f"[<{''.join(codes)}>] TJ"
        codes.clear()


def _font(pdf: pydyf.PDF, embedded: _Embedded) -> bytes:
    """Add a typeface with nothing but the used glyphs; the reference to it."""
    face = embedded.typeface
    places, subset = _subset(face, embedded.meanings)
    embedded.codes = {old: f"{new:04x}" for old, new in places.items()}
    widths = [0] * len(places)
    for old, new in places.items():
        widths[new] = face.advance(old)
    name = f"/{_tag(embedded)}+{face.family.name}-{face.weight.name.title()}"
    kind, key, program = _program(subset)
    pdf.add_object(program)
    descriptor = pydyf.Dictionary({**_measures(face, name), key: program.reference})
    pdf.add_object(descriptor)
    descendant = pydyf.Dictionary(
        {
            "Type": "/Font",
            "Subtype": kind,
            "BaseFont": name,
            "CIDSystemInfo": pydyf.Dictionary(
                {"Registry": pydyf.String("Adobe"), "Ordering": pydyf.String("Identity"), "Supplement": 0}
            ),
            "FontDescriptor": descriptor.reference,
            "W": pydyf.Array([0, pydyf.Array(widths)]),
            **({"CIDToGIDMap": "/Identity"} if kind == "/CIDFontType2" else {}),
        }
    )
    pdf.add_object(descendant)
    characters = pydyf.Stream([_character_map(embedded).encode("ascii")], compress=_COMPRESSED)
    pdf.add_object(characters)
    font = pydyf.Dictionary(
        {
            "Type": "/Font",
            "Subtype": "/Type0",
            "BaseFont": name,
            "Encoding": "/Identity-H",
            "DescendantFonts": pydyf.Array([descendant.reference]),
            "ToUnicode": characters.reference,
        }
    )
    pdf.add_object(font)
    reference: bytes = font.reference
    return reference


def _subset(face: Typeface, meanings: Mapping[int, str | None]) -> tuple[dict[int, int], uharfbuzz.Face]:
    """The outlines of these glyphs alone, in the weight of the typeface, and which number each glyph has there."""
    flags = uharfbuzz.SubsetFlags
    wanted = uharfbuzz.SubsetInput()
    characters = [ord(text) for text in meanings.values() if text is not None and len(text) == 1]
    if [face.font.get_nominal_glyph(each) for each in characters] == list(meanings):
        # HarfBuzz finds glyphs by their characters ten times faster than the other way round.
        wanted.unicode_set.update(characters)
    else:
        wanted.glyph_set.update(meanings)
    wanted.drop_table_tag_set.update(_NEEDLESS_TABLES)
    wanted.flags = (
        flags.NO_HINTING
        | flags.NO_LAYOUT_CLOSURE
        | flags.NO_BIDI_CLOSURE
        | flags.NOTDEF_OUTLINE
        | flags.DOWNGRADE_CFF2
        | flags.CFF_IDENTITY_CHARSET
    )
    wanted.pin_axis_location(face.outlines, "wght", face.weight)
    plan = uharfbuzz.SubsetPlan(face.outlines, wanted)
    return dict(plan.old_to_new_glyph_mapping.items()), plan.execute()


def _program(subset: uharfbuzz.Face) -> tuple[str, str, pydyf.Stream]:
    """What kind of font the outlines make, under which key of its descriptor, and the stream itself."""
    if "CFF " in subset.table_tags:
        table = bytes(subset.reference_table("CFF ").data)
        return "/CIDFontType0", "FontFile3", pydyf.Stream([table], {"Subtype": "/CIDFontType0C"}, _COMPRESSED)
    outlines = bytes(subset.blob.data)
    return "/CIDFontType2", "FontFile2", pydyf.Stream([outlines], {"Length1": len(outlines)}, _COMPRESSED)


def _measures(face: Typeface, name: str) -> dict[str, object]:
    extents = face.font.get_font_extents("ltr")
    return {
        "Type": "/FontDescriptor",
        "FontName": name,
        "Flags": 4,  # Its codes are no known alphabet.
        "FontBBox": pydyf.Array([-EM, extents.descender, 2 * EM, extents.ascender]),
        "ItalicAngle": 0,
        "Ascent": extents.ascender,
        "Descent": extents.descender,
        "CapHeight": 714,
        "StemV": face.weight // 5,
    }


def _tag(embedded: _Embedded) -> str:
    """Six letters that tell this subset from others of the same typeface."""
    digest = sha256(repr(sorted(embedded.meanings)).encode()).digest()
    return "".join(chr(ord("A") + byte % 26) for byte in digest[:6])


def _character_map(embedded: _Embedded) -> str:
    """What each code of the subset means, for those who search and copy."""
    known = sorted((embedded.codes[glyph], text) for glyph, text in embedded.meanings.items() if text)
    entries = [f"<{code}> <{text.encode('utf-16-be').hex()}>" for code, text in known]
    sections = [entries[start : start + _ENTRIES_MAX] for start in range(0, len(entries), _ENTRIES_MAX)]
    body = "".join(f"{len(each)} beginbfchar\n" + "\n".join(each) + "\nendbfchar\n" for each in sections)
    return _UNICODE_HEAD + body + _UNICODE_TAIL


@lru_cache(maxsize=64)
def _numbers(colour: Colour) -> str:
    """A colour as PDF writes it."""
    return " ".join(map(_number, colour))


@lru_cache(maxsize=8_192)
def _number(value: float) -> str:
    """A number as PDF writes it, to the hundredth."""
    return f"{value:.2f}".rstrip("0").rstrip(".") or "0"
