"""What the simulation may do with money that leaves, and what holds of it."""

import random
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

from domain.agenda import AgendaKind
from domain.lifecycles import PayoutStatus, TopupStatus
from models import AgendaEntry, BalanceTransaction, ExternalAccount, Payout, TestClock, Topup
from services.expected_money import World
from services.payouts import (
    ExternalAccountDraft,
    ExternalAccounts,
    PayoutDraft,
    Payouts,
    TopupDraft,
    Topups,
)
from services.payouts.drafts import ExternalAccountWords
from services.scope import Scope

Action = Callable[[Scope], Awaitable[Any]]
WEIGHTS = {"add_bank": 2, "pay_out": 5, "cancel_payout": 2, "top_up": 2}
BANKS = ("btok_us_verified",) * 4 + ("btok_us_verified_noAccount", "tok_visa_debit")


class PayoutActions:
    """One method per verb."""

    dice: random.Random
    scope: Scope
    clock: str

    async def add_bank(self) -> Action | None:
        """There is somewhere else to pay out to, which may turn out not to exist."""
        words = ExternalAccountWords(token=self.dice.choice(BANKS))
        draft = ExternalAccountDraft(external_account=words, default_for_currency=self.dice.choice((None, True)))
        return lambda scope: ExternalAccounts(scope).create(draft)

    async def pay_out(self) -> Action | None:
        """Some of what is available leaves, or more is asked for than that."""
        amount = self.dice.choice((1, 900, 5_000, 100_000))
        draft = PayoutDraft(amount=amount, currency="usd", test_clock=self.clock)
        return lambda scope: Payouts(scope).create(draft)

    async def cancel_payout(self) -> Action | None:
        """A payout is taken back, if it is still there."""
        rows = await Payout.all().order_by("id")
        if not rows:
            return None
        row = self.dice.choice(rows)
        return lambda scope: Payouts(scope).cancel(row.id)

    async def top_up(self) -> Action | None:
        """Money is called in."""
        draft = TopupDraft(amount=self.dice.choice((1, 2_500)), currency="usd", test_clock=self.clock)
        return lambda scope: Topups(scope).create(draft)


async def check_payouts() -> None:
    """Payouts and top-ups move their amounts once, what is on its way has its appointments, defaults are single."""
    moved: dict[str, Counter[str]] = {}
    for each in await BalanceTransaction.all():
        moved.setdefault(each.source_id, Counter())[each.type] += each.net
    waiting: dict[str, set[str]] = {}
    for entry in await AgendaEntry.filter(kind__in=(AgendaKind.PAYOUT_SEND, AgendaKind.PAYOUT_ARRIVE)):
        waiting.setdefault(entry.subject_id, set()).add(entry.kind)
    for payout in await Payout.all():
        back = {PayoutStatus.FAILED: "payout_failure", PayoutStatus.CANCELED: "payout_cancel"}
        expected = {"payout": -payout.amount}
        if payout.status in back:
            expected[back[PayoutStatus(payout.status)]] = payout.amount
        assert moved[payout.id] == expected, f"{payout.id} is {payout.status}"
        steps = {PayoutStatus.PENDING: {"payout.send", "payout.arrive"}, PayoutStatus.IN_TRANSIT: {"payout.arrive"}}
        assert waiting.pop(payout.id, set()) == steps.get(PayoutStatus(payout.status), set()), payout.id
    assert not waiting
    for topup in await Topup.filter(status=TopupStatus.SUCCEEDED):
        assert moved[topup.id] == {"topup": topup.amount}, topup.id
    defaults = Counter(
        (each.account_id, each.currency) for each in await ExternalAccount.filter(default_for_currency=True)
    )
    assert all(count == 1 for count in defaults.values()), defaults
    await check_expected()
    await check_available()


async def check_available() -> None:
    """Nothing was paid out that was not there: what was available just after each payout was not below zero."""
    worlds: dict[tuple[str, str | None, str], list[BalanceTransaction]] = {}
    for each in await BalanceTransaction.all().order_by("id"):
        world = worlds.setdefault((each.account_id, each.test_clock_id, each.currency), [])
        world.append(each)
        if each.type == "payout":
            left = sum(known.net for known in world if known.available_at <= each.created_at)
            assert left >= 0, f"{each.source_id} left {left} of {each.currency}"


async def check_expected() -> None:
    """Of every world in which money is pending it will be told."""
    clocks = {each.id: each.frozen_at for each in await TestClock.all()}
    told = {entry.subject_id for entry in await AgendaEntry.filter(kind=AgendaKind.BALANCE_AVAILABLE)}
    for each in await BalanceTransaction.filter(net__gt=0):
        now = clocks.get(each.test_clock_id or "")
        if now is not None and each.available_at > now:
            assert World(each.account_id, each.livemode, each.test_clock_id).id in told, each.id
