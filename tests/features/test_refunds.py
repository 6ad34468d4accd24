"""Refunds: never more than remains, always in the books, whatever the network does with them."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from domain.agenda import AgendaKind
from domain.errors import DomainError
from domain.kinds import CaptureMethod, RefundReason
from models import AgendaEntry, BalanceTransaction, Charge, Event, PaymentIntent, Refund
from services.agenda import agenda_of_the_system
from services.base import Settled
from services.idempotency import performed
from services.refunds import REFUND_HANDLER, NewRefund, Refunds
from services.scope import Scope
from tests.features.paying import CountingGateway, asked, balanced_books, calling, only_charge, paid, through
from tests.features.scopes import StandingClock, founded_scope, problems_of, strangers, told


@pytest.fixture
async def scope(database: str) -> Scope:
    return await founded_scope()


async def charged(scope: Scope, token: str = "pm_card_visa") -> Charge:
    return await only_charge(await paid(scope, token))


async def later(scope: Scope, after: timedelta = timedelta(minutes=1)) -> int:
    """The worker's round a while later."""
    assert isinstance(scope.clock, StandingClock)
    scope.clock.at += after
    return await agenda_of_the_system({AgendaKind.REFUND_RESOLVE: REFUND_HANDLER}, scope).run_group()


async def test_whole_refund_gives_back_all_but_the_fee(scope: Scope) -> None:
    charge = await charged(scope)
    done = await Refunds(scope).create(NewRefund(charge=charge.id, reason=RefundReason.DUPLICATE))
    assert (done.value.status, done.value.amount, done.value.reason) == ("succeeded", 1500, "duplicate")
    movement = await BalanceTransaction.get(type="refund")
    assert (movement.id, movement.amount, movement.fee, movement.net) == (
        done.value.balance_transaction_id,
        -1500,
        0,
        -1500,
    )
    assert (await told())[-2:] == ["refund.created", "charge.refunded"]
    told_of = await Event.get(type="charge.refunded")
    assert (told_of.data["amount_refunded"], told_of.data["refunded"]) == (1500, True)
    report = await balanced_books()
    assert (report.money_in, report.money_out, report.net) == (1500, 1500, -74)
    assert await AgendaEntry.exclude(kind="balance.available").count() == 0


async def test_partial_refunds_add_up_to_the_charge(scope: Scope) -> None:
    charge = await charged(scope)
    await Refunds(scope).create(NewRefund(charge=charge.id, amount=300))
    with pytest.raises(DomainError, match=f"Amount 1201 exceeds the 1200 usd left to refund on {charge.id}"):
        await Refunds(scope).create(NewRefund(charge=charge.id, amount=1201))
    rest = await Refunds(scope).create(NewRefund(payment_intent=charge.payment_intent_id))
    assert rest.value.amount == 1200
    with pytest.raises(DomainError) as refusal:
        await Refunds(scope).create(NewRefund(charge=charge.id, amount=1))
    assert problems_of(refusal.value) == [("CHARGE_ALREADY_REFUNDED", "charge")]
    assert (await balanced_books()).money_out == 1500
    assert [each.data["amount_refunded"] for each in await Event.filter(type="charge.refunded").order_by("id")] == [
        300,
        1500,
    ]


async def test_parallel_refunds_never_exceed_the_charge(scope: Scope) -> None:
    charge = await charged(scope)
    wanted = [Refunds(scope).create(NewRefund(charge=charge.id, amount=400)) for _ in range(8)]
    outcomes = await asyncio.gather(*wanted, return_exceptions=True)
    assert sum(isinstance(each, Settled) for each in outcomes) == 3  # 3 × 400 of 1500
    assert all(isinstance(each, Settled | DomainError) for each in outcomes)
    report = await balanced_books()
    assert report.money_out == 1200


async def test_what_did_not_come_in_cannot_go_back(scope: Scope) -> None:
    declined = await charged(scope, "pm_card_visa_chargeDeclined")
    held = await only_charge(await paid(scope, capture_method=CaptureMethod.MANUAL))
    for charge in (declined, held):
        with pytest.raises(DomainError) as refusal:
            await Refunds(scope).create(NewRefund(charge=charge.id))
        assert problems_of(refusal.value) == [("CHARGE_UNEXPECTED_STATE", "charge")]
    unpaid = await asked(scope)
    with pytest.raises(DomainError, match="has no charge"):
        await Refunds(scope).create(NewRefund(payment_intent=unpaid.id))
    for amount in (0, -5):
        charge = await charged(scope)
        with pytest.raises(DomainError, match="cannot be refunded"):
            await Refunds(scope).create(NewRefund(charge=charge.id, amount=amount))
    assert await Refund.all().count() == 0


async def test_refund_that_fails_later_comes_back_to_the_balance(scope: Scope) -> None:
    charge = await charged(scope, "pm_card_refundFail")
    done = await Refunds(scope).create(NewRefund(charge=charge.id))
    assert done.value.status == "succeeded"
    assert (await balanced_books()).money_out == 1500
    assert await later(scope) == 1
    refund = await Refund.get()
    assert (refund.status, refund.failure_reason) == ("failed", "expired_or_canceled_card")
    movement = await BalanceTransaction.get(type="refund_failure")
    assert (movement.id, movement.net) == (refund.failure_balance_transaction_id, 1500)
    assert (await told())[-3:] == ["refund.updated", "refund.failed", "charge.updated"]
    report = await balanced_books()
    assert (report.money_out, report.net) == (0, 1426)
    again = await Refunds(scope).create(NewRefund(charge=charge.id, amount=100))
    assert again.value.amount == 100


async def test_pending_refund_succeeds_later(scope: Scope) -> None:
    charge = await charged(scope, "pm_card_pendingRefund")
    done = await Refunds(scope).create(NewRefund(charge=charge.id))
    assert done.value.status == "pending"
    assert (await balanced_books()).money_out == 1500
    await later(scope)
    assert (await Refund.get()).status == "succeeded"
    assert (await told())[-1] == "refund.updated"
    assert await AgendaEntry.exclude(kind="balance.available").count() == 0
    await balanced_books()


async def test_refund_whose_answer_was_lost_is_asked_about(scope: Scope) -> None:
    class Deaf(CountingGateway):
        async def refund(self, request: object) -> Any:
            raise ConnectionError("the line is dead")

    charge = await charged(scope)

    async def perform(under: Scope) -> Settled[Refund]:
        return await Refunds(under).create(NewRefund(charge=charge.id))

    done = await performed(through(scope, Deaf()), calling(scope, "key", "refundCreate"), perform)
    assert done.answer.value.status == "pending"
    with pytest.raises(DomainError, match="refunded in full already"):
        await Refunds(scope).create(NewRefund(charge=charge.id))
    assert await later(scope) == 1
    replayed = await performed(scope, calling(scope, "key", "refundCreate"), perform)
    assert (replayed.replayed, replayed.answer.value.status) == (True, "succeeded")
    assert (await told())[-2:] == ["refund.created", "charge.refunded"]
    assert (await balanced_books()).money_out == 1500


async def test_strangers_refund_nothing(scope: Scope) -> None:
    charge = await charged(scope)
    intent = await PaymentIntent.get()
    for stranger in await strangers(scope):
        for draft in (NewRefund(charge=charge.id), NewRefund(payment_intent=intent.id)):
            with pytest.raises(DomainError) as refusal:
                await Refunds(stranger).create(draft)
            assert refusal.value.problems[0].code.name == "RESOURCE_MISSING"
    assert await Refund.all().count() == 0
