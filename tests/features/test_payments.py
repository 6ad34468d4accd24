"""Payments: what each card does, what is written and told, what is refused."""

from dataclasses import replace

import pytest

from domain.errors import DomainError
from domain.kinds import CaptureMethod, FutureUsage, PaymentIntentCancellationReason
from domain.lifecycles import PaymentIntentStatus
from gateways.sandbox import ScriptedOutcome
from models import AgendaEntry, BalanceTransaction, Charge, PaymentIntent, PaymentMethod, SandboxOutcome
from services.payment_methods import SandboxScripts
from services.payments import Confirmation, NewPaymentIntent, PaymentIntentChange, PaymentIntents
from services.scope import Policy, Scope
from services.settings import Settings, SettingsChange
from tests.features.paying import asked, balanced_books, card_of, jenny, only_charge, paid
from tests.features.scopes import founded_scope, problems_of, strangers, told

SUCCEEDS = ["payment_intent.created", "charge.succeeded", "payment_intent.succeeded"]
DECLINES = ["payment_intent.created", "charge.failed", "payment_intent.payment_failed"]


@pytest.fixture
async def scope(database: str) -> Scope:
    return await founded_scope()


async def confirmed(scope: Scope, intent: PaymentIntent, **more: object) -> PaymentIntent:
    return (await PaymentIntents(scope).confirm(Confirmation(id=intent.id, **more))).value  # type: ignore[arg-type]


async def test_confirmed_payment_is_booked_less_its_fee(scope: Scope) -> None:
    customer = await jenny(scope)
    card = await card_of(scope, customer)
    intent = await asked(scope, customer)
    done = await PaymentIntents(scope).confirm(Confirmation(id=intent.id, payment_method=card.id))
    assert (done.value.status, done.value.amount_received, done.problem) == (PaymentIntentStatus.SUCCEEDED, 1500, None)
    charge = await only_charge(intent)
    assert (charge.status, charge.captured, charge.amount_captured) == ("succeeded", True, 1500)
    [movement] = await BalanceTransaction.all()
    # 2.9 % of 1500 is 43.5, rounded away from zero 44; and 30
    assert (movement.id, movement.amount, movement.fee, movement.net) == (charge.balance_transaction_id, 1500, 74, 1426)
    assert await AgendaEntry.exclude(kind="balance.available").count() == 0
    assert await told() == ["customer.created", "payment_method.attached", *SUCCEEDS]
    report = await balanced_books()
    assert (report.money_in, report.money_out, report.net, report.fees) == (1500, 0, 1426, 74)


@pytest.mark.parametrize(
    ("token", "code", "decline_code"),
    [
        ("pm_card_visa_chargeDeclined", "card_declined", "generic_decline"),
        ("pm_card_visa_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"),
        ("pm_card_visa_chargeDeclinedLostCard", "card_declined", "lost_card"),
        ("pm_card_visa_chargeDeclinedStolenCard", "card_declined", "stolen_card"),
        ("pm_card_chargeDeclinedExpiredCard", "expired_card", "expired_card"),
        ("pm_card_chargeDeclinedIncorrectCvc", "incorrect_cvc", "incorrect_cvc"),
        ("pm_card_chargeDeclinedProcessingError", "processing_error", "processing_error"),
        ("pm_card_visa_chargeDeclinedVelocityLimitExceeded", "card_declined", "card_velocity_exceeded"),
        ("pm_card_chargeCustomerFail", "card_declined", "generic_decline"),
        ("pm_card_radarBlock", "card_declined", "fraudulent"),
    ],
)
async def test_decline_is_kept_and_answered(scope: Scope, token: str, code: str, decline_code: str) -> None:
    intent = await asked(scope, payment_method=token)
    done = await PaymentIntents(scope).confirm(Confirmation(id=intent.id))
    assert done.problem is not None
    assert (done.problem.code.value, done.problem.decline_code) == (code, decline_code)
    assert done.payment_intent_id == intent.id
    charge = await only_charge(intent)
    assert (charge.status, charge.failure_code, charge.decline_code) == ("failed", code, decline_code)
    stored = await PaymentIntent.get(id=intent.id)
    assert (stored.status, stored.payment_method_id, stored.latest_charge_id) == (
        "requires_payment_method",
        None,
        charge.id,
    )
    assert stored.last_error is not None
    assert (stored.last_error["charge"], stored.last_error["decline_code"]) == (charge.id, decline_code)
    assert await told() == DECLINES
    assert await BalanceTransaction.all().count() == 0


