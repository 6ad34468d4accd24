"""Pausing the collection of a subscription's invoices: they go on being made, and nobody is charged."""

from collections.abc import Sequence
from datetime import datetime

from domain.agenda import AgendaKind
from domain.drafts import UNSET, Unset
from domain.errors import DomainError, ErrorCode
from domain.event_types import EventType
from domain.lifecycles import LIVING
from models import AgendaEntry, Subscription
from services.base import Service, part
from services.due import Due
from services.events import Events
from services.rows import update_rows
from services.subscriptions.drafts import PauseCollectionDraft
from services.subscriptions.wholes import WholeSubscriptions


class CollectionPause(Service):
    """Pauses collection and lets it go on."""

    events = part(Events)
    due = part(Due)
    wholes = part(WholeSubscriptions)

    async def change(self, row: Subscription, draft: PauseCollectionDraft | Unset | None, at: datetime) -> None:
        """Pause as the draft says, or go on when it is None. The row is stored and told of by the caller."""
        if draft is UNSET:
            return
        await self.due.cancel(row.id, AgendaKind.SUBSCRIPTION_RESUME_COLLECTION)
        if draft is None:
            row.pause_behavior, row.pause_resumes_at = None, None
            return
        if draft.resumes_at is not None:
            _refuse_past(draft.resumes_at, at)
            kind = AgendaKind.SUBSCRIPTION_RESUME_COLLECTION
            await self.due.schedule(kind, row.id, draft.resumes_at, test_clock_id=row.test_clock_id)
        row.pause_behavior, row.pause_resumes_at = draft.behavior, draft.resumes_at

    async def end_due(self, entries: Sequence[AgendaEntry]) -> None:
        """The agenda's SUBSCRIPTION_RESUME_COLLECTION. Event `customer.subscription.updated` for each."""
        found = await self.wholes.by("id", [entry.subject_id for entry in entries], lock=True)
        wholes = [whole for whole in found if whole.row.status in LIVING]
        presents = await self.presents(whole.row.test_clock_id for whole in wholes)
        befores = [self.events.snapshot(whole) for whole in wholes]
        for whole in wholes:
            whole.row.pause_behavior, whole.row.pause_resumes_at = None, None
        await update_rows([whole.row for whole in wholes], ("pause_behavior", "pause_resumes_at"))
        for whole, before in zip(wholes, befores, strict=True):
            at = presents[whole.row.test_clock_id]
            self.events.record(EventType.CUSTOMER_SUBSCRIPTION_UPDATED, whole, at=at, before=before)


def _refuse_past(resumes_at: datetime, at: datetime) -> None:
    if resumes_at <= at:
        raise DomainError(
            ErrorCode.PARAMETER_INVALID,
            f"Collection cannot go on at {resumes_at:%Y-%m-%d %H:%M:%S} UTC; it would have to be later than"
            f" {at:%Y-%m-%d %H:%M:%S} UTC.",
            ("pauseCollection", "resumesAt"),
        )
