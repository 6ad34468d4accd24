"""Each token behaves as docs.stripe.com/testing says. The expectations are literal: nothing is read from the rows."""

import pytest

from domain.errors import DomainError, ErrorCode
from gateways.outcomes import (
    CardChecks,
    CheckResult,
    Declined,
    NetworkStatus,
    Outcome,
    Processing,
    RefundFailed,
    RefundFailure,
    RefundSucceeded,
    RequiresAction,
    RiskLevel,
    Succeeded,
)
from gateways.sandbox import CATALOGUE, SandboxGateway, card_of
from tests.gateways.contract import attach, charge, refund, set_up

GATEWAY = SandboxGateway()

# What each card says to: attaching; a set-up, and with 3-D Secure passed; a charge on session, and with 3-D Secure
# passed; a charge off session, and after a set-up. "ok", "3ds" for authentication wanted, or the decline code.
COURSES = {
    "pm_card_visa": "ok ok ok | ok ok | ok ok",
    "pm_card_amex_threeDSecureNotSupported": "ok ok ok | ok ok | ok ok",
    "pm_card_threeDSecureOptional": "ok ok ok | ok ok | ok ok",
    "pm_card_threeDSecureOptionalProcessingError": "ok ok ok | ok ok | ok ok",
    "pm_card_chargeCustomerFail": ("ok ok ok | generic_decline generic_decline | generic_decline generic_decline"),
    "pm_card_authenticationRequired": "ok 3ds ok | 3ds ok | authentication_required authentication_required",
    "pm_card_threeDSecureRequired": "ok 3ds ok | 3ds ok | authentication_required authentication_required",
    "pm_card_threeDSecure2Required": "ok 3ds ok | 3ds ok | authentication_required authentication_required",
    "pm_card_authenticationRequiredOnSetup": "ok 3ds ok | 3ds ok | authentication_required ok",
    "pm_card_authenticationRequiredSetupForOffSession": "ok ok ok | 3ds ok | ok ok",
    "pm_card_authenticationRequiredChargeDeclinedInsufficientFunds": (
        "ok ok ok | 3ds insufficient_funds | insufficient_funds insufficient_funds"
    ),
    "pm_card_threeDSecureRequiredChargeDeclined": (
        "ok 3ds ok | 3ds generic_decline | authentication_required authentication_required"
    ),
    "pm_card_threeDSecureRequiredProcessingError": (
        "ok generic_decline generic_decline | generic_decline generic_decline | generic_decline generic_decline"
    ),
    "pm_card_radarBlock": "ok ok ok | fraudulent fraudulent | fraudulent fraudulent",
}

# Error code and decline code of the cards that decline everything, attaching included.
DECLINES = {
    "pm_card_visa_chargeDeclined": ("card_declined", "generic_decline"),
    "pm_card_visa_chargeDeclinedInsufficientFunds": ("card_declined", "insufficient_funds"),
    "pm_card_visa_chargeDeclinedLostCard": ("card_declined", "lost_card"),
    "pm_card_visa_chargeDeclinedStolenCard": ("card_declined", "stolen_card"),
    "pm_card_chargeDeclinedExpiredCard": ("expired_card", "expired_card"),
    "pm_card_chargeDeclinedIncorrectCvc": ("incorrect_cvc", "incorrect_cvc"),
    "pm_card_chargeDeclinedProcessingError": ("processing_error", "processing_error"),
    "pm_card_visa_chargeDeclinedVelocityLimitExceeded": ("card_declined", "card_velocity_exceeded"),
}

# Brand, last four digits, country and funding of cards that are there for what they are.
CARDS = {
    "pm_card_visa": "visa 4242 US credit",
    "pm_card_visa_debit": "visa 5556 US debit",
    "pm_card_mastercard": "mastercard 4444 US credit",
    "pm_card_mastercard_debit": "mastercard 8210 US debit",
    "pm_card_mastercard_prepaid": "mastercard 5100 US prepaid",
    "pm_card_mastercard_2series": "mastercard 3222 US credit",
    "pm_card_amex": "amex 0005 US credit",
    "pm_card_discover": "discover 1117 US credit",
    "pm_card_diners": "diners 0004 US credit",
    "pm_card_diners_14digits": "diners 1667 US credit",
    "pm_card_jcb": "jcb 0505 JP credit",
    "pm_card_unionpay": "unionpay 0005 CN credit",
    "pm_card_unionpay_19digits": "unionpay 0004 CN credit",
    "pm_card_bccard": "discover 4105 KR credit",
    "pm_card_br": "visa 0002 BR credit",
    "pm_card_de": "visa 0016 DE credit",
    "pm_card_gb": "visa 0000 GB credit",
    "pm_card_gb_debit": "visa 0005 GB debit",
    "pm_card_gb_mastercard": "mastercard 4449 GB credit",
    "pm_card_th_debit": "visa 0008 TH debit",
    "pm_card_authenticationRequired": "visa 3184 DE credit",
    "pm_card_chargeCustomerFail": "visa 0341 US credit",
}


def word(outcome: Outcome) -> str:
    match outcome:
        case Succeeded():
            return "ok"
        case RequiresAction():
            return "3ds"
        case Declined():
            return outcome.decline_code or outcome.code
        case Processing():
            return "processing"


