"""Texts that callers send: what can be kept and shown, and what is refused with a reason."""

import pytest

from domain.errors import DomainError, ErrorCode
from domain.texts import required_text, text_within


@pytest.mark.parametrize("garbled", ["bell\x07", "\x1b[31mred", "next\x85line", "line\u2028separator", "\x00"])
def test_control_characters_are_refused_by_their_number(garbled: str) -> None:
    with pytest.raises(DomainError) as refused:
        text_within(garbled, 50, "name")
    [problem] = refused.value.problems
    assert problem.code is ErrorCode.INVALID_CHARACTERS
    assert problem.param == ("name",)
    assert "U+" in problem.message


def test_lines_tabs_and_every_script_are_kept() -> None:
    text = "Zoë\n\t株式会社 שלום 👩‍🚀\r\n"
    assert text_within(text, 50, "description") == text
    assert required_text(text, 50, "description") == text.strip()


def test_a_text_has_as_many_characters_as_it_may() -> None:
    assert text_within("x" * 5, 5, "name") == "x" * 5
    with pytest.raises(DomainError) as refused:
        text_within("x" * 6, 5, "name")
    assert refused.value.problems[0].code is ErrorCode.PARAMETER_STRING_TOO_LONG
