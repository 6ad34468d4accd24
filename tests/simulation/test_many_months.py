"""Ten thousand subscription-months on one clock: many customers, a few random calls a month, and all that time causes.

A failure names its seed and step; PRORATA_TEST_SEED repeats it.
"""

import os
import random
from collections import deque
from datetime import UTC, datetime, timedelta

import pytest

from domain.errors import DomainError
from models import Price, Subscription, TestClock
from prorata.database import connected
from services.clocks import ClockAdvanceDraft, ClockDraft, Clocks
from services.customers import CustomerDraft, InvoiceSettingsChange
from services.customers.signup import SignUp
from services.reactions import connect
from services.subscriptions import ItemDraft, SubscriptionDraft, Subscriptions
from tests.features.scopes import founded_scope
from tests.simulation.actions import Actions
from tests.simulation.invariants import check_all

SUBSCRIPTION_MONTHS = 10_000
CUSTOMERS = 300
CALLS_A_MONTH = 12
"""Enough to meet every state, few enough that most customers just pay."""
CHECKED_EVERY = 20
MONTH = timedelta(days=365.25 / 12)
SEED = int(os.environ.get("PRORATA_TEST_SEED", "2027"))


async def months_lived() -> float:
    """What all subscriptions have lasted so far, ended ones until their end."""
    now = (await TestClock.get()).frozen_at
    spans = [(each.ended_at or now) - each.start_date for each in await Subscription.all()]
    return sum(spans, timedelta()) / MONTH


async def populate(actions: Actions) -> None:
    """Customers with a card that mostly works, each with a subscription; what is billed weekly comes by the calls."""
    monthly = [
        price.id for price in await Price.filter(interval="month", usage_type="licensed").order_by("id")
    ] or actions.prices
    card = InvoiceSettingsChange(default_payment_method="pm_card_visa")
    for _ in range(CUSTOMERS):
        draft = CustomerDraft(test_clock=actions.clock, payment_method="pm_card_visa", invoice_settings=card)
        customer = (await SignUp(actions.scope).create(draft)).customer
        item = ItemDraft(price=actions.dice.choice(monthly), quantity=actions.dice.choice((1, 1, 2)))
        await Subscriptions(actions.scope).create(SubscriptionDraft(customer=customer.id, items=(item,)))


async def one_month(actions: Actions, done: deque[str]) -> None:
    """A few calls, then the clock moves on; a call may be refused, and whatever it does must hold."""
    for _ in range(CALLS_A_MONTH):
        name, action = await actions.draw()
        if action is None or name == "advance":
            continue
        done.append(name)
        try:
            await action(actions.scope)
        except DomainError as refusal:
            done[-1] += f" refused: {refusal}"
    clock = await TestClock.get(id=actions.clock)
    later = clock.frozen_at + timedelta(days=actions.dice.randint(25, 36), seconds=actions.dice.randrange(86_400))
    await Clocks(actions.scope).advance(ClockAdvanceDraft(actions.clock, later, wait=True))


@pytest.mark.slow
async def test_ten_thousand_subscription_months_hold(sqlite_url: str) -> None:
    connect()
    async with connected(sqlite_url):
        scope = await founded_scope()
        clock = await Clocks(scope).create(ClockDraft(datetime(2027, 1, 31, 10, tzinfo=UTC)))
        actions, done = Actions(random.Random(SEED), scope, clock.id), deque[str](maxlen=60)
        await actions.prepare()
        await populate(actions)
        for step in range(1, 200):
            try:
                await one_month(actions, done)
                lived = await months_lived()
                if step % CHECKED_EVERY == 0 or lived >= SUBSCRIPTION_MONTHS:
                    await check_all()
            except Exception as broken:
                raise AssertionError(f"seed {SEED}, step {step}, after {list(done)}") from broken
            if lived >= SUBSCRIPTION_MONTHS:
                return
    raise AssertionError(f"seed {SEED}: only {lived:.0f} subscription-months came about")
