"""Answers to disputes: evidence that is kept or handed in, and letting a dispute be.

As a charge, an answer is committed before the gateway is called, and the verdict is committed afterwards. What a crash
left open, and what the bank decides later, the agenda brings to `resolve`.
"""

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.agenda import AgendaKind
from domain.disputes import INQUIRIES, EvidenceDraft, merged_evidence
from domain.errors import DomainError, ErrorCode
from domain.event_types import EventType
from domain.lifecycles import DISPUTE, DisputeStatus
from domain.metadata import merged_metadata
from gateways.outcomes import DisputeOutcome
from gateways.protocol import DisputeRequest
from models import AgendaEntry, Charge, Dispute
from services.base import Service, Settled, part
from services.disputes.drafts import DisputeChange, DisputeSearch
from services.disputes.verdicts import Verdicts
from services.disputes.wholes import WholeDisputes
from services.due import Due, Handled, Handler, asked_later
from services.events import Events
from services.idempotency import answered, claimed
from services.pages import Listing
from services.rows import update_rows
from services.scope import Scope
from services.transactions import current_unit, in_transaction

_log = logging.getLogger(__name__)

_ANSWERED = ("status", "evidence", "submission_count", "past_due", "request", "metadata")
_OPEN = (DisputeStatus.NEEDS_RESPONSE, DisputeStatus.WARNING_NEEDS_RESPONSE)


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A dispute as the first transaction of a verb left it, and whether its gateway is to be told."""

    dispute: Dispute
    to_be_sent: bool


class Disputes(Service):
    """Answers disputes, and lists them."""

    events = part(Events)
    due = part(Due)
    wholes = part(WholeDisputes)
    verdicts = part(Verdicts)

    def matching(self, search: DisputeSearch) -> Listing:
        """The disputes that a list shows."""
        wanted = {"charge_id": search.charge, "payment_intent_id": search.payment_intent, "status": search.status}
        return self.mine(Dispute).filter(**{column: value for column, value in wanted.items() if value is not None})

    async def update(self, identifier: str, change: DisputeChange) -> Settled[Dispute]:
        """Keep texts and labels, and hand the evidence in when that is asked for. Event `charge.dispute.updated`.

        What the bank says at once is written as `Verdicts.write` tells.
        """
        submit = change.evidence is not None if change.submit is None else change.submit

        async def prepare() -> _Prepared:
            dispute = await self._held(identifier)
            if submit or change.evidence is not None:
                _refuse_unanswerable(dispute)
            [whole] = await self.wholes.of([dispute])
            before = self.events.snapshot(whole)
            at = (await self.wholes.moments([whole.charge]))[whole.charge.id].at
            dispute.metadata = merged_metadata(dispute.metadata, change.metadata)
            dispute.evidence = merged_evidence(dispute.evidence, change.evidence or EvidenceDraft())
            if submit:
                await self._hand_in(dispute, at)
            await update_rows([dispute], _ANSWERED)
            self.events.record(EventType.CHARGE_DISPUTE_UPDATED, whole, at=at, before=before)
            return _Prepared(dispute, to_be_sent=submit)

        return await self._carried_out(prepare)

    async def close(self, identifier: str) -> Settled[Dispute]:
        """Let it be: the dispute is LOST, for good. Event `charge.dispute.closed`."""

        async def prepare() -> _Prepared:
            dispute = await self._held(identifier)
            DISPUTE.refuse_unless("close", dispute.id, DisputeStatus(dispute.status))
            _refuse_closing(dispute)
            dispute.request = {"accepted": True}
            await update_rows([dispute], ("request",))
            return _Prepared(dispute, to_be_sent=True)

        return await self._carried_out(prepare)

    async def resolve(self, identifiers: Sequence[str]) -> None:
        """Outside of transactions: ask what became of answers that are open or that a bank reads."""
        for dispute in await self.gather(Dispute, "id", identifiers):
            if dispute.request:
                outcome = await self._called(dispute, again=True)
                if outcome is not None:
                    await self._settled(dispute, outcome)

    async def _held(self, identifier: str) -> Dispute:
        """The dispute, held; refused while its clock is on its way."""
        known = await self.require(Dispute, identifier)
        charge = await self.lock(Charge, known.charge_id)
        moment = (await self.wholes.moments([charge]))[charge.id]
        await self.present(moment.test_clock_id)
        return await self.lock(Dispute, identifier)

    async def _hand_in(self, dispute: Dispute, at: datetime) -> None:
        """The evidence is the bank's from here on (in memory); only an inquiry still ends by itself."""
        if not dispute.evidence:
            raise DomainError(
                ErrorCode.PARAMETER_MISSING,
                f"There is no evidence for {dispute.id} to hand in; give at least one text.",
                "evidence",
            )
        asked = dispute.status in INQUIRIES
        after = DisputeStatus.WARNING_UNDER_REVIEW if asked else DisputeStatus.UNDER_REVIEW
        dispute.status = DISPUTE.move(dispute.id, DisputeStatus(dispute.status), after)
        dispute.submission_count += 1
        dispute.past_due = at > dispute.due_by
        dispute.request = {"accepted": False}
        if not asked:
            await self.due.cancel(dispute.id, AgendaKind.DISPUTE_END)

    async def _carried_out(self, prepare: Callable[[], Awaitable[_Prepared]]) -> Settled[Dispute]:
        """Commit the answer, call, commit the verdict, which joins the idempotency claim."""
        assert current_unit() is None, "an answer is three steps, not a part of another transaction"

        async def first() -> _Prepared:
            claim = await claimed(self.scope)
            prepared = await prepare()
            dispute = prepared.dispute
            if prepared.to_be_sent:
                if claim is not None:
                    dispute.request = dispute.request | {"claim": claim}
                    await update_rows([dispute], ("request",))
                due_at = self.scope.clock.now() + self.scope.gateways.grace
                await self.due.schedule(AgendaKind.DISPUTE_RESOLVE, dispute.id, due_at)
            elif claim is not None:
                await answered(claim, Settled(dispute))
            return prepared

        prepared = await in_transaction(first)
        outcome = await self._called(prepared.dispute) if prepared.to_be_sent else None
        return Settled(prepared.dispute) if outcome is None else await self._settled(prepared.dispute, outcome)

    async def _called(self, dispute: Dispute, *, again: bool = False) -> DisputeOutcome | None:
        """The gateway's answer; None when it could not be heard."""
        try:
            gateway = self.scope.gateways.for_mode(self.scope.livemode)
            request = _request_of(dispute)
            return (await gateway.fetch_dispute(request) if again else None) or await gateway.answer_dispute(request)
        except Exception:  # Whatever broke, the bank may have heard it: the answer stays open and is asked about later.
            _log.exception("The gateway gave no answer for %s; it will be asked again.", dispute.id)
            return None

    async def _settled(self, dispute: Dispute, outcome: DisputeOutcome) -> Settled[Dispute]:
        """Write the verdict down, unless somebody else did."""

        async def body() -> Settled[Dispute]:
            charge = await self.lock(Charge, dispute.charge_id)
            now = await self.lock(Dispute, dispute.id)
            if now.request == dispute.request and now.request:
                await self.verdicts.write(now, charge, outcome)
            return Settled(now)

        return await in_transaction(body)


