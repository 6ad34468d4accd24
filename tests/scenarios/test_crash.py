"""A worker that is killed while it renews subscriptions loses nothing and doubles nothing.

The stored subscriptions ended their first period two weeks ago, by the system's clock. Workers renew them in groups
of 50, are killed with SIGKILL at chosen amounts of progress, and a last one finishes what is left.
"""

import asyncio
import random
from asyncio.subprocess import DEVNULL, Process
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from domain.event_types import EventType
from domain.ids import IdMint, Prefix
from domain.lifecycles import ChargeStatus, InvoiceStatus, SubscriptionStatus
from domain.periods import Interval
from models import (
    AgendaEntry,
    Charge,
    Customer,
    Event,
    Invoice,
    PaymentIntent,
    PaymentMethod,
    Subscription,
    SubscriptionItem,
)
from prorata.clock import SYSTEM_CLOCK
from prorata.launching import command_line
from services import reactions
from services.balances import books_balance
from services.catalog import PriceDraft, Prices, ProductDraft, Recurring
from services.customers import CustomerDraft, Customers
from services.payment_methods import PaymentMethods
from services.rows import insert_rows
from services.scope import Scope
from services.settings import Settings, SettingsChange
from services.subscriptions import ItemDraft, SubscriptionDraft, Subscriptions
from tests.features.scopes import StandingClock, founded_scope

MANY = 1_000
FEW = 150
_IDS = IdMint(SYSTEM_CLOCK.ticks)


async def subscribed(scope: Scope) -> Subscription:
    """A subscription over 15.00 USD a month with a card, made at the scope's time; its first invoice is paid."""
    product = ProductDraft(name="Basic")
    month = Recurring(Interval.MONTH)
    price = await Prices(scope).create(
        PriceDraft(product_data=product, currency="usd", unit_amount=1500, recurring=month)
    )
    customer = (await Customers(scope).create(CustomerDraft())).customer
    card = await PaymentMethods(scope).attach("pm_card_visa", customer.id)
    draft = SubscriptionDraft(customer=customer.id, items=(ItemDraft(price.id),), default_payment_method=card.id)
    subscription = (await Subscriptions(scope).create(draft)).value
    assert subscription is not None and subscription.status == SubscriptionStatus.ACTIVE
    return subscription


async def multiplied(subscription: Subscription, count: int) -> None:
    """So many subscriptions more like this one, each with its own customer, card and agenda entry."""
    customer = await Customer.get(id=subscription.customer_id)
    card = await PaymentMethod.get(id=subscription.default_payment_method_id)
    item = await SubscriptionItem.get(subscription_id=subscription.id)
    entry = await AgendaEntry.get(subject_id=subscription.id, kind="subscription.renew")
    copies: list[list[Any]] = [[], [], [], [], []]
    for number in range(count):
        payer = customer.clone(pk=_IDS.new(Prefix.CUSTOMER))
        payer.invoice_prefix = f"COPY{number}"
        method = card.clone(pk=_IDS.new(Prefix.PAYMENT_METHOD))
        method.customer_id = payer.id
        made = subscription.clone(pk=_IDS.new(Prefix.SUBSCRIPTION))
        made.customer_id, made.default_payment_method_id = payer.id, method.id
        part = item.clone(pk=_IDS.new(Prefix.SUBSCRIPTION_ITEM))
        part.subscription_id = made.id
        due = entry.clone(pk=_IDS.new(Prefix.AGENDA_ENTRY))
        due.subject_id = made.id
        for rows, row in zip(copies, (payer, method, made, part, due), strict=True):
            rows.append(row)
    for rows in copies:
        await insert_rows(rows)


async def prepared(count: int) -> None:
    """So many subscriptions whose first period ended lately; drafts of renewals are finalized at once."""
    reactions.connect()
    clock = StandingClock(SYSTEM_CLOCK.now() - timedelta(days=45))
    scope = await founded_scope(clock)
    await Settings(scope).update(SettingsChange(invoice_finalization_delay=0))
    await multiplied(await subscribed(scope), count - 1)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the renewals are: invoices drafted, charges in the gateway's hands, invoices paid."""

    drafted: int
    pending: int
    paid: int