async def test_another_card_pays_after_a_decline(scope: Scope) -> None:
    intent = await paid(scope, "pm_card_visa_chargeDeclined")
    again = await confirmed(scope, intent, payment_method="pm_card_visa")
    assert (again.status, again.last_error) == ("succeeded", None)
    assert [each.status for each in await Charge.all().order_by("id")] == ["failed", "succeeded"]
    await balanced_books()


@pytest.mark.parametrize("token", ["pm_card_authenticationRequired", "pm_card_threeDSecure2Required"])
async def test_customer_who_authenticates_pays_with_the_same_charge(scope: Scope, token: str) -> None:
    intent = await paid(scope, token)
    assert (intent.status, intent.next_action, intent.latest_charge_id) == ("requires_action", "three_d_secure", None)
    waiting = await only_charge(intent)
    assert waiting.status == "pending"
    assert await AgendaEntry.exclude(kind="balance.available").count() == 0
    done = await PaymentIntents(scope).authenticate(intent.id, passed=True)
    assert (done.value.status, done.value.next_action, done.problem) == ("succeeded", None, None)
    charge = await only_charge(intent)
    assert (charge.id, charge.status) == (waiting.id, "succeeded")
    assert await told() == ["payment_intent.created", "payment_intent.requires_action", *SUCCEEDS[1:]]
    await balanced_books()


async def test_failed_authentication_is_a_decline(scope: Scope) -> None:
    intent = await paid(scope, "pm_card_authenticationRequired")
    done = await PaymentIntents(scope).authenticate(intent.id, passed=False)
    assert done.value.status == "requires_payment_method"
    assert done.problem is not None
    assert done.problem.code.value == "payment_intent_authentication_failure"
    assert await told() == ["payment_intent.created", "payment_intent.requires_action", *DECLINES[1:]]


async def test_authenticated_card_may_still_decline(scope: Scope) -> None:
    intent = await paid(scope, "pm_card_threeDSecureRequiredChargeDeclined")
    done = await PaymentIntents(scope).authenticate(intent.id, passed=True)
    assert done.problem is not None
    assert done.problem.decline_code == "generic_decline"
    assert done.value.status == "requires_payment_method"


async def test_card_that_needs_its_holder_declines_when_they_are_away(scope: Scope) -> None:
    intent = await asked(scope, payment_method="pm_card_authenticationRequired")
    done = await PaymentIntents(scope).confirm(Confirmation(id=intent.id, off_session=True))
    assert done.problem is not None
    assert done.problem.code.value == "authentication_required"
    assert done.value.status == "requires_payment_method"


async def test_card_set_up_by_a_payment_is_charged_later_without_its_holder(scope: Scope) -> None:
    customer = await jenny(scope)
    intent = await asked(
        scope,
        customer,
        payment_method="pm_card_authenticationRequiredOnSetup",
        setup_future_usage=FutureUsage.OFF_SESSION,
    )
    await confirmed(scope, intent)
    await PaymentIntents(scope).authenticate(intent.id, passed=True)
    card = await PaymentMethod.get()
    assert card.customer_id == customer.id
    assert card.set_up_at is not None
    later = await asked(scope, customer, payment_method=card.id)
    assert (await confirmed(scope, later, off_session=True)).status == "succeeded"


async def test_confirming_anew_gives_up_what_waited_for_the_customer(scope: Scope) -> None:
    intent = await paid(scope, "pm_card_authenticationRequired")
    again = await confirmed(scope, intent, payment_method="pm_card_visa")
    assert again.status == "succeeded"
    assert (await only_charge(intent)).status == "succeeded"
    with pytest.raises(DomainError, match="is succeeded; to authenticate it"):
        await PaymentIntents(scope).authenticate(intent.id, passed=True)


