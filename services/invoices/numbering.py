"""Numbers of invoices: without gaps, because whoever takes one holds the sequence until the commit."""

from collections.abc import Mapping, Sequence

from domain.invoices import InvoiceNumbering
from domain.invoicing import invoice_number, invoice_prefix_from
from models import Customer, Invoice
from services.base import Service, part
from services.rows import update_rows
from services.settings import Settings
from services.transactions import database, is_postgres

_COUNT_ON = {
    postgres: "INSERT INTO invoice_counters (id, account_id, livemode, value) VALUES "
    f"{values} ON CONFLICT (id) DO UPDATE SET value = invoice_counters.value + excluded.value RETURNING value"
    for postgres, values in ((False, "(?, ?, ?, ?)"), (True, "($1, $2, $3, $4)"))
}


class Numbers(Service):
    """Numbers invoices by the sequence of their customers, or of the account."""

    settings = part(Settings)

    async def give(self, invoices: Sequence[Invoice], customers: Mapping[str, Customer]) -> None:
        """Number these invoices in order, in memory; the sequences are stored. The customers are held.

        A transaction that is rolled back uses up no number, in either sequence.
        """
        if not invoices:
            return
        settings = await self.settings.current()
        if settings.invoice_numbering is InvoiceNumbering.ACCOUNT:
            prefix = settings.invoice_prefix or invoice_prefix_from(self.scope.account_id)
            last = await self._counted_on(len(invoices))
            for number, invoice in enumerate(invoices, last - len(invoices) + 1):
                invoice.number = invoice_number(prefix, number)
            return
        for invoice in invoices:
            customer = customers[invoice.customer_id]
            invoice.number = invoice_number(customer.invoice_prefix, customer.next_invoice_sequence)
            customer.next_invoice_sequence += 1
        await update_rows(list(customers.values()), ("next_invoice_sequence",))

    async def _counted_on(self, count: int) -> int:
        """Take the next numbers of the account in this mode, and hold its sequence; the last of them."""
        account_id, livemode = self.scope.account_id, self.scope.livemode
        row = [f"{account_id}:{'live' if livemode else 'test'}", account_id, livemode, count]
        [counter] = (await database().query(_COUNT_ON[is_postgres()], row))[1]
        return int(counter["value"])
