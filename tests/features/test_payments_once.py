"""No way leads to a second charge: parallel calls, repeated keys, crashes between the steps, silent gateways."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from domain.agenda import AgendaKind
from domain.errors import DomainError
from domain.kinds import CaptureMethod
from domain.lifecycles import ChargeStatus
from domain.sharing import Share
from models import AgendaEntry, BalanceTransaction, Charge, Event, IdempotencyRecord, PaymentIntent, Refund
from services.agenda import agenda_of_the_system
from services.base import Settled
from services.idempotency import Performed, claimed, performed
from services.payments import (
    PAYMENT_HANDLER,
    Attempts,
    Confirmation,
    Errand,
    PaymentIntents,
    Resolution,
    Wish,
)
from services.refunds import REFUND_HANDLER
from services.scope import Scope
from services.transactions import in_transaction
from tests.features.connected import connected
from tests.features.paying import CountingGateway, asked, balanced_books, calling, card_of, jenny, only_charge, through
from tests.features.scopes import StandingClock, founded_scope, told


@pytest.fixture
async def scope(database: str) -> Scope:
    return await founded_scope()


def confirming(scope: Scope, intent: PaymentIntent, key: str | None = None) -> Awaitable[Performed[Any]]:
    """A confirmation as the API carries it out."""

    async def perform(under: Scope) -> Settled[PaymentIntent]:
        return await PaymentIntents(under).confirm(Confirmation(id=intent.id))

    return performed(scope, None if key is None else calling(scope, key), perform)


async def prepared(scope: Scope, intent: PaymentIntent, *, claim: str | None = None, **more: Any) -> list[Charge]:
    """What the first transaction leaves when the process dies right after it."""

    async def body() -> list[Charge]:
        held = await PaymentIntent.get(id=intent.id)
        method = await PaymentIntents(scope).methods.chargeable(str(held.payment_method_id), None)
        wish = Wish(intent=held, payment_method=method, at=scope.clock.now(), off_session=False, **more)
        errand = Errand.about(held, await claimed(replace(scope, call=calling(scope, claim))) if claim else None)
        return await Attempts(scope).prepare([wish], errand)

    return await in_transaction(body)


async def worked(scope: Scope, after: timedelta) -> int:
    """The worker's round a while later."""
    assert isinstance(scope.clock, StandingClock)
    scope.clock.at += after
    handlers = {AgendaKind.PAYMENT_RESOLVE: PAYMENT_HANDLER, AgendaKind.REFUND_RESOLVE: REFUND_HANDLER}
    return await agenda_of_the_system(handlers, scope).run_group()


async def test_parallel_confirmations_charge_once(scope: Scope) -> None:
    gateway = CountingGateway()
    under = through(scope, gateway)
    intent = await asked(under, payment_method="pm_card_visa")
    outcomes = await asyncio.gather(*(confirming(under, intent) for _ in range(10)), return_exceptions=True)
    refused = [each for each in outcomes if isinstance(each, DomainError)]
    assert [each for each in outcomes if isinstance(each, Exception) and each not in refused] == []
    assert len(refused) == 9
    assert len(gateway.authorized) == 1
    assert (await only_charge(intent)).status == "succeeded"
    assert (await balanced_books()).money_in == 1500


async def test_parallel_calls_with_one_key_get_one_answer(scope: Scope) -> None:
    gateway = CountingGateway()
    under = through(scope, gateway)
    intent = await asked(under, payment_method="pm_card_visa")
    outcomes = await asyncio.gather(*(confirming(under, intent, "key") for _ in range(10)))
    assert [each.answer.value.status for each in outcomes] == ["succeeded"] * 10
    assert sorted(each.replayed for each in outcomes) == [False] + [True] * 9
    assert len(gateway.authorized) == 1