async def test_scripted_outcomes_are_used_up_in_order(scope: Scope) -> None:
    customer = await jenny(scope)
    card = await card_of(scope, customer)
    script = [ScriptedOutcome.INSUFFICIENT_FUNDS, ScriptedOutcome.LOST_CARD, ScriptedOutcome.SUCCEED]
    await SandboxScripts(scope).write(card.id, script)
    intent = await asked(scope, customer)
    statuses = [(await confirmed(scope, intent, payment_method=card.id)).status for _ in script]
    assert statuses == ["requires_payment_method", "requires_payment_method", "succeeded"]
    charges = await Charge.all().order_by("id")
    assert [each.decline_code for each in charges] == ["insufficient_funds", "lost_card", None]
    used = await SandboxOutcome.all().order_by("id")
    assert [each.charge_id for each in used] == [each.id for each in charges]


async def test_new_script_replaces_what_is_not_used_up(scope: Scope) -> None:
    card = await card_of(scope, await jenny(scope))
    await SandboxScripts(scope).write(card.id, [ScriptedOutcome.LOST_CARD, ScriptedOutcome.LOST_CARD])
    await SandboxScripts(scope).write(card.id, [])
    assert await SandboxOutcome.all().count() == 0


async def test_held_money_is_captured_in_part_and_once(scope: Scope) -> None:
    intent = await paid(scope, capture_method=CaptureMethod.MANUAL)
    assert (intent.status, intent.amount_capturable, intent.amount_received) == ("requires_capture", 1500, 0)
    assert await BalanceTransaction.all().count() == 0
    done = await PaymentIntents(scope).capture(intent.id, amount=1000)
    assert (done.value.status, done.value.amount_capturable, done.value.amount_received) == ("succeeded", 0, 1000)
    charge = await only_charge(intent)
    assert (charge.captured, charge.amount_captured) == (True, 1000)
    assert await told() == [
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.amount_capturable_updated",
        "charge.captured",
        "payment_intent.succeeded",
    ]
    with pytest.raises(DomainError, match="is succeeded; to capture it"):
        await PaymentIntents(scope).capture(intent.id)
    assert (await balanced_books()).money_in == 1000


async def test_more_than_what_is_held_cannot_be_captured(scope: Scope) -> None:
    intent = await paid(scope, capture_method=CaptureMethod.MANUAL)
    with pytest.raises(DomainError) as refusal:
        await PaymentIntents(scope).capture(intent.id, amount=1501)
    assert problems_of(refusal.value) == [("AMOUNT_TOO_LARGE", "amountToCapture")]
    assert (await PaymentIntent.get(id=intent.id)).status == "requires_capture"


async def test_canceling_releases_what_is_held(scope: Scope) -> None:
    intent = await paid(scope, capture_method=CaptureMethod.MANUAL)
    done = await PaymentIntents(scope).cancel(intent.id, PaymentIntentCancellationReason.DUPLICATE)
    assert (done.value.status, done.value.amount_capturable) == ("canceled", 0)
    assert (done.value.cancellation_reason, done.value.canceled_at) == ("duplicate", scope.clock.now())
    assert (await told())[-1] == "payment_intent.canceled"
    await balanced_books()


async def test_canceled_payment_cannot_be_confirmed(scope: Scope) -> None:
    intent = await paid(scope, "pm_card_authenticationRequired")
    await PaymentIntents(scope).cancel(intent.id)
    assert await Charge.all().count() == 0
    with pytest.raises(DomainError, match="is canceled; to confirm it"):
        await confirmed(scope, intent, payment_method="pm_card_visa")


async def test_payment_is_refused_outside_the_currency_limits(scope: Scope) -> None:
    for amount, currency, code in [
        (49, "usd", "AMOUNT_TOO_SMALL"),
        (49, "jpy", "AMOUNT_TOO_SMALL"),
        (100_000_000, "usd", "AMOUNT_TOO_LARGE"),
    ]:
        with pytest.raises(DomainError) as refusal:
            await PaymentIntents(scope).create(NewPaymentIntent(amount=amount, currency=currency))
        assert problems_of(refusal.value) == [(code, "amount")]
    assert await PaymentIntent.all().count() == 0
    assert await told() == []


