"""A price migration whose workers are killed, or one of whose members cannot be moved, moves each subscription once."""

import asyncio
import random
from collections import Counter
from datetime import timedelta
from pathlib import Path

from domain.event_types import EventType
from domain.lifecycles import ChargeStatus, InvoiceStatus, PriceMigrationStatus
from domain.periods import Interval
from domain.plan_changes import ChangeBehavior
from models import (
    AgendaEntry,
    Charge,
    Event,
    Invoice,
    InvoiceItem,
    PriceMigration,
    PriceMigrationMember,
    SubscriptionItem,
)
from prorata.clock import SYSTEM_CLOCK
from services import reactions
from services.balances import books_balance
from services.catalog import PriceDraft, Prices, ProductDraft, Recurring
from services.price_migrations import MigrationDraft, PriceMigrations
from services.scope import Scope
from tests.features.scopes import NOON, StandingClock, founded_scope
from tests.scenarios.test_crash import multiplied, subscribed, worker
from tests.scenarios.test_poisoned_group import worked

MANY = 1_150
"""More than are enrolled together."""
HALF = NOON + timedelta(days=14)


async def new_price(scope: Scope) -> str:
    """A price of 40.00 USD a month."""
    draft = PriceDraft(
        product_data=ProductDraft(name="Pro"), currency="usd", unit_amount=4000, recurring=Recurring(Interval.MONTH)
    )
    return (await Prices(scope).create(draft)).id


async def begun(scope: Scope, count: int, behavior: ChangeBehavior) -> str:
    """The id of the price to which a migration of so many subscriptions was begun."""
    subscription = await subscribed(scope)
    await multiplied(subscription, count - 1)
    [item] = await SubscriptionItem.filter(subscription_id=subscription.id)
    price = await new_price(scope)
    await PriceMigrations(scope).create(MigrationDraft(item.price_id, price, behavior))
    return price


async def moved() -> int:
    """How many subscriptions have been moved."""
    return (await PriceMigration.get()).subscriptions_migrated


async def killed_at(url: str, folder: Path, done: int) -> None:
    """Let a worker go on until so many are moved, and kill it."""
    async with worker(url, folder) as process:
        while await moved() < done:
            assert process.returncode is None, "the worker ended by itself"
            await asyncio.sleep(0.002)


async def finished(url: str, folder: Path) -> None:
    """Let a last worker carry out what is left."""
    async with worker(url, folder) as process:
        while (await PriceMigration.get()).status == PriceMigrationStatus.RUNNING or await Charge.filter(
            status=ChargeStatus.PENDING
        ).exists():
            assert process.returncode is None, "the worker ended by itself"
            await asyncio.sleep(0.05)


async def test_kills_at_random_moments_move_and_charge_each_once(database: str, tmp_path: Path) -> None:
    reactions.connect()
    clock = StandingClock(SYSTEM_CLOCK.now() - timedelta(days=14))
    scope = await founded_scope(clock)
    subscription_price = await begun(scope, MANY, ChangeBehavior.CHARGE_NOW)
    chance = random.Random(database.partition(":")[0])

    for span in (range(1, MANY // 3), range(MANY // 3, 2 * MANY // 3), range(2 * MANY // 3, MANY)):
        await killed_at(database, tmp_path, chance.choice(span))
    await finished(database, tmp_path)

    migration = await PriceMigration.get()
    counts = (migration.subscriptions_found, migration.subscriptions_migrated, migration.subscriptions_skipped)
    assert counts == (MANY, MANY, 0)
    assert await SubscriptionItem.filter(price_id=subscription_price).count() == MANY
    assert await PriceMigrationMember.filter(status="migrated").count() == MANY
    assert await InvoiceItem.all().count() == 2 * MANY
    updates = await Invoice.filter(billing_reason="subscription_update")
    assert Counter(each.status for each in updates) == {InvoiceStatus.PAID: MANY}
    assert len({each.subscription_id for each in updates}) == MANY
    charges = Counter([each.invoice_id for each in await Charge.filter(status=ChargeStatus.SUCCEEDED)])
    assert {charges[each.id] for each in updates} == {1}
    assert (await books_balance("usd")).balanced
    told = Counter([event.type for event in await Event.all()])
    assert told[EventType.INVOICEITEM_CREATED] == 2 * MANY


async def test_a_member_that_cannot_be_moved_holds_up_no_other(database: str) -> None:
    reactions.connect()
    clock = StandingClock()
    scope = await founded_scope(clock)
    price = await begun(scope, 40, ChangeBehavior.PRORATE)
    bad = await SubscriptionItem.all().order_by("-id").first()
    assert bad is not None
    await SubscriptionItem.filter(id=bad.id).update(invoiced_price_id=price)  # without a quantity: our own mistake

    clock.at = HALF
    await worked(scope)

    assert await SubscriptionItem.filter(price_id=price).count() == 39
    migration = await PriceMigration.get()
    assert (migration.status, migration.subscriptions_migrated) == (PriceMigrationStatus.RUNNING, 39)
    [entry] = await AgendaEntry.filter(kind="price_migration.move")
    assert entry.attempts == 1 and entry.last_error is not None

    await SubscriptionItem.filter(id=bad.id).update(invoiced_price_id=None)
    clock.at = entry.due_at
    await worked(scope)

    migration = await PriceMigration.get()
    assert (migration.status, migration.subscriptions_migrated) == (PriceMigrationStatus.COMPLETED, 40)
    # 15.00 and 40.00 a month: half of each for all of them, but for the one that came half a minute later.
    amounts = Counter([item.amount for item in await InvoiceItem.all()])
    assert amounts.total() == 80
