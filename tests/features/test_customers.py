"""Customers: what may be known of them, what is refused, what is told, and what is forgotten."""

import asyncio
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from domain.addresses import Address
from domain.errors import DomainError
from domain.ids import Prefix
from domain.kinds import TaxExempt
from domain.lifecycles import TestClockStatus
from domain.tax_ids import TaxIdType
from models import Customer, CustomerTaxId, Event, Invoice, PaymentMethod, TestClock
from services.customers import (
    CustomerChange,
    CustomerDraft,
    CustomerFilter,
    Customers,
    CustomerTaxIdDraft,
    CustomField,
    InvoiceSettingsChange,
    Shipping,
    TaxIdDraft,
)
from services.events import CreatedSpan
from services.scope import Scope
from tests.features.scopes import NOON, founded_scope, problems_of, strangers, told

HOME = Address(line1="1 Pixel St", city="Oakland", country="us")


@pytest.fixture
async def scope(database: str) -> Scope:
    return await founded_scope()


async def made(scope: Scope, **known: Any) -> Customer:
    return (await Customers(scope).create(CustomerDraft(**known))).customer


async def clock_of(scope: Scope, status: TestClockStatus = TestClockStatus.READY) -> TestClock:
    return await TestClock.create(
        id=scope.ids.new("clock_"),  # type: ignore[arg-type]
        created_at=NOON,
        account_id=scope.account_id,
        frozen_at=NOON + timedelta(days=1),
        target_at=NOON + timedelta(days=2),
        status=status,
    )


async def card_of(scope: Scope, customer_id: str | None) -> PaymentMethod:
    return await PaymentMethod.create(
        id=scope.ids.new("pm_"),  # type: ignore[arg-type]
        created_at=NOON,
        account_id=scope.account_id,
        customer_id=customer_id,
        type="card",
        token="tok",
        brand="visa",
        last4="4242",
        exp_month=1,
        exp_year=2034,
        funding="credit",
        fingerprint="f",
        billing_details={"name": "Ada", "email": "ada@example.com"},
    )


async def test_nothing_is_required(scope: Scope) -> None:
    customer = await Customer.get(id=(await made(scope)).id)
    assert (customer.email, customer.name, customer.currency, customer.next_invoice_sequence) == (None, None, None, 1)
    assert customer.invoice_prefix == customer.id[-10:].upper()
    assert (customer.created_at, customer.deleted_at, customer.delinquent) == (NOON, None, False)
    assert await told() == ["customer.created"]


async def test_customer_keeps_what_was_said_of_them(scope: Scope) -> None:
    draft = CustomerDraft(
        email=" Ada@Example.COM ",
        name="Ада Лавлейс 🧮",
        phone="+1 (555) 010-0100",
        description="'; DROP TABLE customers; --",
        address=HOME,
        shipping=Shipping(name="Ada", address=HOME),
        tax_exempt=TaxExempt.REVERSE,
        preferred_locales=["pt-BR", "en"],
        invoice_prefix="ADA",
        next_invoice_sequence=7,
        invoice_settings=InvoiceSettingsChange(custom_fields=[CustomField("PO", "7")], footer="Thanks"),
        metadata={"plan": "gold"},
    )
    customer = await Customer.get(id=(await Customers(scope).create(draft)).customer.id)
    assert (customer.email, customer.email_folded) == ("Ada@Example.COM", "ada@example.com")
    assert (customer.name, customer.description) == ("Ада Лавлейс 🧮", "'; DROP TABLE customers; --")
    assert customer.address == {"line1": "1 Pixel St", "city": "Oakland", "country": "US"}
    assert customer.shipping == {"name": "Ada", "phone": None, "address": customer.address}
    assert (customer.tax_exempt, customer.preferred_locales) == ("reverse", ["pt-BR", "en"])
    assert (customer.invoice_prefix, customer.next_invoice_sequence) == ("ADA", 7)
    assert (customer.invoice_custom_fields, customer.invoice_footer) == ([{"name": "PO", "value": "7"}], "Thanks")
    assert customer.metadata == {"plan": "gold"}


