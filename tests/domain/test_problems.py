"""Errors: the catalogue, and several problems told together."""

import copy
import pickle
import re

import pytest

from domain.error_meanings import MEANINGS
from domain.errors import DomainError, ErrorCode, ErrorType, Problem, Problems, error_catalogue


def test_every_code_is_explained_once() -> None:
    rows = error_catalogue()
    assert [row.code for row in rows] == [code.name for code in ErrorCode]
    assert len({row.description for row in rows}) == len(rows)
    for row in rows:
        assert row.description.endswith(".")
        assert row.advice.endswith((".", "`.", ")."))
        assert row.type in ErrorType.__members__


def test_no_meaning_is_left_without_its_code() -> None:
    assert set(MEANINGS) == {code.value for code in ErrorCode}


@pytest.mark.parametrize("code", list(ErrorCode))
def test_a_code_is_its_name_in_lower_case(code: ErrorCode) -> None:
    assert code.value == code.name.lower()
    assert ErrorCode(code.value) is code
    assert copy.deepcopy(code) is code
    assert pickle.loads(pickle.dumps(code)) is code


def test_the_type_of_a_problem_follows_from_its_code() -> None:
    declined = DomainError(ErrorCode.CARD_DECLINED, "The card was declined.", decline_code="insufficient_funds")
    assert declined.problems == (Problem(ErrorCode.CARD_DECLINED, "The card was declined.", (), "insufficient_funds"),)
    assert declined.problems[0].type is ErrorType.CARD_ERROR
    assert Problem(ErrorCode.RESOURCE_MISSING, "").type is ErrorType.INVALID_REQUEST_ERROR
    assert Problem(ErrorCode.IDEMPOTENCY_KEY_IN_USE, "").type is ErrorType.IDEMPOTENCY_ERROR


@pytest.mark.parametrize(
    ("given", "path"), [("items.0.price", ("items", "0", "price")), (("items", "0"), ("items", "0")), ("", ())]
)
def test_a_path_may_be_given_with_dots(given: str | tuple[str, ...], path: tuple[str, ...]) -> None:
    assert DomainError(ErrorCode.PARAMETER_MISSING, "Nothing there.", given).problems[0].param == path


def test_all_problems_of_an_input_are_raised_together() -> None:
    problems = Problems()
    problems.add(ErrorCode.PARAMETER_MISSING, "Name it.", "name")
    problems.add_from(DomainError(ErrorCode.CURRENCY_INVALID, "No money.", "currency"), "items", "1")
    with pytest.raises(DomainError, match=re.escape("Name it. No money.")) as refusal:
        problems.raise_any()
    assert [problem.param for problem in refusal.value.problems] == [("name",), ("items", "1", "currency")]


def test_a_path_is_put_below_the_input_that_holds_it() -> None:
    inner = DomainError(ErrorCode.CARD_DECLINED, "Declined.", "card", decline_code="lost_card")
    assert inner.under("paymentMethod").problems == (
        Problem(ErrorCode.CARD_DECLINED, "Declined.", ("paymentMethod", "card"), "lost_card"),
    )


def test_no_problem_raises_nothing() -> None:
    problems = Problems()
    problems.raise_any()
    assert not problems
    with pytest.raises(AssertionError):
        DomainError.of([])
