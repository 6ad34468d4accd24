"""Invoices as papers: what they say in which language, how they end, how they go over pages."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from documents.contacts import Contact
from documents.invoices import invoice_pdf
from documents.languages import WORDINGS, locale_of
from documents.lines import PaperLine
from domain.addresses import Address
from domain.lifecycles import InvoiceStatus
from tests.documents.reading import FEBRUARY, SAMPLE, pages_of, read

LATER = datetime(2027, 2, 3, tzinfo=UTC)


def test_an_open_invoice_says_who_owes_whom_how_much_for_what() -> None:
    assert read() == [
        "Invoice Acme Photos",
        "Invoice number K3J9ZQ12AB-0001",
        "Date of issue February 1, 2027",
        "Acme Photos",
        "United States",
        "billing@acme.example",
        "Bill to",
        "Jenny Rosen",
        "jenny@example.com",
        "Amount due",
        "$15.00",
        "Description Qty Unit price Amount",
        "1 × Basic 1 $15.00 $15.00",
        "Feb 1, 2027 – Mar 1, 2027",
        "Subtotal $15.00",
        "Total $15.00",
        "Amount due $15.00",
        "K3J9ZQ12AB-0001 Page 1 of 1",
    ]


def test_everything_that_an_invoice_may_carry_is_on_it() -> None:
    address = Address("27 Fredrick Ave", "Apt. 3", "Brothers", "OR", "97712", "US")
    found = read(
        customer=Contact("Jenny Rosen", phone="+1 555 0100", address=address, tax_ids=[("eu_vat", "DE123456789")]),
        ship_to=Contact("Jenny at work", address=Address("1 Main St", country="US")),
        custom_fields=[("Purchase order", "PO-77")],
        due_at=datetime(2027, 3, 3, tzinfo=UTC),
        memo="Thank you.",
        footer="Registered in Delaware.",
    )
    for line in (
        "Date due March 3, 2027", "Purchase order PO-77", "27 Fredrick Ave", "Apt. 3", "Brothers, OR 97712",
        "+1 555 0100", "EU VAT DE123456789", "Ship to", "Jenny at work", "1 Main St", "Thank you.",
        "Registered in Delaware.",
    ):  # fmt: skip
        assert line in found


def test_credit_that_was_used_is_shown_with_the_balance_before_and_after() -> None:
    found = read(starting_balance=-2000, ending_balance=-500, amount_due=0)
    assert found[-7:-1] == [
        "Subtotal $15.00", "Total $15.00", "Applied balance -$15.00", "Amount due $0.00", "Balance before -$20.00",
        "Balance after -$5.00",
    ]  # fmt: skip


def test_what_prepaid_credit_paid_is_taken_off_before_the_total() -> None:
    found = read(prepaid_credit=500, total=1000, total_excluding_tax=1000, amount_due=1000)
    assert found[-5:-1] == ["Subtotal $15.00", "Prepaid credit -$5.00", "Total $10.00", "Amount due $10.00"]


def test_what_was_credited_before_payment_is_taken_off() -> None:
    found = read(credited_before_payment=400, starting_balance=-500, amount_due=600)
    # 15.00, less 5.00 of balance, less 4.00 of credit notes
    assert found[-6:-3] == ["Applied balance -$5.00", "Credit notes -$4.00", "Amount due $6.00"]


def test_a_part_that_was_paid_is_taken_off() -> None:
    assert read(amount_paid=600)[-4:-1] == ["Amount due $15.00", "Amount paid $6.00", "Amount remaining $9.00"]


@pytest.mark.parametrize(
    ("status", "word"),
    [(InvoiceStatus.PAID, "Paid"), (InvoiceStatus.VOID, "Void"), (InvoiceStatus.UNCOLLECTIBLE, "Uncollectible")],
)
def test_how_it_ended_is_stamped_on_it(status: InvoiceStatus, word: str) -> None:
    assert read(status=status, ended_at=LATER)[1:3] == [word, "February 3, 2027"]


def test_a_proration_shows_no_unit_price() -> None:
    line = PaperLine("Unused time on 1 × Basic", -804, 1, None, FEBRUARY)
    assert "Unused time on 1 × Basic 1 -$8.04" in read(lines=[line])


@pytest.mark.parametrize(
    ("locale", "currency", "lines"),
    [
        ("de", "eur", ["Rechnung Acme Photos", "Fälliger Betrag 1.234,56 €", "Ausstellungsdatum 1. Februar 2027"]),
        ("fr-CA", "cad", ["Facture Acme Photos", "Montant dû 1 234,56 $", "Date d’émission 1 février 2027"]),
        ("es-MX", "mxn", ["Factura Acme Photos", "Importe a pagar $1,234.56", "Fecha de emisión 1 de febrero de 2027"]),
        ("pt-BR", "brl", ["Fatura Acme Photos", "Valor a pagar R$ 1.234,56", "Data de emissão 1 de fevereiro de 2027"]),
        ("ja", "jpy", ["請求書 Acme Photos", "ご請求金額 ￥123,456", "発行日 2027年2月1日"]),
        ("nl", "eur", ["Factuur Acme Photos", "Te betalen € 1.234,56", "Datum 1 februari 2027"]),
        ("it", "kwd", ["Fattura Acme Photos", "Importo dovuto 123,456 KWD", "Data di emissione 1 febbraio 2027"]),
        ("en-GB", "gbp", ["Invoice Acme Photos", "Amount due £1,234.56", "Date of issue 1 February 2027"]),
    ],
)  # fmt: skip
def test_it_speaks_the_language_of_the_customer(locale: str, currency: str, lines: list[str]) -> None:
    found = [re.sub("\xa0|\u202f", " ", line) for line in read(locales=[locale], currency=currency, amount_due=123456)]
    assert [line for line in lines if line not in found] == []


@pytest.mark.parametrize(
    ("preferred", "chosen"),
    [([], "en_US"), (["pl", "de-CH", "fr"], "de_CH"), (["xx", "pl"], "en_US"), (["de-XX"], "de"), (["PT_br"], "pt_BR")],
)
def test_the_first_locale_that_is_spoken_is_taken(preferred: list[str], chosen: str) -> None:
    assert str(locale_of(preferred)) == chosen


def test_every_language_can_number_pages() -> None:
    assert all(wording.page.format(page=7, pages=9).count("7") == 1 for wording in WORDINGS.values())


@pytest.mark.parametrize(
    "name", ["株式会社山田写真館", "北京照相馆", "한국 주식회사", "ישראל בע מ", "บริษัทไทย", "हिन्दी श्री", "Ωμέγα"]
)
def test_names_of_all_scripts_can_be_read_and_copied(name: str) -> None:
    assert name in read(customer=Contact(name))


def test_arabic_letters_are_all_there() -> None:
    found = read(customer=Contact("شركة التصوير الحديث"))
    assert any(sorted(line.strip()) == sorted("شركة التصوير الحديث") for line in found)


def test_lines_go_on_over_pages_with_running_totals() -> None:
    lines = [PaperLine(f"Line {number}", 100, 1, Decimal(100)) for number in range(1, 101)]
    pages = pages_of(invoice_pdf(replace(SAMPLE, lines=lines, total=10000, amount_due=10000)))

    assert len(pages) > 2
    counted = 0
    for number, page in enumerate(pages, start=1):
        found = page.splitlines()
        assert found[-1] == f"K3J9ZQ12AB-0001 Page {number} of {len(pages)}"
        if number > 1 and counted < 100:
            assert found[:2] == ["Description Qty Unit price Amount", f"Brought forward ${counted}.00"]
        counted += sum(line.startswith("Line ") for line in found)
        if counted < 100:
            assert found[-2] == f"Carried forward ${counted}.00"
    assert counted == 100
    assert "Amount due $100.00" in pages[-1]


def test_the_same_invoice_gives_the_same_bytes() -> None:
    assert invoice_pdf(SAMPLE) == invoice_pdf(replace(SAMPLE))


def test_only_the_used_glyphs_are_in_the_file() -> None:
    japanese = replace(SAMPLE, customer=Contact("株式会社山田写真館"), locales=["ja"])
    assert len(invoice_pdf(SAMPLE)) < 15_000
    assert len(invoice_pdf(japanese)) < 40_000  # the font has 33 MB


def test_hostile_texts_stay_within_the_pages() -> None:
    hostile = "W" * 3_000 + "\u202e\x00\ud800" + "a" + "\u0301" * 5_000 + "\n" * 300 + "(\\) Tj ET endstream"
    pages = pages_of(
        invoice_pdf(
            replace(
                SAMPLE,
                seller=Contact(hostile),
                customer=Contact(hostile, hostile, hostile, Address(hostile, hostile), [("eu_vat", hostile)]),
                custom_fields=[(hostile, hostile)],
                lines=[PaperLine(hostile, 10**14, 10**15, Decimal("0.123456789012"), FEBRUARY)] * 3,
                memo=hostile,
                footer=hostile,
            )
        )
    )
    assert "$1,000,000,000,000.00" in "".join(pages)
    assert pages[-1].splitlines()[-1] == f"K3J9ZQ12AB-0001 Page {len(pages)} of {len(pages)}"
