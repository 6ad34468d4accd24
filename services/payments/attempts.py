"""Attempts to take money, in sets: commit the attempt, call the gateway, commit its answer.

    prepare   in a transaction   charges PENDING, their intents PROCESSING, what the gateway is told kept on the charge
    call      in none            the gateway, many at a time; the charge's id is its idempotency key
    settle    in a transaction   what was answered: statuses, books, events

A renewal of a thousand invoices and one confirmed payment take the same way. A crash between the steps leaves charges
in flight, which the agenda brings to `Resolution` after a while; whoever settles a charge first, it is settled once.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TypeAlias, TypeVar, cast

import models
from domain.agenda import AgendaKind
from domain.errors import Problem
from domain.event_types import EventType
from domain.ids import Prefix
from domain.kinds import FutureUsage
from domain.lifecycles import PAYMENT_INTENT, ChargeStatus, PaymentIntentStatus
from domain.settings import settings_of
from gateways.outcomes import Outcome, Processing
from gateways.protocol import AuthorizeRequest, CaptureRequest, Gateway
from models import Account, Charge, PaymentIntent
from models.base import Row
from services.accounts.direct import DirectCharges
from services.aggregates import WholeCharge
from services.balances import Received
from services.base import Service, Settled, part
from services.disputes.openings import Openings
from services.due import Appointment, Due
from services.events import Events
from services.idempotency import answered, claimed
from services.payment_methods import PaymentMethods, Usage
from services.payments.instructions import Errand, Instruction, MoneyRequest, in_flight, request_of
from services.payments.invoiced import Invoiced
from services.payments.outcomes import CHARGE_FIELDS, INTENT_FIELDS, SHARED_FIELDS, Effect, apply, problem_with
from services.payments.wishes import SUBJECT, Prepared, Wish, charge_of, seller_of
from services.rows import delete_by, fetch_by, insert_rows, update_rows
from services.scope import Scope
from services.settings import Settings
from services.transactions import current_unit, in_transaction
from services.transfers import Settlement

CALLS_AT_ONCE = 64
"""Calls to the gateway that are open at a time."""

_TRIED = ("status", "payment_method_id", "off_session", "next_action")

OUTCOME = TypeVar("OUTCOME")
Question: TypeAlias = Callable[[Gateway, Charge], Awaitable[Outcome]]

_log = logging.getLogger(__name__)


class Attempts(Service):
    """Charges on their way through the gateway."""

    events = part(Events)
    due = part(Due)
    settlement = part(Settlement)
    direct = part(DirectCharges)
    methods = part(PaymentMethods)
    settings = part(Settings)
    invoiced = part(Invoiced)

    async def prepare(self, wishes: Sequence[Wish], errand: Errand | None = None) -> list[Charge]:
        """Within a transaction: a pending charge for each wish, in order, ready for `call`.

        Uses up the next scripted outcome of each payment method. Event `payment_intent.created` for intents that are
        stored only now.
        """
        if not wishes:
            return []
        self.scope.gateways.for_mode(self.scope.livemode)  # Refuses before anything is written.
        identifiers = self.scope.ids.many(Prefix.CHARGE, len(wishes))
        scripts = await self.methods.scripts.take(
            [(wish.payment_method.id, identifier) for wish, identifier in zip(wishes, identifiers, strict=True)]
        )
        descriptors = await self._descriptors(wishes)
        charges = [
            charge_of(
                wish, identifier, scripts.get(identifier), errand, descriptors[seller_of(wish)], **self.ownership()
            )
            for wish, identifier in zip(wishes, identifiers, strict=True)
        ]
        await self._begin(wishes)
        await insert_rows(charges)
        await self._watch(charges, fresh=True)
        return charges

    async def send_again(self, charges: Sequence[Charge], errand: Errand | None = None) -> None:
        """Within a transaction: put written charges into the gateway's hands once more, as their requests now say."""
        for charge in charges:
            assert in_flight(charge), f"{charge.id} has no step to take"
            charge.request = Instruction.of(charge).on(errand).stored()
        await update_rows(charges, ("request",))
        await self._watch(charges, fresh=False)

    async def call(self, charges: Sequence[Charge]) -> list[Outcome | None]:
        """Outside of transactions: the gateway's answers in order; None where it could not be heard."""
        return await self.answers(charges, _asked)

    async def answers(self, charges: Sequence[Charge], ask: Question) -> list[Outcome | None]:
        """As `call`, with another question to the gateway."""
        assert current_unit() is None, "a gateway is never called inside a transaction"
        if not charges:
            return []
        gateway = self.scope.gateways.for_mode(self.scope.livemode)
        turns = asyncio.Semaphore(CALLS_AT_ONCE)

        async def one(charge: Charge) -> Outcome | None:
            async with turns:
                return await heard(lambda: ask(gateway, charge), charge.id)

        return list(await asyncio.gather(*map(one, charges)))

    async def settle(self, charges: Sequence[Charge], outcomes: Sequence[Outcome | None]) -> list[Effect]:
        """Within a transaction: write down what was answered; what followed, for each charge that was still in flight.

        Events in Stripe's order: that of the charge, then that of its intent. Invoices and subscriptions follow by
        reactions. A charge without an answer stays in flight.
        """
        answers = {
            charge.id: outcome
            for charge, outcome in zip(charges, outcomes, strict=True)
            if outcome is not None and not isinstance(outcome, Processing)
        }
        if not answers:
            return []
        await self.invoiced.hold(charge.invoice_id for charge in charges)
        intent_ids = (charge.payment_intent_id for charge in charges)
        intents = {each.id: each for each in await self.gather(PaymentIntent, "id", intent_ids, lock=True)}
        # Read after the intents are held: whoever changes a charge holds its intent.
        current = {each.id: each for each in await self.gather(Charge, "id", answers) if in_flight(each)}
        presents = await self.presents(Instruction.of(each).test_clock_id for each in current.values())
        effects = []
        for identifier, outcome in answers.items():
            if (charge := current.get(identifier)) is not None:
                at = presents[Instruction.of(charge).test_clock_id]
                effects.append(apply(charge, intents[charge.payment_intent_id], outcome, at))
        await self._write(effects)
        return effects

    async def carried_out(self, prepare: Callable[[], Awaitable[Prepared[SUBJECT]]]) -> Settled[SUBJECT]:
        """A charging verb: `prepare` in one transaction, the gateway in none, the outcome in another.

        The answer is the subject as it then is, with the problem when the payment did not go through; it joins the
        idempotency claim of the call, also when the worker has to settle after a crash. `prepare` may run again when
        the database is busy, so it makes all its rows itself. With nothing to charge, one transaction is all.
        """
        assert current_unit() is None, "a charging verb is three steps, not a part of another transaction"

        async def first() -> tuple[Errand, list[Charge], Settled[Row] | None]:
            claim = await claimed(self.scope)
            prepared = await prepare()
            if prepared.wishes:
                await self.direct.refuse_unable()
            errand = Errand.about(prepared.subject, claim, prepared.action_code)
            charges = await self.prepare(prepared.wishes, errand)
            if prepared.charges:
                await self.send_again(prepared.charges, errand)
            charges += prepared.charges
            return errand, charges, None if charges else await self.concluded(errand, prepared.problem, None)

        errand, charges, done = await in_transaction(first)
        if done is None:
            outcomes = await self.call(charges)

            async def second() -> Settled[Row]:
                effects = {each.charge.id: each for each in await self.settle(charges, outcomes)}
                return await self._told(errand, charges[-1], effects.get(charges[-1].id))

            done = await in_transaction(second)
        return cast(Settled[SUBJECT], done)

    async def concluded(self, errand: Errand, problem: Problem | None, intent_id: str | None) -> Settled[Row]:
        """Within the transaction that finishes a verb: what follows, then the answer, which joins the claim."""
        await self.events.react()
        settled = Settled(await subject_of(errand), problem, intent_id)
        if errand.claim is not None:
            await answered(errand.claim, settled)
        return settled

    async def _told(self, errand: Errand, charge: Charge, effect: Effect | None) -> Settled[Row]:
        """The answer of a verb after its gateway call, whoever recorded what the gateway said."""
        if effect is not None:
            return await self.concluded(errand, effect.problem, effect.intent.id)
        (now,) = await self.gather(Charge, "id", [charge.id])
        problem = None if in_flight(now) else problem_with(now, errand.action_code)
        return Settled(await subject_of(errand), problem, charge.payment_intent_id)

    async def _descriptors(self, wishes: Sequence[Wish]) -> dict[str | None, str | None]:
        """What card statements say where an intent says nothing, by the account that sells (None: the scope's own)."""
        own = (await self.settings.current()).statement_descriptor
        sellers = {each for each in map(seller_of, wishes) if each is not None}
        if not sellers:
            return {None: own}
        said = {
            each.id: settings_of(each.settings).statement_descriptor for each in await fetch_by(Account, "id", sellers)
        }
        return {None: own, **{each: said.get(each) or own for each in sellers}}

    async def _begin(self, wishes: Sequence[Wish]) -> None:
        """Set the intents on their way, storing those that are new; what waited for the customer is given up."""
        new, stored, given_up = [], [], []
        for wish in wishes:
            intent = wish.intent
            if intent._saved_in_db:
                stored.append(intent)
            else:
                self.events.record(EventType.PAYMENT_INTENT_CREATED, intent, at=wish.at)
                new.append(intent)
            if intent.status == PaymentIntentStatus.REQUIRES_ACTION:
                given_up.append(intent.id)
            set_off(intent)
            intent.payment_method_id = wish.payment_method.id
            intent.off_session = wish.off_session
        await insert_rows(new)
        await update_rows(stored, _TRIED)
        if given_up:
            await delete_by(Charge, "payment_intent_id", given_up, status=ChargeStatus.PENDING, **self.ownership())

    async def _watch(self, charges: Sequence[Charge], *, fresh: bool) -> None:
        """Let the agenda ask what became of them, should nobody record it. Gateways live in the system's time."""
        due_at = system_now(self.scope) + self.scope.gateways.grace
        appointments = [Appointment(AgendaKind.PAYMENT_RESOLVE, charge.id, due_at) for charge in charges]
        await self.due.schedule_all(appointments, fresh=fresh)

    async def _write(self, effects: Sequence[Effect]) -> None:
        """Rows, books and events of what was answered."""
        received = {each.charge.id: _received(each) for each in effects if each.succeeded}
        told = await self.settlement.receive(list(received.values()))
        await update_rows([each.charge for each in effects], (*CHARGE_FIELDS, *(SHARED_FIELDS if told else ())))
        await update_rows([each.intent for each in effects], INTENT_FIELDS)
        await self.due.cancel_all((AgendaKind.PAYMENT_RESOLVE, each.charge.id) for each in effects)
        for each in effects:
            if each.charge_event is not None:
                self.events.record(each.charge_event, WholeCharge(each.charge, 0), at=each.at)
            self.settlement.tell(told.get(each.charge.id, ()), each.at)
            if each.intent_event is not None:
                self.events.record(each.intent_event, each.intent, at=each.at)
        await self.methods.keep_for_later([_kept(each) for each in effects if _kept_for_later(each)])
        disputed = [each.charge.id for each in effects if each.disputed]
        if disputed:
            await self._expect_disputes(disputed)

    async def _expect_disputes(self, charge_ids: Sequence[str]) -> None:
        """Let disputes that were told with these charges be written down once everything has followed from them.

        That happens right after the commit; the agenda sees to it should the process die in between.
        """
        unit = current_unit()
        assert unit is not None, "charges are settled in a transaction"
        due_at = system_now(self.scope) + self.scope.gateways.grace
        await self.due.schedule_all([Appointment(AgendaKind.DISPUTE_OPEN, each, due_at) for each in charge_ids])
        scope = replace(self.scope, call=None)
        unit.after_commit(lambda: in_transaction(lambda: Openings(scope).open_told(charge_ids)))


