"""The order in which characters are seen, by Unicode Standard Annex 9. Hebrew and Arabic letters run leftwards."""

import pytest

from documents.bidi import in_visual_order, is_from_right, levels_of


def seen(text: str) -> str:
    """The characters from left to right; brackets as they are stored."""
    levels = levels_of(text)
    if levels is None:
        return text
    stretches = in_visual_order(levels, 0, len(text))
    return "".join(text[start:end][::-1] if from_right else text[start:end] for start, end, from_right in stretches)


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("car means אבג.", "car means גבא."),  # the period ends the English sentence
        ("אבג means car.", ".means car גבא"),  # and here the Hebrew one
        ("אב 123 גד", "דג 123 בא"),  # numbers keep the order of their digits
        ("אב 12.50 €", "€ 12.50 בא"),
        ("INV-1 אב 5%", "INV-1 5% בא"),  # a sign beside a number belongs to it
        ("abc (אב) def", "abc (בא) def"),  # brackets go with the sentence that they stand in
        ("אב (abc) גד", "דג )abc( בא"),
        ("رقم 12-15", "15-12 مقر"),  # in Arabic a range begins at the right
        ("א\u05b0ב", "ב\u05b0א"),  # a mark goes where its letter goes
        ("price: 12.50-", "price: 12.50-"),
    ],
)
def test_characters_are_seen_in_this_order(text: str, order: str) -> None:
    assert seen(text) == order


def test_a_text_from_left_to_right_has_no_levels() -> None:
    assert levels_of("Straße 12, 10115 Berlin") is None


@pytest.mark.parametrize(("text", "from_right"), [("123 אב", True), ("12 abc אב", False), ("...", False), ("", False)])
def test_a_paragraph_begins_where_its_first_letter_does(text: str, from_right: bool) -> None:
    assert is_from_right(text) is from_right


def test_a_part_of_a_paragraph_keeps_the_levels_of_the_whole() -> None:
    text = "אב abc גד"
    levels = levels_of(text)
    assert levels is not None
    # From the "b" on: the Hebrew at the left, what is left of the English at its right.
    assert in_visual_order(levels, 4, 9) == [(6, 9, True), (4, 6, False)]
