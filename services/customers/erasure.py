"""Forgetting a person while the books stay: personal data is blanked in rows, on invoices and in stored events."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, Final

from domain.event_types import EventType
from models import (
    Charge,
    Customer,
    CustomerTaxId,
    Dispute,
    Event,
    Invoice,
    MeterEvent,
    PaymentIntent,
    PaymentMethod,
    SetupIntent,
    UsageBucket,
    UsageValue,
)
from models.base import Owned
from services.base import Service
from services.rows import delete_by, fetch_by, update_rows
from services.transactions import database, is_postgres

_OBJECTS_AT_ONCE: Final = 200

_BLANK_COLUMNS: Final[dict[str, Any]] = {
    "email": None,
    "email_folded": None,
    "name": None,
    "phone": None,
    "description": None,
    "address": None,
    "shipping": None,
    "preferred_locales": [],
    "invoice_custom_fields": [],
    "invoice_footer": None,
    "metadata": {},
}

_BLANK_ON_INVOICES: Final[dict[str, Any]] = {"custom_fields": [], "footer": None}
"""Copies of what the customer had."""

_GONE: Final[tuple[type[Owned], ...]] = (CustomerTaxId, MeterEvent, UsageValue, UsageBucket)
"""What is deleted. Invoices keep the quantities of what the customer used."""

_PERSONAL: Final[dict[str, frozenset[str]]] = {
    "customer": frozenset({
        "address", "business_name", "description", "email", "individual_name", "metadata", "name", "phone",
        "preferred_locales", "shipping", "custom_fields", "footer",
    }),
    "tax_id": frozenset({"value"}),
    "invoice": frozenset({
        "custom_fields", "customer_address", "customer_email", "customer_name", "customer_phone", "customer_shipping",
        "customer_tax_ids", "footer",
    }),
    "payment_method": frozenset({"billing_details"}),
    "charge": frozenset({"billing_details", "receipt_email", "shipping"}),
    "dispute": frozenset({"evidence"}),
    "payment_intent": frozenset({"receipt_email", "shipping"}),
}  # fmt: skip
"""By the kind of object that an event tells of: what says who somebody is."""


_ATTACHED: Final = (
    "SELECT DISTINCT object_id FROM events WHERE account_id = {} AND livemode = {} AND type = {} AND {} = {}"
)
_ATTACHED_POSTGRES: Final = _ATTACHED.format("$1", "$2", "$3", "data->>'customer'", "$4")
_ATTACHED_SQLITE: Final = _ATTACHED.format("?", "?", "?", "json_extract(data, '$.customer')", "?")


class Erasure(Service):
    """Blanks what is personal about one customer, within the caller's transaction."""

    async def blank(self, customer: Customer) -> None:
        """Erase the person behind a customer who is locked; the row in memory is blanked as well."""
        told = [customer.id]
        for name, value in _BLANK_COLUMNS.items():
            setattr(customer, name, value)
        await update_rows([customer], list(_BLANK_COLUMNS))
        told += await self._ids(CustomerTaxId, customer)
        told += await self._blank_payments(customer)
        told += await self._blank_invoices(customer)
        for ids in _batches(told):
            await self._blank_events(ids)
        for model in _GONE:
            await delete_by(model, "customer_id", [customer.id], **self.ownership())

    async def _ids(self, model: type[Owned], customer: Customer) -> list[str]:
        return [row.id for row in await self.gather(model, "customer_id", [customer.id])]

    async def _blank_payments(self, customer: Customer) -> list[str]:
        """Billing details, receipts, evidence; the ids of payments, of their disputes and of all methods that paid."""
        intents = await self.gather(PaymentIntent, "customer_id", [customer.id])
        setups = await self.gather(SetupIntent, "customer_id", [customer.id])
        charges = await self.gather(Charge, "customer_id", [customer.id])
        # A method that was detached no longer names its customer, but what was paid with it does, and what was told.
        used = {each.payment_method_id for paid in (intents, setups, charges) for each in paid}
        attached = await self._ids(PaymentMethod, customer)
        methods = await self.gather(PaymentMethod, "id", {*used, *attached, *await self._told_attached(customer)})
        for intent in intents:
            intent.receipt_email = None
        for method in methods:
            method.billing_details = {}
        for charge in charges:
            charge.card = charge.card | {"billing_details": {}}
        await update_rows(intents, ["receipt_email"])
        await update_rows(methods, ["billing_details"])
        await update_rows(charges, ["card"])
        disputes = await self.gather(Dispute, "charge_id", [charge.id for charge in charges])
        for dispute in disputes:
            dispute.evidence = {}
        await update_rows(disputes, ["evidence"])
        return [row.id for row in (*intents, *charges, *methods, *disputes)]

    async def _told_attached(self, customer: Customer) -> list[str]:
        """Payment methods that an event says were attached. Reads all such events: people are forgotten rarely."""
        sql = _ATTACHED_POSTGRES if is_postgres() else _ATTACHED_SQLITE
        scope = [self.scope.account_id, self.scope.livemode]
        _, records = await database().query(sql, [*scope, EventType.PAYMENT_METHOD_ATTACHED.value, customer.id])
        return [record["object_id"] for record in records]

    async def _blank_invoices(self, customer: Customer) -> list[str]:
        """Whom invoices were for; numbers, lines, amounts and the tax exemption stay."""
        invoices = await self.gather(Invoice, "customer_id", [customer.id])
        for invoice in invoices:
            known = invoice.customer_snapshot
            invoice.customer_snapshot = {"tax_exempt": known["tax_exempt"]} if "tax_exempt" in known else {}
            for name, value in _BLANK_ON_INVOICES.items():
                setattr(invoice, name, value)
        await update_rows(invoices, ["customer_snapshot", *_BLANK_ON_INVOICES])
        return [invoice.id for invoice in invoices]

    async def _blank_events(self, object_ids: Sequence[str]) -> None:
        events = await fetch_by(Event, "object_id", object_ids, **self.ownership())
        for event in events:
            personal = _PERSONAL.get(event.object_type, frozenset())
            event.data = blanked(event.data, personal)
            if event.previous_attributes is not None:
                event.previous_attributes = blanked(event.previous_attributes, personal)
        await update_rows(events, ["data", "previous_attributes"])


def blanked(value: Any, personal: frozenset[str]) -> Any:
    """The same JSON with everything under these keys emptied, its form kept."""
    if isinstance(value, dict):
        return {key: _empty(key, each) if key in personal else blanked(each, personal) for key, each in value.items()}
    if isinstance(value, list):
        return [blanked(each, personal) for each in value]
    return value


def _empty(key: str, value: Any) -> Any:
    if isinstance(value, dict):
        return {} if key == "metadata" else {name: _empty(name, each) for name, each in value.items()}
    return [] if isinstance(value, list) else None


def _batches(ids: Sequence[str]) -> Iterator[list[str]]:
    remaining = iter(ids)
    while batch := list(islice(remaining, _OBJECTS_AT_ONCE)):
        yield batch
