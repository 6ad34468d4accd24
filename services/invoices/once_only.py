"""Discounts of one invoice: the first finalized one that they lower uses them up."""

from collections.abc import Sequence

from domain.coupons import CouponDuration
from domain.event_types import EventType
from models import Coupon, Discount
from services.aggregates import WholeDiscount, WholeInvoice
from services.base import Service, part
from services.events import Events
from services.invoices.reckoning import Reckoning
from services.rows import update_rows


class OnceOnly(Service):
    """Uses such discounts up, and takes them off what comes too late for them."""

    events = part(Events)
    reckoning = part(Reckoning)

    async def use_up(self, invoices: Sequence[WholeInvoice]) -> None:
        """These are being finalized, in order. Event `customer.discount.deleted` for each discount that is used up.

        An invoice that was reckoned with a discount that another one has used up is reckoned anew. No statement where
        no discount lowers any of them.
        """
        open_ones = [each for each in invoices if each.row.total_discount_amounts]
        while open_ones:
            late = await self._used_up(open_ones)
            await self.reckoning.refresh(late)
            open_ones = late

    async def _used_up(self, invoices: Sequence[WholeInvoice]) -> list[WholeInvoice]:
        """Note which invoice uses up which discount; those that come too late for one."""
        lowering = {each["discount"] for invoice in invoices for each in invoice.row.total_discount_amounts}
        held = await self.gather(Discount, "id", lowering, lock=True)
        coupons = await self.gather(
            Coupon, "id", {row.coupon_id for row in held if not _is_of_one_invoice(row)}, duration=CouponDuration.ONCE
        )
        once = {row.id: row for row in coupons}
        rows = {row.id: row for row in held if row.coupon_id in once}
        used: list[Discount] = []
        late: list[WholeInvoice] = []
        presents = await self.presents(invoice.row.test_clock_id for invoice in invoices) if rows else {}
        for invoice in invoices:
            named = [each["discount"] for each in invoice.row.total_discount_amounts if each["amount"]]
            for row in (rows[each] for each in named if each in rows):
                if row.used_up_by is None:
                    row.used_up_by, row.end = invoice.row.id, presents[invoice.row.test_clock_id]
                    used.append(row)
                elif row.used_up_by != invoice.row.id and invoice not in late:
                    late.append(invoice)
        await update_rows(used, ("used_up_by", "end"))
        for row in used:
            assert row.end is not None, "it ends with the invoice"
            whole = WholeDiscount(row, once[row.coupon_id], is_deleted=True)
            self.events.record(EventType.CUSTOMER_DISCOUNT_DELETED, whole, at=row.end)
        return late


def _is_of_one_invoice(row: Discount) -> bool:
    """Whether it is the invoice's own, or of one of its lines, and there is no other that it could lower."""
    return row.invoice_id is not None or row.invoice_item_id is not None