async def test_problems_of_a_new_payment_are_told_together(scope: Scope) -> None:
    draft = NewPaymentIntent(
        amount=10, currency="usd", receipt_email="nobody", statement_descriptor="*", off_session=True
    )
    with pytest.raises(DomainError) as refusal:
        await PaymentIntents(scope).create(draft)
    assert problems_of(refusal.value) == [
        ("AMOUNT_TOO_SMALL", "amount"),
        ("INVALID_CHARACTERS", "statementDescriptor"),
        ("EMAIL_INVALID", "receiptEmail"),
        ("PARAMETER_UNKNOWN", "offSession"),
    ]


async def test_amount_changes_until_it_is_paid(scope: Scope) -> None:
    intent = await asked(scope)
    await PaymentIntents(scope).update(intent.id, PaymentIntentChange(amount=2000, metadata={"order": "7"}))
    after = await confirmed(scope, intent, payment_method="pm_card_visa")
    assert (after.amount_received, after.metadata) == (2000, {"order": "7"})
    with pytest.raises(DomainError, match="is succeeded"):
        await PaymentIntents(scope).update(intent.id, PaymentIntentChange(amount=3000))


async def test_card_of_another_customer_is_refused(scope: Scope) -> None:
    card = await card_of(scope, await jenny(scope))
    intent = await asked(scope, await jenny(scope))
    with pytest.raises(DomainError) as refusal:
        await confirmed(scope, intent, payment_method=card.id)
    assert problems_of(refusal.value) == [("PAYMENT_METHOD_UNEXPECTED_STATE", "paymentMethod")]
    assert await Charge.all().count() == 0
    assert (await PaymentIntent.get(id=intent.id)).status == "requires_payment_method"


async def test_strangers_see_and_confirm_nothing(scope: Scope) -> None:
    intent = await asked(scope, payment_method="pm_card_visa")
    for stranger in await strangers(scope):
        assert await PaymentIntents(stranger).shown(intent.id, intent.client_secret) is None
        with pytest.raises(DomainError, match="No such payment intent"):
            await confirmed(stranger, intent)
    assert await Charge.all().count() == 0


async def test_live_mode_without_a_gateway_charges_nothing(scope: Scope) -> None:
    live = (await strangers(scope))[0]
    card = await PaymentMethod.create(
        id="pm_1", created_at=scope.clock.now(), account_id=live.account_id, livemode=True, customer_id=None,
        type="card", token="tok", brand="visa", last4="4242", exp_month=12, exp_year=2034, funding="credit",
        fingerprint="f",
    )  # fmt: skip
    intent = await asked(live, payment_method=card.id)
    with pytest.raises(DomainError) as refusal:
        await confirmed(live, intent)
    assert problems_of(refusal.value) == [("GATEWAY_NOT_CONFIGURED", "")]
    assert await Charge.all().count() == 0
    assert (await PaymentIntent.get(id=intent.id)).status == "requires_confirmation"


async def test_client_secret_opens_its_own_payment_only(scope: Scope) -> None:
    one, other = await asked(scope), await asked(scope, payment_method="pm_card_visa")
    page = PaymentIntents(replace(scope, policy=Policy()))
    found = await page.shown(one.id, one.client_secret)
    assert found is not None
    assert found.id == one.id
    for secret in (None, one.client_secret[:-1] + "x", other.client_secret):
        assert await page.shown(one.id, secret) is None
    with pytest.raises(DomainError) as refusal:
        await confirmed(scope, other, client_secret=one.client_secret)
    assert problems_of(refusal.value) == [("RESOURCE_MISSING", "clientSecret")]


async def test_card_statement_shows_the_accounts_name_unless_told_otherwise(scope: Scope) -> None:
    await Settings(scope).update(SettingsChange(statement_descriptor="PHOTO HOST"))
    plain = await paid(scope)
    named = await paid(scope, statement_descriptor="PHOTO PRINTS")
    assert [(await only_charge(each)).statement_descriptor for each in (plain, named)] == ["PHOTO HOST", "PHOTO PRINTS"]
