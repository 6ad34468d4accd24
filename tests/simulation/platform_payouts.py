"""What the simulation of a platform may do with money that leaves an account, or is called in."""

import random
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from domain.ids import Prefix
from models import ExternalAccount, Payout, TestClock
from models.base import Owned
from services.payouts import PayoutDraft, Payouts, TopupDraft, Topups
from services.rows import insert_rows
from services.scope import Scope

ROW = TypeVar("ROW", bound=Owned)
Action = Callable[[Scope], Awaitable[Any]]
WEIGHTS = {"pay_out": 6, "cancel_payout": 2, "top_up": 2}


class LeavingActions:
    """One method per verb."""

    dice: random.Random

    async def any_of(self, scope: Scope, model: type[ROW], **where: Any) -> ROW | None:
        """A row of the caller's account."""
        raise NotImplementedError

    async def open_banks(self, scope: Scope) -> None:
        """A bank account in each currency. The platform's payouts in eur come back; others would be switched off."""
        rows = [
            ExternalAccount(
                id=scope.ids.new(Prefix.BANK_ACCOUNT),
                created_at=scope.clock.now(),
                type="bank_account",
                status="new",
                country="US",
                currency=currency,
                last4="6789",
                fingerprint="ab",
                default_for_currency=True,
                sandbox_failure=failure,
                account_id=scope.account_id,
                livemode=scope.livemode,
            )
            for currency, failure in (("usd", None), ("eur", self._failure(scope)))
        ]
        await insert_rows(rows)

    def _failure(self, scope: Scope) -> str | None:
        return "no_account" if scope.account_id == scope.platform_id else None

    async def pay_out(self, scope: Scope) -> Action | None:
        """Money of some world leaves; sometimes more than there is is asked for."""
        clock = await self._clock(scope)
        amount = self.dice.choice((1, 300, 2_000, 1_000_000))
        draft = PayoutDraft(amount=amount, currency=self.dice.choice(("usd", "usd", "eur")), test_clock=clock)
        return lambda scope: Payouts(scope).create(draft)

    async def cancel_payout(self, scope: Scope) -> Action | None:
        """A payout is taken back, if it is still there."""
        row = await self.any_of(scope, Payout)
        return None if row is None else lambda scope: Payouts(scope).cancel(row.id)

    async def top_up(self, scope: Scope) -> Action | None:
        """Money is called in."""
        draft = TopupDraft(amount=self.dice.choice((1, 2_500)), currency="usd", test_clock=await self._clock(scope))
        return lambda scope: Topups(scope).create(draft)

    async def _clock(self, scope: Scope) -> str | None:
        """A clock that the caller may name, or none."""
        makers = [each for each in (scope.account_id, scope.application_id) if each is not None]
        clocks = [each.id for each in await TestClock.filter(account_id__in=makers).order_by("id")]
        return self.dice.choice((*clocks, None))
