"""What the simulation of a platform may agree upon for later: schedules and quotes in which others have a part."""

import random
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, TypeVar

from domain.lifecycles import LIVING, QuoteStatus
from models import Customer, Price, Quote, Subscription, TestClock
from models.base import Owned
from services.quotes import QuoteDraft, QuoteFinalizeDraft, QuoteLineDraft, Quotes
from services.schedules import PhaseDraft, ScheduleDraft, Schedules
from services.scope import Scope
from services.subscriptions import ItemDraft

ROW = TypeVar("ROW", bound=Owned)
Action = Callable[[Scope], Awaitable[Any]]
WEIGHTS = {"plan": 4, "quote": 3, "finalize_quote": 3, "accept_quote": 4}


class PlanActions:
    """One method per verb."""

    dice: random.Random

    async def any_of(self, scope: Scope, model: type[ROW], **where: Any) -> ROW | None:
        """A row of the caller's account."""
        raise NotImplementedError

    def percentages(self, scope: Scope) -> dict[str, Any]:
        """The part of others in what comes of it."""
        raise NotImplementedError

    async def plan(self, scope: Scope) -> Action | None:
        """Two phases that are shared differently, or a schedule around what there is."""
        if self.dice.random() < 0.3:
            row = await self.any_of(scope, Subscription, status__in=LIVING)
            around = None if row is None else ScheduleDraft(from_subscription=row.id)
            return None if around is None else lambda scope: Schedules(scope).create(around)
        customer = await self.any_of(scope, Customer, deleted_at=None)
        price = await self.any_of(scope, Price, currency="usd", interval="week")
        if customer is None or price is None:
            return None
        clock = None if customer.test_clock_id is None else await TestClock.get(id=customer.test_clock_id)
        now = scope.clock.now() if clock is None else clock.frozen_at
        items = (ItemDraft(price=price.id),)
        draft = ScheduleDraft(
            customer=customer.id,
            start_date=self.dice.choice((None, now + timedelta(days=3))),
            phases=(PhaseDraft(items, **self.percentages(scope)), PhaseDraft(items, **self.percentages(scope))),
        )
        return lambda scope: Schedules(scope).create(draft)

    async def quote(self, scope: Scope) -> Action | None:
        """A price is offered to somebody."""
        customer = await self.any_of(scope, Customer, deleted_at=None)
        price = await self.any_of(scope, Price, currency="usd")
        if customer is None or price is None:
            return None
        draft = QuoteDraft(
            customer=customer.id, line_items=(QuoteLineDraft(price=price.id),), **self.percentages(scope)
        )
        return lambda scope: Quotes(scope).create(draft)

    async def finalize_quote(self, scope: Scope) -> Action | None:
        """An offer can be accepted from now on."""
        row = await self.any_of(scope, Quote, status=QuoteStatus.DRAFT)
        return None if row is None else lambda scope: Quotes(scope).finalize(QuoteFinalizeDraft(row.id))

    async def accept_quote(self, scope: Scope) -> Action | None:
        """An offer is accepted."""
        row = await self.any_of(scope, Quote, status=QuoteStatus.OPEN)
        return None if row is None else lambda scope: Quotes(scope).accept(row.id)
