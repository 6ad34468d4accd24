"""Quotes as papers."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from documents.contacts import Contact
from documents.discounts import PaperDiscount
from documents.lines import PaperLine
from documents.quotes import QuotePaper, quote_pdf
from domain.lifecycles import QuoteStatus
from domain.periods import Interval, Recurrence
from tests.documents.reading import pages_of

OFFER = QuotePaper(
    number="QT-K3J9ZQ12AB-0001-1",
    status=QuoteStatus.OPEN,
    currency="eur",
    issued_at=datetime(2027, 2, 1, 10, tzinfo=UTC),
    expires_at=datetime(2027, 3, 3, 10, tzinfo=UTC),
    seller=Contact("Acme Photos"),
    customer=Contact("Jenny Rosen"),
    lines=(
        PaperLine("5 × Team (at €9.00 per seat / month)", 4500, 5, Decimal(900)),
        PaperLine("1 × Setup", 10000, 1, Decimal(10000)),
    ),
    subtotal=14500,
    total=14500,
    upfront_total=14500,
    recurring_total=4500,
    recurrence=Recurrence(Interval.MONTH, 3),
)


def read(**changes: Any) -> list[str]:
    [page] = pages_of(quote_pdf(replace(OFFER, **changes)))
    return page.replace("\xa0", " ").splitlines()


def test_an_open_quote_says_what_is_offered_to_whom_until_when() -> None:
    assert read(header="For your whole team", description="As we said.", footer="All prices without tax.") == [
        "Quote Acme Photos",
        "Quote number QT-K3J9ZQ12AB-0001-1",
        "Date of issue February 1, 2027",
        "Valid until March 3, 2027",
        "Acme Photos",
        "Prepared for",
        "Jenny Rosen",
        "Total",
        "€145.00",
        "For your whole team",
        "As we said.",
        "Description Qty Unit price Amount",
        "5 × Team (at €9.00 per seat / month) 5 €9.00 €45.00",
        "1 × Setup 1 €100.00 €100.00",
        "Subtotal €145.00",
        "Total €145.00",
        "Due at first €145.00",
        "Recurring (3 months) €45.00",
        "All prices without tax.",
        "QT-K3J9ZQ12AB-0001-1 Page 1 of 1",
    ]


def test_a_trial_is_among_the_facts() -> None:
    assert "Free trial 14 days" in read(trial_days=14)


@pytest.mark.parametrize(("status", "word"), [(QuoteStatus.ACCEPTED, "Accepted"), (QuoteStatus.CANCELED, "Canceled")])
def test_how_it_ended_is_stamped_on_it(status: QuoteStatus, word: str) -> None:
    assert read(status=status, ended_at=datetime(2027, 2, 3, tzinfo=UTC))[1:3] == [word, "February 3, 2027"]


def test_it_speaks_the_language_of_the_customer() -> None:
    found = read(locales=["de"])
    for line in ("Angebot Acme Photos", "Gültig bis 3. März 2027", "Angebot für", "Wiederkehrend (3 Monate) 45,00 €"):
        assert line in found


def test_discounts_stand_between_subtotal_and_total() -> None:
    taken = (PaperDiscount("Welcome", 1450, Decimal(10)), PaperDiscount("SETUP", 500))
    lines = read(discounts=taken, total=12550, upfront_total=12550)
    start = lines.index("Subtotal €145.00")
    assert lines[start : start + 4] == ["Subtotal €145.00", "Welcome (−10%) -€14.50", "SETUP -€5.00", "Total €125.50"]
