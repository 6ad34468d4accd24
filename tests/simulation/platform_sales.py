"""What the simulation of a platform may do to be paid: charges of every type, at once and by subscription."""

import random
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any, TypeVar

from domain.drafts import UNSET
from domain.kinds import CaptureMethod
from domain.lifecycles import PaymentIntentStatus
from domain.sharing import Share
from gateways.sandbox import ScriptedOutcome
from models import Customer, PaymentIntent, PaymentMethod, Price, Subscription
from models.base import Owned
from services.payment_methods import SandboxScripts
from services.payments import NewPaymentIntent, PaymentIntents
from services.scope import Scope
from services.subscriptions import CancellationDraft, ItemDraft, SubscriptionChange, SubscriptionDraft, Subscriptions

ROW = TypeVar("ROW", bound=Owned)
Action = Callable[[Scope], Awaitable[Any]]
WEIGHTS = {
    "pay": 24, "decline": 5, "capture": 8, "release": 1, "subscribe": 10, "share_otherwise": 4, "unsubscribe": 1,
}  # fmt: skip


class SaleActions:
    """One method per verb."""

    dice: random.Random
    trespasses: bool

    async def any_of(self, scope: Scope, model: type[ROW], **where: Any) -> ROW | None:
        """A row of the caller's account."""
        raise NotImplementedError

    def account(self) -> str:
        """One of the connected accounts."""
        raise NotImplementedError

    async def pay(self, scope: Scope) -> Action | None:
        """Somebody pays once, at once or to be captured later."""
        method = await self.any_of(scope, PaymentMethod, detached_at=None)
        if method is None:
            return None
        amount = self.dice.choice((100, 333, 1000, 4999, 12345))
        draft = NewPaymentIntent(
            amount=amount,
            currency=self.dice.choice(("usd", "usd", "usd", "eur", "jpy")),
            customer=method.customer_id,
            payment_method=method.id,
            capture_method=self.dice.choice((CaptureMethod.AUTOMATIC, CaptureMethod.AUTOMATIC, CaptureMethod.MANUAL)),
            transfer_group=self.dice.choice((None, "ORDER")),
            confirm=True,
            **self._parts(scope, amount),
        )
        return lambda scope: PaymentIntents(scope).create(draft)

    async def decline(self, scope: Scope) -> Action | None:
        """A card's next charges are declined, so that invoices stay open."""
        row = await self.any_of(scope, PaymentMethod, detached_at=None)
        outcomes = [ScriptedOutcome.INSUFFICIENT_FUNDS] * self.dice.choice((1, 3))
        return None if row is None else lambda scope: SandboxScripts(scope).write(row.id, outcomes)

    async def capture(self, scope: Scope) -> Action | None:
        """All or part of what is held is taken, with a new fee or the old one; sometimes more than there is."""
        row = await self.any_of(scope, PaymentIntent, status=PaymentIntentStatus.REQUIRES_CAPTURE)
        if row is None:
            return None
        amount = self.dice.choice((None, row.amount // 3 or 1, row.amount // 2 or 1, row.amount + 1))
        fee = self.dice.choice((None, None, 0, 40, row.amount))
        return lambda scope: PaymentIntents(scope).capture(row.id, amount=amount, application_fee_amount=fee)

    async def release(self, scope: Scope) -> Action | None:
        """What is held is let go."""
        row = await self.any_of(scope, PaymentIntent, status=PaymentIntentStatus.REQUIRES_CAPTURE)
        return None if row is None else lambda scope: PaymentIntents(scope).cancel(row.id)

    async def subscribe(self, scope: Scope) -> Action | None:
        """Somebody pays again and again, and others have a part in it."""
        customer = await self.any_of(scope, Customer, deleted_at=None)
        price = await self.any_of(scope, Price)
        if customer is None or price is None:
            return None
        draft = SubscriptionDraft(
            customer=customer.id,
            items=(ItemDraft(price=price.id, quantity=self.dice.choice((1, 3))),),
            trial_period_days=self.dice.choice((None, None, None, 3)),
            **self.percentages(scope),
        )
        return lambda scope: Subscriptions(scope).create(draft)

    async def share_otherwise(self, scope: Scope) -> Action | None:
        """Later invoices of a subscription are shared otherwise, or not any more."""
        row = await self.any_of(scope, Subscription)
        if row is None:
            return None
        self.refrain(scope, row)
        parts = {"application_fee_percent": None, "transfer_data": (), "on_behalf_of": None} | self.percentages(scope)
        kept: dict[str, Any] = {name: value if self.dice.random() < 0.8 else UNSET for name, value in parts.items()}
        return lambda scope: Subscriptions(scope).update(SubscriptionChange(id=row.id, **kept))

    async def unsubscribe(self, scope: Scope) -> Action | None:
        """A subscription ends now."""
        row = await self.any_of(scope, Subscription)
        if row is None:
            return None
        self.refrain(scope, row)
        draft = CancellationDraft(row.id, prorate=True, invoice_now=self.dice.random() < 0.5)
        return lambda scope: Subscriptions(scope).cancel(draft)

    def refrain(self, scope: Scope, row: Subscription) -> None:
        """Note that a platform has no right to what its account made by itself."""
        if scope.application_id not in {None, row.application_id}:
            self.trespasses = True

    def _parts(self, scope: Scope, amount: int) -> dict[str, Any]:
        """The part of others in one payment; some of it cannot be."""
        if scope.account_id != scope.platform_id:
            return {"application_fee_amount": self.dice.choice((None, 0, 17, amount // 10, amount, amount + 1))}
        one, other = self.account(), self.account()
        shares = self.dice.choice(
            (
                *[()] * 3,
                *[(Share(destination=one),)] * 4,
                (Share(destination=one, amount=amount // 3),),
                (Share(destination=one, amount_percent=Decimal("33.33")),),
                (Share(destination=one, amount=amount // 4), Share(destination=other, amount_percent=Decimal("12.5"))),
                (Share(destination=one, amount_percent=Decimal("49.99")), Share(destination=other)),
                (Share(destination=one, amount=amount), Share(destination=other, amount=1)),
            )
        )
        whole = len(shares) == 1 and shares[0].is_whole
        fees = (None, 0, amount // 7, amount) if whole else (None,) * 9 + (5,)
        return {
            "transfer_data": shares,
            "application_fee_amount": self.dice.choice(fees),
            "on_behalf_of": self.dice.choice((None, None, one)),
        }

    def percentages(self, scope: Scope) -> dict[str, Any]:
        """The part of others in all payments of a subscription; some of it cannot be."""
        percents = (None, Decimal(0), Decimal("2.5"), Decimal("33.33"), Decimal(100))
        if scope.account_id != scope.platform_id:
            return {"application_fee_percent": self.dice.choice(percents)}
        one, other = self.account(), self.account()
        shares = self.dice.choice(
            (
                (),
                *[(Share(destination=one),)] * 3,
                (Share(destination=one, amount_percent=Decimal("66.67")),),
                (Share(destination=one, amount_percent=Decimal("12.34")), Share(destination=other)),
                (Share(destination=one, amount=300), Share(destination=other, amount_percent=Decimal(50))),
            )
        )
        whole = len(shares) == 1 and shares[0].is_whole
        return {
            "transfer_data": shares,
            "application_fee_percent": self.dice.choice(percents if whole else (None,) * 9 + (Decimal(1),)),
            "on_behalf_of": self.dice.choice((None, None, one)),
        }