def _refuse_unanswerable(dispute: Dispute) -> None:
    DISPUTE.refuse_unless("answer", dispute.id, DisputeStatus(dispute.status), allowed=_OPEN)
    _refuse_closing(dispute)


def _refuse_closing(dispute: Dispute) -> None:
    """Until the gateway has answered, nobody knows how the dispute stands."""
    if dispute.request:
        raise DomainError(
            ErrorCode.DISPUTE_UNEXPECTED_STATE,
            f"Dispute {dispute.id} is being closed at this moment; read it again when that is done.",
            "id",
        )


def _request_of(dispute: Dispute) -> DisputeRequest:
    """What the gateway is told. The same answer gives the same request with the same key."""
    told: dict[str, Any] = dispute.request
    accepted = bool(told.get("accepted"))
    return DisputeRequest(
        attempt_id=f"{dispute.id}_closed" if accepted else f"{dispute.id}_{dispute.submission_count}",
        reference=dispute.gateway_reference,
        evidence={} if accepted else dispute.evidence,
        is_inquiry=dispute.status in INQUIRIES,
        accepted=accepted,
    )


async def _resolve(scope: Scope, entries: Sequence[AgendaEntry]) -> Handled:
    """The bank is asked outside the transaction; entries stay until it has decided."""
    return asked_later(scope, entries, Disputes(scope).resolve)


DISPUTE_RESOLVE_HANDLER: Handler = _resolve
"""What the agenda does about answers that are open, or that a bank reads."""
