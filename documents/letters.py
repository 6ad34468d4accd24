"""What papers have in common: head, parties, lines with running totals, sums, notes.

An invoice, a credit note or a quote says what stands where as a `Letter`, in words that are ready; this module alone
knows how it looks.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Final, NamedTuple

from babel.core import Locale

from documents.cleaning import cleaned
from documents.figures import amount_text
from documents.languages import WORDINGS
from documents.pdf import About, Colour
from documents.setting import Line
from documents.sheets import GREY, INK, PLAIN, SMALL, STRONG, Sheet, Style
from documents.typefaces import EM, Region, Weight
from documents.wording import Wording

_A4: Final = 595.28, 841.89
_US_LETTER: Final = 612.0, 792.0
_US_LETTER_COUNTRIES: Final = frozenset(("US", "CA", "MX", "CL", "CO", "CR", "GT", "NI", "PA", "PH", "PR", "SV", "VE"))

_TITLE: Final = Style(size=22.0, weight=Weight.STRONG)
_SENDER: Final = Style(size=12.0, weight=Weight.STRONG)
_HEADLINE: Final = Style(size=15.0, weight=Weight.STRONG)
_LABEL: Final = Style(colour=GREY)
_LABEL_MIN: Final = 90.0
_STAMP: Final = Style(size=20.0, weight=Weight.STRONG)
_FIGURES_MIN: Final = (36.0, 70.0, 80.0)
"""Least widths of quantity, unit price and amount."""
_DESCRIPTION_MIN: Final = 120.0
_TABLE_HEIGHT_MIN: Final = 80.0
_GAP: Final = 12.0
_SUMS_WIDTH: Final = 250.0
_PERIOD_GAP: Final = 1.0


class Ink(Enum):
    """What a stamp is printed in."""

    GREEN = (0.10, 0.52, 0.33)
    RED = (0.76, 0.16, 0.18)


@dataclass(frozen=True, slots=True)
class Stamp:
    """A word across the head that says how it ended, and a day below it."""

    text: str
    ink: Ink
    below: str | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """A line of the head: what it tells, and the value."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody whom the paper concerns: what they are to it, their name, and lines about them."""

    role: str | None
    name: str | None
    lines: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the table; `amount` is in minor units, so that pages can be added up."""

    description: str
    quantity: str
    unit_price: str
    amount: int
    below: str | None = None
    """A smaller line, such as the period."""


@dataclass(frozen=True, slots=True)
class Sum:
    """A line below the table."""

    label: str
    value: str
    strong: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A whole paper in the order in which it is read."""

    title: str
    number: str
    sender: str
    facts: Sequence[Fact]
    parties: Sequence[Party]
    headline: Fact
    entries: Sequence[Entry]
    sums: Sequence[Sum]
    currency: str
    locale: Locale
    issued_at: datetime
    country: str | None = None
    """Of the customer; decides the size of the page, and whose Chinese characters are meant."""
    memo: str | None = None
    footer: str | None = None
    stamp: Stamp | None = None

    @property
    def wording(self) -> Wording:
        """The words of its language."""
        return WORDINGS[self.locale.language]


def letter_pdf(letter: Letter) -> bytes:
    """The paper as a PDF file. The same letter gives the same bytes."""
    width, height = _US_LETTER if letter.country in _US_LETTER_COUNTRIES else _A4
    sheet = Sheet(width, height, region_of(letter.locale, letter.country))
    _head(sheet, letter)
    _parties(sheet, letter)
    _headline(sheet, letter)
    _table(sheet, letter)
    _sums(sheet, letter)
    if letter.footer:
        sheet.y += 18
        sheet.flow(letter.footer, SMALL, sheet.right - sheet.left)
    sheet.number_pages(letter.number, lambda page, pages: letter.wording.page.format(page=page, pages=pages))
    about = About(
        title=f"{letter.title} {letter.number}",
        author=cleaned(letter.sender),
        language=str(letter.locale).replace("_", "-"),
        created_at=letter.issued_at,
    )
    return sheet.pdf.finished(about)


def region_of(locale: Locale, country: str | None) -> Region:
    """Whose Chinese characters are meant: the language's, else the country's, else the most widely used."""
    if locale.language == "ja":
        return Region.JAPAN
    return Region(country) if country in set(Region) else Region.CHINA


