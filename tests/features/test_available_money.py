"""What an account may send: world by world, less what others owe whose losses it covers."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from domain.agenda import AgendaKind
from domain.errors import DomainError
from domain.ids import Prefix
from models import Account, AgendaEntry, BalanceTransaction, Payout
from services.agenda import Handled, agenda_of_the_system
from services.availability import Amount, Availability
from services.clocks import ClockDraft, Clocks
from services.expected_money import expect_money
from services.handlers import HANDLERS
from services.payouts import ExternalAccountDraft, ExternalAccounts, PayoutDraft, Payouts, TopupDraft, Topups
from services.payouts.drafts import ExternalAccountWords
from services.reactions import connect
from services.rows import insert_rows
from services.scope import Scope
from services.transactions import transaction
from tests.features.connected import connected
from tests.features.paying import paid
from tests.features.scopes import NOON, StandingClock, founded_scope, problems_of


@pytest.fixture
async def scope(database: str) -> Scope:
    return await founded_scope()


async def moved(
    scope: Scope, net: int, *, days: int = 0, clock: str | None = None, currency: str = "usd"
) -> BalanceTransaction:
    """A movement of the scope's account, available `days` after noon."""
    movement = BalanceTransaction.made(
        id=scope.ids.new(Prefix.BALANCE_TRANSACTION),
        created_at=NOON,
        type="topup",
        amount=net,
        fee=0,
        net=net,
        currency=currency,
        source_id=scope.ids.new(Prefix.CHARGE),
        available_at=NOON + timedelta(days=days),
        test_clock_id=clock,
        account_id=scope.account_id,
        livemode=scope.livemode,
    )
    await insert_rows([movement])
    return movement


async def available(scope: Scope, clock: str | None = None, currency: str = "usd") -> int:
    async with transaction():
        return await Availability(scope).held_available(currency, clock)


async def test_only_what_is_available_in_one_world_and_currency_can_be_sent(scope: Scope) -> None:
    clock = await Clocks(scope).create(ClockDraft(NOON + timedelta(days=1)))
    await moved(scope, 100)
    await moved(scope, 20, days=1)
    await moved(scope, -30)
    await moved(scope, 7, currency="eur")
    await moved(scope, 1000, days=1, clock=clock.id)
    await moved(scope, 500, days=2, clock=clock.id)

    assert await available(scope) == 70
    assert await available(scope, currency="eur") == 7
    assert await available(scope, clock.id) == 1000
    world = await Availability(scope).current(clock.id)
    assert (world.available, world.pending) == ([Amount(1000, "usd")], [Amount(500, "usd")])
    every = await Availability(scope).current()
    assert every.available == [Amount(7, "eur"), Amount(1070, "usd")]


async def test_what_accounts_owe_is_kept_back_where_the_platform_covers_it(scope: Scope) -> None:
    owing = await connected(scope, "Owing")
    standard = await connected(scope, "Standard", controller={"losses_payments": "stripe"})
    rich = await connected(scope, "Rich")
    await moved(scope, 100)
    await moved(replace(scope, account_id=owing.id), -40)
    await moved(replace(scope, account_id=owing.id), 10, days=2)
    await moved(replace(scope, account_id=standard.id), -25)
    await moved(replace(scope, account_id=rich.id), 60)

    assert await available(scope) == 70  # 100 less the 40 - 10 that are owed; Standard's bank bears its 25
    assert await available(replace(scope, account_id=owing.id)) == -40
    balance = await Availability(scope).current()
    assert balance.connect_reserved == [Amount(30, "usd")]
    assert balance.available == [Amount(100, "usd")]


async def test_the_delay_is_the_accounts_own(scope: Scope) -> None:
    await paid(scope)
    await Account.filter(id=scope.account_id).update(settings={"payout_delay_days": 7})
    await paid(scope)
    movements = await BalanceTransaction.all().order_by("id")
    assert [each.available_at for each in movements] == [NOON + timedelta(days=2), NOON + timedelta(days=7)]


