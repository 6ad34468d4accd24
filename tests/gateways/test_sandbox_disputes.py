"""Cards whose charges are disputed, and what convinces the sandbox's banks, as docs.stripe.com/testing says."""

from datetime import timedelta

import pytest

from domain.disputes import DisputeReason
from gateways.outcomes import (
    DisputeEscalated,
    DisputeInReview,
    DisputeLost,
    DisputeNotice,
    DisputeOutcome,
    DisputeWon,
    Succeeded,
)
from gateways.protocol import CaptureRequest, DisputeRequest
from gateways.sandbox import SandboxGateway
from tests.gateways.contract import charge

GATEWAY = SandboxGateway()
READING = DisputeInReview(timedelta(days=60))

NOTICES = {
    "pm_card_createDispute": (DisputeReason.FRAUDULENT, False),
    "pm_card_createDisputeProductNotReceived": (DisputeReason.PRODUCT_NOT_RECEIVED, False),
    "pm_card_createDisputeInquiry": (DisputeReason.GENERAL, True),
}
VERDICTS: list[tuple[str | None, bool, DisputeOutcome, DisputeOutcome]] = [
    # What is said, to an inquiry or not; what the bank says at once, and after 60 days.
    ("winning_evidence", False, DisputeWon(), DisputeWon()),
    ("losing_evidence", False, DisputeLost(), DisputeLost()),
    ("escalate_inquiry_evidence", False, READING, DisputeLost()),
    ("See the log.", False, READING, DisputeLost()),
    (None, False, READING, DisputeLost()),
    ("winning_evidence", True, DisputeWon(), DisputeWon()),
    ("losing_evidence", True, DisputeEscalated(), DisputeEscalated()),
    ("escalate_inquiry_evidence", True, DisputeEscalated(), DisputeEscalated()),
    ("See the log.", True, READING, READING),
]


@pytest.mark.parametrize(("token", "expected"), NOTICES.items(), ids=NOTICES.keys())
async def test_card_tells_that_its_charge_is_disputed(token: str, expected: tuple[DisputeReason, bool]) -> None:
    outcome = await GATEWAY.authorize(charge(token))

    assert isinstance(outcome, Succeeded) and outcome.dispute is not None
    assert (outcome.dispute.reason, outcome.dispute.is_inquiry) == expected
    assert DisputeNotice.from_json(outcome.dispute.as_json()) == outcome.dispute


async def test_other_cards_are_content() -> None:
    outcome = await GATEWAY.authorize(charge("pm_card_visa"))

    assert isinstance(outcome, Succeeded) and outcome.dispute is None


async def test_authenticated_charge_is_not_disputed_as_fraudulent() -> None:
    fraud = await GATEWAY.authorize(charge("pm_card_createDispute", authenticated=True))
    parcel = await GATEWAY.authorize(charge("pm_card_createDisputeProductNotReceived", authenticated=True))

    assert isinstance(fraud, Succeeded) and fraud.dispute is None
    assert isinstance(parcel, Succeeded) and parcel.dispute is not None


async def test_held_money_is_disputed_once_it_is_captured() -> None:
    held = await GATEWAY.authorize(charge("pm_card_createDispute", capture=False))
    assert isinstance(held, Succeeded) and held.dispute is None

    taken = await GATEWAY.capture(CaptureRequest(attempt_id="ch_1_capture", reference=held.reference, amount_minor=500))

    assert isinstance(taken, Succeeded) and taken.dispute is not None


@pytest.mark.parametrize(("text", "inquiry", "at_once", "later"), VERDICTS)
async def test_bank_decides_by_what_it_is_told(
    text: str | None, inquiry: bool, at_once: DisputeOutcome, later: DisputeOutcome
) -> None:
    evidence = {} if text is None else {"uncategorized_text": text}
    request = DisputeRequest(attempt_id="dp_1_1", reference="dp", evidence=evidence, is_inquiry=inquiry)

    assert (await GATEWAY.answer_dispute(request), await GATEWAY.fetch_dispute(request)) == (at_once, later)


async def test_accepted_dispute_is_lost() -> None:
    request = DisputeRequest(attempt_id="dp_1_closed", reference="sandbox:ch_1:dispute", accepted=True)

    assert await GATEWAY.answer_dispute(request) == DisputeLost()
