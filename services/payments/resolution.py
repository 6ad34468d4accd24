"""Charges whose answer was lost: the gateway is asked what became of them, and their verbs are answered after all."""

from collections.abc import Sequence

from domain.agenda import AgendaKind
from domain.lifecycles import PaymentIntentStatus
from gateways.outcomes import Outcome
from gateways.protocol import Gateway
from models import AgendaEntry, Charge, Refund
from services.base import Service, part
from services.due import Due, Handled, Handler, asked_later
from services.idempotency import released
from services.payments.attempts import Attempts, sent
from services.payments.instructions import in_flight, request_of
from services.payments.intents import PaymentIntents
from services.payments.outcomes import Effect
from services.refunds import Refunds
from services.scope import Scope
from services.transactions import current_unit, in_transaction


class Resolution(Service):
    """Settles what nobody settled."""

    attempts = part(Attempts)
    intents = part(PaymentIntents)
    refunds = part(Refunds)
    due = part(Due)

    async def resolve(self, charge_ids: Sequence[str]) -> None:
        """Outside of transactions: settle these charges, as far as they are still in flight.

        The gateway is asked first; what it never saw is sent to it again under the same key. Waiting verbs get their
        answers. A homeless charge that succeeded goes back in full, and its idempotency key is free again. Where the
        gateway is silent, charge and agenda entry stay.
        """
        assert current_unit() is None, "a gateway is never called inside a transaction"
        charges = [each for each in await self.gather(Charge, "id", charge_ids) if in_flight(each)]
        settled = set(charge_ids) - {each.id for each in charges}
        outcomes = await self.attempts.answers(charges, _became)

        async def body() -> list[Refund]:
            await self.due.cancel_all((AgendaKind.PAYMENT_RESOLVE, each) for each in settled)
            effects = await self.attempts.settle(charges, outcomes)
            return await self._follow(effects)

        await self.refunds.send(await in_transaction(body))

    async def _follow(self, effects: Sequence[Effect]) -> list[Refund]:
        """Answer the verbs that wait for these charges; the refunds that were begun for homeless ones."""
        homeless = [each for each in effects if each.told.homeless]
        begun = await self.refunds.begin_whole([each.charge for each in homeless if each.succeeded])
        await self._give_up([each for each in homeless if each.intent.status == PaymentIntentStatus.REQUIRES_ACTION])
        for each in effects:
            errand = each.told.errand
            if each.told.homeless:
                if errand is not None and errand.claim is not None:
                    await released(errand.claim)
            elif errand is not None and errand.claim is not None:
                await self.attempts.concluded(errand, each.problem, each.intent.id)
        return begun

    async def _give_up(self, waiting: Sequence[Effect]) -> None:
        """Nobody is asked to authenticate for what never came to be."""
        for each in waiting:
            each.intent.canceled_at = each.at
        await self.intents.cancel_all([each.intent for each in waiting])


async def _became(gateway: Gateway, charge: Charge) -> Outcome:
    """What became of a charge; asked of the gateway anew when it never saw it."""
    request = request_of(charge)
    return await gateway.fetch(request) or await sent(gateway, request)


async def _resolve(scope: Scope, entries: Sequence[AgendaEntry]) -> Handled:
    """The charges are asked about outside the transaction; their entries stay until they are settled."""
    return asked_later(scope, entries, Resolution(scope).resolve)


PAYMENT_HANDLER: Handler = _resolve
"""What the agenda does about charges whose answer was not recorded in time."""
