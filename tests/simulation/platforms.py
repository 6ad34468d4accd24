"""The simulation of a platform with its accounts: who there is, who may call for whom, and what befalls them."""

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from domain.accounts import AccountType
from domain.periods import Interval
from domain.sharing import Share
from models import Account, Customer, Price, SubscriptionItem, TestClock
from models.base import Owned
from prorata.worker import Worker
from services.accounts import AccountChange, AccountDraft, Accounts, Connections
from services.accounts.drafts import CapabilitiesChange, CapabilityWish
from services.catalog import PriceDraft, Prices, ProductDraft, Recurring
from services.clocks import ClockAdvanceDraft, ClockDraft, Clocks
from services.customers import CustomerDraft, InvoiceSettingsChange
from services.customers.signup import SignUp
from services.handlers import HANDLERS
from services.payment_methods.cloning import Cloning, CustomerClone
from services.scope import Scope
from services.subscriptions import ItemDraft, SubscriptionDraft, Subscriptions
from tests.features.scopes import StandingClock
from tests.simulation import (
    platform_invoices,
    platform_payouts,
    platform_plans,
    platform_returns,
    platform_sales,
    platform_transfers,
)
from tests.simulation.platform_invoices import InvoiceActions
from tests.simulation.platform_payouts import LeavingActions
from tests.simulation.platform_plans import PlanActions
from tests.simulation.platform_returns import ReturnActions
from tests.simulation.platform_sales import SaleActions
from tests.simulation.platform_transfers import TransferActions

ROW = TypeVar("ROW", bound=Owned)
Action = Callable[[Scope], Awaitable[Any]]

BEGUN = datetime(2027, 1, 31, 10, tzinfo=UTC)
CARDS = ("pm_card_visa",) * 14 + (
    "pm_card_chargeCustomerFail",
    "pm_card_createDispute",
    "pm_card_createDisputeInquiry",
    "pm_card_refundFail",
    "pm_card_pendingRefund",
    "pm_card_bypassPending",
)


@dataclass(frozen=True, slots=True)
class Seat:
    """One business with its own books: how it acts by itself, and the clock of its customers."""

    scope: Scope
    clock: str
    has_keys: bool
    """Whether it may act without its platform."""

    @property
    def id(self) -> str:
        """The account's id."""
        return self.scope.account_id


@dataclass(frozen=True, slots=True)
class Deed:
    """A call, or time that passes: under which circumstances, and of what."""

    scope: Scope
    act: Action
    is_call: bool = True
    """Whether it can be repeated under its key."""
    trespasses: bool = False
    """Whether it names what belongs to another account, so that it must be refused."""


