"""What `prorata doctor` looks at: one finding after the other, each in order or not."""

import asyncio
import stat
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from domain.lifecycles import TestClockStatus
from models import Account, AgendaEntry, ApiKey, TestClock
from prorata.house import House
from prorata.kept_keys import SECRET_KEY_FILE
from prorata.migrations import SchemaState
from prorata.settings import Settings
from services.balances import books_of_all_currencies
from services.credit_grants.books import unbalanced_credits
from services.credit_notes.books import wrongly_credited
from services.entitlements.books import wrongly_entitled
from services.invoices.books import misreckoned_invoices, unbalanced_invoices
from services.transactions import database, is_postgres
from services.usage.books import wrongly_counted

LAG_MAX: Final = timedelta(seconds=60)
DRIFT_MAX: Final = timedelta(seconds=5)
LOOKED_AGAIN_AFTER_SECONDS: Final = 2
_SHOWN_MAX: Final = 10
_KEYS_MAX: Final = 1_000


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found about one subject."""

    subject: str
    text: str
    in_order: bool = True


def configuration_findings(settings: Settings) -> Iterator[Finding]:
    """Whether the secret key is set, or kept where only its owner reads it."""
    path = settings.folder / SECRET_KEY_FILE
    if settings.secret_key is not None:
        yield Finding("Configuration", "valid; the secret key is set")
    elif not path.exists():
        yield Finding("Configuration", f"valid; the first start will make {path}")
    elif stat.S_IMODE(path.stat().st_mode) & 0o077:
        yield Finding("Configuration", f"{path} can be read by others: chmod 600 {path}", in_order=False)
    else:
        yield Finding("Configuration", f"valid; the secret key is kept in {path}")


def schema_finding(state: SchemaState) -> Finding:
    """Whether the database has the schema of this release."""
    if state.is_current:
        return Finding("Migrations", f"current ({state.applied[-1]})")
    if state.unknown:
        return Finding("Migrations", f"of a newer release: {', '.join(state.unknown)}", in_order=False)
    what = "none yet" if state.is_empty else f"lacking {', '.join(state.pending)}"
    return Finding("Migrations", f"{what}; `prorata migrate` brings them", in_order=False)


async def findings(house: House) -> AsyncIterator[Finding]:
    """Everything that is seen in a database of the right schema."""
    yield await _account()
    yield await _clock(house)
    async for finding in _books():
        yield finding
    async for finding in _invoices():
        yield finding
    async for finding in entitlement_findings():
        yield finding
    async for finding in _usage():
        yield finding
    async for finding in _credits():
        yield finding
    yield await _lag(house)
    async for finding in _failures():
        yield finding
    async for finding in _test_clocks(house):
        yield finding


async def _account() -> Finding:
    platform = await Account.all().order_by("id").first()
    if platform is None:
        return Finding("Account", "none yet; the first `prorata serve` founds it")
    keys = await ApiKey.filter(account_id=platform.id, revoked_at=None).count()
    return Finding("Account", f"{platform.id} with {keys} keys")


async def _clock(house: House) -> Finding:
    """The system's time beside the database's, and beside the last thing that was written."""
    now = house.clock.now()
    if is_postgres():
        sql = "SELECT CAST(extract(epoch FROM clock_timestamp()) AS bigint) AS seconds"
        seconds: int = (await database().query(sql))[1][0]["seconds"]
        drift = timedelta(seconds=abs(seconds - int(now.timestamp())))
        if drift > DRIFT_MAX:
            text = f"{drift.total_seconds():.0f} s away from PostgreSQL's; synchronize both machines"
            return Finding("Clock", text, in_order=False)
    used = [key.last_used_at or key.created_at for key in await ApiKey.all().order_by("-id").limit(_KEYS_MAX)]
    if used and max(used) > now + DRIFT_MAX:
        text = f"{now:%Y-%m-%d %H:%M:%S} UTC, which is before a key was used at {max(used):%Y-%m-%d %H:%M:%S}"
        return Finding("Clock", text, in_order=False)
    return Finding("Clock", f"{now:%Y-%m-%d %H:%M:%S} UTC")


async def _books() -> AsyncIterator[Finding]:
    """For each currency and mode: what accounts have, and fees, against what came in and went out."""
    looked_at = 0
    balanced: list[str] = []
    for livemode in (False, True):
        for books in await books_of_all_currencies(livemode=livemode):
            mode = "live" if livemode else "test"
            looked_at += 1
            if books.balanced:
                balanced.append(f"{books.currency} ({mode})")
            else:
                yield Finding(
                    "Books",
                    f"{books.currency} in {mode} mode do not balance: net {books.net} and fees {books.fees}, but "
                    f"{books.money_in} came in and {books.money_out} went out; {books.unbooked} without a movement; "
                    f"{books.between} sent between accounts but not received, {books.application_fees} taken as "
                    "application fees but not had",
                    in_order=False,
                )
    if balanced:
        yield Finding("Books", f"balanced in {', '.join(balanced)}")
    elif not looked_at:
        yield Finding("Books", "no money has moved yet")


async def _invoices() -> AsyncIterator[Finding]:
    """Whether every invoice was paid just what came in for it."""
    found = await unbalanced_invoices()
    credited = await wrongly_credited()
    misreckoned = await misreckoned_invoices()
    for each in found[:_SHOWN_MAX]:
        text = f"{each.invoice_id} says {each.counted} were paid, but {each.received} came in for it"
        yield Finding("Invoices", text, in_order=False)
    for identifier in credited[:_SHOWN_MAX]:
        yield Finding("Credit notes", f"the sums of {identifier} do not agree", in_order=False)
    for identifier in misreckoned[:_SHOWN_MAX]:
        yield Finding("Invoices", f"{identifier} asks for something else than its lines do", in_order=False)
    if not found and not credited and not misreckoned:
        yield Finding("Invoices", "each was paid what came in for it, and credited what its credit notes say")


async def entitlement_findings() -> AsyncIterator[Finding]:
    """Whether everybody has what their subscriptions bring."""
    found = await wrongly_entitled()
    for customer_id, lookup_key in found[:_SHOWN_MAX]:
        text = f"subscriptions of {customer_id} say otherwise about {lookup_key}"
        yield Finding("Entitlements", text, in_order=False)
    if not found:
        yield Finding("Entitlements", "everybody has what their subscriptions bring")


async def _usage() -> AsyncIterator[Finding]:
    """Whether what customers used is what their events come to."""
    found = await wrongly_counted()
    for bucket in found[:_SHOWN_MAX]:
        yield Finding("Usage", f"{bucket} is not what its events come to", in_order=False)
    if not found:
        yield Finding("Usage", "all of it is what its events come to")


async def _credits() -> AsyncIterator[Finding]:
    """Whether every credit grant is what its journal sums to, and every invoice says what was drawn for it."""
    found = await unbalanced_credits()
    for identifier in found[:_SHOWN_MAX]:
        yield Finding("Credit grants", f"the journal does not agree with {identifier}", in_order=False)
    if not found:
        yield Finding("Credit grants", "each is what its journal sums to")


async def _lag(house: House) -> Finding:
    now = house.clock.now()
    due = AgendaEntry.filter(test_clock_id=None, due_at__lte=now, last_error=None)
    first = await due.order_by("due_at", "id").first()
    if first is None:
        return Finding("Agenda", "nothing is waiting")
    lag = now - first.due_at
    text = f"{await due.count()} entries are due, the first ({first.kind} of {first.subject_id}) since {lag}"
    if lag <= LAG_MAX:
        return Finding("Agenda", text)
    return Finding("Agenda", f"{text}: no worker runs, or it cannot keep up", in_order=False)


async def _failures() -> AsyncIterator[Finding]:
    failing = AgendaEntry.filter(last_error__not_isnull=True)
    for entry in await failing.order_by("-attempts", "id").limit(_SHOWN_MAX):
        text = f"{entry.kind} of {entry.subject_id} failed {entry.attempts} times: {entry.last_error}"
        yield Finding("Agenda", text, in_order=False)
    more = await failing.count() - _SHOWN_MAX
    if more > 0:
        yield Finding("Agenda", f"{more} further entries fail", in_order=False)


async def _test_clocks(house: House) -> AsyncIterator[Finding]:
    """Clocks that broke, and those on their way that nobody carries now or a moment later."""
    broken = TestClock.filter(status=TestClockStatus.INTERNAL_FAILURE)
    for clock in await broken.order_by("id").limit(_SHOWN_MAX):
        yield Finding("Test clocks", f"{clock.id} broke: {clock.last_error}", in_order=False)
    before = {clock.id: clock.frozen_at for clock in await _unclaimed(house)}
    if before:
        await asyncio.sleep(LOOKED_AGAIN_AFTER_SECONDS)
    stuck = [clock for clock in await _unclaimed(house) if before.get(clock.id) == clock.frozen_at]
    for clock in stuck:
        text = f"{clock.id} is on its way to {clock.target_at:%Y-%m-%d %H:%M} UTC, and no worker carries it"
        yield Finding("Test clocks", text, in_order=False)
    if not stuck:
        yield Finding("Test clocks", f"none of {await TestClock.all().count()} is stuck")


async def _unclaimed(house: House) -> list[TestClock]:
    now = house.clock.now()
    advancing = await TestClock.filter(status=TestClockStatus.ADVANCING).order_by("id").limit(_SHOWN_MAX)
    return [each for each in advancing if each.claimed_until is None or each.claimed_until <= now]
