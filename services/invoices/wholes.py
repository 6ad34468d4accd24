"""Invoices together with their lines, read in two statements whatever their number."""

from collections.abc import Iterable, Sequence

from models import Invoice, InvoiceLine
from services.aggregates import WholeInvoice
from services.base import Service, part
from services.known_tax_rates import KnownTaxRates


class WholeInvoices(Service):
    """Reads invoices as wholes."""

    tax_rates = part(KnownTaxRates)

    async def by(self, column: str, values: Iterable[str | None], *, lock: bool = False) -> list[WholeInvoice]:
        """The invoices whose column has one of these values, in order of their ids, with their lines."""
        return await self.of(await self.gather(Invoice, column, values, order=("id",), lock=lock))

    async def of(self, invoices: Sequence[Invoice]) -> list[WholeInvoice]:
        """These invoices with their lines."""
        lines: dict[str, list[InvoiceLine]] = {invoice.id: [] for invoice in invoices}
        for line in await self.gather(InvoiceLine, "invoice_id", lines, order=("invoice_id", "position")):
            lines[line.invoice_id].append(line)
        await self.tax_rates.by_id(rate for row in invoices for rate in row.default_tax_rates)
        return [WholeInvoice(invoice, lines[invoice.id]) for invoice in invoices]
