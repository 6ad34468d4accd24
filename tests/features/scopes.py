"""Scopes for tests of services: an account, a clock that stands where the test puts it, the sandbox."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from domain.errors import DomainError
from domain.ids import IdMint
from gateways.registry import Gateways
from models import Account, Event
from services.accounts import Accounts
from services.scope import Actor, ActorKind, Scope

NOON = datetime(2027, 1, 31, 12, tzinfo=UTC)


@dataclass
class StandingClock:
    """A clock that moves only when a test moves it."""

    at: datetime = NOON
    counted: int = field(default=0)

    def now(self) -> datetime:
        """The moment it stands at."""
        return self.at

    def ticks(self) -> int:
        """Microseconds that rise with every question."""
        self.counted += 1
        return int(self.at.timestamp()) * 1_000_000 + self.counted


async def founded_scope(clock: StandingClock | None = None) -> Scope:
    """Test mode of the platform of a connected database, founded when first asked for."""
    clock = clock or StandingClock()
    ids = IdMint(clock.ticks)
    account = await Accounts.founded(clock, ids)
    return Scope(
        account_id=account.id,
        platform_id=account.id,
        livemode=False,
        clock=clock,
        ids=ids,
        gateways=Gateways.standard(),
        actor=Actor(ActorKind.SECRET_KEY),
    )


async def strangers(scope: Scope) -> list[Scope]:
    """Who must not see what belongs to the scope: its account in live mode, and another account."""
    other = scope.ids.new("acct_")  # type: ignore[arg-type]
    await Account.create(id=other, created_at=NOON, platform_id=scope.platform_id, country="DE", default_currency="eur")
    return [replace(scope, livemode=True), replace(scope, account_id=other)]


async def told() -> list[str]:
    """The types of all events, in order."""
    return [event.type for event in await Event.all().order_by("account_id", "livemode", "sequence")]


def problems_of(error: DomainError) -> list[tuple[str, str]]:
    """Code and path of everything that a refusal tells."""
    return [(problem.code.name, ".".join(problem.param)) for problem in error.problems]
