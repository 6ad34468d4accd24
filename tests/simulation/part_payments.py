"""What the simulation may do with payments of invoices beside the default one."""

import random
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from domain.lifecycles import InvoiceStatus
from models import Invoice, PaymentIntent
from services.invoices import AttachPaymentDraft, Invoices
from services.payments import Confirmation, NewPaymentIntent, PaymentIntents
from services.scope import Scope

ROW = TypeVar("ROW")
Action = Callable[[Scope], Awaitable[Any]]
WEIGHTS = {"attach_payment": 4, "confirm": 4, "call_off": 2}
CARDS = ("pm_card_visa", "pm_card_visa", "pm_card_chargeCustomerFail", "pm_card_authenticationRequired")


class PartPaymentActions:
    """One method per verb."""

    dice: random.Random
    scope: Scope

    async def attach_payment(self) -> Action | None:
        """A payment that was made or asked for by itself is to pay an invoice."""
        row = _any(self.dice, await Invoice.filter(status=InvoiceStatus.OPEN, customer__deleted_at=None).order_by("id"))
        if row is None:
            return None
        amount = self.dice.choice((50, 300, row.amount_due, row.amount_due + 700))
        draft = NewPaymentIntent(
            customer=row.customer_id,
            amount=min(max(amount, 50), 99_999_999),
            currency=row.currency,
            confirm=self.dice.random() < 0.5,
            payment_method=self.dice.choice(("pm_card_visa", "pm_card_authenticationRequired")),
        )
        made = (await PaymentIntents(self.scope).create(draft)).value
        return lambda scope: Invoices(scope).attach_payment(AttachPaymentDraft(row.id, made.id))

    async def confirm(self) -> Action | None:
        """A payment that waits is tried."""
        row = _any(self.dice, await PaymentIntent.filter(status__startswith="requires_").order_by("id"))
        if row is None:
            return None
        wanted = Confirmation(id=row.id, payment_method=self.dice.choice(CARDS))
        return lambda scope: PaymentIntents(scope).confirm(wanted)

    async def call_off(self) -> Action | None:
        """A payment is canceled."""
        row = _any(self.dice, await PaymentIntent.filter(status__startswith="requires_").order_by("id"))
        return None if row is None else lambda scope: PaymentIntents(scope).cancel(row.id)


def _any(dice: random.Random, rows: Sequence[ROW]) -> ROW | None:
    return dice.choice(rows) if rows else None
