"""Taxes as papers show them: what invoices and credit notes keep, with the names of the rates."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from documents.taxes import PaperTax, TaxFate
from domain.kinds import TaxBehavior
from domain.reckoning import TaxabilityReason
from models import TaxRate

_FATES = {
    TaxabilityReason.CUSTOMER_EXEMPT: TaxFate.EXEMPT,
    TaxabilityReason.REVERSE_CHARGE: TaxFate.REVERSED,
}
_UNTOLD = (TaxabilityReason.NOT_COLLECTING, TaxabilityReason.NOT_SUPPORTED)
"""Tax that is not asked for because nobody is registered says nothing to customers."""


async def paper_taxes(kept: Sequence[Mapping[str, Any]]) -> list[PaperTax]:
    """The taxes in order; one statement for their rates, none where there is no tax."""
    told = [each for each in kept if each["taxability_reason"] not in _UNTOLD]
    if not told:
        return []
    rates = {row.id: row for row in await TaxRate.filter(id__in={each["tax_rate"] for each in told})}
    return [_tax(each, rates[each["tax_rate"]]) for each in told]


def _tax(kept: Mapping[str, Any], rate: TaxRate) -> PaperTax:
    return PaperTax(
        name=rate.display_name,
        jurisdiction=rate.jurisdiction,
        percentage=Decimal(kept["percentage"]),
        inclusive=kept["tax_behavior"] == TaxBehavior.INCLUSIVE,
        taxable_amount=kept["taxable_amount"],
        amount=kept["amount"],
        fate=_FATES.get(TaxabilityReason(kept["taxability_reason"]), TaxFate.ASKED),
    )
