"""Disputes when things break: processes that die, gateways that are silent, calls that are repeated or run at once."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from domain.agenda import AgendaKind
from domain.disputes import EvidenceDraft
from domain.errors import DomainError
from gateways.outcomes import DisputeOutcome, DisputeWon
from gateways.protocol import DisputeRequest
from models import AgendaEntry, Charge, Dispute, IdempotencyRecord
from services.agenda import agenda_of_the_system
from services.base import Settled
from services.disputes import DisputeChange, Disputes, Openings, SandboxDispute
from services.handlers import HANDLERS
from services.idempotency import performed
from services.payments import Attempts, Confirmation, NewPaymentIntent, PaymentIntents
from services.refunds import NewRefund, Refunds
from services.scope import Scope
from services.transactions import current_unit, in_transaction
from tests.features.paying import CountingGateway, balanced_books, calling, only_charge, paid, through
from tests.features.scopes import StandingClock, founded_scope, told

WINNING = DisputeChange(evidence=EvidenceDraft(uncategorized_text="winning_evidence"))
DISPUTED = "pm_card_createDispute"


@pytest.fixture
async def scope(database: str) -> Scope:
    return await founded_scope()


async def later(scope: Scope, after: timedelta = timedelta(minutes=1)) -> int:
    """The worker's round a while later."""
    assert isinstance(scope.clock, StandingClock)
    scope.clock.at += after
    return await agenda_of_the_system(HANDLERS, scope).run_group()


class DeafToDisputes(CountingGateway):
    """Hears every answer to a dispute, and never says so; the bank has decided when it is asked."""

    async def answer_dispute(self, request: DisputeRequest) -> DisputeOutcome:
        """The line breaks after the bank has heard."""
        raise ConnectionError("the line is dead")


async def test_dispute_is_not_lost_when_the_process_dies_after_the_settlement(scope: Scope) -> None:
    attempts = Attempts(scope)
    draft = NewPaymentIntent(amount=1500, currency="usd", payment_method=DISPUTED)
    intent = (await PaymentIntents(scope).create(draft)).value
    confirming = PaymentIntents(through(scope, CountingGateway(silent=True)))
    await confirming.confirm(Confirmation(id=intent.id))
    [charge] = await Charge.all()
    outcomes = await attempts.call([charge])

    async def settled_by_a_dying_process() -> None:
        unit = current_unit()
        assert unit is not None
        unit.after_commit(_die)
        await attempts.settle([charge], outcomes)

    with pytest.raises(asyncio.CancelledError):
        await in_transaction(settled_by_a_dying_process)
    assert (await Charge.get()).status == "succeeded"
    assert await Dispute.all().count() == 0
    assert await AgendaEntry.filter(kind=AgendaKind.DISPUTE_OPEN).count() == 1
    await later(scope)
    dispute = await Dispute.get()
    assert (dispute.status, dispute.amount, dispute.charge_id) == ("needs_response", 1500, charge.id)
    assert [each.kind for each in await AgendaEntry.exclude(kind="balance.available")] == ["dispute.end"]
    await balanced_books()


def _die() -> None:
    raise asyncio.CancelledError


async def test_dispute_that_was_written_down_is_not_written_again(scope: Scope) -> None:
    charge = await only_charge(await paid(scope, DISPUTED))
    before = await told()

    await in_transaction(lambda: Openings(scope).open_told([charge.id]))

    assert await Dispute.all().count() == 1
    assert await told() == before


async def test_answer_that_nobody_confirmed_is_asked_about(scope: Scope) -> None:
    await paid(scope, DISPUTED)
    dispute = await Dispute.get()

    async def perform(under: Scope) -> Settled[Dispute]:
        return await Disputes(under).update(dispute.id, WINNING)

    call = calling(scope, "key", "disputeUpdate")
    done = await performed(through(scope, DeafToDisputes()), call, perform)
    assert done.answer.value.status == "under_review"
    assert await later(scope) == 1
    replayed = await performed(scope, call, perform)
    assert (replayed.replayed, replayed.answer.value.status) == (True, "won")
    assert (await told())[-3:] == [
        "charge.dispute.updated", "charge.dispute.funds_reinstated", "charge.dispute.closed",
    ]  # fmt: skip
    assert await AgendaEntry.exclude(kind="balance.available").count() == 0
    assert (await balanced_books()).money_out == 0


async def test_dispute_that_is_being_closed_is_lost_by_time_alone_and_its_caller_is_answered(scope: Scope) -> None:
    await paid(scope, DISPUTED)
    dispute = await Dispute.get()

    async def perform(under: Scope) -> Settled[Dispute]:
        return await Disputes(under).close(dispute.id)

    await later(scope, timedelta(days=6, hours=23, minutes=59))
    call = calling(scope, "key", "disputeClose")
    await performed(through(scope, DeafToDisputes()), call, perform)
    for verb in (perform(scope), Disputes(scope).update(dispute.id, WINNING)):
        with pytest.raises(DomainError, match="is being closed at this moment"):
            await verb
    await AgendaEntry.filter(kind=AgendaKind.DISPUTE_RESOLVE).delete()  # The time it has is over before it is asked.
    await later(scope)
    assert (await Dispute.get()).status == "lost"
    assert (await IdempotencyRecord.get(mutation="disputeClose")).answer is not None
    replayed = await performed(scope, call, perform)
    assert (replayed.replayed, replayed.answer.value.status) == (True, "lost")
    assert (await told()).count("charge.dispute.closed") == 1


async def test_answer_is_given_once_however_many_give_it(scope: Scope) -> None:
    await paid(scope, DISPUTED)
    dispute = await Dispute.get()

    answers = [Disputes(scope).update(dispute.id, WINNING) for _ in range(5)]
    outcomes = await asyncio.gather(*answers, return_exceptions=True)

    assert sum(isinstance(each, Settled) for each in outcomes) == 1
    assert all(isinstance(each, Settled | DomainError) for each in outcomes)
    assert (await Dispute.get()).submission_count == 1
    assert (await balanced_books()).net == 1500 - 74 - 1500  # 15.00 less 0.74 and 15.00 in fees


async def test_charge_is_disputed_or_refunded_never_both(scope: Scope) -> None:
    charge = await only_charge(await paid(scope))

    calls: list[Any] = [Openings(scope).play(SandboxDispute(charge=charge.id)) for _ in range(3)]
    calls += [Refunds(scope).create(NewRefund(charge=charge.id)) for _ in range(3)]
    outcomes = await asyncio.gather(*calls, return_exceptions=True)

    assert sum(not isinstance(each, Exception) for each in outcomes) == 1
    assert (await balanced_books()).money_out == 1500


async def test_bank_that_reads_on_is_asked_again(scope: Scope) -> None:
    await paid(scope, DISPUTED)
    dispute = await Dispute.get()
    said = DisputeChange(evidence=EvidenceDraft(uncategorized_text="See the log."))
    await Disputes(scope).update(dispute.id, said)
    await AgendaEntry.filter(kind="balance.available").delete()  # that is told before, and of no interest here
    [entry] = await AgendaEntry.all()
    assert (entry.kind, entry.due_at - dispute.created_at) == ("dispute.resolve", timedelta(days=60))

    class Convinced(CountingGateway):
        async def fetch_dispute(self, request: DisputeRequest) -> DisputeOutcome:
            return DisputeWon()

    assert await later(through(scope, Convinced()), timedelta(days=60)) == 1

    assert (await Dispute.get()).status == "won"
    assert await AgendaEntry.exclude(kind="balance.available").count() == 0
