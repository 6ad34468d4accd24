"""Tax ids of customers: checked by type, each once, at most five."""

import asyncio
from functools import partial

import pytest

from domain.errors import DomainError
from domain.tax_ids import TaxIdType
from models import Customer, CustomerTaxId, Event
from services.customers import CustomerDraft, Customers, CustomerTaxIdDraft, TaxIdDraft
from services.scope import Scope
from tests.features.scopes import founded_scope, problems_of, strangers, told

VAT = TaxIdDraft(type=TaxIdType.EU_VAT, value="DE 136 695 976")
CPF = TaxIdDraft(type=TaxIdType.BR_CPF, value="123.456.789-09")


@pytest.fixture
async def scope(database: str) -> Scope:
    return await founded_scope()


async def made(scope: Scope, *numbers: TaxIdDraft) -> Customer:
    return (await Customers(scope).create(CustomerDraft(tax_ids=numbers))).customer


def added(customer: Customer, number: TaxIdDraft) -> CustomerTaxIdDraft:
    return CustomerTaxIdDraft(customer=customer.id, type=number.type, value=number.value)


async def test_tax_ids_come_with_the_customer(scope: Scope) -> None:
    customer = await made(scope, VAT, CPF)
    rows = await CustomerTaxId.filter(customer_id=customer.id).order_by("id")
    assert [(row.type, row.value, row.country) for row in rows] == [
        ("eu_vat", "DE136695976", "DE"),
        ("br_cpf", "12345678909", "BR"),
    ]
    assert await told() == ["customer.created", "customer.tax_id.created", "customer.tax_id.created"]


async def test_tax_id_is_added_and_removed(scope: Scope) -> None:
    customer = await made(scope)
    row = await Customers(scope).create_tax_id(added(customer, CPF))
    assert (await Customers(scope).delete_tax_id(row.id)).value == "12345678909"
    assert await CustomerTaxId.all().count() == 0
    assert await told() == ["customer.created", "customer.tax_id.created", "customer.tax_id.deleted"]
    assert (await Event.get(type="customer.tax_id.deleted")).data["value"] == "12345678909"


async def test_tax_id_stands_once(scope: Scope) -> None:
    customer = await made(scope, VAT)
    same = TaxIdDraft(type=TaxIdType.EU_VAT, value="DE136695976")
    with pytest.raises(DomainError) as refused:
        await Customers(scope).create_tax_id(added(customer, same))
    assert problems_of(refused.value) == [("RESOURCE_ALREADY_EXISTS", "value")]
    with pytest.raises(DomainError) as refused:
        await made(scope, VAT, same)
    assert problems_of(refused.value) == [("RESOURCE_ALREADY_EXISTS", "taxIds.1")]
    assert await CustomerTaxId.all().count() == await Customer.all().count() == 1


async def test_sixth_tax_id_is_refused(scope: Scope) -> None:
    valid = ["DE136695976", "DE118716043", "DE129273398", "DE811569869", "DE143454214", "DE811128135"]
    six = [TaxIdDraft(type=TaxIdType.EU_VAT, value=value) for value in valid]
    with pytest.raises(DomainError) as refused:
        await made(scope, *six)
    assert problems_of(refused.value) == [("PARAMETER_LIST_TOO_LONG", "taxIds")]
    customer = await made(scope, *six[:4])
    attempts = (Customers(scope).create_tax_id(added(customer, number)) for number in six[4:])
    outcomes = await asyncio.gather(*attempts, return_exceptions=True)
    refusals = [each for each in outcomes if isinstance(each, DomainError)]
    assert [problems_of(each) for each in refusals] == [[("PARAMETER_LIST_TOO_LONG", "")]]
    assert await CustomerTaxId.filter(customer_id=customer.id).count() == 5


async def test_tax_ids_of_others_are_absent(scope: Scope) -> None:
    customer = await made(scope, VAT)
    row = await CustomerTaxId.get()
    for stranger in await strangers(scope):
        for attempt in (
            partial(Customers(stranger).delete_tax_id, row.id),
            partial(Customers(stranger).create_tax_id, added(customer, CPF)),
        ):
            with pytest.raises(DomainError) as refused:
                await attempt()
            assert refused.value.problems[0].code.name == "RESOURCE_MISSING"
    assert await CustomerTaxId.all().count() == 1