async def test_all_problems_of_a_customer_are_reported_together(scope: Scope) -> None:
    draft = CustomerDraft(
        email="ada",
        name="x" * 257,
        phone="call me",
        address=Address(country="Atlantis", line1="x" * 201),
        shipping=Shipping(name="", address=Address(country="XX")),
        tax_ids=[TaxIdDraft(type=TaxIdType.EU_VAT, value="DE1"), TaxIdDraft(type=TaxIdType.BR_CPF, value="1")],
        preferred_locales=["english please"],
        invoice_prefix="ab",
        next_invoice_sequence=0,
        invoice_settings=InvoiceSettingsChange(
            custom_fields=[CustomField("x" * 41, "")], default_payment_method="pm_1"
        ),
        test_clock="clock_1",
        metadata={"k": "v" * 501},
    )
    with pytest.raises(DomainError) as refused:
        await Customers(scope).create(draft)
    assert problems_of(refused.value) == [
        ("RESOURCE_MISSING", "testClock"),
        ("EMAIL_INVALID", "email"),
        ("PARAMETER_STRING_TOO_LONG", "name"),
        ("INVALID_CHARACTERS", "phone"),
        ("PARAMETER_STRING_TOO_LONG", "address.line1"),
        ("COUNTRY_CODE_INVALID", "address.country"),
        ("PARAMETER_INVALID_STRING_EMPTY", "shipping.name"),
        ("COUNTRY_CODE_INVALID", "shipping.address.country"),
        ("PARAMETER_INVALID", "preferredLocales.0"),
        ("PARAMETER_INVALID_INTEGER", "nextInvoiceSequence"),
        ("PARAMETER_STRING_TOO_LONG", "metadata.k"),
        ("PARAMETER_STRING_TOO_LONG", "invoiceSettings.customFields.0.name"),
        ("PARAMETER_INVALID_STRING_EMPTY", "invoiceSettings.customFields.0.value"),
        ("PARAMETER_INVALID", "invoicePrefix"),
        ("TAX_ID_INVALID", "taxIds.0.value"),
        ("TAX_ID_INVALID", "taxIds.1.value"),
        ("RESOURCE_MISSING", "invoiceSettings.defaultPaymentMethod"),
    ]
    assert await Customer.all().count() == await CustomerTaxId.all().count() == await Event.all().count() == 0


async def test_possible_duplicates_share_the_e_mail_in_any_case(scope: Scope) -> None:
    first = await made(scope, email="ada@example.com")
    gone = await made(scope, email="ada@example.com")
    await Customers(scope).delete(gone.id)
    await made(scope, email="bob@example.com")
    for stranger in await strangers(scope):
        await made(stranger, email="ada@example.com")
    second = await Customers(scope).create(CustomerDraft(email="ADA@EXAMPLE.COM"))
    assert [row.id for row in second.possible_duplicates] == [first.id]
    third = await Customers(scope).create(CustomerDraft(email="Ada@example.com"))
    assert [row.id for row in third.possible_duplicates] == [second.customer.id, first.id]
    assert (await Customers(scope).create(CustomerDraft())).possible_duplicates == []


async def test_possible_duplicates_are_the_newest_ten(scope: Scope) -> None:
    customers = [await made(scope, email="ada@example.com") for _ in range(12)]
    created = await Customers(scope).create(CustomerDraft(email="ada@example.com"))
    assert [row.id for row in created.possible_duplicates] == [row.id for row in reversed(customers[2:])]


async def test_update_changes_what_is_mentioned(scope: Scope) -> None:
    customer = await made(scope, email="ada@example.com", name="Ada", address=HOME, metadata={"a": "1", "b": "2"})
    change = CustomerChange(
        email="bob@example.com",
        address=None,
        metadata={"a": ""},
        invoice_settings=InvoiceSettingsChange(footer="Thanks"),
    )
    await Customers(scope).update(customer.id, change)
    stored = await Customer.get(id=customer.id)
    assert (stored.email, stored.email_folded, stored.name) == ("bob@example.com", "bob@example.com", "Ada")
    assert (stored.address, stored.metadata, stored.invoice_footer) == (None, {"b": "2"}, "Thanks")
    event = await Event.get(type="customer.updated")
    assert event.previous_attributes is not None
    assert event.previous_attributes["email"] == "ada@example.com"
    assert event.previous_attributes["metadata"] == {"a": "1"}
    assert event.previous_attributes["invoice_settings"] == {"footer": None}
    await Customers(scope).update(customer.id, change)
    assert (await told()).count("customer.updated") == 1


