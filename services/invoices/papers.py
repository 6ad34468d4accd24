"""What the paper of an invoice shows: the invoice with its lines and its seller, as they were fixed."""

from decimal import Decimal

from documents.contacts import Contact
from documents.discounts import PaperDiscount
from documents.invoices import InvoicePaper
from documents.lines import PaperLine
from documents.taxes import PaperTax
from domain.calculations import Calculation
from domain.lifecycles import InvoiceStatus
from models import Invoice, InvoiceLine
from services.coupons.papers import paper_discounts
from services.customers.contacts import contact_of, seller_on
from services.tax.papers import paper_taxes


async def invoice_paper(identifier: str) -> InvoicePaper | None:
    """The paper of the invoice with this id, whoever's it is; None when there is none, or it is still a draft.

    It is for those who were given its address: that is proof enough, as it is of a letter.
    """
    row = await Invoice.get_or_none(id=identifier)
    if row is None or row.status == InvoiceStatus.DRAFT:
        return None
    lines = await InvoiceLine.filter(invoice_id=row.id).order_by("position")
    taxes = await paper_taxes(row.total_taxes)
    discounts = await paper_discounts(row.total_discount_amounts)
    return _paper(row, lines, await seller_on(row.account_id, row.sharing), discounts, taxes)


def _paper(
    row: Invoice, lines: list[InvoiceLine], seller: Contact, discounts: list[PaperDiscount], taxes: list[PaperTax]
) -> InvoicePaper:
    assert row.number is not None and row.finalized_at is not None and row.ending_balance is not None
    known = row.customer_snapshot.get
    shipping = known("shipping")
    return InvoicePaper(
        number=row.number,
        status=InvoiceStatus(row.status),
        currency=row.currency,
        issued_at=row.finalized_at,
        seller=seller,
        customer=contact_of(row.customer_snapshot),
        lines=[_line(line) for line in lines],
        subtotal=row.subtotal,
        total=row.total,
        prepaid_credit=sum(int(each["amount"]) for each in row.pretax_credits),
        total_excluding_tax=row.total_excluding_tax,
        discounts=discounts,
        taxes=taxes,
        starting_balance=row.starting_balance,
        ending_balance=row.ending_balance,
        amount_due=row.amount_due,
        amount_paid=row.amount_paid,
        credited_before_payment=row.pre_payment_credit_notes_amount,
        due_at=row.due_date,
        ended_at=row.paid_at or row.voided_at or row.marked_uncollectible_at,
        ship_to=contact_of(shipping) if shipping else None,
        custom_fields=[(each["name"], each["value"]) for each in row.custom_fields],
        locales=known("locales") or (),
        memo=row.description,
        footer=row.footer,
    )


def _line(row: InvoiceLine) -> PaperLine:
    return PaperLine(
        description=row.description,
        amount=row.amount,
        quantity=Calculation.from_json(row.calculation).quantity if row.usage_period_id else row.quantity,
        unit_amount=_unit_amount(row),
        period=None if row.period_start == row.period_end else (row.period_start, row.period_end),
    )


def _unit_amount(row: InvoiceLine) -> Decimal | None:
    """What one unit costs, where that times the quantity is the amount: not of a proration, of tiers or packages."""
    if row.proration or row.unit_amount_decimal is None or "steps" in row.calculation:
        return None
    return Decimal(row.unit_amount_decimal)
