"""What the simulation may do with prepaid credit."""

import random
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any, TypeVar

from domain.credit_grants import CreditGrantCategory, CreditPriceType
from domain.lifecycles import CreditGrantStatus
from models import CreditGrant, Customer, TestClock
from services.credit_grants import CreditGrantChange, CreditGrantDraft, CreditGrants
from services.credit_grants.drafts import ApplicabilityDraft, CreditAmountDraft, CreditScopeDraft, MonetaryDraft
from services.scope import Scope

ROW = TypeVar("ROW")
Action = Callable[[Scope], Awaitable[Any]]
WEIGHTS = {"grant": 8, "expire_grant": 1, "void_grant": 2, "change_grant": 2}


class CreditGrantActions:
    """One method per verb."""

    dice: random.Random
    scope: Scope
    clock: str
    prices: list[str]

    async def grant(self) -> Action | None:
        """Somebody is granted credit, for some prices or metered ones, perhaps for a while."""
        customer = self._one(await Customer.filter(deleted_at=None).order_by("id"))
        if customer is None:
            return None
        named = tuple(self.dice.sample(self.prices, self.dice.randint(1, len(self.prices))))
        metered = self.dice.random() < 0.2
        scope = CreditScopeDraft(price_type=CreditPriceType.METERED) if metered else CreditScopeDraft(prices=named)
        money = MonetaryDraft(value=self.dice.choice((1, 700, 5_000, 40_000)), currency="usd")
        now = (await TestClock.get(id=self.clock)).frozen_at
        draft = CreditGrantDraft(
            customer=customer.id,
            amount=CreditAmountDraft(monetary=money),
            applicability_config=ApplicabilityDraft(scope=scope),
            category=self.dice.choice(tuple(CreditGrantCategory)),
            effective_at=now + timedelta(days=self.dice.choice((0, 0, 20))),
            expires_at=self.dice.choice((None, now + timedelta(days=self.dice.randint(21, 60)))),
            priority=self.dice.choice((0, 50, 50)),
        )
        return lambda scope: CreditGrants(scope).create(draft)

    async def expire_grant(self) -> Action | None:
        """Credit expires before its time."""
        row = self._one(await self._standing())
        return None if row is None else lambda scope: CreditGrants(scope).expire(row.id)

    async def void_grant(self) -> Action | None:
        """Credit is taken back, if nothing of it was used."""
        row = self._one(await self._standing())
        return None if row is None else lambda scope: CreditGrants(scope).void(row.id)

    async def change_grant(self) -> Action | None:
        """Credit expires at another time, or never."""
        row = self._one(await self._standing())
        if row is None:
            return None
        now = (await TestClock.get(id=self.clock)).frozen_at
        ends = self.dice.choice((None, now + timedelta(days=self.dice.randint(1, 60))))
        return lambda scope: CreditGrants(scope).update(CreditGrantChange(id=row.id, expires_at=ends))

    async def _standing(self) -> list[CreditGrant]:
        return await CreditGrant.filter(status=CreditGrantStatus.GRANTED).order_by("id")

    def _one(self, rows: Sequence[ROW]) -> ROW | None:
        return self.dice.choice(rows) if rows else None
