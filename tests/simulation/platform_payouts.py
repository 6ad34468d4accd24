"""What the simulation of a platform may do with money that leaves an account, or is called in."""

import random
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from domain.payout_schedules import PayoutInterval, Weekday
from models import Payout, TestClock
from models.base import Owned
from services.accounts import AccountChange, Accounts
from services.accounts.drafts import AccountSettingsChange, PayoutScheduleChange, PayoutsSettingsChange
from services.payouts import ExternalAccountDraft, ExternalAccounts, PayoutDraft, Payouts, TopupDraft, Topups
from services.payouts.drafts import BankAccountDraft, ExternalAccountWords
from services.scope import Scope

ROW = TypeVar("ROW", bound=Owned)
Action = Callable[[Scope], Awaitable[Any]]
WEIGHTS = {"add_bank": 2, "reschedule": 3, "pay_out": 6, "cancel_payout": 2, "top_up": 2}
NUMBERS = ("000123456789", "000123456789", "000111111116", "000222222227")
"""Account numbers: payouts to the last two fail."""
SCHEDULES = (
    PayoutScheduleChange(interval=PayoutInterval.MANUAL),
    PayoutScheduleChange(interval=PayoutInterval.MANUAL),
    PayoutScheduleChange(interval=PayoutInterval.DAILY),
    PayoutScheduleChange(interval=PayoutInterval.WEEKLY, weekly_anchor=Weekday.TUESDAY),
    PayoutScheduleChange(interval=PayoutInterval.MONTHLY, monthly_anchor=31),
    PayoutScheduleChange(delay_days=9),
)


class LeavingActions:
    """One method per verb."""

    dice: random.Random

    async def any_of(self, scope: Scope, model: type[ROW], **where: Any) -> ROW | None:
        """A row of the caller's account."""
        raise NotImplementedError

    async def open_bank(self, scope: Scope) -> None:
        """Payouts in eur begin to arrive somewhere; where those in usd go is known of all accounts but the platform."""
        for currency in ("eur", "usd") if scope.account_id == scope.platform_id else ("eur",):
            await ExternalAccounts(scope).create(self._bank(currency, NUMBERS[0]))

    async def add_bank(self, scope: Scope) -> Action:
        """There is somewhere else to pay out to, from which payouts may come back."""
        draft = self._bank(self.dice.choice(("usd", "eur")), self.dice.choice(NUMBERS))
        return lambda scope: ExternalAccounts(scope).create(draft)

    def _bank(self, currency: str, number: str) -> ExternalAccountDraft:
        bank = BankAccountDraft(country="US", currency=currency, account_number=number, routing_number="110000000")
        words = ExternalAccountWords(bank_account=bank)
        return ExternalAccountDraft(external_account=words, default_for_currency=self.dice.choice((None, True)))

    async def reschedule(self, scope: Scope) -> Action:
        """The account is paid out at other times, or by hand."""
        schedule = self.dice.choice(SCHEDULES)
        settings = AccountSettingsChange(payouts=PayoutsSettingsChange(schedule=schedule))
        return lambda scope: Accounts(scope).update(None, AccountChange(settings=settings))

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
