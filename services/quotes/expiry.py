"""The end of quotes that nobody accepts: by hand, or when their time is up; and telling that it will be."""

from collections.abc import Sequence
from datetime import datetime

from domain.agenda import AgendaKind
from domain.event_types import EventType
from domain.lifecycles import QUOTE, QuoteStatus
from domain.quotes import expiry_told_at
from models import AgendaEntry, Quote
from services.base import Service, part
from services.due import Appointment, Due
from services.events import Events
from services.rows import update_rows

WAITING = frozenset({QuoteStatus.DRAFT, QuoteStatus.OPEN})
"""What ends when its time is up."""
_AGENDA = (AgendaKind.QUOTE_EXPIRE, AgendaKind.QUOTE_WILL_EXPIRE)


class Expiry(Service):
    """Cancels quotes, in sets."""

    events = part(Events)
    due = part(Due)

    async def plan(self, quote: Quote, at: datetime) -> None:
        """Put the quote's expiry on the agenda, and telling of it where that still lies ahead of `at`."""
        told_at = expiry_told_at(quote.expires_at)
        await self.due.cancel(quote.id, *_AGENDA)
        appointments = [Appointment(AgendaKind.QUOTE_EXPIRE, quote.id, quote.expires_at, quote.test_clock_id)]
        if told_at > at:
            appointments.append(Appointment(AgendaKind.QUOTE_WILL_EXPIRE, quote.id, told_at, quote.test_clock_id))
        await self.due.schedule_all(appointments, fresh=True)

    async def drop(self, quotes: Sequence[Quote]) -> None:
        """Nothing happens to these by themselves any more."""
        await self.due.cancel_all((kind, quote.id) for quote in quotes for kind in _AGENDA)

    async def cancel(self, quotes: Sequence[Quote]) -> None:
        """These drafts and open quotes, held, can be accepted no more. Event `quote.canceled` for each."""
        presents = await self.presents(quote.test_clock_id for quote in quotes)
        for quote in quotes:
            quote.status = QUOTE.move(quote.id, QuoteStatus(quote.status), QuoteStatus.CANCELED)
            quote.canceled_at = presents[quote.test_clock_id]
        await update_rows(quotes, ("status", "canceled_at"))
        await self.drop(quotes)
        for quote in quotes:
            self.events.record(EventType.QUOTE_CANCELED, quote, at=presents[quote.test_clock_id])

    async def expire(self, entries: Sequence[AgendaEntry]) -> None:
        """The agenda's QUOTE_EXPIRE: what nobody accepted in time is canceled."""
        await self.cancel(await self._waiting(entries, lock=True))

    async def tell(self, entries: Sequence[AgendaEntry]) -> None:
        """The agenda's QUOTE_WILL_EXPIRE. Event `quote.will_expire` for each that still waits."""
        quotes = await self._waiting(entries, lock=False)
        presents = await self.presents(quote.test_clock_id for quote in quotes)
        for quote in quotes:
            self.events.record(EventType.QUOTE_WILL_EXPIRE, quote, at=presents[quote.test_clock_id])

    async def _waiting(self, entries: Sequence[AgendaEntry], *, lock: bool) -> list[Quote]:
        found = await self.gather(Quote, "id", [entry.subject_id for entry in entries], order=("id",), lock=lock)
        return [quote for quote in found if quote.status in WAITING]
