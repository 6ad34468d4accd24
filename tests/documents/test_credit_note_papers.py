"""Credit notes as papers."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from documents.contacts import Contact
from documents.credit_notes import CreditNotePaper, credit_note_pdf
from documents.discounts import PaperDiscount
from documents.lines import PaperLine
from tests.documents.reading import pages_of

NOTE = CreditNotePaper(
    number="K3J9ZQ12AB-0001-CN-01",
    invoice_number="K3J9ZQ12AB-0001",
    currency="usd",
    issued_at=datetime(2027, 2, 10, 10, tzinfo=UTC),
    seller=Contact("Acme Photos"),
    customer=Contact("Jenny Rosen"),
    lines=(PaperLine("2 × Basic (at $15.00 / month)", 1500, 1, Decimal(1500)), PaperLine("Goodwill", 200, None)),
    amount=1700,
    pre_payment_amount=200,
    refund_amount=1000,
    credit_amount=400,
    out_of_band_amount=100,
)


def read(**changes: Any) -> list[str]:
    [page] = pages_of(credit_note_pdf(replace(NOTE, **changes)))
    return page.replace("\xa0", " ").splitlines()


def test_it_says_what_is_credited_of_which_invoice_and_where_the_money_goes() -> None:
    assert read(memo="Sorry for the trouble.") == [
        "Credit note Acme Photos",
        "Credit note number K3J9ZQ12AB-0001-CN-01",
        "Invoice number K3J9ZQ12AB-0001",
        "Date of issue February 10, 2027",
        "Acme Photos",
        "Bill to",
        "Jenny Rosen",
        "Amount credited",
        "$17.00",
        "Sorry for the trouble.",
        "Description Qty Unit price Amount",
        "2 × Basic (at $15.00 / month) 1 $15.00 $15.00",
        "Goodwill $2.00",
        "Amount credited $17.00",
        "Taken off the invoice $2.00",
        "Refunded $10.00",
        "Credited to the balance $4.00",
        "Given back otherwise $1.00",
        "K3J9ZQ12AB-0001-CN-01 Page 1 of 1",
    ]


def test_without_lines_the_invoice_itself_is_credited() -> None:
    assert "Invoice K3J9ZQ12AB-0001 1 $17.00" in read(lines=())


def test_a_void_one_says_so() -> None:
    assert read(voided_at=datetime(2027, 2, 11, tzinfo=UTC))[1:3] == ["Void", "February 11, 2027"]


def test_it_speaks_the_language_of_the_customer() -> None:
    found = read(locales=["es"], currency="eur")
    for line in ("Nota de crédito Acme Photos", "Reembolsado 10,00 €", "Descontado de la factura 2,00 €"):
        assert line in found


def test_discounts_and_prepaid_credit_stand_between_subtotal_and_total() -> None:
    discounts = [PaperDiscount("Summer", 250, Decimal("25")), PaperDiscount("FIVE", 50)]
    found = read(discounts=discounts, prepaid_credit=100, subtotal=2100)
    start = found.index("Subtotal $21.00")
    assert found[start : start + 5] == [
        "Subtotal $21.00", "Summer (−25%) -$2.50", "FIVE -$0.50", "Prepaid credit -$1.00", "Amount credited $17.00",
    ]  # fmt: skip
