"""Discounts on papers: what each takes off, under the name that customers know it by."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from babel.core import Locale

from documents.figures import amount_text, percentage_text
from documents.letters import Sum


@dataclass(frozen=True, slots=True)
class PaperDiscount:
    """What one discount takes off, in minor units; `percentage` where it takes off per cents."""

    name: str
    amount: int
    percentage: Decimal | None = None


def discount_sums(discounts: Sequence[PaperDiscount], currency: str, locale: Locale) -> Iterator[Sum]:
    """Every discount, in order; nothing where there is none."""
    for each in discounts:
        label = each.name
        if each.percentage is not None:
            label = f"{each.name} (−{percentage_text(each.percentage, locale)})"
        yield Sum(label, amount_text(-each.amount, currency, locale))
