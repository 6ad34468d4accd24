"""An invoice as a paper."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from babel.core import Locale

from documents.contacts import Contact, party_of
from documents.discounts import PaperDiscount, discount_sums
from documents.figures import amount_text, date_text
from documents.languages import WORDINGS, locale_of
from documents.letters import Fact, Ink, Letter, Stamp, Sum, letter_pdf
from documents.lines import PaperLine, entry_of
from documents.taxes import PaperTax, reverse_charge_note, tax_sums, with_note
from documents.wording import Wording
from domain.lifecycles import InvoiceStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoicePaper:
    """A finalized invoice with everything that its paper shows. Amounts are in minor units of `currency`.

    `ended_at` is when it was paid, voided or given up. The balances are the customer's, negative is credit. Credit
    notes that came before payment have lowered `amount_due` by `credited_before_payment`.
    """

    number: str
    status: InvoiceStatus
    currency: str
    issued_at: datetime
    seller: Contact
    customer: Contact
    lines: Sequence[PaperLine]
    subtotal: int
    total: int
    starting_balance: int
    ending_balance: int
    amount_due: int
    amount_paid: int
    prepaid_credit: int = 0
    """What prepaid credit paid, before tax."""
    total_excluding_tax: int = 0
    discounts: Sequence[PaperDiscount] = ()
    taxes: Sequence[PaperTax] = ()
    credited_before_payment: int = 0
    ended_at: datetime | None = None
    due_at: datetime | None = None
    ship_to: Contact | None = None
    custom_fields: Sequence[tuple[str, str]] = ()
    locales: Sequence[str] = ()
    memo: str | None = None
    footer: str | None = None

    @property
    def amount_remaining(self) -> int:
        """What is still to be paid; nothing of an invoice that is PAID, however that came about."""
        return 0 if self.status is InvoiceStatus.PAID else self.amount_due - self.amount_paid


_INKS: Final = {InvoiceStatus.PAID: Ink.GREEN, InvoiceStatus.VOID: Ink.RED, InvoiceStatus.UNCOLLECTIBLE: Ink.RED}


def invoice_pdf(paper: InvoicePaper) -> bytes:
    """The invoice as a PDF file in the customer's language. The same invoice gives the same bytes."""
    locale = locale_of(paper.locales)
    wording = WORDINGS[locale.language]
    parties = [party_of(paper.seller, None, locale), party_of(paper.customer, wording.bill_to, locale)]
    if paper.ship_to is not None:
        parties.append(party_of(paper.ship_to, wording.ship_to, locale))
    address = paper.customer.address
    return letter_pdf(
        Letter(
            title=wording.invoice,
            number=paper.number,
            sender=paper.seller.name or "",
            facts=tuple(_facts(paper, wording, locale)),
            parties=parties,
            headline=Fact(wording.amount_due, amount_text(paper.amount_due, paper.currency, locale)),
            entries=[entry_of(line, paper.currency, locale) for line in paper.lines],
            sums=tuple(_sums(paper, wording, locale)),
            currency=paper.currency,
            locale=locale,
            issued_at=paper.issued_at,
            country=None if address is None else address.country,
            memo=with_note(paper.memo, reverse_charge_note(paper.taxes, locale)),
            footer=paper.footer,
            stamp=_stamp(paper, wording, locale),
        )
    )


def _facts(paper: InvoicePaper, wording: Wording, locale: Locale) -> Iterator[Fact]:
    yield Fact(wording.number, paper.number)
    yield Fact(wording.date_of_issue, date_text(paper.issued_at, locale))
    if paper.due_at is not None:
        yield Fact(wording.date_due, date_text(paper.due_at, locale))
    yield from (Fact(name, value) for name, value in paper.custom_fields)


def _sums(paper: InvoicePaper, wording: Wording, locale: Locale) -> Iterator[Sum]:
    def line(label: str, amount: int, *, strong: bool = False) -> Sum:
        return Sum(label, amount_text(amount, paper.currency, locale), strong)

    yield line(wording.subtotal, paper.subtotal)
    yield from discount_sums(paper.discounts, paper.currency, locale)
    if paper.prepaid_credit:
        yield line(wording.prepaid_credit, -paper.prepaid_credit)
    yield from tax_sums(paper.taxes, paper.total_excluding_tax, paper.currency, locale)
    yield line(wording.total, paper.total)
    applied = paper.amount_due + paper.credited_before_payment - paper.total
    if applied:
        yield line(wording.applied_balance, applied)
    if paper.credited_before_payment:
        yield line(wording.credit_notes, -paper.credited_before_payment)
    yield line(wording.amount_due, paper.amount_due, strong=True)
    if paper.amount_paid:
        yield line(wording.amount_paid, paper.amount_paid)
        yield line(wording.amount_remaining, paper.amount_remaining, strong=True)
    if paper.starting_balance or paper.ending_balance:
        yield line(wording.starting_balance, paper.starting_balance)
        yield line(wording.ending_balance, paper.ending_balance)


def _stamp(paper: InvoicePaper, wording: Wording, locale: Locale) -> Stamp | None:
    words = {
        InvoiceStatus.PAID: wording.paid,
        InvoiceStatus.VOID: wording.void,
        InvoiceStatus.UNCOLLECTIBLE: wording.uncollectible,
    }
    if paper.status not in words:
        return None
    ended_on = None if paper.ended_at is None else date_text(paper.ended_at, locale)
    return Stamp(words[paper.status], _INKS[paper.status], ended_on)
