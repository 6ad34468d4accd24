"""A customer with a card, for tests of payments; and gateways that misbehave."""

import asyncio
from dataclasses import dataclass, field, replace
from typing import Any

from gateways.outcomes import Outcome
from gateways.protocol import AuthorizeRequest, PaymentRequest
from gateways.registry import Gateways
from gateways.sandbox import SandboxGateway
from models import Charge, Customer, PaymentIntent, PaymentMethod
from services.balances import BooksReport, books_balance
from services.customers import CustomerDraft, Customers
from services.payment_methods import PaymentMethods
from services.payments import Confirmation, NewPaymentIntent, PaymentIntents
from services.scope import IdempotentCall, Scope


async def jenny(scope: Scope, **more: Any) -> Customer:
    """A customer."""
    return (await Customers(scope).create(CustomerDraft(name="Jenny Rosen", **more))).customer


async def card_of(scope: Scope, customer: Customer, token: str = "pm_card_visa") -> PaymentMethod:
    """A sandbox card in the customer's file."""
    return await PaymentMethods(scope).attach(token, customer.id)


async def asked(scope: Scope, customer: Customer | None = None, amount: int = 1500, **more: Any) -> PaymentIntent:
    """A payment intent over 15.00 USD, not confirmed."""
    draft = NewPaymentIntent(amount=amount, currency="usd", customer=customer.id if customer else None, **more)
    return (await PaymentIntents(scope).create(draft)).value


async def paid(scope: Scope, token: str = "pm_card_visa", **more: Any) -> PaymentIntent:
    """A payment intent of nobody in particular, confirmed with a sandbox card."""
    intent = await asked(scope, payment_method=token, **more)
    return (await PaymentIntents(scope).confirm(Confirmation(id=intent.id))).value


async def only_charge(intent: PaymentIntent) -> Charge:
    """The one charge of an intent."""
    [charge] = await Charge.filter(payment_intent_id=intent.id)
    return charge


async def balanced_books(currency: str = "usd") -> BooksReport:
    """The report on the books, which add up."""
    report = await books_balance(currency)
    assert report.balanced, report
    return report


def calling(scope: Scope, key: str, mutation: str = "paymentIntentConfirm", input: str = "same") -> IdempotentCall:
    """A call under an idempotency key."""
    return IdempotentCall(key=key, path="field", mutation=mutation, fingerprint=input)


@dataclass
class CountingGateway(SandboxGateway):
    """The sandbox, which counts charges and, `silent`, takes them but never answers."""

    silent: bool = False
    forgetful: bool = False
    authorized: list[str] = field(default_factory=list)

    async def authorize(self, request: AuthorizeRequest) -> Outcome:
        """Count, let others run, answer or break the line."""
        self.authorized.append(request.attempt_id)
        await asyncio.sleep(0)
        if self.silent:
            raise ConnectionError("the line is dead")
        return await super().authorize(request)

    async def fetch(self, request: PaymentRequest) -> Outcome | None:  # type: ignore[override]
        """What became of it; a forgetful one never saw anything."""
        return None if self.forgetful else await super().fetch(request)


def through(scope: Scope, gateway: CountingGateway) -> Scope:
    """The scope with this gateway in test mode."""
    return replace(scope, gateways=Gateways(test=gateway))
