"""What was asked for times that were billed: usage that is taken back gives back no more than that."""

from collections.abc import Mapping, Sequence

from domain.calculations import Reduction
from domain.lifecycles import InvoiceStatus
from domain.metering import Charged
from domain.reckoning import DiscountAmount
from models import Invoice, InvoiceItem, InvoiceLine, UsagePeriod
from services.base import Service

_FINAL = (InvoiceStatus.OPEN, InvoiceStatus.PAID, InvoiceStatus.UNCOLLECTIBLE)


class Charges(Service):
    """Reads the lines that billed usage."""

    async def of(self, rows: Sequence[UsagePeriod]) -> Mapping[str, Charged]:
        """By period, what its lines on final invoices asked for, or items that wait; absent without one.

        No statement for no rows.
        """
        if not rows:
            return {}
        invoices = await (
            self.mine(Invoice)
            .filter(
                subscription_id__in={row.subscription_id for row in rows},
                created_at__gte=min(row.period_start for row in rows),
                status__in=_FINAL,
            )
            .values_list("id", flat=True)
        )
        waiting = await self.gather(
            InvoiceItem, "subscription_id", {row.subscription_id for row in rows}, order=("id",), pending=True
        )
        lines = await self.gather(InvoiceLine, "invoice_id", [str(each) for each in invoices], order=("id",))
        billing: dict[tuple[object, ...], list[InvoiceLine | InvoiceItem]] = {}
        asked: list[InvoiceLine | InvoiceItem] = [*waiting, *lines]
        for line in asked:
            if line.amount >= 0:
                billing.setdefault(_time_of(line), []).append(line)
        return {row.id: _charged(billing[_time_of(row)]) for row in rows if _time_of(row) in billing}


def _time_of(row: UsagePeriod | InvoiceLine | InvoiceItem) -> tuple[object, ...]:
    return row.subscription_item_id, row.price_id, row.period_start, row.period_end


def _charged(billing: Sequence[InvoiceLine | InvoiceItem]) -> Charged:
    last = billing[-1]
    lines = [line for line in billing if isinstance(line, InvoiceLine)]
    cuts = tuple(DiscountAmount.from_json(each) for line in lines for each in line.discount_amounts)
    credit = sum(int(each["amount"]) for line in lines for each in line.pretax_credits)
    reduction = Reduction(sum(line.amount for line in lines), cuts, credit) if cuts or credit else None
    taxes = tuple(lines[-1].taxes) if lines else None
    return Charged(reduction, taxes, tuple(last.discounts), tuple(last.tax_rates))