async def course_of(token: str) -> str:
    attached = await GATEWAY.set_up(attach(token))
    set_ups = [await GATEWAY.set_up(set_up(token, authenticated=passed)) for passed in (None, True)]
    on_session = [await GATEWAY.authorize(charge(token, authenticated=passed)) for passed in (None, True)]
    off_session = [
        await GATEWAY.authorize(charge(token, off_session=True, set_up_for_off_session=known))
        for known in (False, True)
    ]
    groups = ([attached, *set_ups], on_session, off_session)
    return " | ".join(" ".join(word(each) for each in group) for group in groups)


@pytest.mark.parametrize(("token", "course"), COURSES.items(), ids=COURSES.keys())
async def test_card_takes_its_course(token: str, course: str) -> None:
    assert await course_of(token) == course


@pytest.mark.parametrize(("token", "codes"), DECLINES.items(), ids=DECLINES.keys())
async def test_declining_card_can_be_neither_charged_nor_attached(token: str, codes: tuple[str, str]) -> None:
    for outcome in (await GATEWAY.authorize(charge(token)), await GATEWAY.set_up(attach(token))):
        assert isinstance(outcome, Declined)
        assert (outcome.code, outcome.decline_code) == codes


async def test_every_other_card_succeeds_throughout() -> None:
    special = COURSES.keys() | DECLINES.keys()
    others = [row.token for row in CATALOGUE if row.token not in special]

    courses = {token: await course_of(token) for token in others}

    # 16 brands, 55 countries, 3 disputes, 2 for refunds, 2 for the balance, 9 for risk, 10 numbers
    assert len(others) == 97
    assert set(courses.values()) == {"ok ok ok | ok ok | ok ok"}


@pytest.mark.parametrize(("token", "card"), CARDS.items(), ids=CARDS.keys())
def test_card_has_its_facts(token: str, card: str) -> None:
    facts = card_of(token, fingerprint_key=b"key")

    assert f"{facts.brand} {facts.last4} {facts.country} {facts.funding}" == card
    assert (facts.exp_month, facts.exp_year) == (12, 2034)


def test_tokens_are_unique() -> None:
    assert len({row.token for row in CATALOGUE}) == len(CATALOGUE)


@pytest.mark.parametrize("token", ["pm_card_createDisputes", "tok_visa", "pm_card_VISA", ""])
async def test_unknown_token_is_a_clear_error(token: str) -> None:
    with pytest.raises(DomainError) as refusal:
        await GATEWAY.authorize(charge(token))

    (problem,) = refusal.value.problems
    assert problem.code is ErrorCode.RESOURCE_MISSING
    assert problem.message.startswith(f"The sandbox has no card {token!r};")


async def test_pending_refund_succeeds_later() -> None:
    charged = await GATEWAY.authorize(charge("pm_card_pendingRefund"))
    assert isinstance(charged, Succeeded)
    request = refund(charged.reference, 1500)

    assert isinstance(await GATEWAY.refund(request), Processing)
    assert isinstance(await GATEWAY.fetch_refund(request), RefundSucceeded)


async def test_failing_refund_seems_to_succeed_and_fails_later() -> None:
    charged = await GATEWAY.authorize(charge("pm_card_refundFail"))
    assert isinstance(charged, Succeeded)
    request = refund(charged.reference, 1500)

    begun, ended = await GATEWAY.refund(request), await GATEWAY.fetch_refund(request)

    assert isinstance(begun, RefundSucceeded)
    assert begun.settles_later
    assert isinstance(ended, RefundFailed)
    assert ended.reason is RefundFailure.EXPIRED_OR_CANCELED_CARD


@pytest.mark.parametrize("token", ["pm_card_bypassPending", "pm_card_bypassPendingInternational"])
async def test_money_of_a_bypassing_card_is_available_at_once(token: str) -> None:
    outcome = await GATEWAY.authorize(charge(token))

    assert isinstance(outcome, Succeeded)
    assert outcome.available_at_once


@pytest.mark.parametrize(
    ("token", "risk_level"),
    [
        ("pm_card_visa", RiskLevel.NORMAL),
        ("pm_card_riskLevelElevated", RiskLevel.ELEVATED),
        ("pm_card_riskLevelHighest", RiskLevel.HIGHEST),
        ("pm_card_avsZipFailElevatedRisk", RiskLevel.ELEVATED),
    ],
)
async def test_charge_tells_its_risk(token: str, risk_level: RiskLevel) -> None:
    outcome = await GATEWAY.authorize(charge(token))

    assert isinstance(outcome, Succeeded)
    assert outcome.network.risk_level is risk_level


async def test_charge_tells_failed_checks() -> None:
    outcome = await GATEWAY.authorize(charge("pm_card_avsFail"))

    assert isinstance(outcome, Succeeded)
    assert outcome.network.checks == CardChecks(
        cvc=None, address_line1=CheckResult.FAIL, address_postal_code=CheckResult.FAIL
    )


async def test_blocked_payment_never_reaches_the_bank() -> None:
    outcome = await GATEWAY.authorize(charge("pm_card_radarBlock"))

    assert isinstance(outcome, Declined)
    assert outcome.network.status is NetworkStatus.NOT_SENT_TO_NETWORK
    assert outcome.network.reason == "highest_risk_level"
