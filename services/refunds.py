"""Refunds: money given back, never more than remains of a charge.

As a charge, a refund is committed before the gateway is called, with its id as the gateway's idempotency key, and the
answer is committed afterwards. What a crash left open, and what the network settles later, the agenda brings to
`resolve`.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from domain.agenda import AgendaKind
from domain.disputes import is_refundable
from domain.errors import DomainError, ErrorCode, Problem
from domain.event_types import EventType
from domain.ids import Prefix
from domain.kinds import RefundReason
from domain.lifecycles import REFUND, ChargeStatus, RefundStatus
from domain.metadata import merged_metadata
from domain.sharing import Sharing
from gateways.outcomes import RefundFailed, RefundOutcome, RefundSucceeded
from gateways.protocol import RefundRequest
from models import AgendaEntry, Charge, Customer, Dispute, PaymentIntent, Refund
from services.aggregates import WholeCharge
from services.balances import Balances
from services.base import Service, Settled, part
from services.due import Due, Handled, Handler, asked_later
from services.events import Events
from services.idempotency import answered, claimed, transactional
from services.pages import Listing
from services.rows import insert_rows, update_rows
from services.scope import Scope
from services.transactions import current_unit, in_transaction
from services.transfers.movements import Moment
from services.transfers.returns import NOTHING_ALONG, Along, Returns

_log = logging.getLogger(__name__)

_ANSWERED = (
    "status", "failure_reason", "balance_transaction_id", "failure_balance_transaction_id", "request",
    "transfer_reversal_id",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRefund:
    """What is to be given back: `amount` minor units (None: all that remains) of a charge or of an intent's charge."""

    charge: str | None = None
    payment_intent: str | None = None
    amount: int | None = None
    reason: RefundReason | None = None
    reverse_transfer: bool = False
    refund_application_fee: bool = False
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundSearch:
    """Which refunds a list shows."""

    charge: str | None = None
    payment_intent: str | None = None


@dataclass(frozen=True, slots=True)
class _Held:
    """A refund and its charge, both held, and the time on their clock."""

    refund: Refund
    charge: Charge
    at: datetime
    test_clock_id: str | None


