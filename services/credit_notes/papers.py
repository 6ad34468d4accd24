"""What the paper of a credit note shows: the note, and the customer as its invoice names them."""

from decimal import Decimal

from documents.credit_notes import CreditNotePaper
from documents.lines import PaperLine
from models import CreditNote, CreditNoteLine, Invoice
from services.coupons.papers import paper_discounts
from services.customers.contacts import contact_of, seller_on
from services.tax.papers import paper_taxes


async def credit_note_paper(identifier: str) -> CreditNotePaper | None:
    """The paper of the credit note with this id, whoever's it is; None when there is none.

    It is for those who were given its address, as `services.invoices.papers` says.
    """
    row = await CreditNote.get_or_none(id=identifier)
    if row is None:
        return None
    invoice = await Invoice.get(id=row.invoice_id)
    assert invoice.number is not None, f"credit note {row.id} corrects the draft {invoice.id}"
    lines = await CreditNoteLine.filter(credit_note_id=row.id).order_by("position")
    return CreditNotePaper(
        number=row.number,
        invoice_number=invoice.number,
        currency=row.currency,
        issued_at=row.effective_at,
        seller=await seller_on(row.account_id, invoice.sharing),
        customer=contact_of(invoice.customer_snapshot),
        lines=[_line(line) for line in lines],
        amount=row.amount,
        pre_payment_amount=row.pre_payment_amount,
        refund_amount=row.refund_amount,
        credit_amount=row.credit_amount,
        out_of_band_amount=row.out_of_band_amount,
        subtotal=row.subtotal,
        discounts=await paper_discounts(row.total_discount_amounts),
        prepaid_credit=sum(int(each["amount"]) for each in row.pretax_credits),
        total_excluding_tax=row.total_excluding_tax,
        taxes=await paper_taxes(row.total_taxes),
        voided_at=row.voided_at,
        locales=invoice.customer_snapshot.get("locales") or (),
        memo=row.memo,
        footer=invoice.footer,
    )


def _line(row: CreditNoteLine) -> PaperLine:
    unit_amount = None if row.unit_amount_decimal is None else Decimal(row.unit_amount_decimal)
    return PaperLine(row.description, row.amount, row.quantity, unit_amount)
