"""Collecting invoices: which payment method is charged for which, in sets."""

from collections.abc import Mapping, Sequence

from domain.event_types import EventType
from models import Charge, Customer, Invoice, PaymentIntent, PaymentMethod
from services.aggregates import WholeInvoice
from services.base import Service, part
from services.invoices.settlement import Settlement
from services.payments import Attempts, PaymentIntents, Wish


class Collection(Service):
    """Prepares the charges of finalized invoices."""

    attempts = part(Attempts)
    intents = part(PaymentIntents)
    settlement = part(Settlement)

    async def prepare(self, invoices: Sequence[WholeInvoice], intents: Sequence[PaymentIntent]) -> list[Charge]:
        """Within a transaction: pending charges for these open invoices, with the customer away.

        An invoice whose customer has no payment method counts as a failed attempt at once.
        """
        by_id = {each.row.id: each for each in invoices}
        asking = [(by_id[str(intent.invoice_id)], intent) for intent in intents]
        methods = await self._methods([each.row for each, _ in asking])
        presents = await self.presents(each.row.test_clock_id for each, _ in asking)
        wishes = [
            Wish(
                intent=intent,
                payment_method=methods[each.row.id],
                at=presents[each.row.test_clock_id],
                off_session=True,
                test_clock_id=each.row.test_clock_id,
            )
            for each, intent in asking
            if each.row.id in methods
        ]
        penniless = [(each, intent) for each, intent in asking if each.row.id not in methods]
        await self.intents.store([intent for _, intent in penniless])
        await self.settlement.attempted([each for each, _ in penniless], EventType.INVOICE_PAYMENT_FAILED)
        return await self.attempts.prepare(wishes)

    async def _methods(self, invoices: Sequence[Invoice]) -> dict[str, PaymentMethod]:
        """By invoice: its own payment method (the subscription's), or else the customer's default for invoices."""
        defaults = await self._customer_defaults(invoices)
        chosen = {
            invoice.id: invoice.default_payment_method_id or defaults.get(invoice.customer_id) for invoice in invoices
        }
        found = {method.id: method for method in await self.gather(PaymentMethod, "id", chosen.values())}
        return {
            invoice_id: found[method_id]
            for invoice_id, method_id in chosen.items()
            if method_id in found and found[method_id].customer_id is not None
        }

    async def _customer_defaults(self, invoices: Sequence[Invoice]) -> Mapping[str, str | None]:
        ids = {invoice.customer_id for invoice in invoices if invoice.default_payment_method_id is None}
        return {each.id: each.default_payment_method_id for each in await self.gather(Customer, "id", ids)}