class Refunds(Service):
    """Gives money back."""

    events = part(Events)
    due = part(Due)
    balances = part(Balances)
    returns = part(Returns)

    def matching(self, search: RefundSearch) -> Listing:
        """The refunds that a list shows."""
        wanted = {"charge_id": search.charge, "payment_intent_id": search.payment_intent}
        return self.mine(Refund).filter(**{column: value for column, value in wanted.items() if value is not None})

    async def refunded(self, charge_ids: Sequence[str]) -> dict[str, int]:
        """What has been given back of each charge, in minor units; charges without refunds are absent."""
        totals: dict[str, int] = {}
        for refund in await self.gather(Refund, "charge_id", charge_ids):
            if refund.status != RefundStatus.FAILED:
                totals[refund.charge_id] = totals.get(refund.charge_id, 0) + refund.amount
        return totals

    async def create(self, draft: NewRefund) -> Settled[Refund]:
        """Give money back. Events `refund.created` and `charge.refunded`; `refund.failed` when the network refuses.

        Refuses more than what remains, also where several refunds of one charge run side by side.
        """

        async def prepare() -> Refund:
            charge = await self._charge_of(draft)
            await self.present((await self._clock_of(charge))[1])
            amount = await self._refundable(charge, draft.amount)
            along = Along(draft.reverse_transfer, draft.refund_application_fee)
            await self.returns.refuse_unfit(charge, along)
            return await self._begin(charge, amount, draft.reason, draft.metadata, along=along)

        return await self._carried_out(prepare)

    async def begin_whole(self, charges: Sequence[Charge]) -> list[Refund]:
        """Within a transaction: refunds of whole charges whose purpose was lost; `send` then carries them out.

        Whoever had a part in such a charge gives it back.
        """
        begun = []
        for charge in charges:
            held = await self.lock(Charge, charge.id)
            along = Along(bool(Sharing.from_json(held.sharing).shares), held.application_fee_id is not None)
            begun.append(await self._begin(held, held.amount_captured, None, {}, along=along))
        return begun

    async def begin(
        self, charge: Charge, amount: int, reason: RefundReason | None, *, credit_note_id: str | None = None
    ) -> Refund:
        """Within a transaction: a refund of a held charge that has that much left; `send` then carries it out.

        Refuses at `refundAmount` a charge whose money a bank has taken back.
        """
        await self._refuse_disputed(charge, "refundAmount")
        return await self._begin(charge, amount, reason, {}, credit_note_id)

    async def send(self, refunds: Sequence[Refund]) -> None:
        """Outside of transactions: call the gateway for refunds that are written, and write its answers down."""
        for refund in refunds:
            outcome = await self._called(refund)
            if outcome is not None:
                await self._settled(refund, outcome)

    async def resolve(self, identifiers: Sequence[str]) -> None:
        """Outside of transactions: ask what became of refunds that are open or that the network settles later."""
        for refund in await self.gather(Refund, "id", identifiers):
            if refund.request:
                outcome = await self._called(refund, again=True)
                if outcome is not None:
                    await self._settled(refund, outcome)

    @transactional
    async def update(self, identifier: str, metadata: Mapping[str, str]) -> Refund:
        """The refund with metadata changed. Event `refund.updated`."""
        refund = await self.lock(Refund, identifier)
        before = self.events.snapshot(refund)
        refund.metadata = merged_metadata(refund.metadata, metadata)
        await update_rows([refund], ("metadata",))
        _, clock_id = await self._clock_of(await self.require(Charge, refund.charge_id))
        at = await self.present(clock_id)
        self.events.record(EventType.REFUND_UPDATED, refund, at=at, before=before)
        return refund

    async def _charge_of(self, draft: NewRefund) -> Charge:
        """The charge to refund, held."""
        if draft.charge is not None and draft.payment_intent is not None:
            raise DomainError(ErrorCode.PARAMETERS_EXCLUSIVE, "Name a charge or a payment intent, not both.", "charge")
        if draft.charge is not None:
            return await self.lock(Charge, draft.charge, "charge")
        if draft.payment_intent is None:
            raise DomainError(
                ErrorCode.PARAMETER_MISSING, "Say what to refund: name a charge or a payment intent.", "charge"
            )
        intent = await self.require(PaymentIntent, draft.payment_intent, "paymentIntent")
        if intent.latest_charge_id is None:
            raise DomainError(
                ErrorCode.CHARGE_UNEXPECTED_STATE,
                f"Payment intent {intent.id} is {intent.status} and has no charge; only what came in can go back.",
                "paymentIntent",
            )
        return await self.lock(Charge, intent.latest_charge_id, "paymentIntent")

    async def _refundable(self, charge: Charge, wanted: int | None) -> int:
        """The amount to give back, of what remains."""
        if charge.status != ChargeStatus.SUCCEEDED or not charge.captured:
            what = "authorized, not captured; cancel its payment intent" if charge.gateway_reference else "not paid"
            raise DomainError(
                ErrorCode.CHARGE_UNEXPECTED_STATE,
                f"Charge {charge.id} is {what}; only a captured charge can be refunded.",
                "charge",
            )
        await self._refuse_disputed(charge, "charge")
        left = charge.amount_captured - (await self.refunded([charge.id])).get(charge.id, 0)
        if left == 0:
            raise DomainError(
                ErrorCode.CHARGE_ALREADY_REFUNDED, f"Charge {charge.id} has been refunded in full already.", "charge"
            )
        amount = left if wanted is None else wanted
        if amount < 1:
            raise DomainError(
                ErrorCode.PARAMETER_INVALID_INTEGER,
                f"Amount {amount} cannot be refunded; it would have to be from 1 to {left} {charge.currency}.",
                "amount",
            )
        if amount > left:
            raise DomainError(
                ErrorCode.AMOUNT_TOO_LARGE,
                f"Amount {amount} exceeds the {left} {charge.currency} left to refund on {charge.id}.",
                "amount",
            )
        return amount

    async def _refuse_disputed(self, charge: Charge, param: str) -> None:
        """What a bank has taken back cannot be given back as well."""
        for dispute in await self.gather(Dispute, "id", [charge.dispute_id]):
            if not is_refundable(dispute.status):
                raise DomainError(
                    ErrorCode.CHARGE_DISPUTED,
                    f"The money of {charge.id} is with the cardholder's bank: {dispute.id} is {dispute.status}. It can"
                    " be refunded while the bank only asks, or once the dispute is won.",
                    param,
                )

    async def _begin(
        self,
        charge: Charge,
        amount: int,
        reason: RefundReason | None,
        metadata: Mapping[str, str],
        credit_note_id: str | None = None,
        along: Along = NOTHING_ALONG,
    ) -> Refund:
        """Write the refund down as pending, watched by the agenda; its charge is held."""
        self.scope.gateways.for_mode(self.scope.livemode)
        at, _ = await self._clock_of(charge)
        assert charge.gateway_reference is not None, f"{charge.id} came in without a reference"
        refund = Refund(
            id=self.new_id(Prefix.REFUND),
            created_at=at,
            charge_id=charge.id,
            payment_intent_id=charge.payment_intent_id,
            credit_note_id=credit_note_id,
            amount=amount,
            currency=charge.currency,
            reason=None if reason is None else reason.value,
            status=RefundStatus.PENDING,
            metadata=merged_metadata({}, metadata),
            request={"reference": charge.gateway_reference},
            reverse_transfer=along.transfer,
            refund_application_fee=along.application_fee,
            **self.ownership(),
        )
        await insert_rows([refund])
        now = self.scope.clock.now()
        await self.due.schedule(AgendaKind.REFUND_RESOLVE, refund.id, now + self.scope.gateways.grace)
        return refund

    async def _clock_of(self, charge: Charge) -> tuple[datetime, str | None]:
        """The time on the clock of the charge's customer, and that clock."""
        customers = await self.gather(Customer, "id", [charge.customer_id])
        clock_id = customers[0].test_clock_id if customers else None
        return (await self.presents([clock_id]))[clock_id], clock_id

    async def _carried_out(self, prepare: Callable[[], Awaitable[Refund]]) -> Settled[Refund]:
        """Commit the refund, call, commit the answer, which joins the idempotency claim."""
        assert current_unit() is None, "a refund is three steps, not a part of another transaction"

        async def first() -> Refund:
            claim = await claimed(self.scope)
            refund = await prepare()
            if claim is not None:
                refund.request = refund.request | {"claim": claim}
                await update_rows([refund], ("request",))
            return refund

        refund = await in_transaction(first)
        outcome = await self._called(refund)
        return Settled(refund) if outcome is None else await self._settled(refund, outcome)

    async def _called(self, refund: Refund, *, again: bool = False) -> RefundOutcome | None:
        """The gateway's answer; None when it could not be heard."""
        gateway = self.scope.gateways.for_mode(self.scope.livemode)
        request = RefundRequest(attempt_id=refund.id, reference=refund.request["reference"], amount_minor=refund.amount)
        try:
            return (await gateway.fetch_refund(request) if again else None) or await gateway.refund(request)
        except Exception:  # Whatever broke, money may have moved: the refund stays open and is asked about later.
            _log.exception("The gateway gave no answer for %s; it will be asked again.", refund.id)
            return None

    async def _settled(self, refund: Refund, outcome: RefundOutcome) -> Settled[Refund]:
        """Write the answer down, unless somebody else did."""

        async def body() -> Settled[Refund]:
            charge = await self.lock(Charge, refund.charge_id)
            now = await self.lock(Refund, refund.id)
            if now.request != refund.request:
                return Settled(now)
            at, test_clock_id = await self._clock_of(charge)
            held = _Held(now, charge, at, test_clock_id)
            claim = now.request.get("claim")
            later = now.request.get("later", False)
            problem = await (self._finish(held, outcome) if later else self._answer(held, outcome))
            done = Settled(now, problem, now.payment_intent_id if problem else None)
            if claim is not None:
                await answered(claim, done)
            return done

        return await in_transaction(body)

    async def _answer(self, held: _Held, outcome: RefundOutcome) -> Problem | None:
        """The first answer: the money goes out, for good or until the network says otherwise."""
        refund = held.refund
        if isinstance(outcome, RefundFailed):
            await self._fail(held, outcome)
            self.events.record(EventType.REFUND_CREATED, refund, at=held.at)
            self.events.record(EventType.REFUND_FAILED, refund, at=held.at)
            return Problem(ErrorCode.PROCESSING_ERROR, outcome.message)
        open_still = not isinstance(outcome, RefundSucceeded) or outcome.settles_later
        if isinstance(outcome, RefundSucceeded):
            refund.status = REFUND.move(refund.id, RefundStatus(refund.status), RefundStatus.SUCCEEDED)
        await self.balances.give_back([refund], {refund.id: (held.at, held.test_clock_id)})
        await self.returns.follow(refund, held.charge, Moment(held.at, held.test_clock_id, held.at))
        reference = {"reference": refund.request["reference"]}
        refund.request = reference | {"later": True} if open_still else {}
        await update_rows([refund], _ANSWERED)
        await self._schedule_end(held, open_still=open_still)
        self.events.record(EventType.REFUND_CREATED, refund, at=held.at)
        self.events.record(EventType.CHARGE_REFUNDED, await self._whole(held.charge), at=held.at)
        return None

    async def _finish(self, held: _Held, outcome: RefundOutcome) -> None:
        """How a refund ended that was open or merely seemed done."""
        refund = held.refund
        before, charge_before = self.events.snapshot(refund), self.events.snapshot(await self._whole(held.charge))
        if isinstance(outcome, RefundFailed):
            await self.balances.take_back([refund], {refund.id: (held.at, held.test_clock_id)})
            await self._fail(held, outcome)
        elif isinstance(outcome, RefundSucceeded) and not outcome.settles_later:
            if refund.status == RefundStatus.PENDING:
                refund.status = REFUND.move(refund.id, RefundStatus(refund.status), RefundStatus.SUCCEEDED)
            refund.request = {}
            await update_rows([refund], _ANSWERED)
            await self.due.cancel(refund.id, AgendaKind.REFUND_RESOLVE)
        else:
            return
        self.events.record(EventType.REFUND_UPDATED, refund, at=held.at, before=before)
        if refund.status == RefundStatus.FAILED:
            self.events.record(EventType.REFUND_FAILED, refund, at=held.at)
            whole = await self._whole(held.charge)
            self.events.record(EventType.CHARGE_UPDATED, whole, at=held.at, before=charge_before)

    async def _fail(self, held: _Held, outcome: RefundFailed) -> None:
        refund = held.refund
        refund.status = REFUND.move(refund.id, RefundStatus(refund.status), RefundStatus.FAILED)
        refund.failure_reason = outcome.reason.value
        refund.request = {}
        await update_rows([refund], _ANSWERED)
        await self.due.cancel(refund.id, AgendaKind.REFUND_RESOLVE)

    async def _schedule_end(self, held: _Held, *, open_still: bool) -> None:
        """What the network settles later is asked about on the customer's clock."""
        if not open_still:
            await self.due.cancel(held.refund.id, AgendaKind.REFUND_RESOLVE)
            return
        due_at = held.at + self.scope.gateways.grace
        await self.due.schedule(AgendaKind.REFUND_RESOLVE, held.refund.id, due_at, test_clock_id=held.test_clock_id)

    async def _whole(self, charge: Charge) -> WholeCharge:
        return WholeCharge(charge, (await self.refunded([charge.id])).get(charge.id, 0))


async def refunded_by_charge(scope: Scope, charge_ids: Sequence[str]) -> dict[str, int]:
    """What has been given back of each charge, in minor units; charges without refunds are absent."""
    return await Refunds(scope).refunded(charge_ids)


async def _resolve(scope: Scope, entries: Sequence[AgendaEntry]) -> Handled:
    return asked_later(scope, entries, Refunds(scope).resolve)


REFUND_HANDLER: Handler = _resolve
"""What the agenda does about refunds that are open, or that the network settles later."""
