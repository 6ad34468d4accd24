"""What the simulation may do with whole subscriptions: pause them, hand them over, change them by rule."""

import random
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

from domain.agenda import AgendaKind
from domain.drafts import UNSET
from domain.lifecycles import PriceMigrationStatus
from domain.pausing import PauseInvoicing, ResumptionAnchor, ResumptionPayment, UnusedTime
from domain.plan_changes import ChangeBehavior
from domain.price_migrations import MemberStatus
from domain.subscriptions import ProrationBehavior
from models import AgendaEntry, Customer, PriceMigration, PriceMigrationMember, Subscription, SubscriptionItem
from services.price_migrations import MigrationDraft, PriceMigrations
from services.scope import Scope
from services.settings import Settings, SettingsChange
from services.subscriptions import (
    BillForDraft,
    ItemChange,
    PauseDraft,
    ResumptionDraft,
    SubscriptionChange,
    Subscriptions,
    TransferDraft,
)

Action = Callable[[Scope], Awaitable[Any]]
WEIGHTS = {
    "resume": 8, "suspend": 5, "hand_over": 5, "rule": 2, "exchange_by_rule": 6, "take_back": 1,
    "migrate": 4, "stop_migrating": 1,
}  # fmt: skip


class MoveActions:
    """One method per verb."""

    dice: random.Random
    scope: Scope
    clock: str
    prices: list[str]

    async def resume(self) -> Action | None:
        """What was paused goes on, in some way."""
        rows = await Subscription.filter(status="paused").order_by("id")
        if not rows:
            return None
        draft = ResumptionDraft(
            self.dice.choice(rows).id,
            billing_cycle_anchor=self.dice.choice(tuple(ResumptionAnchor)),
            proration_behavior=self.dice.choice(tuple(ProrationBehavior)),
            payment_behavior=self.dice.choice(tuple(ResumptionPayment)),
        )
        return lambda scope: Subscriptions(scope).resume(draft)

    async def suspend(self) -> Action | None:
        """A subscription is paused."""
        rows = await Subscription.filter(status__in=("active", "past_due", "unpaid")).order_by("id")
        if not rows:
            return None
        since = self.dice.choice(tuple(UnusedTime))
        invoicing = self.dice.choice(tuple(PauseInvoicing))
        draft = PauseDraft(self.dice.choice(rows).id, invoicing, BillForDraft(since))
        return lambda scope: Subscriptions(scope).pause(draft)

    async def hand_over(self) -> Action | None:
        """A subscription goes to another customer."""
        rows, customers = await Subscription.all().order_by("id"), await Customer.all().order_by("id")
        if not rows or not customers:
            return None
        method = self.dice.choice((None, "pm_card_visa"))
        draft = TransferDraft(self.dice.choice(rows).id, self.dice.choice(customers).id, method)
        return lambda scope: Subscriptions(scope).transfer(draft)

    async def rule(self) -> Action:
        """The seller changes their mind about upgrades and downgrades."""
        change = SettingsChange(
            upgrade_behavior=self.dice.choice(tuple(ChangeBehavior)),
            downgrade_behavior=self.dice.choice(tuple(ChangeBehavior)),
        )
        return lambda scope: Settings(scope).update(change)

    async def exchange_by_rule(self) -> Action | None:
        """An item changes, comes or goes as the rules say."""
        items = await SubscriptionItem.all().order_by("id")
        if not items:
            return None
        item, price = self.dice.choice(items), self.dice.choice(self.prices)
        quantity = self.dice.choice((UNSET, 0, 2))
        wanted = self.dice.choice(
            (
                ItemChange(id=item.id, price=price, quantity=quantity),
                ItemChange(price=price),
                ItemChange(id=item.id, deleted=True),
            )
        )
        change = SubscriptionChange(id=item.subscription_id, items=(wanted,))
        return lambda scope: Subscriptions(scope).update(change, by_rule=True)

    async def take_back(self) -> Action | None:
        """What waits for the end of the period does so no more."""
        rows = await Subscription.exclude(scheduled_change=None).order_by("id")
        row = self.dice.choice(rows) if rows else None
        return None if row is None else lambda scope: Subscriptions(scope).take_back(row.id)

    async def migrate(self) -> Action:
        """All subscribers of one price are to move to another."""
        old, new = self.dice.sample(self.prices, 2)
        draft = MigrationDraft(old, new, self.dice.choice(tuple(ChangeBehavior)))
        return lambda scope: PriceMigrations(scope).create(draft)

    async def stop_migrating(self) -> Action | None:
        """A migration is given up."""
        rows = await PriceMigration.all().order_by("id")
        row = self.dice.choice(rows) if rows else None
        return None if row is None else lambda scope: PriceMigrations(scope).cancel(row.id)


async def check_migrations() -> None:
    """Each counts its members, and runs as long as one of them waits for its turn."""
    entries = {each.subject_id for each in await AgendaEntry.filter(kind=AgendaKind.PRICE_MIGRATION_MOVE)}
    for migration in await PriceMigration.all():
        members = await PriceMigrationMember.filter(migration_id=migration.id)
        counts = Counter(member.status for member in members)
        reasons = Counter(member.reason for member in members if member.reason is not None)
        assert migration.subscriptions_found == len(members), migration.id
        assert migration.subscriptions_migrated == counts[MemberStatus.MIGRATED], migration.id
        assert migration.subscriptions_skipped == counts[MemberStatus.SKIPPED], migration.id
        assert migration.skips == dict(reasons), migration.id
        if migration.status != PriceMigrationStatus.CANCELED:
            running = migration.status == PriceMigrationStatus.RUNNING
            assert running == (counts[MemberStatus.PENDING] > 0), migration.id
            waiting = {member.id for member in members if member.status == MemberStatus.PENDING}
            assert waiting <= entries, migration.id
