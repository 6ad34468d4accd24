"""What was asked for times that were billed: usage that is taken back gives back no more than that."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from domain.calculations import Reduction
from domain.lifecycles import InvoiceStatus
from domain.metering import Charged
from domain.reckoning import DiscountAmount
from models import CreditNoteLine, Invoice, InvoiceItem, InvoiceLine, UsagePeriod
from services.base import Service, part
from services.usage.credited import Credited


@dataclass(slots=True)
class _Billing:
    """What bills one time, in order."""

    waiting: list[InvoiceItem | InvoiceLine] = field(default_factory=list)
    """Items for an invoice to come, or on a draft."""
    final: list[InvoiceLine] = field(default_factory=list)
    void: list[InvoiceLine] = field(default_factory=list)


class Charges(Service):
    """Reads the lines that billed usage."""

    credited = part(Credited)

    async def of(self, rows: Sequence[UsagePeriod]) -> Mapping[str, Charged]:
        """By period, what its lines on final invoices asked for and still do, or items that wait.

        No statement for no rows.
        """
        if not rows:
            return {}
        billing = await self._billing(rows)
        credited = await self.credited.of(line.id for each in billing.values() for line in each.final)
        return {row.id: _charged(billing[_time_of(row)], credited) for row in rows}

    async def _billing(self, rows: Sequence[UsagePeriod]) -> dict[tuple[object, ...], _Billing]:
        """Whatever bills these times, for the customer who had the item then."""
        invoices = self.mine(Invoice).filter(
            customer_id__in={row.customer_id for row in rows},
            created_at__gte=min(row.period_start for row in rows),
        )
        status = {str(each): InvoiceStatus(named) for each, named in await invoices.values_list("id", "status")}
        items = {row.subscription_id for row in rows}
        pending = await self.gather(InvoiceItem, "subscription_id", items, order=("id",), pending=True)
        billing = {_time_of(row): _Billing() for row in rows}
        for item in pending:
            if item.amount >= 0 and (found := billing.get(_time_of(item))) is not None:
                found.waiting.append(item)
        for line in await self.gather(InvoiceLine, "invoice_id", status, order=("id",)):
            if line.amount < 0 or (found := billing.get(_time_of(line))) is None:
                continue
            if status[line.invoice_id] is InvoiceStatus.VOID:
                found.void.append(line)
            elif status[line.invoice_id] is not InvoiceStatus.DRAFT:
                found.final.append(line)
            elif line.invoice_item_id is not None:
                found.waiting.append(line)
        return billing


def _time_of(row: UsagePeriod | InvoiceLine | InvoiceItem) -> tuple[object, ...]:
    return row.subscription_item_id, row.price_id, row.period_start, row.period_end


def _given_back(credited: Iterable[CreditNoteLine]) -> int:
    """What was given back of a line: less its share of discounts and prepaid credit, before tax."""
    cuts = [cut for each in credited for cut in (*each.discount_amounts, *each.pretax_credits)]
    return sum(int(each.amount) for each in credited) - sum(int(cut["amount"]) for cut in cuts)


def _charged(billing: _Billing, credited: Mapping[str, Sequence[CreditNoteLine]]) -> Charged:
    """What is asked for a time; what was void is not where an item waits in its place."""
    void = [] if billing.waiting else billing.void
    lines = sorted([*billing.final, *void], key=lambda line: line.id)
    asked = [*lines, *billing.waiting]
    if not asked:
        return Charged(was_asked=False)
    cuts = tuple(DiscountAmount.from_json(each) for line in billing.final for each in line.discount_amounts)
    credit = sum(int(each["amount"]) for line in billing.final for each in line.pretax_credits)
    waived = sum(line.amount for line in void) + sum(_given_back(credited.get(line.id, ())) for line in billing.final)
    of = sum(line.amount for line in lines)
    reduction = Reduction(of, cuts, credit, waived) if of and (cuts or credit or waived) else None
    taxes = tuple(lines[-1].taxes) if lines else None
    last, waits = asked[-1], bool(billing.waiting)
    return Charged(reduction, taxes, tuple(last.discounts), tuple(last.tax_rates), waits=waits)
