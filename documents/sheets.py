"""The flow of content over pages: where the pen stands, what still fits, and what every page has at its foot."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from documents.cleaning import cleaned
from documents.paragraphs import lines_of
from documents.pdf import Colour, Page, Pdf
from documents.setting import Line, line_of
from documents.typefaces import EM, Region, Weight

MARGIN: Final = 48.0
"""Points at every side of a page. All lengths are in points, all places counted from the upper left corner."""
FOOT: Final = 28.0
"""Height of what stands below the content of every page."""
LEADING: Final = 1.42
"""Distance of lines to the size of their letters."""

INK: Final[Colour] = (0.10, 0.12, 0.16)
GREY: Final[Colour] = (0.42, 0.45, 0.50)
HAIRLINE: Final[Colour] = (0.85, 0.87, 0.89)


@dataclass(frozen=True, slots=True)
class Style:
    """How a text looks: its size in points, its strength and its colour."""

    size: float = 9.0
    weight: Weight = Weight.REGULAR
    colour: Colour = INK

    @property
    def leading(self) -> float:
        """How far the next line is below."""
        return self.size * LEADING


PLAIN: Final = Style()
STRONG: Final = Style(weight=Weight.STRONG)
SMALL: Final = Style(size=8.0, colour=GREY)


class Sheet:
    """Pages of one size that follow one another as the content needs them."""

    def __init__(self, width: float, height: float, region: Region) -> None:
        self.pdf = Pdf()
        self.left = MARGIN
        self.right = width - MARGIN
        self.bottom = height - MARGIN - FOOT
        self.y = MARGIN
        self._size = width, height
        self._region = region
        self.page: Page = self.pdf.new_page(width, height)

    def turn(self) -> None:
        """Go on at the top of a new page."""
        self.page = self.pdf.new_page(*self._size)
        self.y = MARGIN

    def fits(self, height: float) -> bool:
        """Whether so much still fits on the page."""
        return self.y + height <= self.bottom

    def set(self, text: str, style: Style, width: float) -> list[Line]:
        """A text of any kind as lines of at most this width."""
        return lines_of(cleaned(text), style.weight, self._region, width * EM / style.size)

    def set_line(self, text: str, style: Style) -> Line:
        """A text of our own as one line."""
        return line_of(text, style.weight, self._region)

    def write(self, lines: list[Line], x: float, y: float, style: Style, *, widest: int = 0) -> float:
        """Write lines below one another from `y` on; where the next would begin.

        They are part of a text whose longest line is `widest` (in units of `EM`), or the whole of it.
        """
        widest = max([widest, *(line.width for line in lines)])
        for line in lines:
            # Lines that begin at the right share the right edge of the longest one.
            indent = (widest - line.width) * style.size / EM if line.from_right else 0.0
            self.page.write(line, x + indent, y + style.size, style.size, style.colour)
            y += style.leading
        return y

    def write_right(self, lines: list[Line], x: float, y: float, style: Style) -> float:
        """The same with `x` as the right edge."""
        for line in lines:
            self.page.write(line, x - line.width * style.size / EM, y + style.size, style.size, style.colour)
            y += style.leading
        return y

    def rule(self, y: float, *, left: float | None = None, colour: Colour = HAIRLINE) -> None:
        """A thin line over the width of the content, or from `left` on."""
        self.page.rule(self.left if left is None else left, self.right, y, 0.75, colour)

    def flow(self, text: str, style: Style, width: float) -> None:
        """Write a text of any length from the pen on, over as many pages as it takes."""
        for line in self.set(text, style, width):
            if not self.fits(style.leading):
                self.turn()
            if line.from_right:
                self.y = self.write_right([line], self.left + width, self.y, style)
            else:
                self.y = self.write([line], self.left, self.y, style)

    def number_pages(self, left: str, right: Callable[[int, int], str]) -> None:
        """Write the foot of every page: a text of ours, and what is said of the page's number and that of all."""
        for number, page in enumerate(self.pdf.pages, start=1):
            y = self.bottom + FOOT
            page.rule(self.left, self.right, y - 14, 0.75, HAIRLINE)
            page.write(self.set_line(left, SMALL), self.left, y, SMALL.size, SMALL.colour)
            told = self.set_line(right(number, len(self.pdf.pages)), SMALL)
            page.write(told, self.right - told.width * SMALL.size / EM, y, SMALL.size, SMALL.colour)
