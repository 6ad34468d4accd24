"""Anonymizing: the person is gone from rows, invoices and events; the books are not."""

import json
from typing import Any

import pytest

from domain.addresses import Address
from domain.event_types import EventType
from domain.tax_ids import TaxIdType
from models import (
    Charge,
    Customer,
    CustomerBalanceTransaction,
    CustomerTaxId,
    Dispute,
    Event,
    Invoice,
    PaymentIntent,
    PaymentMethod,
)
from services.aggregates import WholeDispute, WholeInvoice
from services.customers import (
    BalanceTransactionDraft,
    CustomerChange,
    CustomerDraft,
    CustomerFilter,
    Customers,
    CustomField,
    InvoiceSettingsChange,
    Shipping,
    TaxIdDraft,
)
from services.events import Events
from services.payment_methods import BillingDetails, CardChange, PaymentMethods
from services.scope import Scope
from services.snapshots import Subject
from services.transactions import in_transaction
from tests.features.scopes import NOON, founded_scope, told

HOME = Address(line1="1 Pixel St", city="Oakland", country="US")
PERSONAL = ("ada@", "augusta", "lovelace", "pixel st", "oakland", "555 0100", "136695976", "thanks", "birthday")
"""Nothing that could stand in an id by chance."""


@pytest.fixture
async def scope(database: str) -> Scope:
    return await founded_scope()


async def ada(scope: Scope) -> Customer:
    draft = CustomerDraft(
        email="ada@example.com",
        name="Ada Lovelace",
        phone="555 0100",
        description="Ada's account",
        address=HOME,
        shipping=Shipping(name="Ada", address=HOME),
        tax_ids=[TaxIdDraft(type=TaxIdType.EU_VAT, value="DE136695976")],
        invoice_settings=InvoiceSettingsChange(custom_fields=[CustomField("PO", "Ada 7")], footer="Thanks, Ada"),
        metadata={"birthday": "Ada"},
    )
    customer = (await Customers(scope).create(draft)).customer
    await Customers(scope).update(customer.id, CustomerChange(name="Augusta Ada", metadata={"birthday": "Lovelace"}))
    balance = BalanceTransactionDraft(customer=customer.id, amount=-500, currency="usd")
    await Customers(scope).create_balance_transaction(balance)
    return customer


async def paid(scope: Scope, customer: Customer) -> None:
    """A card with billing details, a payment with a receipt, an invoice with Ada's name; each told of."""
    owner: dict[str, Any] = {"account_id": scope.account_id, "created_at": NOON}
    card = PaymentMethod(
        id="pm_1", customer_id=customer.id, type="card", token="tok", brand="visa", last4="4242", exp_month=1,
        exp_year=2034, funding="credit", fingerprint="f", billing_details={"name": "Ada", "email": "ada@example.com"},
        **owner,
    )  # fmt: skip
    intent = PaymentIntent(
        id="pi_1", customer_id=customer.id, amount=1500, currency="usd", status="succeeded",
        capture_method="automatic", payment_method_id=card.id, client_secret="s", receipt_email="ada@example.com",
        **owner,
    )  # fmt: skip
    charge = Charge(
        id="ch_1", customer_id=customer.id, payment_intent_id=intent.id, payment_method_id=card.id, amount=1500,
        currency="usd", status="succeeded", card={"brand": "visa", "billing_details": {"name": "Ada Lovelace"}},
        **owner,
    )  # fmt: skip
    dispute = Dispute(
        id="dp_1", charge_id=charge.id, payment_intent_id=intent.id, amount=1500, currency="usd", reason="fraudulent",
        status="won", gateway_reference="r", due_by=NOON, evidence={"customer_name": "Ada Lovelace"}, **owner,
    )  # fmt: skip
    snapshot = {
        "name": "Ada", "email": "ada@example.com", "phone": "555", "address": HOME.as_json(), "tax_exempt": "none",
        "tax_ids": [{"type": "eu_vat", "value": "DE136695976"}],
    }  # fmt: skip
    invoice = Invoice(
        id="in_1", customer_id=customer.id, status="paid", number="X-0001", currency="usd", billing_reason="manual",
        collection_method="charge_automatically", period_start=NOON, period_end=NOON, subtotal=1500, total=1500,
        total_excluding_tax=1500,
        amount_due=1500, customer_snapshot=snapshot, custom_fields=[{"name": "PO", "value": "Lovelace"}],
        footer="Thanks, Ada", **owner,
    )  # fmt: skip
    subjects: dict[EventType, Subject] = {
        EventType.PAYMENT_METHOD_ATTACHED: card,
        EventType.PAYMENT_INTENT_SUCCEEDED: intent,
        EventType.INVOICE_PAID: WholeInvoice(invoice, ()),
        EventType.CHARGE_DISPUTE_CLOSED: WholeDispute(dispute, charge),
    }

    async def write() -> None:
        for row in (card, intent, charge, dispute, invoice):
            await row.save(force_create=True)
        for kind, subject in subjects.items():
            Events(scope).record(kind, subject, at=NOON)

    await in_transaction(write)