def set_off(intent: PaymentIntent) -> None:
    """The intent waits for a gateway's answer from here on (in memory)."""
    intent.status = PAYMENT_INTENT.move(intent.id, PaymentIntentStatus(intent.status), PaymentIntentStatus.PROCESSING)
    intent.next_action = None


def system_now(scope: Scope) -> datetime:
    """The system's time, also while a test clock is carried forward."""
    if scope.on_clock is None:
        return scope.clock.now()
    return datetime.fromtimestamp(scope.clock.ticks() // 1_000_000, UTC)


async def heard(ask: Callable[[], Awaitable[OUTCOME]], subject: str) -> OUTCOME | None:
    """What the gateway answers; None when it could not be reached, so that its silence stops nobody else."""
    try:
        return await ask()
    except Exception:  # Whatever broke, money may have moved: the attempt stays open and is asked about later.
        _log.exception("The gateway gave no answer for %s; it will be asked again.", subject)
        return None


async def subject_of(errand: Errand) -> Row:
    """The row that a verb answers with, as it is now."""
    (row,) = await fetch_by(cast(type[Row], getattr(models, errand.subject_model)), "id", [errand.subject_id])
    return row


async def sent(gateway: Gateway, request: MoneyRequest) -> Outcome:
    """The gateway's answer to a request of any kind."""
    if isinstance(request, AuthorizeRequest):
        return await gateway.authorize(request)
    if isinstance(request, CaptureRequest):
        return await gateway.capture(request)
    return await gateway.void(request)


async def _asked(gateway: Gateway, charge: Charge) -> Outcome:
    return await sent(gateway, request_of(charge))


def _received(effect: Effect) -> Received:
    charge, told = effect.charge, effect.told
    return Received(
        charge,
        charge.amount_captured,
        effect.at,
        told.test_clock_id,
        effect.available_at_once,
        # What is charged ahead of its invoice is homeless.
        invoiced=charge.invoice_id is not None or told.homeless,
    )


def _kept_for_later(effect: Effect) -> bool:
    """Whether a card that was just charged is to be used again and was not made ready for that before."""
    approved = effect.charge_event is EventType.CHARGE_SUCCEEDED
    return approved and effect.intent.setup_future_usage is not None and not effect.told.set_up


def _kept(effect: Effect) -> Usage:
    return Usage(
        payment_method_id=effect.charge.payment_method_id,
        customer_id=effect.intent.customer_id,
        off_session=effect.intent.setup_future_usage == FutureUsage.OFF_SESSION,
        at=effect.at,
    )