def _head(sheet: Sheet, letter: Letter) -> None:
    """Title and facts on the left, who sends it on the right, the stamp below that."""
    sheet.write([sheet.set_line(letter.title, _TITLE)], sheet.left, sheet.y, _TITLE)
    half = (sheet.right - sheet.left) / 2
    sender = sheet.set(letter.sender, _SENDER, half)[:3]
    below = sheet.write_right(sender, sheet.right, sheet.y + 4, _SENDER)
    if letter.stamp is not None:
        _stamp(sheet, letter.stamp, below)
    y = sheet.y + _TITLE.leading + 10
    # The labels that are ours decide; what customers call their fields may be as long as a line.
    label_width = max(_width(sheet.set_line(fact.label, _LABEL), _LABEL) for fact in letter.facts[:3])
    column = sheet.left + min(max(label_width, _LABEL_MIN), half * 0.6) + _GAP
    for fact in letter.facts:
        label = sheet.set(fact.label, _LABEL, column - sheet.left - _GAP)
        value = sheet.set(fact.value, STRONG if fact is letter.facts[0] else PLAIN, half + sheet.left - column)
        y = max(
            sheet.write(label, sheet.left, y, _LABEL),
            sheet.write(value, column, y, STRONG if fact is letter.facts[0] else PLAIN),
        )
    sheet.y = max(y, below + (56 if letter.stamp else 0)) + 16


def _stamp(sheet: Sheet, stamp: Stamp, y: float) -> None:
    colour: Colour = stamp.ink.value
    word = sheet.set_line(stamp.text, _STAMP)
    left = sheet.right - max(_width(word, _STAMP), 90.0) - 8
    sheet.page.write_turned(word, left, y + 40, _STAMP.size, colour)
    if stamp.below is not None:
        sheet.page.write_turned(sheet.set_line(stamp.below, SMALL), left + 3, y + 53, SMALL.size, colour)


def _parties(sheet: Sheet, letter: Letter) -> None:
    """Everybody side by side."""
    shown = [party for party in letter.parties if party.name or party.lines]
    width = (sheet.right - sheet.left + _GAP) / max(len(shown), 3)
    lowest = sheet.y
    for place, party in enumerate(shown):
        x, y = sheet.left + place * width, sheet.y
        sheet.write([sheet.set_line(party.role or "", SMALL)], x, y, SMALL)
        y += SMALL.leading + 2
        if party.name:
            y = sheet.write(sheet.set(party.name, STRONG, width - _GAP)[:6], x, y, STRONG)
        for text in party.lines:
            y = sheet.write(sheet.set(text, PLAIN, width - _GAP)[:6], x, y, PLAIN)
        lowest = max(lowest, y)
    sheet.y = lowest + 20


def _headline(sheet: Sheet, letter: Letter) -> None:
    """What is asked for, at a glance, and what the seller has to say about it."""
    sheet.y = sheet.write([sheet.set_line(letter.headline.label, SMALL)], sheet.left, sheet.y, SMALL)
    sheet.y = sheet.write([sheet.set_line(letter.headline.value, _HEADLINE)], sheet.left, sheet.y, _HEADLINE) + 4
    if letter.memo:
        sheet.y += 4
        sheet.flow(letter.memo, PLAIN, sheet.right - sheet.left)
    sheet.y += 14


def _table(sheet: Sheet, letter: Letter) -> None:
    """Every entry whole on one page where it can be; a page that ends within the table says what it comes to so far."""
    if not sheet.fits(_TABLE_HEIGHT_MIN):
        sheet.turn()
    rows = [_row(sheet, letter, entry) for entry in letter.entries]
    edges = _edges(sheet, letter.wording, rows)
    width = edges.description - sheet.left
    _table_head(sheet, letter.wording, edges)
    running = 0
    for entry, cells in zip(letter.entries, rows, strict=True):
        lines = sheet.set(entry.description, PLAIN, width)
        below = [] if entry.below is None else sheet.set(entry.below, SMALL, width)
        height = len(lines) * PLAIN.leading + len(below) * (SMALL.leading + _PERIOD_GAP) + 12
        if not sheet.fits(height + PLAIN.leading + 12):
            _carry(sheet, letter, letter.wording.carried_forward, running)
            sheet.turn()
            _table_head(sheet, letter.wording, edges)
            _carry(sheet, letter, letter.wording.brought_forward, running)
        _write_row(sheet, cells, edges, lines, below)
        running += entry.amount


