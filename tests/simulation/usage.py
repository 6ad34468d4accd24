"""What the simulation may do with usage: events of any time that is taken, late and taken back ones among them."""

import random
from collections import defaultdict
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

from domain.calculations import Calculation
from domain.kinds import UsageType
from domain.lifecycles import LIVING, InvoiceStatus
from domain.periods import Interval
from domain.pricing import BillingScheme, TiersMode
from domain.subscriptions import BillingMode, ProrationBehavior
from domain.usage import Formula
from models import (
    Customer,
    Invoice,
    InvoiceItem,
    InvoiceLine,
    Meter,
    MeterEvent,
    Price,
    Subscription,
    SubscriptionItem,
    TestClock,
    UsagePeriod,
)
from services.catalog import PriceDraft, Prices, ProductDraft, Recurring
from services.catalog.drafts import TierDraft
from services.scope import Scope
from services.subscriptions import ItemChange, ItemDraft, SubscriptionChange, SubscriptionDraft, Subscriptions
from services.subscriptions.drafts import ThresholdsDraft
from services.usage import AdjustmentDraft, MeterDraft, MeterEvents, Meters
from services.usage.adjustments import Adjustments, Cancel
from services.usage.drafts import Aggregation

Action = Callable[[Scope], Awaitable[Any]]
WEIGHTS = {"use": 18, "take_use_back": 3, "subscribe_to_use": 4, "exchange_use": 4}


class UsageActions:
    """One method per verb."""

    dice: random.Random
    scope: Scope
    clock: str

    async def prepare_usage(self) -> None:
        """A meter that sums up, and prices by it."""
        aggregation = Aggregation(Formula.SUM)
        meter = await Meters(self.scope).create(
            MeterDraft(display_name="Calls", event_name="calls", default_aggregation=aggregation)
        )
        tiers = (TierDraft(up_to=10, unit_amount=30, flat_amount=100), TierDraft(unit_amount=20))
        for interval, terms in (
            (Interval.MONTH, {"unit_amount_decimal": Decimal("7.5")}),
            (Interval.WEEK, {"unit_amount": 12}),
            (
                Interval.MONTH,
                {"billing_scheme": BillingScheme.TIERED, "tiers_mode": TiersMode.GRADUATED, "tiers": tiers},
            ),
        ):
            recurring = Recurring(interval, usage_type=UsageType.METERED, meter=meter.id)
            draft = PriceDraft(currency="usd", recurring=recurring, product_data=ProductDraft(name="Calls"), **terms)
            await Prices(self.scope).create(draft)

    async def use(self) -> Action | None:
        """Some events of customers who are metered, of now or of any time that is still taken."""
        items = await SubscriptionItem.filter(metered_since__isnull=False).order_by("id")
        if not items:
            return None
        now = (await TestClock.get(id=self.clock)).frozen_at
        events = []
        for item in self.dice.choices(items, k=self.dice.choice((1, 3, 10))):
            customer = (await Subscription.get(id=item.subscription_id)).customer_id
            ago = timedelta(days=self.dice.choice((0, 0, 1, 10, 34)), seconds=self.dice.randrange(80_000))
            value = self.dice.choice(("1", "2.5", "0.001", "100", "-3"))
            payload = {"stripe_customer_id": customer, "value": value}
            events.append({"eventName": "calls", "timestamp": int((now - ago).timestamp()), "payload": payload})
        return lambda scope: MeterEvents(scope).create_all(events)

    async def take_use_back(self) -> Action | None:
        """An event that came in lately is taken back."""
        now = (await TestClock.get(id=self.clock)).frozen_at
        lately = now - timedelta(hours=24)
        events = await MeterEvent.filter(created_at__gte=lately, canceled=False).order_by("id")
        if not events:
            return None
        identifier = self.dice.choice(events).id.partition(":")[2]
        draft = AdjustmentDraft(event_name="calls", cancel=Cancel(identifier))
        return lambda scope: Adjustments(scope).create(draft)

    async def subscribe_to_use(self) -> Action | None:
        """Somebody subscribes to something by use, alone or beside something else."""
        customers = await Customer.filter(deleted_at=None).order_by("id")
        if not customers:
            return None
        by_use, fixed = await _prices(metered=True), await _prices(metered=False)
        items = [ItemDraft(price=self.dice.choice(by_use))]
        if self.dice.random() < 0.5:
            items.append(ItemDraft(price=self.dice.choice(fixed)))
        draft = SubscriptionDraft(
            customer=self.dice.choice(customers).id,
            items=tuple(items),
            trial_period_days=self.dice.choice((None, None, 5)),
            billing_mode=self.dice.choice(tuple(BillingMode)),
            billing_thresholds=self.dice.choice((None, ThresholdsDraft(200, self.dice.random() < 0.5))),
        )
        return lambda scope: Subscriptions(scope).create(draft)

    async def exchange_use(self) -> Action | None:
        """An item goes over to use, to another price of it, or is taken off."""
        items = await SubscriptionItem.all().order_by("id")
        if not items:
            return None
        item, price = self.dice.choice(items), self.dice.choice(await _prices(metered=True))
        wanted = self.dice.choice((ItemChange(id=item.id, price=price), ItemChange(id=item.id, deleted=True)))
        behavior = self.dice.choice(tuple(ProrationBehavior))
        change = SubscriptionChange(id=item.subscription_id, items=(wanted,), proration_behavior=behavior)
        return lambda scope: Subscriptions(scope).update(change)


