"""What the simulation may do item by item, and with billing modes; and what holds of changes that wait."""

import random
from collections.abc import Awaitable, Callable
from typing import Any

from domain.drafts import UNSET
from domain.lifecycles import LIVING, InvoiceStatus, SubscriptionStatus
from domain.subscriptions import BillingMode, PaymentBehavior, ProrationBehavior
from models import AgendaEntry, Invoice, Subscription, SubscriptionItem
from services.scope import Scope
from services.subscriptions import (
    BillingModeDraft,
    ItemAddition,
    ItemRemoval,
    ItemUpdate,
    MigrationDraft,
    SubscriptionItems,
    Subscriptions,
)

Action = Callable[[Scope], Awaitable[Any]]
WEIGHTS = {"add_item": 4, "change_item": 8, "remove_item": 3, "migrate": 2}
_WAITING = (InvoiceStatus.OPEN, InvoiceStatus.UNCOLLECTIBLE)


class SingleItemActions:
    """One method per verb."""

    dice: random.Random
    prices: list[str]

    def _ways(self) -> dict[str, Any]:
        return {
            "proration_behavior": self.dice.choice((ProrationBehavior.ALWAYS_INVOICE, *ProrationBehavior)),
            "payment_behavior": self.dice.choice((PaymentBehavior.PENDING_IF_INCOMPLETE, *PaymentBehavior)),
        }

    async def add_item(self) -> Action | None:
        """A price comes onto a subscription."""
        rows = await Subscription.all().order_by("id")
        if not rows:
            return None
        draft = ItemAddition(self.dice.choice(rows).id, self.dice.choice(self.prices), **self._ways())
        return lambda scope: SubscriptionItems(scope).create(draft)

    async def change_item(self) -> Action | None:
        """Price or quantity of an item changes."""
        items = await SubscriptionItem.all().order_by("id")
        if not items:
            return None
        price, quantity = self.dice.choice((None, *self.prices)), self.dice.choice((UNSET, 0, 2, 7))
        draft = ItemUpdate(self.dice.choice(items).id, price, quantity=quantity, **self._ways())
        return lambda scope: SubscriptionItems(scope).update(draft)

    async def remove_item(self) -> Action | None:
        """An item goes."""
        items = await SubscriptionItem.all().order_by("id")
        if not items:
            return None
        draft = ItemRemoval(self.dice.choice(items).id, **self._ways())
        return lambda scope: SubscriptionItems(scope).delete(draft)

    async def migrate(self) -> Action | None:
        """A subscription follows other rules from now on."""
        rows = await Subscription.all().order_by("id")
        if not rows:
            return None
        draft = MigrationDraft(self.dice.choice(rows).id, BillingModeDraft(BillingMode.FLEXIBLE))
        return lambda scope: Subscriptions(scope).migrate(draft)


async def check_pending_updates() -> None:
    """A change that waits has an unpaid invoice and an end on the agenda, and its subscription runs."""
    ends = {entry.subject_id for entry in await AgendaEntry.filter(kind="subscription.update_expire")}
    unpaid = {invoice.id for invoice in await Invoice.filter(status__in=_WAITING)}
    for subscription in await Subscription.all():
        waits = subscription.pending_update is not None
        assert waits == (subscription.pending_invoice_id is not None) == (subscription.id in ends), subscription.id
        if waits:
            assert subscription.pending_invoice_id in unpaid, subscription.id
            assert subscription.status in LIVING, subscription.id
            assert subscription.status != SubscriptionStatus.PAUSED, subscription.id
