"""What the agenda does about money that becomes available and leaves."""

from collections.abc import Sequence

from domain.agenda import AgendaKind
from models import AgendaEntry
from services.due import Handled, Handler
from services.payouts.arriving import Arriving
from services.payouts.automatic import Automatic
from services.payouts.telling import Telling
from services.scope import Scope


async def _tell(scope: Scope, entries: Sequence[AgendaEntry]) -> Handled:
    for entry in entries:  # one, because a world has one, and a group one account and one clock
        await Telling(scope).tell(entry)
    return Handled()


async def _pay_out(scope: Scope, entries: Sequence[AgendaEntry]) -> Handled:
    for entry in entries:  # one, as above
        await Automatic(scope).pay_out(entry.test_clock_id)
    return Handled()


async def _send(scope: Scope, entries: Sequence[AgendaEntry]) -> Handled:
    await Arriving(scope).send([entry.subject_id for entry in entries])
    return Handled()


async def _arrive(scope: Scope, entries: Sequence[AgendaEntry]) -> Handled:
    await Arriving(scope).arrive([entry.subject_id for entry in entries])
    return Handled()


PAYOUT_HANDLERS: dict[AgendaKind, Handler] = {
    AgendaKind.BALANCE_AVAILABLE: _tell,
    AgendaKind.PAYOUT_RUN: _pay_out,
    AgendaKind.PAYOUT_SEND: _send,
    AgendaKind.PAYOUT_ARRIVE: _arrive,
}
