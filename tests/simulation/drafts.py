"""What the simulation may do with invoices by hand: make them, edit them, let them go on or not."""

import random
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from domain.invoices import CollectionMethod, LineRemoval, PendingItems
from domain.lifecycles import InvoiceStatus
from models import Customer, Invoice, InvoiceItem, InvoiceLine, Subscription
from services.invoices import (
    DraftLines,
    FinalizeDraft,
    InvoiceChange,
    InvoiceDraftByHand,
    InvoiceItemDraft,
    Invoices,
    LinesAddition,
    LinesChange,
    LinesRemoval,
    ManualItems,
)
from services.invoices.lines import LineAddition, LineChange, LineToRemove
from services.scope import Scope
from services.subscriptions import SubscriptionChange, Subscriptions

ROW = TypeVar("ROW")
Action = Callable[[Scope], Awaitable[Any]]
WEIGHTS = {"collect_otherwise": 3, "put_down": 8, "bill": 6, "edit": 8, "finish": 8}


class DraftActions:
    """One method per verb on drafts, and on how money is to come."""

    dice: random.Random

    def collection(self) -> dict[str, Any]:
        """Mostly the card is charged; else the invoice is sent."""
        if self.dice.random() < 0.75:
            return {}
        return {"collection_method": CollectionMethod.SEND_INVOICE, "days_until_due": self.dice.choice((0, 2, 30))}

    async def collect_otherwise(self) -> Action | None:
        """A subscription's invoices are collected in another way from now on."""
        row = self._drawn(await Subscription.all().order_by("id"))
        terms = self.collection() or {"collection_method": CollectionMethod.CHARGE_AUTOMATICALLY}
        return None if row is None else lambda scope: Subscriptions(scope).update(SubscriptionChange(row.id, **terms))

    async def put_down(self) -> Action | None:
        """An amount waits for a customer's or a subscription's next invoice, or is put on a draft."""
        customer = self._drawn(await Customer.all().order_by("id"))
        subscription = self._drawn(await Subscription.all().order_by("id"))
        invoice = self._drawn(await Invoice.filter(status=InvoiceStatus.DRAFT).order_by("id"))
        owners: list[dict[str, Any]] = []
        owners += [{"customer": customer.id, "currency": self.dice.choice((None, "usd", "eur"))}] if customer else []
        owners += [{"subscription": subscription.id}] if subscription else []
        owners += [{"invoice": invoice.id}] if invoice else []
        if not owners:
            return None
        amount = self.dice.choice((-500, 20, 900, 900, 4000, 99_999_999))
        draft = InvoiceItemDraft(amount=amount, **self.dice.choice(owners))
        return lambda scope: ManualItems(scope).create(draft)

    async def bill(self) -> Action | None:
        """An invoice is made by hand."""
        customer = self._drawn(await Customer.all().order_by("id"))
        if customer is None:
            return None
        subscription = self._drawn(await Subscription.filter(customer_id=customer.id).order_by("id"))
        draft = InvoiceDraftByHand(
            customer=customer.id,
            subscription=self.dice.choice((None, subscription.id if subscription else None)),
            auto_advance=self.dice.random() < 0.5,
            pending_invoice_items_behavior=self.dice.choice(tuple(PendingItems)),
            **self.collection(),
        )
        return lambda scope: Invoices(scope).create(draft)

    async def edit(self) -> Action | None:
        """A draft gets a line, loses one or has it changed."""
        invoice = self._drawn(await Invoice.filter(status=InvoiceStatus.DRAFT).order_by("id"))
        if invoice is None:
            return None
        line = self._drawn(await InvoiceLine.filter(invoice_id=invoice.id).order_by("id"))
        waiting = self._drawn(await InvoiceItem.filter(pending=True).order_by("id"))
        if line is None or self.dice.random() < 0.5:
            taken = LineAddition(invoice_item=waiting.id if waiting else "none")
            added = self.dice.choice((LineAddition(amount=700), taken))
            return lambda scope: DraftLines(scope).add(LinesAddition(invoice.id, (added,)))
        if self.dice.random() < 0.5:
            changed = LineChange(line.id, amount=self.dice.choice((None, 300)), description="Changed")
            return lambda scope: DraftLines(scope).change(LinesChange(invoice.id, (changed,)))
        gone = LineToRemove(line.id, self.dice.choice(tuple(LineRemoval)))
        return lambda scope: DraftLines(scope).remove(LinesRemoval(invoice.id, (gone,)))

    async def finish(self) -> Action | None:
        """A draft is finalized, sent or deleted, or an invoice is stopped or let go on."""
        row = self._drawn(await Invoice.exclude(status=InvoiceStatus.PAID).order_by("id"))
        if row is None:
            return None
        advance = self.dice.choice((None, True, False))
        verbs: tuple[Action, ...] = (
            lambda scope: Invoices(scope).finalize(FinalizeDraft(row.id, advance)),
            lambda scope: Invoices(scope).update(InvoiceChange(id=row.id, auto_advance=bool(advance))),
            lambda scope: Invoices(scope).send(row.id),
            lambda scope: Invoices(scope).delete(row.id),
        )
        return self.dice.choice((*verbs, *verbs[:2]))

    def _drawn(self, rows: Sequence[ROW]) -> ROW | None:
        return self.dice.choice(rows) if rows else None