async def test_a_clock_of_somebody_else_is_absent(scope: Scope) -> None:
    gym, other = await connected(scope, "Gym"), await connected(scope, "Other")
    acting = replace(scope, account_id=gym.id, application_id=scope.account_id)
    clock = await Clocks(scope).create(ClockDraft(NOON))

    assert await Availability(acting).named_moment(clock.id) == NOON
    for stranger in (replace(scope, account_id=gym.id), replace(scope, account_id=other.id)):
        with pytest.raises(DomainError) as refused:
            await Availability(stranger).named_moment(clock.id)
        assert problems_of(refused.value) == [("RESOURCE_MISSING", "testClock")]


async def test_workers_and_callers_at_once_pay_nothing_out_twice(scope: Scope) -> None:
    connect()
    words = ExternalAccountWords(token="btok_us_verified")
    await ExternalAccounts(scope).create(ExternalAccountDraft(external_account=words))
    await Topups(scope).create(TopupDraft(amount=1000, currency="usd"))
    assert isinstance(scope.clock, StandingClock)
    scope.clock.at = datetime(2027, 2, 1, tzinfo=UTC)
    await agenda_of_the_system(HANDLERS, scope).run_group()  # told: the payout is planned for this very midnight

    workers = [agenda_of_the_system(HANDLERS, scope).run_group() for _ in range(4)]
    calls = [Payouts(scope).create(PayoutDraft(amount=400, currency="usd")) for _ in range(4)]
    outcomes = await asyncio.gather(*workers, *calls, return_exceptions=True)

    refused = [problems_of(each) for each in outcomes if isinstance(each, DomainError)]
    assert all(each == [("BALANCE_INSUFFICIENT", "amount")] for each in refused)
    assert not [each for each in outcomes if isinstance(each, Exception) and not isinstance(each, DomainError)]

    made = await Payout.all()
    assert sum(each.amount for each in made) == 1000
    assert sum(each.automatic for each in made) == 1
    assert (await Availability(scope).current()).available == [Amount(0, "usd")]


async def test_a_payout_by_schedule_that_breaks_off_leaves_nothing_and_is_made_later(scope: Scope) -> None:
    connect()
    words = ExternalAccountWords(token="btok_us_verified")
    await ExternalAccounts(scope).create(ExternalAccountDraft(external_account=words))
    await Topups(scope).create(TopupDraft(amount=1000, currency="usd"))
    assert isinstance(scope.clock, StandingClock)
    scope.clock.at = datetime(2027, 2, 1, tzinfo=UTC)
    await agenda_of_the_system(HANDLERS, scope).run_group()

    async def died(scope: Scope, entries: Sequence[AgendaEntry]) -> Handled:
        await HANDLERS[AgendaKind.PAYOUT_RUN](scope, entries)
        raise RuntimeError("the process died")

    await agenda_of_the_system({**HANDLERS, AgendaKind.PAYOUT_RUN: died}, scope).run_group()
    assert (await Payout.all().count(), (await Availability(scope).current()).available) == (0, [Amount(1000, "usd")])
    scope.clock.at += timedelta(minutes=1)
    await agenda_of_the_system(HANDLERS, scope).run_group()

    [payout] = await Payout.all()
    assert (payout.amount, payout.automatic) == (1000, True)


async def test_money_that_is_not_committed_yet_is_not_forgotten(scope: Scope) -> None:
    await Topups(scope).create(TopupDraft(amount=1000, currency="usd"))
    assert isinstance(scope.clock, StandingClock)
    scope.clock.at = datetime(2027, 2, 1, tzinfo=UTC)
    await agenda_of_the_system(HANDLERS, scope).run_group()  # told; a day later nothing more is to come
    scope.clock.at = datetime(2027, 2, 2, tzinfo=UTC)
    begun, done = asyncio.Event(), asyncio.Event()

    async def charge() -> None:
        async with transaction():
            await expect_money(scope, [await moved(scope, 50, days=5)])
            begun.set()
            await done.wait()

    charging = asyncio.create_task(charge())
    await begun.wait()
    telling = asyncio.create_task(agenda_of_the_system(HANDLERS, scope).run_group())
    await asyncio.sleep(0.05)
    assert not telling.done()
    done.set()
    await asyncio.gather(charging, telling)

    [entry] = await AgendaEntry.filter(kind=AgendaKind.BALANCE_AVAILABLE)
    assert entry.due_at == NOON + timedelta(days=5)
