"""What every service stands on: its scope, the one tenancy filter, and the present of a customer."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Self, TypedDict, TypeVar, overload

from tortoise.queryset import QuerySet

from domain.errors import DomainError, ErrorCode, Problem
from domain.ids import Prefix
from domain.lifecycles import TestClockStatus
from models import Quote, Subscription, SubscriptionSchedule, TestClock
from models.base import Owned
from services.rows import fetch_by
from services.scope import Scope
from services.transactions import current_unit

OWNED = TypeVar("OWNED", bound=Owned)
SERVICE = TypeVar("SERVICE", bound="Service")
VALUE = TypeVar("VALUE")


class Ownership(TypedDict):
    """The columns that say whose a row is."""

    account_id: str
    livemode: bool


@dataclass(frozen=True, slots=True)
class Settled(Generic[VALUE]):
    """A change that was carried out and committed; `problem` tells when the card said no all the same."""

    value: VALUE
    problem: Problem | None = None
    payment_intent_id: str | None = None


class Service:
    """A noun's verbs, bound to the scope of one request or one agenda group."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    def mine(self, model: type[OWNED]) -> QuerySet[OWNED]:
        """The rows of this model that the scope may know of: its account's, in its mode. Everything else is absent."""
        return model.filter(account_id=self.scope.account_id, livemode=self.scope.livemode)

    async def find(self, model: type[OWNED], identifier: str) -> OWNED | None:
        """The row with this id, or None when it is absent or somebody else's."""
        found = await self.gather(model, "id", [identifier])
        return found[0] if found else None

    async def require(self, model: type[OWNED], identifier: str, *param: str) -> OWNED:
        """The row with this id; RESOURCE_MISSING at `param` (default `id`) when it is absent or somebody else's."""
        return _present(await self.find(model, identifier), model, identifier, param)

    async def lock(self, model: type[OWNED], identifier: str, *param: str, whoever_made_it: bool = False) -> OWNED:
        """As `require`, holding the row until the transaction ends, for a read that a write will rest on.

        A platform that acts for an account is refused what the account made by itself, where that decides who may
        change it; unless it is changed by nothing that follows (`whoever_made_it`).
        """
        found = await self.gather(model, "id", [identifier], lock=True)
        row = _present(found[0] if found else None, model, identifier, param)
        if not whoever_made_it and isinstance(row, Subscription | SubscriptionSchedule):
            self.refuse_foreign_work(row, *param)
        return row

    def refuse_foreign_work(self, row: Subscription | SubscriptionSchedule | Quote, *param: str) -> None:
        """Refuse a platform that acts for an account to change what it did not make (spec 06, Who may do what)."""
        stand = self.scope.stand
        if stand.is_direct and row.application_id != stand.application_id:
            raise DomainError(
                ErrorCode.APPLICATION_NOT_MAKER,
                f"The {_noun(type(row))} {row.id} was not made by {stand.application_id}, which therefore cannot change"
                f" it; {stand.account_id} itself can, with a key of its own.",
                param or ("id",),
            )

    async def gather(
        self,
        model: type[OWNED],
        column: str,
        values: Iterable[str | None],
        *,
        order: Sequence[str] = (),
        lock: bool = False,
        keep: bool = False,
        **also: str | bool,
    ) -> list[OWNED]:
        """The scope's rows whose column has one of these values, in one statement; None among them is passed over.

        `also` names further columns and the value that each must have. Within a transaction, `lock` holds the rows
        until it ends, and `keep` lets those who are about to change what follows from them wait for it (`fetch_by`).
        """
        wanted = [value for value in values if value is not None]
        if not wanted:
            return []
        kept = keep and current_unit() is not None
        own = self.ownership()
        return await fetch_by(
            model, column, wanted, order=order, lock=lock, share=False, keep=kept, alone=False, **also, **own
        )

    def ownership(self) -> Ownership:
        """The owner columns of a new row."""
        return {"account_id": self.scope.account_id, "livemode": self.scope.livemode}

    def new_id(self, prefix: Prefix) -> str:
        """A fresh id that sorts after all before it."""
        return self.scope.ids.new(prefix)

    async def present(self, test_clock_id: str | None) -> datetime:
        """The now of an object whose customer is on this clock; refused while that clock is on its way.

        The clock stays until the transaction ends, so that it does not set off under a change made at its time. Changes
        do not wait for each other here, in whatever order they come by it.
        """
        if test_clock_id is None or test_clock_id == self.scope.on_clock:
            return self.scope.clock.now()
        found = await fetch_by(TestClock, "id", [test_clock_id], share=True, **self.ownership())
        clock = _present(found[0] if found else None, TestClock, test_clock_id, ("testClock",))
        if clock.status == TestClockStatus.ADVANCING:
            raise DomainError(
                ErrorCode.TEST_CLOCK_ADVANCING,
                f"Test clock {clock.id} is advancing to {clock.target_at:%Y-%m-%d %H:%M:%S} UTC; "
                "its customers can be changed once it is ready.",
            )
        return clock.frozen_at

    async def presents(self, test_clock_ids: Iterable[str | None]) -> dict[str | None, datetime]:
        """The present by test clock (None is the system's), for sets and for what must go on while a clock moves."""
        wanted = set(test_clock_ids) - {None, self.scope.on_clock}
        clocks = await self.gather(TestClock, "id", wanted)
        now = self.scope.clock.now()
        return {None: now, self.scope.on_clock: now} | {clock.id: clock.frozen_at for clock in clocks}


class part(Generic[SERVICE]):  # noqa: N801 - reads as a word in class bodies: `events = part(Events)`
    """A lower service as part of a higher one, made on first use with the same scope."""

    def __init__(self, make: Callable[[Scope], SERVICE]) -> None:
        self._make = make

    def __set_name__(self, owner: type, name: str) -> None:
        """Remember under which name the made service is kept."""
        self._name = name

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...
    @overload
    def __get__(self, instance: Any, owner: type) -> SERVICE: ...
    def __get__(self, instance: Any, owner: type) -> Self | SERVICE:
        """The service bound to the scope of `instance`."""
        if instance is None:
            return self
        made = instance.__dict__[self._name] = self._make(instance.scope)
        return made


def _present(row: OWNED | None, model: type[OWNED], identifier: str, param: tuple[str, ...]) -> OWNED:
    """The row, or the refusal that says which id is unknown."""
    if row is None:
        raise DomainError(ErrorCode.RESOURCE_MISSING, f"No such {_noun(model)}: '{identifier}'.", param or ("id",))
    return row


def _noun(model: type[Owned]) -> str:
    """`PaymentMethod` → `payment method`."""
    return "".join(" " + letter.lower() if letter.isupper() else letter for letter in model.__name__).strip()
