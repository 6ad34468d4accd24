"""A scripted outcome takes the place of what the card would do."""

import pytest

from domain.errors import ErrorCode
from gateways.outcomes import ActionKind, Advice, Declined, RequiresAction, Succeeded
from gateways.sandbox import DeclineCode, SandboxGateway, ScriptedOutcome
from tests.gateways.contract import charge

GATEWAY = SandboxGateway()


def test_every_decline_code_can_be_scripted() -> None:
    scripts = {outcome.value for outcome in ScriptedOutcome}

    assert scripts == {code.value for code in DeclineCode} | {"succeed"}


@pytest.mark.parametrize(
    ("scripted", "code", "advice"),
    [
        ("generic_decline", ErrorCode.CARD_DECLINED, Advice.TRY_AGAIN_LATER),
        ("insufficient_funds", ErrorCode.CARD_DECLINED, Advice.TRY_AGAIN_LATER),
        ("lost_card", ErrorCode.CARD_DECLINED, Advice.DO_NOT_TRY_AGAIN),
        ("stolen_card", ErrorCode.CARD_DECLINED, Advice.DO_NOT_TRY_AGAIN),
        ("expired_card", ErrorCode.EXPIRED_CARD, Advice.CONFIRM_CARD_DATA),
        ("incorrect_cvc", ErrorCode.INCORRECT_CVC, Advice.CONFIRM_CARD_DATA),
        ("processing_error", ErrorCode.PROCESSING_ERROR, Advice.TRY_AGAIN_LATER),
        ("card_velocity_exceeded", ErrorCode.CARD_DECLINED, Advice.TRY_AGAIN_LATER),
    ],
)
async def test_scripted_decline_declines_a_good_card(scripted: str, code: ErrorCode, advice: Advice) -> None:
    outcome = await GATEWAY.authorize(charge("pm_card_visa", scripted=scripted))

    assert isinstance(outcome, Declined)
    assert (outcome.code, outcome.decline_code, outcome.advice) == (code, scripted, advice)


@pytest.mark.parametrize("scripted", [each for each in ScriptedOutcome if each is not ScriptedOutcome.SUCCEED])
async def test_scripted_decline_holds_off_session(scripted: ScriptedOutcome) -> None:
    outcome = await GATEWAY.authorize(charge("pm_card_visa", scripted=scripted, off_session=True))

    assert isinstance(outcome, Declined)
    assert outcome.decline_code == scripted.value
    assert outcome.network.reason == scripted.value


@pytest.mark.parametrize("token", ["pm_card_chargeCustomerFail", "pm_card_authenticationRequired"])
async def test_scripted_success_lets_a_bad_card_succeed(token: str) -> None:
    outcome = await GATEWAY.authorize(charge(token, scripted="succeed"))

    assert isinstance(outcome, Succeeded)


async def test_scripted_authentication_is_wanted_once() -> None:
    script = ScriptedOutcome.AUTHENTICATION_REQUIRED

    wanted = await GATEWAY.authorize(charge("pm_card_visa", scripted=script))
    passed = await GATEWAY.authorize(charge("pm_card_visa", scripted=script, authenticated=True))
    failed = await GATEWAY.authorize(charge("pm_card_visa", scripted=script, authenticated=False))

    assert wanted == RequiresAction(ActionKind.THREE_D_SECURE)
    assert isinstance(passed, Succeeded)
    assert isinstance(failed, Declined)
    assert failed.code is ErrorCode.PAYMENT_INTENT_AUTHENTICATION_FAILURE


async def test_seller_is_told_what_the_bank_returned() -> None:
    plain = await GATEWAY.authorize(charge("pm_card_visa", scripted="generic_decline"))
    coded = await GATEWAY.authorize(charge("pm_card_visa", scripted="lost_card"))

    assert isinstance(plain, Declined)
    assert isinstance(coded, Declined)
    assert plain.network.seller_message == "The bank did not return any further details with this decline."
    assert coded.network.seller_message == "The bank returned the decline code `lost_card`."
    # Whoever holds a lost card is not warned.
    assert coded.message == "Your card was declined."