async def progress() -> Progress:
    return Progress(
        drafted=await Invoice.filter(cycle=1).count(),
        pending=await Charge.filter(status=ChargeStatus.PENDING).count(),
        paid=await Invoice.filter(cycle=1, status=InvoiceStatus.PAID).count(),
    )


@asynccontextmanager
async def worker(url: str, folder: Path) -> AsyncIterator[Process]:
    """A worker process, which is killed at the end of the block whatever it does."""
    settings = {
        "PRORATA_DATABASE_URL": url,
        "PRORATA_SECRET_KEY": "x" * 32,
        "PRORATA_ATTEMPT_GRACE_SECONDS": "1",
        "PRORATA_GROUP_SIZE": "50",
    }
    process = await asyncio.create_subprocess_exec(*command_line("worker"), env=settings, cwd=folder, stdout=DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        await process.wait()


async def crash_at(url: str, folder: Path, *, done: int) -> Progress:
    """Let a worker go on until so many invoices were drafted or paid, and kill it; what it then left behind."""
    async with worker(url, folder) as process:
        while (now := await progress()).drafted + now.paid < done:
            assert process.returncode is None, "the worker ended by itself"
            await asyncio.sleep(0.002)
    return await progress()


async def crash_in_flight(url: str, folder: Path, count: int) -> Progress:
    """Kill workers as soon as a charge is seen in the gateway's hands, until one leaves some there."""
    left = await progress()
    while not left.pending and left.paid < count:
        async with worker(url, folder) as process:
            while not (left := await progress()).pending and left.paid < count:
                assert process.returncode is None, "the worker ended by itself"
                await asyncio.sleep(0)
        left = await progress()
    return left


async def finish(url: str, folder: Path, count: int) -> None:
    """Let a last worker carry out what is left."""
    async with worker(url, folder) as process:
        while (now := await progress()).paid < count or now.pending:
            assert process.returncode is None, "the worker ended by itself"
            await asyncio.sleep(0.05)


async def assert_each_was_renewed_once(count: int) -> None:
    """One new invoice, one succeeded charge and one event of each kind per subscription; the books balance."""
    renewals = await Invoice.filter(cycle=1)
    assert Counter(invoice.status for invoice in renewals) == {InvoiceStatus.PAID: count}
    assert len({invoice.subscription_id for invoice in renewals}) == count
    assert await Invoice.filter(cycle__gt=1).count() == 0
    charges = Counter([charge.invoice_id for charge in await Charge.filter(status=ChargeStatus.SUCCEEDED)])
    assert {charges[invoice.id] for invoice in renewals} == {1}
    # The first invoice of the first subscription was charged before, and nothing else ever.
    assert await Charge.all().count() == await PaymentIntent.all().count() == count + 1
    assert await Subscription.filter(status=SubscriptionStatus.ACTIVE, cycle=1).count() == count
    books = await books_balance("usd")
    assert (books.balanced, books.money_in) == (True, 1500 * (count + 1))
    told = Counter([event.type for event in await Event.all()])
    assert told[EventType.INVOICE_PAID] == told[EventType.CHARGE_SUCCEEDED] == count + 1
    sequences = sorted([event.sequence for event in await Event.all()])
    assert sequences == list(range(1, len(sequences) + 1))
    assert await AgendaEntry.filter(due_at__lte=SYSTEM_CLOCK.now()).count() == 0


async def test_kills_at_random_moments_of_a_thousand_renewals_double_nothing(database: str, tmp_path: Path) -> None:
    await prepared(MANY)
    chance = random.Random(database.partition(":")[0])
    # One kill while invoices are drafted, two while they are collected.
    for span in (range(1, MANY), range(MANY + 1, 3 * MANY // 2), range(3 * MANY // 2, 2 * MANY)):
        await crash_at(database, tmp_path, done=chance.choice(span))
    await finish(database, tmp_path, MANY)
    await assert_each_was_renewed_once(MANY)


async def test_a_kill_with_charges_in_flight_charges_once(database: str, tmp_path: Path) -> None:
    await prepared(FEW)
    left = await crash_in_flight(database, tmp_path, FEW)
    assert left.pending > 0
    await finish(database, tmp_path, FEW)
    await assert_each_was_renewed_once(FEW)
