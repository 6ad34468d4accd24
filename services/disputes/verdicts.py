"""What becomes of disputes: what a bank decides, what time decides, and what a refund makes of an inquiry."""

from collections.abc import Sequence

from domain.agenda import AgendaKind
from domain.disputes import INQUIRIES, ends_at
from domain.event_types import EventType
from domain.lifecycles import DISPUTE, DisputeStatus, RefundStatus
from gateways.outcomes import DisputeEscalated, DisputeInReview, DisputeOutcome, DisputeWon
from models import AgendaEntry, Charge, Dispute, Refund
from services.aggregates import WholeCharge, WholeDispute
from services.base import Service, Settled, part
from services.disputes.books import DisputeBooks
from services.disputes.wholes import Moment, WholeDisputes
from services.due import Due, Handled, Handler
from services.events import Events
from services.idempotency import answered
from services.rows import update_rows
from services.scope import Scope
from services.snapshots import Subject

AGENDA = (AgendaKind.DISPUTE_END, AgendaKind.DISPUTE_RESOLVE)
_DECIDED = (
    "status", "amount", "due_by", "request", "balance_transaction_id", "reinstatement_balance_transaction_id",
)  # fmt: skip


class Verdicts(Service):
    """Ends disputes, or lets them go on. Within transactions; the charge and then the dispute are held."""

    events = part(Events)
    due = part(Due)
    books = part(DisputeBooks)
    wholes = part(WholeDisputes)

    async def write(self, dispute: Dispute, charge: Charge, outcome: DisputeOutcome) -> None:
        """Write down what the bank says to an answer.

        Event `charge.dispute.closed`, after `charge.dispute.funds_reinstated` when money comes back. A bank that takes
        the money after its inquiry: `charge.dispute.updated`, `charge.dispute.funds_withdrawn`.
        """
        moment = (await self.wholes.moments([charge]))[charge.id]
        claims = _taken_claims([dispute])
        if isinstance(outcome, DisputeInReview):
            again = moment.at + outcome.ask_again_after
            dispute.request = {"asked": True}
            await update_rows([dispute], ("request",))
            await self.due.schedule(AgendaKind.DISPUTE_RESOLVE, dispute.id, again, test_clock_id=moment.test_clock_id)
        elif dispute.status in INQUIRIES and isinstance(outcome, DisputeEscalated):
            await self._escalate(dispute, charge, moment, outcome)
        elif isinstance(outcome, DisputeWon) and dispute.status == DisputeStatus.UNDER_REVIEW:
            await self._win(dispute, charge, moment)
        else:
            await self.close([dispute], {charge.id: charge})
        await self._conclude(claims)

    async def close(self, disputes: Sequence[Dispute], charges: dict[str, Charge]) -> None:
        """These are over without money coming back: an inquiry is closed, anything else is lost."""
        wholes = await self.wholes.of(disputes, charges)
        moments = await self.wholes.moments([whole.charge for whole in wholes])
        claims = _taken_claims(disputes)
        for dispute in disputes:
            asked = dispute.status in INQUIRIES
            _move(dispute, DisputeStatus.WARNING_CLOSED if asked else DisputeStatus.LOST)
        await update_rows(disputes, _DECIDED)
        await self.due.cancel_all((kind, each.id) for each in disputes for kind in AGENDA)
        for whole in wholes:
            self.events.record(EventType.CHARGE_DISPUTE_CLOSED, whole, at=moments[whole.charge.id].at)
        await self._conclude(claims)

    async def _conclude(self, claims: Sequence[tuple[str, Dispute]]) -> None:
        """Whoever waits for these disputes under an idempotency key is answered."""
        for claim, dispute in claims:
            await answered(claim, Settled(dispute))

    async def _win(self, dispute: Dispute, charge: Charge, moment: Moment) -> None:
        await self.books.reinstate(dispute, moment)
        _move(dispute, DisputeStatus.WON)
        await update_rows([dispute], _DECIDED)
        await self.due.cancel(dispute.id, *AGENDA)
        [whole] = await self.wholes.of([dispute], {charge.id: charge})
        told = EventType.CHARGE_DISPUTE_FUNDS_REINSTATED, EventType.CHARGE_DISPUTE_CLOSED
        self.events.record_all(told, whole, at=moment.at)

    async def _escalate(self, dispute: Dispute, charge: Charge, moment: Moment, outcome: DisputeEscalated) -> None:
        """The bank takes what was not given back meanwhile."""
        before = self.events.snapshot(WholeDispute(dispute, charge))
        refunds = await self.gather(Refund, "charge_id", [charge.id])
        given_back = sum(each.amount for each in refunds if each.status != RefundStatus.FAILED)
        _move(dispute, DisputeStatus.NEEDS_RESPONSE)
        dispute.amount = min(dispute.amount, charge.amount_captured - given_back)
        dispute.due_by = moment.at + outcome.respond_within
        await self.books.withdraw([(dispute, moment)])
        await update_rows([dispute], _DECIDED)
        end = ends_at(dispute.status, dispute.created_at, dispute.due_by)
        await self.due.cancel(dispute.id, AgendaKind.DISPUTE_RESOLVE)
        await self.due.schedule(AgendaKind.DISPUTE_END, dispute.id, end, test_clock_id=moment.test_clock_id)
        [whole] = await self.wholes.of([dispute], {charge.id: charge})
        self.events.record(EventType.CHARGE_DISPUTE_UPDATED, whole, at=moment.at, before=before)
        self.events.record(EventType.CHARGE_DISPUTE_FUNDS_WITHDRAWN, whole, at=moment.at)


def _taken_claims(disputes: Sequence[Dispute]) -> list[tuple[str, Dispute]]:
    """The idempotency claims that wait for these; nothing is in the gateway's hands any more (in memory)."""
    waiting = [(each.request["claim"], each) for each in disputes if "claim" in each.request]
    for dispute in disputes:
        dispute.request = {}
    return waiting


def _move(dispute: Dispute, after: DisputeStatus) -> None:
    dispute.status = DISPUTE.move(dispute.id, DisputeStatus(dispute.status), after)


async def close_inquiries_of_refunded(scope: Scope, charges: Sequence[Subject]) -> None:
    """Reaction to refunds: an inquiry about a charge of which nothing is left to take is closed."""
    verdicts = Verdicts(scope)
    refunded = {
        each.row.id: each.row
        for each in charges
        if isinstance(each, WholeCharge) and each.row.dispute_id and each.amount_refunded >= each.row.amount_captured
    }
    if refunded:
        asked_of = await verdicts.gather(Dispute, "charge_id", refunded, lock=True)
        living = [each for each in asked_of if not DISPUTE.ended(DisputeStatus(each.status))]
        await verdicts.close([each for each in living if each.status in INQUIRIES], refunded)


async def _end(scope: Scope, entries: Sequence[AgendaEntry]) -> Handled:
    """Those of which nobody has a verdict in hand end now; the others end with it."""
    verdicts = Verdicts(scope)
    found = await verdicts.gather(Dispute, "id", [entry.subject_id for entry in entries], lock=True)
    await verdicts.close([each for each in found if not DISPUTE.ended(DisputeStatus(each.status))], {})
    return Handled()


DISPUTE_END_HANDLER: Handler = _end
"""What the agenda does about disputes that time decides."""