async def test_next_invoice_number_only_grows(scope: Scope) -> None:
    customer = await made(scope, next_invoice_sequence=5)
    with pytest.raises(DomainError) as refused:
        await Customers(scope).update(customer.id, CustomerChange(next_invoice_sequence=4, name="Ada"))
    assert problems_of(refused.value) == [("PARAMETER_INVALID_INTEGER", "nextInvoiceSequence")]
    assert (await Customer.get(id=customer.id)).name is None
    await Customers(scope).update(customer.id, CustomerChange(next_invoice_sequence=6))
    assert (await Customer.get(id=customer.id)).next_invoice_sequence == 6


async def test_invoice_prefix_is_unique(scope: Scope) -> None:
    await made(scope, invoice_prefix="ADA")
    bob = await made(scope, invoice_prefix="BOB")
    for attempt in (
        lambda: Customers(scope).create(CustomerDraft(invoice_prefix="ADA")),
        lambda: Customers(scope).update(bob.id, CustomerChange(invoice_prefix="ADA")),
    ):
        with pytest.raises(DomainError) as refused:
            await attempt()
        assert problems_of(refused.value) == [("RESOURCE_ALREADY_EXISTS", "invoicePrefix")]
    assert (await Customer.get(id=bob.id)).invoice_prefix == "BOB"
    assert await Customer.all().count() == 2


async def test_prefix_that_was_given_up_still_stands_on_invoices(scope: Scope) -> None:
    ada = await made(scope, invoice_prefix="ADA")
    await invoice_of(scope, ada, number="ADA-0001")
    await Customers(scope).update(ada.id, CustomerChange(invoice_prefix="EVE"))
    with pytest.raises(DomainError) as refused:
        await made(scope, invoice_prefix="ADA")
    assert problems_of(refused.value) == [("RESOURCE_ALREADY_EXISTS", "invoicePrefix")]
    await made(scope, invoice_prefix="ADAM")
    assert (await Customers(scope).update(ada.id, CustomerChange(invoice_prefix="ADA"))).invoice_prefix == "ADA"


async def invoice_of(scope: Scope, customer: Customer, *, number: str) -> None:
    """A paid invoice with this number."""
    await Invoice.create(
        id=scope.ids.new(Prefix.INVOICE), created_at=NOON, account_id=scope.account_id, customer_id=customer.id,
        status="paid", number=number, currency="usd", billing_reason="manual",
        collection_method="charge_automatically", period_start=NOON, period_end=NOON, subtotal=0, total=0,
        total_excluding_tax=0,
        amount_due=0,
    )  # fmt: skip


async def test_parallel_creates_with_one_prefix_make_one_customer(scope: Scope) -> None:
    attempts = (Customers(scope).create(CustomerDraft(invoice_prefix="ADA")) for _ in range(8))
    outcomes = await asyncio.gather(*attempts, return_exceptions=True)
    refusals = [each for each in outcomes if isinstance(each, DomainError)]
    assert len(refusals) == 7
    assert {problem for each in refusals for problem in problems_of(each)} == {
        ("RESOURCE_ALREADY_EXISTS", "invoicePrefix")
    }
    assert await Customer.all().count() == 1
    assert await told() == ["customer.created"]


async def test_default_payment_method_is_the_customer_s_own(scope: Scope) -> None:
    ada, bob = await made(scope), await made(scope)
    card, loose, foreign = await card_of(scope, ada.id), await card_of(scope, None), await card_of(scope, bob.id)
    for card_id in (loose.id, foreign.id, "pm_absent"):
        change = CustomerChange(invoice_settings=InvoiceSettingsChange(default_payment_method=card_id))
        with pytest.raises(DomainError) as refused:
            await Customers(scope).update(ada.id, change)
        assert problems_of(refused.value) == [("RESOURCE_MISSING", "invoiceSettings.defaultPaymentMethod")]
    change = CustomerChange(invoice_settings=InvoiceSettingsChange(default_payment_method=card.id))
    assert (await Customers(scope).update(ada.id, change)).default_payment_method_id == card.id
    change = CustomerChange(invoice_settings=InvoiceSettingsChange(default_payment_method=None))
    assert (await Customers(scope).update(ada.id, change)).default_payment_method_id is None


