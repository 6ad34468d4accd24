"""What the paper of a quote shows: the offer, and the customer as they are now."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from documents.discounts import PaperDiscount
from documents.lines import PaperLine
from documents.quotes import QuotePaper
from domain.calculations import Calculation
from domain.lifecycles import QuoteStatus
from domain.periods import Interval, Recurrence
from models import Coupon, Customer, Quote, QuoteLine
from services.customers.contacts import contact_now, seller_on
from services.tax.papers import paper_taxes


async def quote_paper(identifier: str) -> QuotePaper | None:
    """The paper of the quote with this id, whoever's it is; None when there is none, or it was never finalized.

    It is for those who were given its address, as `services.invoices.papers` says.
    """
    row = await Quote.get_or_none(id=identifier)
    if row is None or row.number is None or row.finalized_at is None:
        return None
    customer = await Customer.get(id=row.customer_id)
    lines = await QuoteLine.filter(quote_id=row.id).order_by("position")
    return QuotePaper(
        number=row.number,
        status=QuoteStatus(row.status),
        currency=row.currency,
        issued_at=row.finalized_at,
        expires_at=row.expires_at,
        seller=await seller_on(row.account_id, row.sharing),
        customer=await contact_now(customer),
        lines=[_line(line) for line in lines],
        subtotal=row.amount_subtotal,
        total=row.amount_total,
        total_excluding_tax=row.amount_total - sum(each["amount"] for each in row.total_taxes),
        discounts=await _discounts(row.total_discount_amounts),
        taxes=await paper_taxes(row.total_taxes),
        upfront_total=row.upfront_total,
        recurring_total=row.recurring_total,
        recurrence=_recurrence(row),
        trial_days=row.trial_period_days,
        ended_at=row.accepted_at or row.canceled_at,
        locales=customer.preferred_locales,
        header=row.header,
        description=row.description,
        footer=row.footer,
    )


async def _discounts(kept: Sequence[Mapping[str, Any]]) -> list[PaperDiscount]:
    """What each takes off, in order; no statement where there is none."""
    if not kept:
        return []
    coupons = {row.id: row for row in await Coupon.filter(id__in={each["coupon"] for each in kept})}
    return [
        PaperDiscount(
            name=coupons[each["coupon"]].name or each["identifier"],
            amount=each["amount"],
            percentage=None if each["percent_off"] is None else Decimal(each["percent_off"]),
        )
        for each in kept
    ]


def _recurrence(row: Quote) -> Recurrence | None:
    if row.interval is None or row.interval_count is None:
        return None
    return Recurrence(Interval(row.interval), row.interval_count)


def _line(row: QuoteLine) -> PaperLine:
    calculation = Calculation.from_json(row.calculation)
    simple = calculation.unit_amount is not None and not calculation.steps
    return PaperLine(
        row.description, row.amount_subtotal, row.quantity, Decimal(str(calculation.unit_amount)) if simple else None
    )
