"""Collecting invoices: which payment method is charged for which, in sets."""

from collections.abc import Mapping, Sequence
from typing import Any

from domain.errors import ErrorCode
from domain.event_types import EventType
from domain.invoices import CollectionMethod
from models import Charge, Customer, Invoice, PaymentIntent, PaymentMethod, Subscription
from services.aggregates import WholeInvoice
from services.base import Service, part
from services.invoices.settlement import Settlement
from services.payments import Attempts, PaymentIntents, Wish
from services.transactions import in_transaction


class Collection(Service):
    """Prepares the charges of finalized invoices."""

    attempts = part(Attempts)
    intents = part(PaymentIntents)
    settlement = part(Settlement)

    async def prepare(self, invoices: Sequence[WholeInvoice], intents: Sequence[PaymentIntent]) -> list[Charge]:
        """Within a transaction: pending charges for these open invoices, with the customer away. See `wishes`."""
        return await self.attempts.prepare(await self.wishes(invoices, intents))

    async def wishes(self, invoices: Sequence[WholeInvoice], intents: Sequence[PaymentIntent]) -> list[Wish]:
        """Within a transaction: the payments to be tried for these open invoices, with the customer away.

        An invoice that was sent is left to its customer. One that has no payment method counts as a failed attempt.
        """
        sent = {each.row.id for each in invoices if each.row.collection_method == CollectionMethod.SEND_INVOICE}
        if sent:
            await self.intents.store([intent for intent in intents if intent.invoice_id in sent])
            intents = [intent for intent in intents if intent.invoice_id not in sent]
        by_id = {each.row.id: each for each in invoices}
        asking = [(by_id[str(intent.invoice_id)], intent) for intent in intents]
        methods = await self.methods_of([each.row for each, _ in asking])
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
        for each, intent in penniless:
            intent.last_error = _nothing_to_charge(each.row)
        await self.intents.store([intent for _, intent in penniless])
        await self.settlement.attempted([each for each, _ in penniless], EventType.INVOICE_PAYMENT_FAILED)
        return wishes

    async def collect(self, charges: Sequence[Charge]) -> None:
        """Outside of transactions: send prepared charges to the gateway and write down what it answers."""
        outcomes = await self.attempts.call(charges)
        await in_transaction(lambda: self.attempts.settle(charges, outcomes))

    async def methods_of(self, invoices: Sequence[Invoice]) -> dict[str, PaymentMethod]:
        """What to charge, by invoice: its own, or else its subscription's, or else its customer's payment method.

        Asked when an attempt is made, so that a card that was replaced meanwhile is not charged again. One that was
        detached is passed over, and so is that of a customer to whom the subscription was transferred.
        """
        payers = {each.id: each.customer_id for each in invoices}
        own = await self._attached({each.id: each.default_payment_method_id for each in invoices}, payers)
        lacking = [each for each in invoices if each.id not in own]
        subscribed = await self._defaults(Subscription, {each.id: each.subscription_id for each in lacking}, payers)
        lacking = [each for each in lacking if each.id not in subscribed]
        customers = {each.id: each.customer_id for each in lacking}
        return own | subscribed | await self._defaults(Customer, customers, payers)

    async def _defaults(
        self, model: type[Subscription | Customer], owners: Mapping[str, str | None], payers: Mapping[str, str]
    ) -> dict[str, PaymentMethod]:
        """By invoice, the default of the subscription or the customer that it belongs to."""
        rows = await self.gather(model, "id", set(owners.values()))
        defaults = {row.id: row.default_payment_method_id for row in rows}
        return await self._attached({invoice: defaults.get(str(owner)) for invoice, owner in owners.items()}, payers)

    async def _attached(self, chosen: Mapping[str, str | None], payers: Mapping[str, str]) -> dict[str, PaymentMethod]:
        """By invoice, the chosen payment methods that are still in its customer's file."""
        methods = {each.id: each for each in await self.gather(PaymentMethod, "id", set(chosen.values()))}
        found = {invoice: methods[method] for invoice, method in chosen.items() if method in methods}
        return {invoice: method for invoice, method in found.items() if method.customer_id == payers[invoice]}


def _nothing_to_charge(invoice: Invoice) -> dict[str, Any]:
    """Why an invoice could not be tried, as its payment remembers it."""
    code = ErrorCode.RESOURCE_MISSING
    return {
        "type": code.type.value,
        "code": code.value,
        "decline_code": None,
        "advice_code": None,
        "message": f"Customer {invoice.customer_id} has no payment method to charge: neither the invoice nor its"
        " subscription has one, and there is no default for invoices. Attach one and make it the default.",
    }