async def test_decline_is_replayed_with_object_and_problem(scope: Scope) -> None:
    intent = await asked(scope, payment_method="pm_card_visa_chargeDeclinedLostCard")
    first = await confirming(scope, intent, "key")
    again = await confirming(scope, intent, "key")
    assert (first.replayed, again.replayed) == (False, True)
    assert again.answer.problem == first.answer.problem
    assert again.answer.problem.decline_code == "lost_card"
    assert (again.answer.value.id, again.answer.value.status) == (intent.id, "requires_payment_method")
    assert again.answer.payment_intent_id == intent.id
    assert await Charge.all().count() == 1


async def test_crash_before_the_gateway_is_made_good_by_the_worker(scope: Scope) -> None:
    intent = await asked(scope, payment_method="pm_card_visa")
    await prepared(scope, intent, claim="key")
    assert await worked(scope, timedelta(seconds=59)) == 0
    assert await worked(scope, timedelta(seconds=1)) == 1
    assert (await only_charge(intent)).status == "succeeded"
    assert await AgendaEntry.exclude(kind="balance.available").count() == 0
    replayed = await confirming(scope, intent, "key")
    assert (replayed.replayed, replayed.answer.value.status) == (True, "succeeded")
    assert (await balanced_books()).money_in == 1500


async def test_charge_that_the_gateway_never_saw_is_sent_again(scope: Scope) -> None:
    gateway = CountingGateway(forgetful=True)
    under = through(scope, gateway)
    intent = await asked(under, payment_method="pm_card_visa")
    [charge] = await prepared(under, intent)
    await worked(under, timedelta(minutes=1))
    assert gateway.authorized == [charge.id]
    assert (await only_charge(intent)).status == "succeeded"


async def test_charge_whose_answer_was_lost_is_asked_about(scope: Scope) -> None:
    gateway = CountingGateway(silent=True)
    under = through(scope, gateway)
    intent = await asked(under, payment_method="pm_card_visa")
    done = (await confirming(under, intent, "key")).answer
    assert (done.value.status, done.problem) == ("processing", None)
    for refused in (PaymentIntents(under).cancel(intent.id), confirming(under, intent)):
        with pytest.raises(DomainError, match=r"moment|processing"):
            await refused
    await worked(under, timedelta(minutes=1))
    assert len(gateway.authorized) == 1
    assert (await only_charge(intent)).status == "succeeded"
    assert (await confirming(under, intent, "key")).answer.value.status == "succeeded"
    await balanced_books()


async def test_silent_gateway_is_asked_again_later_and_later(scope: Scope) -> None:
    gateway = CountingGateway(silent=True, forgetful=True)
    under = through(scope, gateway)
    intent = await asked(under, payment_method="pm_card_visa")
    await confirming(under, intent)
    assert await worked(under, timedelta(minutes=1)) == 1
    assert await worked(under, timedelta(seconds=29)) == 0
    assert await worked(under, timedelta(seconds=1)) == 1
    gateway.silent = False
    assert await worked(under, timedelta(minutes=1)) == 1
    charge = await only_charge(intent)
    assert charge.status == "succeeded"
    assert gateway.authorized == [charge.id] * 4


@pytest.mark.parametrize("settle", [1, 2, 5])
async def test_charge_is_settled_once_whoever_comes(scope: Scope, settle: int) -> None:
    intent = await asked(scope, payment_method="pm_card_visa")
    charges = await prepared(scope, intent)
    outcomes = await Attempts(scope).call(charges)

    async def settled() -> None:
        await in_transaction(lambda: Attempts(scope).settle(charges, outcomes))

    ways: list[Callable[[], Awaitable[None]]] = [settled, lambda: Resolution(scope).resolve([charges[0].id])]
    await asyncio.gather(*(way() for way in ways * settle))
    assert await BalanceTransaction.all().count() == 1
    assert await told() == ["payment_intent.created", "charge.succeeded", "payment_intent.succeeded"]


