"""A quote as a paper."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from babel.core import Locale

from documents.contacts import Contact, party_of
from documents.discounts import PaperDiscount, discount_sums
from documents.figures import amount_text, date_text, time_text
from documents.languages import WORDINGS, locale_of
from documents.letters import Fact, Ink, Letter, Stamp, Sum, letter_pdf
from documents.lines import PaperLine, entry_of
from documents.taxes import PaperTax, reverse_charge_note, tax_sums, with_note
from documents.wording import Wording
from domain.lifecycles import QuoteStatus
from domain.periods import Interval, Recurrence


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotePaper:
    """A finalized quote with everything that its paper shows. Amounts are in minor units of `currency`.

    `upfront_total` is what the first invoice asks for, `recurring_total` what every period costs, if anything recurs.
    `ended_at` is when it was accepted or canceled.
    """

    number: str
    status: QuoteStatus
    currency: str
    issued_at: datetime
    expires_at: datetime
    seller: Contact
    customer: Contact
    lines: Sequence[PaperLine]
    subtotal: int
    total: int
    upfront_total: int
    total_excluding_tax: int = 0
    discounts: Sequence[PaperDiscount] = ()
    taxes: Sequence[PaperTax] = ()
    recurring_total: int | None = None
    recurrence: Recurrence | None = None
    trial_days: int | None = None
    ended_at: datetime | None = None
    locales: Sequence[str] = ()
    header: str | None = None
    description: str | None = None
    footer: str | None = None


_INKS: Final = {QuoteStatus.ACCEPTED: Ink.GREEN, QuoteStatus.CANCELED: Ink.RED}


def quote_pdf(paper: QuotePaper) -> bytes:
    """The quote as a PDF file in the customer's language. The same quote gives the same bytes."""
    locale = locale_of(paper.locales)
    wording = WORDINGS[locale.language]
    address = paper.customer.address
    return letter_pdf(
        Letter(
            title=wording.quote,
            number=paper.number,
            sender=paper.seller.name or "",
            facts=tuple(_facts(paper, wording, locale)),
            parties=(party_of(paper.seller, None, locale), party_of(paper.customer, wording.prepared_for, locale)),
            headline=Fact(wording.total, amount_text(paper.total, paper.currency, locale)),
            entries=[entry_of(line, paper.currency, locale) for line in paper.lines],
            sums=tuple(_sums(paper, wording, locale)),
            currency=paper.currency,
            locale=locale,
            issued_at=paper.issued_at,
            country=None if address is None else address.country,
            memo=with_note(with_note(paper.header, paper.description), reverse_charge_note(paper.taxes, locale)),
            footer=paper.footer,
            stamp=_stamp(paper, wording, locale),
        )
    )


def _facts(paper: QuotePaper, wording: Wording, locale: Locale) -> Iterator[Fact]:
    yield Fact(wording.quote_number, paper.number)
    yield Fact(wording.date_of_issue, date_text(paper.issued_at, locale))
    yield Fact(wording.valid_until, date_text(paper.expires_at, locale))
    if paper.trial_days is not None:
        yield Fact(wording.free_trial, time_text(Recurrence(Interval.DAY, paper.trial_days), locale))


def _sums(paper: QuotePaper, wording: Wording, locale: Locale) -> Iterator[Sum]:
    yield Sum(wording.subtotal, amount_text(paper.subtotal, paper.currency, locale))
    yield from discount_sums(paper.discounts, paper.currency, locale)
    yield from tax_sums(paper.taxes, paper.total_excluding_tax, paper.currency, locale)
    yield Sum(wording.total, amount_text(paper.total, paper.currency, locale))
    yield Sum(wording.due_at_first, amount_text(paper.upfront_total, paper.currency, locale), strong=True)
    if paper.recurring_total is not None and paper.recurrence is not None:
        label = f"{wording.recurring} ({time_text(paper.recurrence, locale)})"
        yield Sum(label, amount_text(paper.recurring_total, paper.currency, locale))


def _stamp(paper: QuotePaper, wording: Wording, locale: Locale) -> Stamp | None:
    words = {QuoteStatus.ACCEPTED: wording.accepted, QuoteStatus.CANCELED: wording.canceled}
    if paper.status not in words:
        return None
    ended_on = None if paper.ended_at is None else date_text(paper.ended_at, locale)
    return Stamp(words[paper.status], _INKS[paper.status], ended_on)
