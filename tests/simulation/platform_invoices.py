"""What the simulation of a platform may do with invoices by hand: make them, share them, share them otherwise."""

import random
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from domain.drafts import UNSET
from domain.invoices import PendingItems
from domain.lifecycles import InvoiceStatus
from domain.sharing import Share
from models import Customer, Invoice
from models.base import Owned
from services.invoices import (
    FinalizeDraft,
    InvoiceChange,
    InvoiceDraftByHand,
    InvoiceItemDraft,
    InvoicePayDraft,
    Invoices,
    ManualItems,
)
from services.scope import Scope

ROW = TypeVar("ROW", bound=Owned)
Action = Callable[[Scope], Awaitable[Any]]
WEIGHTS = {"put_down": 4, "bill": 3, "share_invoice": 6, "finish": 5, "pay_invoice": 14}


class InvoiceActions:
    """One method per verb."""

    dice: random.Random

    async def any_of(self, scope: Scope, model: type[ROW], **where: Any) -> ROW | None:
        """A row of the caller's account."""
        raise NotImplementedError

    def account(self) -> str:
        """One of the connected accounts."""
        raise NotImplementedError

    async def put_down(self, scope: Scope) -> Action | None:
        """An amount waits for somebody's next invoice."""
        customer = await self.any_of(scope, Customer, deleted_at=None)
        if customer is None:
            return None
        draft = InvoiceItemDraft(customer=customer.id, amount=self.dice.choice((-100, 250, 900, 3333)), currency="usd")
        return lambda scope: ManualItems(scope).create(draft)

    async def bill(self, scope: Scope) -> Action | None:
        """What waits is put on an invoice, which may be shared."""
        customer = await self.any_of(scope, Customer, deleted_at=None)
        if customer is None:
            return None
        draft = InvoiceDraftByHand(
            customer=customer.id,
            pending_invoice_items_behavior=PendingItems.INCLUDE,
            auto_advance=self.dice.random() < 0.5,
            **self._said(scope, nothing=None),
        )
        return lambda scope: Invoices(scope).create(draft)

    async def share_invoice(self, scope: Scope) -> Action | None:
        """Who has a part in an invoice is said otherwise; of one that is final it can only be taken away."""
        row = await self.any_of(scope, Invoice, status__in=(InvoiceStatus.DRAFT, InvoiceStatus.OPEN))
        if row is None:
            return None
        nobody = {"transfer_data": None, "on_behalf_of": None}
        said = nobody if row.status == InvoiceStatus.OPEN else self._said(scope, nothing=UNSET)
        change = InvoiceChange(id=row.id, **self.dice.choice((said, said, {"application_fee_amount": None})))
        return lambda scope: Invoices(scope).update(change)

    async def finish(self, scope: Scope) -> Action | None:
        """A draft is finalized, with collection to follow or not."""
        row = await self.any_of(scope, Invoice, status=InvoiceStatus.DRAFT)
        draft = None if row is None else FinalizeDraft(row.id, self.dice.choice((None, True, False)))
        return None if draft is None else lambda scope: Invoices(scope).finalize(draft)

    async def pay_invoice(self, scope: Scope) -> Action | None:
        """Somebody tries to pay an invoice, whole or in part."""
        row = await self.any_of(scope, Invoice, status=InvoiceStatus.OPEN)
        if row is None:
            return None
        draft = InvoicePayDraft(
            row.id,
            payment_method=self.dice.choice((None, "pm_card_visa", "pm_card_visa", "pm_card_chargeCustomerFail")),
            amount=self.dice.choice((None, 200, row.amount_due // 2 or 1)),
            paid_out_of_band=self.dice.random() < 0.1,
        )
        return lambda scope: Invoices(scope).pay(draft)

    def _said(self, scope: Scope, *, nothing: Any) -> dict[str, Any]:
        """The part of others in one invoice; some of it cannot be."""
        if scope.account_id != scope.platform_id:
            return {"application_fee_amount": self.dice.choice((nothing, 0, 33, 250, 99_999))}
        one, other = self.account(), self.account()
        shares = self.dice.choice(
            (
                (Share(destination=one),),
                (Share(destination=one), Share(destination=other)),
                (Share(destination=one, amount=77), Share(destination=other)),
                (Share(destination=one, amount=500), Share(destination=other, amount=500)),
            )
        )
        whole = len(shares) == 1
        return {
            "transfer_data": shares,
            "application_fee_amount": self.dice.choice((nothing, 0, 40) if whole else (nothing, nothing, nothing, 40)),
            "on_behalf_of": self.dice.choice((nothing, one)),
        }
