"""A credit note as a paper."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from babel.core import Locale

from documents.contacts import Contact, party_of
from documents.discounts import PaperDiscount, discount_sums
from documents.figures import amount_text, date_text
from documents.languages import WORDINGS, locale_of
from documents.letters import Fact, Ink, Letter, Stamp, Sum, letter_pdf
from documents.lines import PaperLine, entry_of
from documents.taxes import PaperTax, reverse_charge_note, tax_sums, with_note
from documents.wording import Wording


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditNotePaper:
    """A credit note with everything that its paper shows. Amounts are in minor units of `currency`.

    `amount` was taken off what was due of the invoice (`pre_payment_amount`), or given back in one of three ways.
    Without lines, it credits the invoice as a whole.
    """

    number: str
    invoice_number: str
    currency: str
    issued_at: datetime
    seller: Contact
    customer: Contact
    lines: Sequence[PaperLine]
    amount: int
    pre_payment_amount: int
    refund_amount: int
    credit_amount: int
    out_of_band_amount: int
    subtotal: int = 0
    discounts: Sequence[PaperDiscount] = ()
    """What discounts had taken off of what is credited."""
    prepaid_credit: int = 0
    """What prepaid credit had paid of it."""
    total_excluding_tax: int = 0
    taxes: Sequence[PaperTax] = ()
    voided_at: datetime | None = None
    locales: Sequence[str] = ()
    memo: str | None = None
    footer: str | None = None


def credit_note_pdf(paper: CreditNotePaper) -> bytes:
    """The credit note as a PDF file in the customer's language. The same credit note gives the same bytes."""
    locale = locale_of(paper.locales)
    wording = WORDINGS[locale.language]
    address = paper.customer.address
    whole = PaperLine(f"{wording.invoice} {paper.invoice_number}", paper.amount, 1)
    return letter_pdf(
        Letter(
            title=wording.credit_note,
            number=paper.number,
            sender=paper.seller.name or "",
            facts=(
                Fact(wording.credit_note_number, paper.number),
                Fact(wording.number, paper.invoice_number),
                Fact(wording.date_of_issue, date_text(paper.issued_at, locale)),
            ),
            parties=(party_of(paper.seller, None, locale), party_of(paper.customer, wording.bill_to, locale)),
            headline=Fact(wording.credited, amount_text(paper.amount, paper.currency, locale)),
            entries=[entry_of(line, paper.currency, locale) for line in paper.lines or (whole,)],
            sums=tuple(_sums(paper, wording, locale)),
            currency=paper.currency,
            locale=locale,
            issued_at=paper.issued_at,
            country=None if address is None else address.country,
            memo=with_note(paper.memo, reverse_charge_note(paper.taxes, locale)),
            footer=paper.footer,
            stamp=None if paper.voided_at is None else Stamp(wording.void, Ink.RED, date_text(paper.voided_at, locale)),
        )
    )


def _sums(paper: CreditNotePaper, wording: Wording, locale: Locale) -> Iterator[Sum]:
    """What is credited, then in which ways."""
    if paper.taxes or paper.discounts or paper.prepaid_credit:
        yield Sum(wording.subtotal, amount_text(paper.subtotal, paper.currency, locale))
    yield from discount_sums(paper.discounts, paper.currency, locale)
    if paper.prepaid_credit:
        yield Sum(wording.prepaid_credit, amount_text(-paper.prepaid_credit, paper.currency, locale))
    yield from tax_sums(paper.taxes, paper.total_excluding_tax, paper.currency, locale)
    yield Sum(wording.credited, amount_text(paper.amount, paper.currency, locale), strong=True)
    ways = (
        (wording.taken_off_invoice, paper.pre_payment_amount),
        (wording.refunded, paper.refund_amount),
        (wording.credited_to_balance, paper.credit_amount),
        (wording.given_back_elsewhere, paper.out_of_band_amount),
    )
    yield from (Sum(label, amount_text(amount, paper.currency, locale)) for label, amount in ways if amount)
