"""Tax rates as rules of reckoning, and who is exempt; each in one statement whatever their number."""

from collections.abc import Iterable
from decimal import Decimal

from domain.kinds import TaxExempt
from domain.reckoning import TaxRule
from models import Customer
from services.base import Service, part
from services.known_tax_rates import KnownTaxRates


class Assessment(Service):
    """Reads what invoices are taxed by."""

    known = part(KnownTaxRates)

    async def rules(self, tax_rate_ids: Iterable[str]) -> dict[str, TaxRule]:
        """These tax rates as rules, by id; archived ones go on for whoever has them."""
        rates = (await self.known.by_id(tax_rate_ids)).values()
        return {row.id: TaxRule(row.id, Decimal(row.percentage), row.inclusive) for row in rates}

    async def exemptions(self, customer_ids: Iterable[str]) -> dict[str, TaxExempt]:
        """By customer, whether they are exempt now."""
        rows = await self.gather(Customer, "id", set(customer_ids))
        return {row.id: TaxExempt(row.tax_exempt) for row in rows}