async def test_customer_lives_by_their_test_clock(scope: Scope) -> None:
    clock = await clock_of(scope)
    customer = await made(scope, test_clock=clock.id)
    assert customer.created_at == clock.frozen_at
    assert (await Event.get()).created_at == clock.frozen_at
    clock.status = TestClockStatus.ADVANCING
    await clock.save(update_fields=["status"])
    customers = Customers(scope)
    for attempt in (
        lambda: customers.create(CustomerDraft(test_clock=clock.id)),
        lambda: customers.update(customer.id, CustomerChange(name="Ada")),
        lambda: customers.delete(customer.id),
        lambda: customers.anonymize(customer.id),
        lambda: customers.create_tax_id(
            CustomerTaxIdDraft(customer=customer.id, type=TaxIdType.EU_VAT, value="DE136695976")
        ),
    ):
        with pytest.raises(DomainError) as refused:
            await attempt()
        assert problems_of(refused.value) == [("TEST_CLOCK_ADVANCING", "")]
    assert await told() == ["customer.created"]


async def test_lists_are_filtered_and_leave_deleted_ones_out(scope: Scope) -> None:
    clock = await clock_of(scope)
    ada = await made(scope, email="Ada@example.com")
    bob = await made(scope, email="bob@example.com", test_clock=clock.id)
    gone = await made(scope, email="ada@example.com")
    await Customers(scope).delete(gone.id)
    for wanted, expected in (
        (CustomerFilter(), {ada.id, bob.id}),
        (CustomerFilter(email=" aDA@example.com"), {ada.id}),
        (CustomerFilter(email="%"), set()),
        (CustomerFilter(test_clock=clock.id), {bob.id}),
        (CustomerFilter(created=CreatedSpan(gt=NOON)), {bob.id}),
        (CustomerFilter(created=CreatedSpan(gte=NOON, lt=clock.frozen_at)), {ada.id}),
        (CustomerFilter(created=CreatedSpan(lte=clock.frozen_at)), {ada.id, bob.id}),
    ):
        assert {row.id for row in await Customers(scope).matching(wanted)} == expected


async def test_deleted_customer_remains_as_a_row_and_changes_no_more(scope: Scope) -> None:
    customer = await made(scope, email="ada@example.com")
    deleted = await Customers(scope).delete(customer.id)
    assert deleted.deleted_at == NOON
    stored = await Customer.get(id=customer.id)
    assert (stored.deleted_at, stored.email) == (NOON, "ada@example.com")
    customers = Customers(scope)
    number = CustomerTaxIdDraft(customer=customer.id, type=TaxIdType.EU_VAT, value="DE136695976")
    for attempt, param in (
        (lambda: customers.update(customer.id, CustomerChange(name="Ada")), "id"),
        (lambda: customers.delete(customer.id), "id"),
        (lambda: customers.create_tax_id(number), "customer"),
    ):
        with pytest.raises(DomainError) as refused:
            await attempt()
        assert problems_of(refused.value) == [("RESOURCE_MISSING", param)]
        assert "deleted on 2027-01-31" in str(refused.value)
    assert await told() == ["customer.created", "customer.deleted"]


async def test_customers_of_others_are_absent(scope: Scope) -> None:
    clock = await clock_of(scope)
    customer = await made(scope, email="ada@example.com")
    for stranger in await strangers(scope):
        customers = Customers(stranger)
        for attempt in (
            partial(customers.update, customer.id, CustomerChange(name="Mine")),
            partial(customers.delete, customer.id),
            partial(customers.anonymize, customer.id),
            partial(customers.create, CustomerDraft(test_clock=clock.id)),
        ):
            with pytest.raises(DomainError) as refused:
                await attempt()
            assert refused.value.problems[0].code.name == "RESOURCE_MISSING"
        assert not await customers.matching(CustomerFilter(email="ada@example.com"))
        assert await customers.balances_of([customer.id]) == {}
    assert await told() == ["customer.created"]