async def everything_stored() -> str:
    """All that could tell of a person, as one text."""
    texts: list[object] = []
    for model in (Customer, CustomerTaxId, PaymentMethod, PaymentIntent, Charge, Dispute, Invoice, Event):
        texts += await model.all().values()
    return json.dumps(texts, default=str).lower()


async def test_nothing_personal_is_left(scope: Scope) -> None:
    customer = await ada(scope)
    await paid(scope, customer)
    stored = await everything_stored()
    assert [word for word in PERSONAL if word not in stored] == []
    await Customers(scope).anonymize(customer.id)
    left = await everything_stored()
    assert [word for word in PERSONAL if word in left] == []


async def test_books_stay(scope: Scope) -> None:
    customer = await ada(scope)
    await paid(scope, customer)
    await Customers(scope).anonymize(customer.id)
    invoice = await Invoice.get()
    assert (invoice.number, invoice.total, invoice.customer_snapshot) == ("X-0001", 1500, {"tax_exempt": "none"})
    assert (await CustomerBalanceTransaction.get()).amount == -500
    assert await Customers(scope).balances_of([customer.id]) == {customer.id: -500}
    event = await Event.get(type="invoice.paid")
    assert (event.data["customer_name"], event.data["customer_tax_ids"], event.data["total"]) == (None, [], 1500)
    assert event.data["customer_address"] == dict.fromkeys(
        ("city", "country", "line1", "line2", "postal_code", "state")
    )
    method = await PaymentMethod.get()
    assert (method.brand, method.last4, method.billing_details) == ("visa", "4242", {})
    assert (await Charge.get()).card == {"brand": "visa", "billing_details": {}}


async def test_living_customer_is_deleted_with_it(scope: Scope) -> None:
    customer = await ada(scope)
    anonymized = await Customers(scope).anonymize(customer.id)
    assert (anonymized.deleted_at, anonymized.email, anonymized.email_folded) == (NOON, None, None)
    assert (await told())[-1] == "customer.deleted"
    assert (await Event.get(type="customer.deleted")).data["name"] is None
    assert not await Customers(scope).matching(CustomerFilter(email="ada@example.com"))


async def test_deleted_customer_can_be_forgotten_later(scope: Scope) -> None:
    customer = await ada(scope)
    await Customers(scope).delete(customer.id)
    assert (await Event.get(type="customer.deleted")).data["name"] == "Augusta Ada"
    events = await Event.all().count()
    await Customers(scope).anonymize(customer.id)
    await Customers(scope).anonymize(customer.id)
    assert (await Event.get(type="customer.deleted")).data["name"] is None
    assert await Event.all().count() == events


async def test_others_are_not_forgotten(scope: Scope) -> None:
    customer = await ada(scope)
    other = (await Customers(scope).create(CustomerDraft(email="bob@example.com", name="Bob"))).customer
    await Customers(scope).anonymize(customer.id)
    assert (await Customer.get(id=other.id)).name == "Bob"
    assert (await Event.get(object_id=other.id)).data["email"] == "bob@example.com"


async def test_card_that_was_taken_out_is_forgotten_too(scope: Scope) -> None:
    customer = await ada(scope)
    methods = PaymentMethods(scope)
    details = BillingDetails(name="Ada Lovelace", email="ada@example.com")
    card = await methods.attach("pm_card_visa", customer.id)
    await methods.update(card.id, CardChange(billing_details=details))
    await methods.detach(card.id)
    await Customers(scope).delete(customer.id)
    assert "lovelace" in str((await PaymentMethod.get()).billing_details).lower()
    await Customers(scope).anonymize(customer.id)
    left = await everything_stored()
    assert [word for word in PERSONAL if word in left] == []
