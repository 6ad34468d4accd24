"""Changes that are not made without their payment: the card is charged first, and then the change is written.

    rehearse   in a transaction   what would be asked for; nothing of it remains but the charge, which is homeless
    call       in none            the gateway
    house      in a transaction   the same change at the same moment, whose invoice the payment then has paid

Should the process die between, the charge is found homeless and its money goes back. The same happens when the world
has changed meanwhile, so that the change would ask for another amount or cannot be made any more.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias, cast

from domain.errors import DomainError, ErrorCode
from domain.invoices import BillingReason
from domain.lifecycles import PaymentIntentStatus
from gateways.outcomes import Outcome
from models import Charge, Subscription
from services.base import Service, Settled, part
from services.idempotency import answered, claimed
from services.payments import Attempts, Effect, Errand, PaymentIntents, Prepared, Resolution, Wish
from services.subscriptions.rehearsal import rehearsed
from services.transactions import in_transaction

Verb: TypeAlias = Callable[[datetime | None, Effect | None], Awaitable[Prepared[Subscription]]]
"""A change as its first transaction: at the given moment or else now, and paid beforehand by the given payment."""


@dataclass(frozen=True, slots=True)
class _Begun:
    errand: Errand
    charges: Sequence[Charge]
    at: datetime | None
    done: Settled[Subscription | None] | None


class ChargedFirst(Service):
    """Carries changes out on condition that they are paid."""

    attempts = part(Attempts)
    intents = part(PaymentIntents)

    async def carried_out(self, verb: Verb) -> Settled[Subscription | None]:
        """The subscription with the change, or none and the card's refusal; then nothing of the change exists."""
        begun = await in_transaction(lambda: self._begin(verb))
        if begun.done is not None:
            return begun.done
        outcomes = await self.attempts.call(begun.charges)
        try:
            return await in_transaction(lambda: self._house(verb, begun, outcomes))
        except DomainError:
            await Resolution(self.scope).resolve([charge.id for charge in begun.charges])
            raise

    async def _begin(self, verb: Verb) -> _Begun:
        claim = await claimed(self.scope)
        prepared = await rehearsed(lambda: verb(None, None))
        errand = Errand.about(prepared.subject, claim, ErrorCode.SUBSCRIPTION_PAYMENT_INTENT_REQUIRES_ACTION)
        if not prepared.wishes:
            await verb(None, None)
            settled = await self.attempts.concluded(errand, None, None)
            return _Begun(errand, (), None, cast("Settled[Subscription | None]", settled))
        [wish, *others] = prepared.wishes
        if others:
            raise DomainError(
                ErrorCode.PARAMETERS_EXCLUSIVE,
                "The change would make two invoices; with ERROR_IF_INCOMPLETE change items and the end one after the"
                " other.",
                "paymentBehavior",
            )
        charges = await self.attempts.prepare([self._homeless(wish)], errand)
        return _Begun(errand, charges, wish.at, None)

    def _homeless(self, wish: Wish) -> Wish:
        """The same payment, for an invoice that is still to come."""
        asked = wish.intent
        assert asked.customer_id is not None, f"{asked.id} is an invoice's, and nobody's"
        intent = self.intents.ahead(
            customer_id=asked.customer_id,
            amount=asked.amount,
            currency=asked.currency,
            at=wish.at,
            reason=BillingReason.SUBSCRIPTION_UPDATE,
        )
        intent.statement_descriptor = asked.statement_descriptor
        intent.sharing, intent.application_id = asked.sharing, asked.application_id
        return replace(wish, intent=intent, homeless=True)

    async def _house(
        self, verb: Verb, begun: _Begun, outcomes: Sequence[Outcome | None]
    ) -> Settled[Subscription | None]:
        """Within the second transaction: make the change that was paid for, or tell the refusal."""
        effects = await self.attempts.settle(begun.charges, outcomes)
        if not effects:
            raise DomainError(
                ErrorCode.PROCESSING_ERROR,
                "The payment was not answered in time, so nothing was changed. Should money have been taken, it goes"
                " back by itself; try again.",
            )
        [effect] = effects
        if effect.succeeded:
            await verb(begun.at, effect)
            _refuse_unasked(effect)
            settled = await self.attempts.concluded(begun.errand, None, effect.intent.id)
            return cast("Settled[Subscription | None]", settled)
        if effect.intent.status == PaymentIntentStatus.REQUIRES_ACTION:
            effect.intent.canceled_at = effect.at
            await self.intents.cancel_all([effect.intent])
        refusal: Settled[Subscription | None] = Settled(None, effect.problem, effect.intent.id)
        if begun.errand.claim is not None:
            await answered(begun.errand.claim, refusal)
        return refusal


def _refuse_unasked(effect: Effect) -> None:
    """A payment that no invoice asks for any more goes back."""
    if effect.intent.invoice_id is None:
        raise DomainError(
            ErrorCode.LOCK_TIMEOUT,
            f"The change asked for {effect.intent.amount} {effect.intent.currency}, and for nothing once that was"
            " charged; the money goes back. Try again.",
        )
