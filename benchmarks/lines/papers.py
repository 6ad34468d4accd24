"""Line 14: an invoice of one page as a PDF, from the frozen dataclass to the bytes."""

import statistics
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from benchmarks.figures import Asked, Extent, Figure, length
from benchmarks.rounds import say
from documents.contacts import Contact
from documents.invoices import InvoicePaper, invoice_pdf
from documents.lines import PaperLine
from domain.addresses import Address
from domain.lifecycles import InvoiceStatus

_FLOOR = 0.001
"""Seconds. There is no floor to compare with: the ratio is the time in milliseconds."""
_BEGAN = datetime(2027, 2, 1, 10, tzinfo=UTC)
_ENGLISH = InvoicePaper(
    number="K3J9ZQ12AB-0001",
    status=InvoiceStatus.PAID,
    currency="usd",
    issued_at=_BEGAN,
    ended_at=_BEGAN,
    seller=Contact("Acme Photos, Inc.", "billing@acme.example", address=Address(country="US")),
    customer=Contact(
        "Jenny Rosen",
        "jenny@example.com",
        address=Address("27 Fredrick Ave", "Apt. 3", "Brothers", "OR", "97712", "US"),
        tax_ids=[("us_ein", "12-3456789")],
    ),
    lines=[
        PaperLine(f"{seats} × Team (at $9.00 per seat / month)", 900 * seats, seats, Decimal(900), (_BEGAN, _BEGAN))
        for seats in range(1, 6)
    ],
    subtotal=13_500,
    total=13_500,
    starting_balance=-500,
    ending_balance=0,
    amount_due=13_000,
    amount_paid=13_000,
    custom_fields=[("Purchase order", "PO-77-88")],
    memo="Thank you for your business.",
    footer="Acme Photos, Inc. is registered in Delaware.",
)
_JAPANESE = replace(
    _ENGLISH,
    currency="jpy",
    locales=["ja"],
    seller=Contact("株式会社プロラータ", address=Address(country="JP")),
    customer=Contact("株式会社山田写真館", address=Address("本町2丁目3-4", None, "中央区", "大阪府", "541-0053", "JP")),
    memo="平素より格別のお引き立てを賜り、誠にありがとうございます。下記の通りご請求申し上げます。",
)


def measure(extent: Extent) -> Sequence[Figure]:
    """Invoices that differ in name, number and date, one after the other."""
    say("one-page invoice PDF")
    return [_figure("14", "English", _ENGLISH, extent), _figure("14b", "Japanese", _JAPANESE, extent)]


def _figure(number: str, language: str, paper: InvoicePaper, extent: Extent) -> Figure:
    seconds, size = _printed(paper, extent.of(200, 40))
    return Figure(
        number,
        f"one-page invoice PDF, {language}",
        f"{length(seconds)} of CPU",
        "a millisecond",
        seconds / _FLOOR,
        Asked(first=10, goal=3, at_most=True),
        f"{len(paper.lines)} lines, {size / 1_000:.1f} kB, subsets of the fonts embedded; the ratio is milliseconds",
    )


def _printed(paper: InvoicePaper, rounds: int) -> tuple[float, int]:
    """Median of CPU seconds, and bytes of a file; the fonts are open already, as in a server."""
    invoice_pdf(paper)
    taken: list[float] = []
    size = 0
    for place in range(rounds):
        each = replace(
            paper,
            number=f"K3J9ZQ12AB-{place:04}",
            issued_at=paper.issued_at + timedelta(days=place),
            customer=replace(paper.customer, name=f"{paper.customer.name} {place}"),
        )
        began = time.process_time()
        size = len(invoice_pdf(each))
        taken.append(time.process_time() - began)
    return statistics.median(taken), size
