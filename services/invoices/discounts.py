"""Discounts of invoices, of invoice items and of lines: redeemed for one invoice alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.invoicing import InvoiceDraft
from models import Customer, Invoice, InvoiceItem, InvoiceLine
from services.base import Service, part
from services.coupons.deductions import Redeemed
from services.coupons.redemption import DiscountDraft, Holder, Purchase, Redemption, Wish


@dataclass(frozen=True, slots=True)
class ItemDiscounts:
    """The discounts that an invoice item or a line is to have, at this path of the input."""

    drafts: Sequence[DiscountDraft]
    at: datetime
    path: tuple[str, ...] = ("discounts",)


class InvoiceDiscounts(Service):
    """Redeems coupons for invoices."""

    redemption = part(Redemption)

    async def planned(
        self, customer: Customer, draft: InvoiceDraft, wanted: Sequence[DiscountDraft], at: datetime
    ) -> list[Redeemed]:
        """The discounts of an invoice that is still to be made, checked and not stored."""
        holder = Holder(customer.id, invoice_id="", test_clock_id=customer.test_clock_id)
        products = frozenset(line.product_id for line in draft.lines if line.product_id is not None)
        purchase = Purchase(customer.id, draft.currency, draft.subtotal, products if draft.lines else None)
        [found] = await self.redemption.planned([Wish(wanted, holder, purchase)], customer, at)
        return found

    async def begin(self, row: Invoice, redeemed: Sequence[Redeemed]) -> None:
        """Store the discounts of a new invoice."""
        for each in redeemed:
            each.discount.invoice_id = row.id
        await self.redemption.store(redeemed)

    async def give(
        self, row: Invoice, lines: Sequence[InvoiceLine], wanted: Sequence[DiscountDraft], at: datetime
    ) -> None:
        """Let a draft have these discounts, in memory; new ones are stored."""
        customer = await self.require(Customer, row.customer_id, "customer")
        holder = Holder(customer.id, invoice_id=row.id, test_clock_id=row.test_clock_id)
        products = frozenset(line.product_id for line in lines if line.product_id is not None)
        purchase = Purchase(customer.id, row.currency, row.subtotal, products if lines else None)
        row.discounts = await self._given(Wish(wanted, holder, purchase, kept=row.discounts), customer, at)

    async def give_item(self, item: InvoiceItem | InvoiceLine, customer_id: str, wanted: ItemDiscounts) -> None:
        """Let an invoice item, or a line that has none behind it, have these discounts, in memory; as `give`."""
        if not wanted.drafts and not item.discounts:
            return
        customer = await self.require(Customer, customer_id, "customer")
        holder = Holder(customer.id, invoice_item_id=item.id, test_clock_id=customer.test_clock_id)
        products = frozenset() if item.product_id is None else frozenset({item.product_id})
        purchase = Purchase(customer.id, item.currency, item.amount, products)
        wish = Wish(wanted.drafts, holder, purchase, wanted.path, item.discounts)
        item.discounts = await self._given(wish, customer, wanted.at)

    async def _given(self, wish: Wish, customer: Customer, at: datetime) -> list[str]:
        [found] = await self.redemption.planned([wish], customer, at)
        await self.redemption.store([each for each in found if each.discount.id not in wish.kept])
        return [each.discount.id for each in found]
