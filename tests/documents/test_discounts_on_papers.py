"""Discounts on invoices: each under its name, between the subtotal and the total."""

from decimal import Decimal

from documents.discounts import PaperDiscount
from tests.documents.reading import read


def test_every_discount_stands_below_the_subtotal() -> None:
    summer, five = PaperDiscount("Summer", 150, Decimal("10")), PaperDiscount("FIVE", 500)
    found = read(discounts=[summer, five], total=850, amount_due=850)
    start = found.index("Subtotal $15.00")
    assert found[start : start + 4] == ["Subtotal $15.00", "Summer (−10%) -$1.50", "FIVE -$5.00", "Total $8.50"]


def test_discounts_are_written_as_the_customer_writes() -> None:
    found = read(discounts=[PaperDiscount("Sommer", 188, Decimal("12.5"))], total=1312, locales=["de"])
    assert "Sommer (−12,5 %) -1,88 $" in [line.replace("\N{NO-BREAK SPACE}", " ") for line in found]
