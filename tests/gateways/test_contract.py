"""The contract of every gateway: outcomes are values, a key moves money once, and a lost answer can be asked for."""

import asyncio
from collections.abc import Callable

import pytest

from domain.errors import ErrorCode
from gateways.outcomes import (
    ActionKind,
    Declined,
    NetworkStatus,
    RefundFailed,
    RefundFailure,
    RefundSucceeded,
    RequiresAction,
    Succeeded,
)
from gateways.protocol import PaymentRequest
from tests.gateways.contract import SUBJECTS, Subject, attach, capture, charge, charged, perform, refund, set_up, void


@pytest.fixture(params=SUBJECTS, ids=lambda subject: subject.name)
def subject(request: pytest.FixtureRequest) -> Subject:
    assert isinstance(request.param, Subject)
    return request.param


REQUESTS: dict[str, Callable[[Subject], PaymentRequest]] = {
    "charge": lambda subject: charge(subject.good),
    "hold": lambda subject: charge(subject.good, capture=False),
    "decline": lambda subject: charge(subject.declining),
    "authentication wanted": lambda subject: charge(subject.authenticating),
    "authentication passed": lambda subject: charge(subject.authenticating, authenticated=True),
    "authentication failed": lambda subject: charge(subject.authenticating, authenticated=False),
    "off session": lambda subject: charge(subject.authenticating, off_session=True),
    "set-up": lambda subject: set_up(subject.good),
    "attachment": lambda subject: attach(subject.good),
}


@pytest.mark.parametrize("make", REQUESTS.values(), ids=REQUESTS.keys())
async def test_same_key_has_the_same_outcome(subject: Subject, make: Callable[[Subject], PaymentRequest]) -> None:
    request = make(subject)

    outcomes = await asyncio.gather(*(perform(subject.gateway, request) for _ in range(20)))

    assert set(outcomes) == {outcomes[0]}


@pytest.mark.parametrize("make", REQUESTS.values(), ids=REQUESTS.keys())
async def test_fetch_tells_what_became_of_a_request(
    subject: Subject, make: Callable[[Subject], PaymentRequest]
) -> None:
    request = make(subject)

    outcome = await perform(subject.gateway, request)

    assert await subject.gateway.fetch(request) == outcome


async def test_charges_have_references_of_their_own(subject: Subject) -> None:
    first, second = await charged(subject, attempt_id="ch_1"), await charged(subject, attempt_id="ch_2")

    assert first.reference != second.reference
    assert first.network.status is NetworkStatus.APPROVED_BY_NETWORK


async def test_decline_is_a_value_with_code_and_message(subject: Subject) -> None:
    outcome = await subject.gateway.authorize(charge(subject.declining))

    assert isinstance(outcome, Declined)
    assert outcome.code is ErrorCode.CARD_DECLINED
    assert outcome.message == "Your card was declined."
    assert outcome.network.status is NetworkStatus.DECLINED_BY_NETWORK


async def test_card_that_fails_only_when_charged_can_be_attached(subject: Subject) -> None:
    assert isinstance(await subject.gateway.set_up(attach(subject.declining)), Succeeded)


async def test_present_customer_is_asked_to_authenticate(subject: Subject) -> None:
    outcome = await subject.gateway.authorize(charge(subject.authenticating))

    assert outcome == RequiresAction(ActionKind.THREE_D_SECURE)


async def test_passed_authentication_lets_the_charge_succeed(subject: Subject) -> None:
    outcome = await subject.gateway.authorize(charge(subject.authenticating, authenticated=True))

    assert isinstance(outcome, Succeeded)


async def test_failed_authentication_declines_charge_and_set_up(subject: Subject) -> None:
    payment = await subject.gateway.authorize(charge(subject.authenticating, authenticated=False))
    verification = await subject.gateway.set_up(set_up(subject.authenticating, authenticated=False))

    assert isinstance(payment, Declined)
    assert payment.code is ErrorCode.PAYMENT_INTENT_AUTHENTICATION_FAILURE
    assert isinstance(verification, Declined)
    assert verification.code is ErrorCode.SETUP_INTENT_AUTHENTICATION_FAILURE


async def test_absent_customer_cannot_authenticate(subject: Subject) -> None:
    outcome = await subject.gateway.authorize(charge(subject.authenticating, off_session=True))

    assert isinstance(outcome, Declined)
    assert outcome.code is ErrorCode.AUTHENTICATION_REQUIRED
    assert outcome.decline_code == "authentication_required"


async def test_held_money_can_be_captured_in_part_and_only_that_refunded(subject: Subject) -> None:
    held = await charged(subject, capture=False)

    captured = await subject.gateway.capture(capture(held.reference, 1000))

    assert isinstance(captured, Succeeded)
    assert isinstance(await subject.gateway.refund(refund(captured.reference, 1000)), RefundSucceeded)
    assert isinstance(await subject.gateway.refund(refund(captured.reference, 1001)), RefundFailed)


async def test_capture_above_the_authorization_is_declined(subject: Subject) -> None:
    held = await charged(subject, capture=False)

    outcome = await subject.gateway.capture(capture(held.reference, 1501))

    assert isinstance(outcome, Declined)
    assert outcome.code is ErrorCode.AMOUNT_TOO_LARGE
    assert outcome.message == "Amount 1501 exceeds the 1500 that were authorized."


async def test_held_money_can_be_released(subject: Subject) -> None:
    held = await charged(subject, capture=False)

    assert isinstance(await subject.gateway.void(void(held.reference)), Succeeded)


async def test_capture_and_release_can_be_fetched(subject: Subject) -> None:
    held = await charged(subject, capture=False)

    for request in (capture(held.reference, 1500), capture(held.reference, 1501), void(held.reference)):
        assert await subject.gateway.fetch(request) == await perform(subject.gateway, request)


@pytest.mark.parametrize("amount_minor", [1, 1500])
async def test_refund_up_to_the_charge_succeeds_and_can_be_fetched(subject: Subject, amount_minor: int) -> None:
    request = refund((await charged(subject)).reference, amount_minor)

    outcome = await subject.gateway.refund(request)

    assert isinstance(outcome, RefundSucceeded)
    assert not outcome.settles_later
    assert await subject.gateway.fetch_refund(request) == outcome


async def test_refund_above_the_charge_fails(subject: Subject) -> None:
    request = refund((await charged(subject)).reference, 1501)

    outcome = await subject.gateway.refund(request)

    assert outcome == RefundFailed(RefundFailure.AMOUNT_TOO_LARGE, "Refund of 1501 exceeds the 1500 that were charged.")
    assert await subject.gateway.fetch_refund(request) == outcome
