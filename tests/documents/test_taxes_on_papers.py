"""Taxes on papers: every rate with what it is asked for of, and the words that the law wants."""

from dataclasses import replace
from decimal import Decimal

import pytest

from documents.credit_notes import credit_note_pdf
from documents.languages import WORDINGS
from documents.tax_words import TAX_WORDINGS
from documents.taxes import PaperTax, TaxFate
from tests.documents.reading import pages_of, read
from tests.documents.test_credit_note_papers import NOTE

VAT = PaperTax("VAT", "Germany", Decimal(19), inclusive=False, taxable_amount=1500, amount=285)


def test_every_rate_is_shown_between_subtotal_and_total() -> None:
    city = PaperTax("City", None, Decimal("0.375"), inclusive=False, taxable_amount=1500, amount=6)
    found = read(taxes=[VAT, city], total_excluding_tax=1500, total=1791, amount_due=1791)
    assert found[-7:-1] == [
        "Subtotal $15.00", "Total excluding tax $15.00", "VAT Germany (19% on $15.00) $2.85",
        "City (0.375% on $15.00) $0.06", "Total $17.91", "Amount due $17.91",
    ]  # fmt: skip


def test_tax_within_the_price_says_so() -> None:
    within = replace(VAT, inclusive=True, taxable_amount=1261, amount=239)
    found = read(taxes=[within], total_excluding_tax=1261)
    assert found[-5:-1] == [
        "Total excluding tax $12.61", "VAT Germany (19% included, on $12.61) $2.39", "Total $15.00",
        "Amount due $15.00",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("en", "Reverse charge"), ("de", "Steuerschuldnerschaft des Leistungsempfängers"), ("fr", "Autoliquidation"),
        ("es", "Inversión del sujeto pasivo"), ("pt", "Autoliquidação"), ("ja", "リバースチャージ"),
        ("nl", "Btw verlegd"), ("it", "Inversione contabile"),
    ],
)  # fmt: skip
def test_reverse_charge_is_said_in_the_language_of_the_customer(locale: str, words: str) -> None:
    reversed_ = replace(VAT, amount=0, fate=TaxFate.REVERSED)
    assert words in read(taxes=[reversed_], total_excluding_tax=1500, locales=[locale])
    assert words not in read(taxes=[VAT], total_excluding_tax=1500, locales=[locale])


def test_exemption_is_told() -> None:
    exempt = replace(VAT, amount=0, taxable_amount=0, fate=TaxFate.EXEMPT)
    assert "VAT Germany (exempt) $0.00" in read(taxes=[exempt], total_excluding_tax=1500)


def test_percentages_are_written_as_the_customer_writes_them() -> None:
    half = replace(VAT, percentage=Decimal("25.5"), jurisdiction="Finnland")
    found = read(taxes=[half], total_excluding_tax=1500, locales=["de"], currency="eur")
    assert any("(25,5\xa0% auf 15,00\xa0€)" in line for line in found)


def test_long_names_go_over_lines() -> None:
    long = replace(VAT, name="N" * 50, jurisdiction="J" * 50)
    assert "$2.85" in "".join(read(taxes=[long], total_excluding_tax=1500))


def test_every_language_of_papers_has_words_for_tax() -> None:
    assert TAX_WORDINGS.keys() == WORDINGS.keys()


def test_credit_note_tells_what_tax_goes_back() -> None:
    note = replace(NOTE, amount=1785, subtotal=1500, total_excluding_tax=1500, taxes=[VAT])
    [page] = pages_of(credit_note_pdf(note))
    found = page.splitlines()
    first = found.index("Subtotal $15.00")
    assert found[first : first + 4] == [
        "Subtotal $15.00", "Total excluding tax $15.00", "VAT Germany (19% on $15.00) $2.85", "Amount credited $17.85",
    ]  # fmt: skip