@dataclass
class Platform(SaleActions, PlanActions, InvoiceActions, ReturnActions, TransferActions, LeavingActions):
    """Draws what is done next. Everything random comes from `dice`, so that a seed tells the whole story."""

    dice: random.Random
    scope: Scope
    seats: list[Seat] = field(default_factory=list)
    trespasses: bool = False

    async def prepare(self) -> None:
        """The platform and three accounts of different kinds, each with a clock, prices and a customer."""
        self.seats.append(await self._seated(self.scope, has_keys=True))
        for kind in AccountType:
            account = await Accounts(self.scope).create(AccountDraft(type=kind, email=f"{kind}@example.com"))
            await Accounts(self.scope).onboard(account.id)
            own = replace(self.scope, account_id=account.id)
            self.seats.append(await self._seated(own, has_keys=kind is AccountType.STANDARD))
        for seat in self.seats:
            await self.open_bank(seat.scope)
            await self._open(seat)

    async def _open(self, seat: Seat) -> None:
        """A customer with a card that works, who pays weekly; others have a part in that."""
        draft = CustomerDraft(
            test_clock=seat.clock,
            payment_method="pm_card_visa",
            invoice_settings=InvoiceSettingsChange(default_payment_method="pm_card_visa"),
        )
        customer = (await SignUp(seat.scope).create(draft)).customer
        prices = await Price.filter(account_id=seat.id, interval=Interval.WEEK).order_by("id")
        parties = [None] if seat.id != self.scope.account_id else [each.id for each in self.seats[1:]]
        for party in parties:
            subscription = SubscriptionDraft(
                customer=customer.id,
                items=(ItemDraft(price=self.dice.choice(prices).id),),
                application_fee_percent=Decimal("12.5"),
                transfer_data=() if party is None else (Share(destination=party),),
            )
            platform = None if party else self.scope.account_id
            await Subscriptions(replace(seat.scope, application_id=platform)).create(subscription)

    async def _seated(self, scope: Scope, *, has_keys: bool) -> Seat:
        clock = await Clocks(scope).create(ClockDraft(BEGUN))
        for currency, amount, interval in (
            ("usd", 4999, Interval.MONTH),
            ("usd", 700, Interval.WEEK),
            ("usd", 333, Interval.WEEK),
            ("eur", 1234, Interval.MONTH),
        ):
            draft = PriceDraft(
                currency=currency,
                unit_amount=amount,
                recurring=Recurring(interval),
                product_data=ProductDraft(name=f"{currency} by {interval}"),
            )
            await Prices(scope).create(draft)
        return Seat(scope, clock.id, has_keys)

    async def draw(self) -> tuple[str, Deed]:
        """The name of what is done next, and the deed."""
        while True:
            name, deed = await self._drawn()
            if deed is not None:
                return name, deed

    async def _drawn(self) -> tuple[str, Deed | None]:
        """As `draw`; None when there is nobody to do it, or nothing to do it with."""
        self.trespasses = False
        name = self.dice.choices(*zip(*_WEIGHTS.items(), strict=True))[0]
        seat = self.dice.choice([*self.seats[:1] * 3, *self.seats])
        if name == "advance":
            return name, Deed(seat.scope, await self.advance(seat))
        if name == "live":
            return name, Deed(self.scope, await self.live(), is_call=False)
        scope = await self._caller(seat)
        if scope is None:
            return name, None
        action: Action | None = await getattr(self, name)(scope)
        return name, None if action is None else Deed(scope, action, trespasses=self.trespasses)

    async def _caller(self, seat: Seat) -> Scope | None:
        """Who calls for a business: itself, or its platform as long as they are connected; None when nobody can."""
        if seat.id == self.scope.account_id:
            return seat.scope
        account = await Account.get(id=seat.id)
        callers = [seat.scope] if seat.has_keys else []
        if account.disconnected_at is None:
            callers += [replace(seat.scope, application_id=self.scope.account_id)] * 2
        return self.dice.choice(callers) if callers else None

    async def any_of(self, scope: Scope, model: type[ROW], **where: Any) -> ROW | None:
        """A row of the caller's account; now and then one of another's, which must not help them."""
        rows = list(await model.filter(**where).order_by("id"))
        mine = [row for row in rows if row.account_id == scope.account_id]
        others = [row for row in rows if row.account_id != scope.account_id]
        if others and self.dice.random() < 0.03:
            self.trespasses = True
            return self.dice.choice(others)
        return self.dice.choice(mine) if mine else None

    def account(self) -> str:
        """One of the connected accounts."""
        return self.dice.choice(self.seats[1:]).id

    async def join(self, scope: Scope) -> Action:
        """A customer comes, mostly on the clock of the business, with a card."""
        card = self.dice.choice(CARDS)
        [clock] = [each.clock for each in self.seats if each.id == scope.account_id]
        draft = CustomerDraft(
            test_clock=self.dice.choice((clock, clock, clock, None)),
            payment_method=card,
            invoice_settings=InvoiceSettingsChange(default_payment_method=card),
        )
        return lambda scope: SignUp(scope).create(draft)

    async def clone(self, scope: Scope) -> Action | None:
        """A platform copies a customer of its own to an account that it acts for, with the card."""
        rows = await Customer.filter(account_id=scope.platform_id, deleted_at=None).order_by("id")
        if not rows or scope.account_id == scope.platform_id:
            return None
        [clock] = [each.clock for each in self.seats if each.id == scope.account_id]
        draft = CustomerClone(customer=self.dice.choice(rows).id, test_clock=self.dice.choice((clock, None)))
        return lambda scope: Cloning(scope).customer(draft)

    async def advance(self, seat: Seat) -> Action:
        """Time passes for the customers of one business, sometimes until some renewal is a draft."""
        clock = await TestClock.get(id=seat.clock)
        time = clock.frozen_at + timedelta(hours=self.dice.choice((2, 60, 24 * 8, 24 * 32)))
        renewals = SubscriptionItem.filter(account_id=seat.id, current_period_end__gt=clock.frozen_at)
        nearest = await renewals.order_by("current_period_end").first()
        if nearest is not None and self.dice.random() < 0.4:
            time = nearest.current_period_end + timedelta(minutes=30)
        return lambda scope: Clocks(scope).advance(ClockAdvanceDraft(seat.clock, time, wait=True))

    async def live(self) -> Action:
        """Real time passes for those who are on no clock, and the worker does what falls due."""
        hours = timedelta(hours=self.dice.choice((1, 30, 24 * 5, 24 * 12)))

        async def work(scope: Scope) -> None:
            assert isinstance(scope.clock, StandingClock)
            scope.clock.at += hours
            while await Worker(scope, HANDLERS, group_size=20).work():
                pass

        return work

    async def leave(self, scope: Scope) -> Action | None:
        """An account leaves its platform, or comes back; mostly they are connected."""
        account = await Account.get(id=self.account())
        if account.disconnected_at is None and self.dice.random() < 0.5:
            return None
        named = None if scope.account_id == account.id else account.id
        if account.disconnected_at is None:
            return lambda scope: Connections(scope).end(named)
        return lambda scope: Connections(scope).begin_again(named)

    async def ask_for(self, scope: Scope) -> Action:
        """An account is to be able to be charged for and sent money, or not any more."""
        card_payments, transfers = (self.dice.choice((True, True, False)) for _ in range(2))
        change = AccountChange(
            capabilities=CapabilitiesChange(
                card_payments=CapabilityWish(requested=card_payments), transfers=CapabilityWish(requested=transfers)
            )
        )
        account = self.account()
        return lambda scope: Accounts(scope).update(account, change)


_WEIGHTS = {
    "join": 5,
    "clone": 3,
    "advance": 16,
    "live": 4,
    "leave": 6,
    "ask_for": 4,
    **platform_sales.WEIGHTS,
    **platform_invoices.WEIGHTS,
    **platform_plans.WEIGHTS,
    **platform_returns.WEIGHTS,
    **platform_transfers.WEIGHTS,
    **platform_payouts.WEIGHTS,
}
