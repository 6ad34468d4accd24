"""Rules of disputes: evidence, amounts, and what statuses tell."""

from datetime import UTC, datetime

import pytest

from domain.disputes import (
    DisputeCaseType,
    DisputeReason,
    EvidenceDraft,
    case_type_of,
    disputed_amount,
    ends_at,
    is_refundable,
    merged_evidence,
)
from domain.errors import DomainError
from domain.lifecycles import DISPUTE, DisputeStatus

OPENED, DUE = datetime(2027, 1, 31, 10, tzinfo=UTC), datetime(2027, 2, 7, 10, tzinfo=UTC)

STATUSES = {
    # Whether the bank asks or took, whether the charge can be refunded, whether it is over, when time ends it.
    "warning_needs_response": ("inquiry", True, False, datetime(2027, 5, 31, 10, tzinfo=UTC)),  # + 120 days
    "warning_under_review": ("inquiry", True, False, datetime(2027, 5, 31, 10, tzinfo=UTC)),
    "warning_closed": ("inquiry", True, True, None),
    "needs_response": ("chargeback", False, False, DUE),
    "under_review": ("chargeback", False, False, None),
    "won": ("chargeback", True, True, None),
    "lost": ("chargeback", False, True, None),
}


@pytest.mark.parametrize(("status", "expected"), STATUSES.items(), ids=STATUSES.keys())
def test_status_tells_what_the_bank_did(status: str, expected: tuple[str, bool, bool, datetime | None]) -> None:
    case, refundable, over, end = expected

    assert case_type_of(status) is DisputeCaseType(case)
    assert is_refundable(status) is refundable
    assert DISPUTE.ended(DisputeStatus(status)) is over
    if end is not None:
        assert ends_at(status, OPENED, DUE) == end


def test_texts_are_added_replaced_and_removed() -> None:
    kept = {"customer_name": "Jenny", "shipping_date": "1 January", "receipt": "kept"}
    draft = EvidenceDraft(customer_name="Ada", shipping_date=None, shipping_carrier="", product_description="A book")

    assert merged_evidence(kept, draft) == {"customer_name": "Ada", "receipt": "kept", "product_description": "A book"}


def test_all_problems_of_evidence_are_told_together() -> None:
    draft = EvidenceDraft(customer_name="x" * 20_001, uncategorized_text="\x07")

    with pytest.raises(DomainError) as refusal:
        merged_evidence({}, draft)

    assert [(each.code.name, each.param) for each in refusal.value.problems] == [
        ("PARAMETER_STRING_TOO_LONG", ("evidence", "customerName")),
        ("INVALID_CHARACTERS", ("evidence", "uncategorizedText")),
    ]


def test_texts_together_have_a_limit_too() -> None:
    kept = {f"text_{number}": "x" * 20_000 for number in range(7)}  # 140 000 of 150 000

    assert len(merged_evidence(kept, EvidenceDraft(customer_name="x" * 10_000))) == 8
    with pytest.raises(DomainError, match="150001 characters together"):
        merged_evidence(kept, EvidenceDraft(customer_name="x" * 10_001))


@pytest.mark.parametrize(("wanted", "left", "expected"), [(None, 700, 700), (1, 700, 1), (700, 700, 700)])
def test_what_is_left_can_be_disputed(wanted: int | None, left: int, expected: int) -> None:
    assert disputed_amount(wanted, left, "ch_1", "usd") == expected


@pytest.mark.parametrize(
    ("wanted", "left", "code"),
    [
        (None, 0, "CHARGE_ALREADY_REFUNDED"),
        (5, 0, "CHARGE_ALREADY_REFUNDED"),
        (701, 700, "AMOUNT_TOO_LARGE"),
        (0, 700, "PARAMETER_INVALID_INTEGER"),
        (-1, 700, "PARAMETER_INVALID_INTEGER"),
    ],
)
def test_nothing_else_can_be_disputed(wanted: int | None, left: int, code: str) -> None:
    with pytest.raises(DomainError) as refusal:
        disputed_amount(wanted, left, "ch_1", "usd")

    assert [each.code.name for each in refusal.value.problems] == [code]


def test_reasons_are_all_of_stripe_s() -> None:
    assert len(DisputeReason) == 15