async def _prices(*, metered: bool) -> list[str]:
    rows = await Price.filter(meter_id__isnull=not metered, type="recurring", active=True).order_by("id")
    return [row.id for row in rows if row.custom_unit_amount is None]


async def check_usage() -> None:
    """What was billed is what was counted, and what was counted for good is what was used; times never overlap."""
    periods = await UsagePeriod.all().order_by("subscription_item_id", "customer_id", "period_start", "period_end")
    for earlier, later in pairwise(periods):
        if (earlier.subscription_item_id, earlier.customer_id) == (later.subscription_item_id, later.customer_id):
            assert earlier.period_end <= later.period_start, f"{earlier.id} and {later.id} overlap"
    items = {row.id: row for row in await SubscriptionItem.all()}
    metered = {row.id for row in await Price.filter(meter_id__isnull=False)}
    for item in items.values():
        assert (item.metered_since is not None) == (item.price_id in metered), item.id
    living = {row.id: row.customer_id for row in await Subscription.filter(status__in=LIVING)}
    for row in periods:
        known = items.get(row.subscription_item_id)
        theirs = living.get(row.subscription_id) == row.customer_id
        if known is not None and known.metered_since is not None and theirs:
            assert row.period_end <= known.metered_since, f"{row.id} ends after its item is metered from"
    billed = await _billed(metered)
    counted: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for row in periods:
        counted[row.subscription_item_id, row.price_id] += Decimal(row.counted or 0)
    for key in billed.keys() | counted.keys():
        assert billed[key] == counted[key], f"{key}: {billed[key]} were billed, {counted[key]} counted"
    await _check_closed(periods)


async def _billed(metered: set[str]) -> dict[tuple[str, str], Decimal]:
    """By item and price, the quantities that final invoices ask for, and items that wait."""
    final = {row.id for row in await Invoice.exclude(status=InvoiceStatus.DRAFT)}
    lines: list[InvoiceLine | InvoiceItem] = [
        row for row in await InvoiceLine.filter(invoice_item_id=None) if row.invoice_id in final
    ]
    lines += await InvoiceItem.all()
    billed: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for line in lines:
        if line.price_id in metered and line.subscription_item_id is not None:
            quantity = Calculation.from_json(line.calculation).quantity
            billed[line.subscription_item_id, str(line.price_id)] += Decimal(quantity)
    return billed


async def _check_closed(periods: list[UsagePeriod]) -> None:
    """What is closed was counted to the last event; worked out from the events one by one."""
    meters = {row.id for row in await Meter.filter(formula=Formula.SUM)}
    used: dict[str, list[tuple[datetime, Decimal]]] = defaultdict(list)
    for event in await MeterEvent.filter(canceled=False):
        if event.meter_id in meters:
            used[event.customer_id].append((event.occurred_at, Decimal(event.whole) + Decimal(event.nano) / 10**9))
    for row in periods:
        if row.is_open or (row.counted == "0" and not row.drafted):
            continue
        within = [value for at, value in used[row.customer_id] if row.period_start <= at < row.period_end]
        free = row.counted == "0"
        assert free or Decimal(row.counted or 0) == sum(within, Decimal(0)), f"{row.id} counted {row.counted}"
