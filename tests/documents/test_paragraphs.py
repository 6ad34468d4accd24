"""Texts are cleaned, and cut into lines that fit."""

import pytest

from documents.cleaning import MARKS_MAX, cleaned
from documents.paragraphs import lines_of
from documents.setting import Line, line_of
from documents.typefaces import Region, Weight

WIDTH = 5_000.0  # about ten letters


def texts(text: str, width: float = WIDTH) -> list[str]:
    """The lines of a text from left to right, each in order of its groups."""
    return [shown(line) for line in lines_of(text, Weight.REGULAR, Region.JAPAN, width)]


def shown(line: Line) -> str:
    return "".join(text for run in line.runs for text, _ in run.groups)


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("Jenny\r\nRosen\tInc.\x00\x07", "Jenny\nRosen Inc."),
        ("abc\u202egnp.exe", "abcgnp.exe"),  # nobody turns the rest of a line around
        ("e\u0301", "é"),
        ("می\u200cخواهم", "می\u200cخواهم"),  # Persian needs its joiners
        ("z" + "\u0323\u0303" * 50, "ẓ" + "\u0323" * MARKS_MAX),  # one is composed with its letter
        ("half \ud800 a pair", "half  a pair"),
    ],
)
def test_what_harms_is_left_out_of_a_text(text: str, clean: str) -> None:
    assert cleaned(text) == clean


def test_lines_end_at_blanks_and_fit() -> None:
    assert texts("one two three four") == ["one two", "three four"]
    widths = [line.width for line in lines_of("one two three four", Weight.REGULAR, Region.JAPAN, WIDTH)]
    assert all(width <= WIDTH for width in widths)


def test_a_word_that_fits_no_line_is_cut() -> None:
    found = texts("W" * 12)  # each 0.92 of the size wide: five to a line
    assert found == ["WWWWW", "WWWWW", "WW"]


def test_a_line_feed_begins_a_line_even_if_it_stays_empty() -> None:
    assert texts("one\n\ntwo") == ["one", "", "two"]


def test_japanese_is_cut_between_characters_but_not_before_a_full_stop() -> None:
    assert texts("あいうえお。かき") == ["あいうえ", "お。かき"]  # five fit, the sixth would begin with "。"


def test_a_hyphenated_word_may_end_a_line_at_its_hyphen() -> None:
    assert texts("Wien-Liesing") == ["Wien-", "Liesing"]


def test_every_line_of_hebrew_has_its_own_order() -> None:
    first, second = texts("אבג דהו זחט יכל", 4_500.0)
    assert (first, second) == ("והד גבא", "לכי טחז")
    lines = lines_of("אבג דהו זחט יכל", Weight.REGULAR, Region.JAPAN, 4_500.0)
    assert [line.from_right for line in lines] == [True, True]


@pytest.mark.parametrize(
    ("text", "families"),
    [
        ("Straße Ελληνικά Русский", ["NotoSans"]),
        ("写真 ABC", ["NotoSansCJKJP", "NotoSans"]),
        ("שלום", ["NotoSansHebrew"]),
        ("हिन्दी", ["NotoSansDevanagari"]),
        ("ไทย", ["NotoSansThai"]),
        ("شركة 12", ["NotoSans", "NotoSansArabic"]),
        ("ok 😀", ["NotoSans", "NotoEmoji"]),
    ],
)
def test_every_script_has_a_typeface(text: str, families: list[str]) -> None:
    line = line_of(text, Weight.REGULAR, Region.JAPAN)
    assert [run.typeface.family.name for run in line.runs] == families


def test_chinese_characters_are_those_of_the_region() -> None:
    glyphs = {
        region: line_of("直骨", Weight.REGULAR, region).runs[0].typeface.family.name
        for region in (Region.JAPAN, Region.CHINA)
    }
    assert glyphs == {Region.JAPAN: "NotoSansCJKJP", Region.CHINA: "NotoSansCJKCN"}


def test_arabic_letters_join() -> None:
    # Apart, three letters are wider than the word that they join to.
    apart = sum(line_of(letter, Weight.REGULAR, Region.JAPAN).width for letter in "بيت")
    assert line_of("بيت", Weight.REGULAR, Region.JAPAN).width < apart