class _Edges(NamedTuple):
    """Right edges of the columns."""

    description: float
    quantity: float
    unit_price: float
    amount: float


def _row(sheet: Sheet, letter: Letter, entry: Entry) -> tuple[Line, Line, Line]:
    """Quantity, unit price and amount of an entry."""
    amount = amount_text(entry.amount, letter.currency, letter.locale)
    return (
        sheet.set_line(entry.quantity, PLAIN),
        sheet.set_line(entry.unit_price, PLAIN),
        sheet.set_line(amount, PLAIN),
    )


def _edges(sheet: Sheet, wording: Wording, rows: Sequence[tuple[Line, Line, Line]]) -> _Edges:
    """Columns as wide as their widest figure needs; the description has what is left."""
    heads = (wording.quantity, wording.unit_price, wording.amount)
    columns = zip(*rows, strict=True) if rows else ((), (), ())
    widths = [
        max(least, _width(sheet.set_line(head, SMALL), SMALL), *(_width(cell, PLAIN) for cell in column)) + _GAP
        for least, head, column in zip(_FIGURES_MIN, heads, columns, strict=True)
    ]
    amount = sheet.right
    unit_price = amount - widths[2]
    quantity = unit_price - widths[1]
    return _Edges(max(quantity - widths[0], sheet.left + _DESCRIPTION_MIN), quantity, unit_price, amount)


def _table_head(sheet: Sheet, wording: Wording, edges: _Edges) -> None:
    sheet.write([sheet.set_line(wording.description, SMALL)], sheet.left, sheet.y, SMALL)
    for text, edge in zip((wording.quantity, wording.unit_price, wording.amount), edges[1:], strict=True):
        sheet.write_right([sheet.set_line(text, SMALL)], edge, sheet.y, SMALL)
    sheet.y += SMALL.leading + 3
    sheet.rule(sheet.y, colour=INK)
    sheet.y += 6


def _write_row(
    sheet: Sheet, cells: tuple[Line, Line, Line], edges: _Edges, lines: list[Line], below: list[Line]
) -> None:
    for cell, edge in zip(cells, edges[1:], strict=True):
        sheet.write_right([cell], edge, sheet.y, PLAIN)
    widest = max((line.width for line in lines), default=0)
    for line in lines:  # A description may be longer than a page.
        if not sheet.fits(PLAIN.leading):
            sheet.turn()
        sheet.y = sheet.write([line], sheet.left, sheet.y, PLAIN, widest=widest)
    if below:
        sheet.y = sheet.write(below, sheet.left, sheet.y + _PERIOD_GAP, SMALL)
    sheet.y += 5
    sheet.rule(sheet.y)
    sheet.y += 6


def _carry(sheet: Sheet, letter: Letter, label: str, running: int) -> None:
    """What the entries come to up to here."""
    value = amount_text(running, letter.currency, letter.locale)
    sheet.write([sheet.set_line(label, STRONG)], sheet.left, sheet.y, STRONG)
    sheet.y = sheet.write_right([sheet.set_line(value, STRONG)], sheet.right, sheet.y, STRONG) + 5
    sheet.rule(sheet.y)
    sheet.y += 6


def _sums(sheet: Sheet, letter: Letter) -> None:
    """The sums at the right, together on one page."""
    left, rows = sheet.right - _SUMS_WIDTH, []
    for each in letter.sums:
        style = STRONG if each.strong else PLAIN
        value = sheet.set_line(each.value, style)
        rows.append((sheet.set(each.label, style, _SUMS_WIDTH - _width(value, style) - _GAP), value, style))
    if not sheet.fits(sum(len(label) * style.leading + 7 for label, _, style in rows)):
        sheet.turn()
    for place, (label, value, style) in enumerate(rows):
        if place:
            sheet.rule(sheet.y - 3, left=left)
        below = sheet.write(label, left, sheet.y, style)
        sheet.write_right([value], sheet.right, sheet.y, style)
        sheet.y = below + 7


def _width(line: Line, style: Style) -> float:
    return line.width * style.size / EM
