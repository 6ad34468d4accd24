"""Balances: what is available when, and books that notice when they are wrong."""

from datetime import timedelta
from decimal import Decimal

import pytest

from domain.settings import ProcessingFee
from models import BalanceTransaction, TestClock
from services.balances import Amount, Balances, books_balance, books_of_all_currencies
from services.clocks import ClockDraft, Clocks
from services.payments import Confirmation, NewPaymentIntent, PaymentIntents
from services.scope import Scope
from services.settings import Settings, SettingsChange
from tests.features.paying import asked, card_of, jenny, paid
from tests.features.scopes import NOON, StandingClock, founded_scope, strangers


@pytest.fixture
async def scope(database: str) -> Scope:
    return await founded_scope()


async def test_money_is_pending_for_two_days(scope: Scope) -> None:
    await paid(scope)
    before = await Balances(scope).current()
    assert (before.pending, before.available) == ([Amount(1426, "usd")], [Amount(0, "usd")])
    assert isinstance(scope.clock, StandingClock)
    scope.clock.at += timedelta(days=2)
    after = await Balances(scope).current()
    assert (after.pending, after.available) == ([Amount(0, "usd")], [Amount(1426, "usd")])


async def test_money_of_a_customer_on_a_clock_waits_for_that_clock(scope: Scope) -> None:
    clock = await Clocks(scope).create(ClockDraft(NOON + timedelta(days=365)))
    customer = await jenny(scope, test_clock=clock.id)
    card = await card_of(scope, customer)
    intent = await asked(scope, customer)
    await PaymentIntents(scope).confirm(Confirmation(id=intent.id, payment_method=card.id))
    movement = await BalanceTransaction.get()
    assert movement.available_at == NOON + timedelta(days=367)
    assert (await Balances(scope).current()).pending == [Amount(1426, "usd")]
    await TestClock.filter(id=clock.id).update(frozen_at=NOON + timedelta(days=367))
    assert (await Balances(scope).current()).available == [Amount(1426, "usd")]
    assert await Balances(scope).available([movement.id]) == {movement.id: True}


async def test_some_cards_skip_the_pending_balance(scope: Scope) -> None:
    await paid(scope, "pm_card_bypassPending")
    assert (await Balances(scope).current()).available == [Amount(1426, "usd")]


async def test_fee_follows_the_settings(scope: Scope) -> None:
    fees = [ProcessingFee("usd", Decimal("1.5"), 10)]
    await Settings(scope).update(SettingsChange(processing_fees=fees))
    await paid(scope)
    assert (await BalanceTransaction.get()).fee == 33  # 1.5 % of 1500 is 22.5, away from zero 23; and 10


async def test_balance_is_the_accounts_own(scope: Scope) -> None:
    await paid(scope)
    for stranger in await strangers(scope):
        assert (await Balances(stranger).current()).pending == []


async def test_books_notice_a_changed_movement(scope: Scope) -> None:
    await paid(scope)
    assert (await books_balance("usd")).balanced
    await BalanceTransaction.all().update(net=1427)
    report = await books_balance("usd")
    assert (report.balanced, report.net + report.fees, report.money_in) == (False, 1501, 1500)


async def test_books_notice_a_missing_movement(scope: Scope) -> None:
    await paid(scope)
    await BalanceTransaction.all().delete()
    [report] = await books_of_all_currencies()
    assert (report.currency, report.balanced, report.unbooked) == ("usd", False, 1)


async def test_books_are_kept_by_currency(scope: Scope) -> None:
    await paid(scope)
    intent = (await PaymentIntents(scope).create(NewPaymentIntent(amount=500, currency="JPY"))).value
    await PaymentIntents(scope).confirm(Confirmation(id=intent.id, payment_method="pm_card_visa"))
    reports = {each.currency: each for each in await books_of_all_currencies()}
    # 2.9 % of 500 is 14.5, away from zero 15; and 30
    assert {name: (each.net, each.fees, each.balanced) for name, each in reports.items()} == {
        "jpy": (455, 45, True),
        "usd": (1426, 74, True),
    }
    assert (await Balances(scope).current()).pending == [Amount(455, "jpy"), Amount(1426, "usd")]
