"""Disputes come to be: told by a gateway with a charge or later, or played in the sandbox.

What a gateway tells with a charge is kept on the charge in the transaction of its settlement, which also puts it on
the agenda; the dispute is written right after, when everything has followed from the payment. So a subscription is
there before its payment is disputed, and nothing is lost when the process dies in between.
"""

from collections.abc import Mapping, Sequence

from domain.agenda import AgendaKind
from domain.disputes import disputed_amount, ends_at
from domain.errors import DomainError, ErrorCode
from domain.event_types import EventType
from domain.ids import Prefix
from domain.lifecycles import ChargeStatus, DisputeStatus, RefundStatus
from gateways.outcomes import DisputeNotice
from gateways.sandbox import reference_of
from models import AgendaEntry, Charge, Dispute, Refund
from services.aggregates import WholeCharge, WholeDispute
from services.base import Service, part
from services.disputes.books import DisputeBooks
from services.disputes.drafts import SandboxDispute
from services.disputes.wholes import Moment, WholeDisputes
from services.due import Appointment, Due, Handled, Handler
from services.events import Events
from services.idempotency import transactional
from services.rows import insert_rows, update_rows
from services.scope import Scope


class Openings(Service):
    """Opens disputes, in sets."""

    events = part(Events)
    due = part(Due)
    books = part(DisputeBooks)
    wholes = part(WholeDisputes)

    @transactional
    async def play(self, draft: SandboxDispute) -> Dispute:
        """The dispute of a charge, as if its cardholder had begun one. Test mode only. See `open`."""
        if self.scope.livemode:
            raise DomainError(
                ErrorCode.TEST_MODE_ONLY, "Only cardholders dispute real charges; use a key that begins sk_test_."
            )
        charge = await self.lock(Charge, draft.charge, "charge")
        await self.present((await self.wholes.moments([charge]))[charge.id].test_clock_id)
        _refuse_undisputable(charge)
        left = charge.amount_captured - (await self._given_back([charge])).get(charge.id, 0)
        notice = DisputeNotice(
            reference=reference_of(charge.id),
            reason=draft.reason,
            is_inquiry=draft.is_inquiry,
            amount_minor=disputed_amount(draft.amount, left, charge.id, charge.currency),
        )
        [dispute] = await self.open([charge], {charge.id: notice})
        return dispute

    async def open_told(self, charge_ids: Sequence[str]) -> None:
        """Within a transaction: open the disputes that were told with these charges, unless somebody did before."""
        charges = await self.gather(Charge, "id", charge_ids, lock=True)
        notices = {each.id: DisputeNotice.from_json(each.request["dispute"]) for each in charges}
        await self.open(charges, notices)
        await self.due.cancel_all((AgendaKind.DISPUTE_OPEN, each) for each in charge_ids)

    async def open(self, charges: Sequence[Charge], notices: Mapping[str, DisputeNotice]) -> list[Dispute]:
        """Within a transaction: disputes of these held charges, as gateways tell of them (by charge).

        Never more is disputed than was not given back; nothing, where all was, or where there is a dispute already.
        Events `charge.updated`, `charge.dispute.created`, and `charge.dispute.funds_withdrawn` unless it is an inquiry.
        """
        fresh = [each for each in charges if each.dispute_id is None]
        given_back = await self._given_back(fresh)
        open_still = [each for each in fresh if given_back.get(each.id, 0) < each.amount_captured]
        moments = await self.wholes.moments(open_still)
        disputes = []
        for charge in open_still:
            left = charge.amount_captured - given_back.get(charge.id, 0)
            disputes.append(self._dispute(charge, notices[charge.id], left, moments[charge.id]))
        taken = [each for each in disputes if each.status == DisputeStatus.NEEDS_RESPONSE]
        await self.books.withdraw([(each, moments[each.charge_id]) for each in taken])
        await insert_rows(disputes)
        await self._expect_ends(disputes, moments)
        befores = {each.id: self.events.snapshot(self._shown(each, given_back)) for each in open_still}
        for charge, dispute in zip(open_still, disputes, strict=True):
            charge.dispute_id = dispute.id
        await update_rows(open_still, ("dispute_id",))
        for whole in await self.wholes.of(disputes, {each.id: each for each in open_still}):
            charge, at = whole.charge, moments[whole.charge.id].at
            shown = self._shown(charge, given_back)
            self.events.record(EventType.CHARGE_UPDATED, shown, at=at, before=befores[charge.id])
            self.events.record_all(_told_of(whole), whole, at=at)
        return disputes

    async def _given_back(self, charges: Sequence[Charge]) -> dict[str, int]:
        """What goes back of each charge by refunds, in minor units; charges without refunds are absent."""
        totals: dict[str, int] = {}
        for refund in await self.gather(Refund, "charge_id", [each.id for each in charges]):
            if refund.status != RefundStatus.FAILED:
                totals[refund.charge_id] = totals.get(refund.charge_id, 0) + refund.amount
        return totals

    async def _expect_ends(self, disputes: Sequence[Dispute], moments: Mapping[str, Moment]) -> None:
        """Each ends by itself when nobody does anything."""
        ends = [
            Appointment(
                AgendaKind.DISPUTE_END,
                each.id,
                ends_at(each.status, each.created_at, each.due_by),
                moments[each.charge_id].test_clock_id,
            )
            for each in disputes
        ]
        await self.due.schedule_all(ends, fresh=True)

    def _dispute(self, charge: Charge, notice: DisputeNotice, left: int, moment: Moment) -> Dispute:
        asked = notice.is_inquiry
        return Dispute.made(
            id=self.new_id(Prefix.DISPUTE),
            created_at=moment.at,
            charge_id=charge.id,
            payment_intent_id=charge.payment_intent_id,
            amount=left if notice.amount_minor is None else min(left, notice.amount_minor),
            currency=charge.currency,
            reason=notice.reason,
            status=DisputeStatus.WARNING_NEEDS_RESPONSE if asked else DisputeStatus.NEEDS_RESPONSE,
            network_reason_code=notice.network_reason_code,
            gateway_reference=notice.reference,
            due_by=moment.at + notice.respond_within,
            **self.ownership(),
        )

    def _shown(self, charge: Charge, given_back: Mapping[str, int]) -> WholeCharge:
        return WholeCharge(charge, given_back.get(charge.id, 0))


def _told_of(whole: WholeDispute) -> tuple[EventType, ...]:
    withdrawn = (EventType.CHARGE_DISPUTE_FUNDS_WITHDRAWN,) if whole.movements else ()
    return (EventType.CHARGE_DISPUTE_CREATED, *withdrawn)


def _refuse_undisputable(charge: Charge) -> None:
    if charge.status != ChargeStatus.SUCCEEDED or not charge.captured:
        raise DomainError(
            ErrorCode.CHARGE_UNEXPECTED_STATE,
            f"Charge {charge.id} brought no money in; only a captured charge can be disputed.",
            "charge",
        )
    if charge.dispute_id is not None:
        raise DomainError(
            ErrorCode.CHARGE_DISPUTED,
            f"Charge {charge.id} has been disputed already: {charge.dispute_id}.",
            "charge",
        )


async def _open(scope: Scope, entries: Sequence[AgendaEntry]) -> Handled:
    await Openings(scope).open_told([entry.subject_id for entry in entries])
    return Handled()


DISPUTE_OPEN_HANDLER: Handler = _open
"""What the agenda does about disputes that were told with a charge and not written down."""