async def test_homeless_charge_goes_back_and_frees_its_key(scope: Scope) -> None:
    intent = await asked(scope, payment_method="pm_card_visa")
    await prepared(scope, intent, claim="key", homeless=True)
    assert await IdempotencyRecord.all().count() == 1
    await worked(scope, timedelta(minutes=1))
    refund = await Refund.get()
    assert (refund.amount, refund.status) == (1500, "succeeded")
    assert await IdempotencyRecord.all().count() == 0
    assert await AgendaEntry.exclude(kind="balance.available").count() == 0
    report = await balanced_books()
    assert (report.money_in, report.money_out) == (1500, 1500)


async def test_homeless_charge_goes_back_with_the_parts_of_others(scope: Scope) -> None:
    gym = await connected(scope)
    shares = (Share(destination=gym.id),)
    intent = await asked(scope, payment_method="pm_card_visa", transfer_data=shares, application_fee_amount=100)
    await prepared(scope, intent, claim="key", homeless=True)

    await worked(scope, timedelta(minutes=1))

    found = await BalanceTransaction.filter(account_id=gym.id).order_by("id").values_list("type", "net")
    assert found == [("payment", 1400), ("payment_refund", -1500), ("application_fee_refund", 100)]
    assert (await balanced_books()).money_out == 1500


async def test_homeless_charge_that_was_declined_frees_its_key(scope: Scope) -> None:
    intent = await asked(scope, payment_method="pm_card_chargeCustomerFail")
    await prepared(scope, intent, claim="key", homeless=True)
    await worked(scope, timedelta(minutes=1))
    assert await Refund.all().count() == 0
    assert await IdempotencyRecord.all().count() == 0


async def test_homeless_charge_that_waits_for_its_customer_is_given_up(scope: Scope) -> None:
    intent = await asked(scope, payment_method="pm_card_authenticationRequired")
    await prepared(scope, intent, claim="key", homeless=True)
    await worked(scope, timedelta(minutes=1))
    assert (await PaymentIntent.get(id=intent.id)).status == "canceled"
    assert await Charge.all().count() == await IdempotencyRecord.all().count() == 0


async def test_capture_whose_answer_was_lost_is_finished(scope: Scope) -> None:
    intent = await asked(scope, payment_method="pm_card_visa", capture_method=CaptureMethod.MANUAL)
    await confirming(scope, intent)

    class Deaf(CountingGateway):
        async def capture(self, request: object) -> Any:
            raise ConnectionError("the line is dead")

    under = through(scope, Deaf())
    assert (await PaymentIntents(under).capture(intent.id, amount=700)).value.status == "requires_capture"
    with pytest.raises(DomainError, match="being captured or canceled"):
        await PaymentIntents(scope).cancel(intent.id)
    await worked(scope, timedelta(minutes=1))
    assert (await PaymentIntent.get(id=intent.id)).amount_received == 700
    assert (await balanced_books()).money_in == 700


async def test_set_of_payments_is_settled_together(scope: Scope) -> None:
    customer = await jenny(scope)
    card = await card_of(scope, customer)

    async def collected(count: int) -> int:
        async def prepare() -> list[Charge]:
            at = scope.clock.now()
            ahead = [PaymentIntents(scope).ahead(customer_id=customer.id, amount=1500, currency="usd", at=at,
                                                 reason="subscription_cycle") for _ in range(count)]  # fmt: skip
            wishes = [Wish(intent=each, payment_method=card, at=at, off_session=True) for each in ahead]
            return await Attempts(scope).prepare(wishes)

        charges = await in_transaction(prepare)
        outcomes = await Attempts(scope).call(charges)
        return len(await in_transaction(lambda: Attempts(scope).settle(charges, outcomes)))

    assert await collected(1) == 1
    assert await collected(50) == 50
    assert await Charge.filter(status=ChargeStatus.SUCCEEDED).count() == 51
    assert await Event.filter(type="payment_intent.succeeded").count() == 51
    assert await AgendaEntry.exclude(kind="balance.available").count() == 0
    assert (await balanced_books()).money_in == 51 * 1500
