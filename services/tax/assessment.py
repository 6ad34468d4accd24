"""Tax rates as rules of reckoning, and who is exempt; each in one statement whatever their number."""

from collections.abc import Iterable
from decimal import Decimal

from domain.kinds import TaxExempt
from domain.reckoning import TaxRule
from models import Customer, TaxRate
from services.base import Service


class Assessment(Service):
    """Reads what invoices are taxed by."""

    async def rules(self, tax_rate_ids: Iterable[str]) -> dict[str, TaxRule]:
        """These tax rates as rules, by id; archived ones go on for whoever has them."""
        rows = await self.gather(TaxRate, "id", set(tax_rate_ids))
        return {row.id: TaxRule(row.id, Decimal(row.percentage), row.inclusive) for row in rows}

    async def exemptions(self, customer_ids: Iterable[str]) -> dict[str, TaxExempt]:
        """By customer, whether they are exempt now."""
        rows = await self.gather(Customer, "id", set(customer_ids))
        return {row.id: TaxExempt(row.tax_exempt) for row in rows}
