"""Taxes on papers: what each rate comes to, and the words that the law wants where the customer accounts for it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from babel.core import Locale

from documents.figures import amount_text, percentage_text
from documents.letters import Sum
from documents.tax_words import TAX_WORDINGS


class TaxFate(Enum):
    """Whether a tax is asked for."""

    ASKED = "asked"
    EXEMPT = "exempt"
    REVERSED = "reversed"


@dataclass(frozen=True, slots=True)
class PaperTax:
    """What one tax rate comes to; amounts in minor units, `percentage` of `taxable_amount`."""

    name: str
    jurisdiction: str | None
    percentage: Decimal
    inclusive: bool
    taxable_amount: int
    amount: int
    fate: TaxFate = TaxFate.ASKED


def tax_sums(taxes: Sequence[PaperTax], total_excluding_tax: int, currency: str, locale: Locale) -> Iterator[Sum]:
    """The total without tax, then every tax; nothing where there is none."""
    if not taxes:
        return
    words = TAX_WORDINGS[locale.language]
    yield Sum(words.total_excluding_tax, amount_text(total_excluding_tax, currency, locale))
    for tax in taxes:
        yield Sum(_label(tax, currency, locale), amount_text(tax.amount, currency, locale))


def reverse_charge_note(taxes: Sequence[PaperTax], locale: Locale) -> str | None:
    """The words that say that the customer accounts for the tax; None where they do not."""
    if all(tax.fate is not TaxFate.REVERSED for tax in taxes):
        return None
    return TAX_WORDINGS[locale.language].reverse_charge


def with_note(memo: str | None, note: str | None) -> str | None:
    """A memo with a line below it."""
    return "\n".join(text for text in (memo, note) if text) or None


def _label(tax: PaperTax, currency: str, locale: Locale) -> str:
    words = TAX_WORDINGS[locale.language]
    whose = tax.name if tax.jurisdiction is None else f"{tax.name} {tax.jurisdiction}"
    match tax.fate:
        case TaxFate.EXEMPT:
            how = words.exempt
        case TaxFate.REVERSED:
            how = percentage_text(Decimal(0), locale)
        case TaxFate.ASKED:
            form = words.within if tax.inclusive else words.on_top
            taxable = amount_text(tax.taxable_amount, currency, locale)
            how = form.format(percentage=percentage_text(tax.percentage, locale), amount=taxable)
    return f"{whose} ({how})"
