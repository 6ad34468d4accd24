"""Papers as their readers see them: the text of every page, and a sample invoice."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pypdfium2

from documents.contacts import Contact
from documents.invoices import InvoicePaper, invoice_pdf
from documents.lines import PaperLine
from domain.addresses import Address
from domain.lifecycles import InvoiceStatus

FEBRUARY = (datetime(2027, 2, 1, tzinfo=UTC), datetime(2027, 3, 1, tzinfo=UTC))
SAMPLE = InvoicePaper(
    number="K3J9ZQ12AB-0001",
    status=InvoiceStatus.OPEN,
    currency="usd",
    issued_at=datetime(2027, 2, 1, 10, tzinfo=UTC),
    seller=Contact("Acme Photos", "billing@acme.example", address=Address(country="US")),
    customer=Contact("Jenny Rosen", "jenny@example.com"),
    lines=(PaperLine("1 × Basic", 1500, 1, Decimal(1500), FEBRUARY),),
    subtotal=1500,
    total=1500,
    starting_balance=0,
    ending_balance=0,
    amount_due=1500,
    amount_paid=0,
)


def pages_of(pdf: bytes) -> list[str]:
    """The text of each page, line by line."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [page.get_textpage().get_text_range().replace("\r\n", "\n") for page in document]
    finally:
        document.close()


def read(**changes: Any) -> list[str]:
    """The lines of the first page of the sample with these changes."""
    return pages_of(invoice_pdf(replace(SAMPLE, **changes)))[0].splitlines()
