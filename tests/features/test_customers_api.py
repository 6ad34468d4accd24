"""Customers over GraphQL: profiles, balance in lists, cards at sign-up, deletion, replay."""

from typing import Any

import pytest

from models import Customer, Event, PaymentMethod
from services.catalog import ProductDraft, Products
from services.customers import CustomerDraft, Customers
from tests.features.scopes import strangers
from tests.serving import Api, served

PROFILE = """customer { id email name phone description taxExempt preferredLocales currency balance delinquent deleted
    address { line1 line2 city state postalCode country }
    shipping { name phone address { line1 country } }
    taxIds { type value country } invoicePrefix nextInvoiceSequence metadata
    invoiceSettings { footer customFields { name value } defaultPaymentMethod { id } } }
    possibleDuplicates { id email }"""


async def made(api: Api, **known: Any) -> Any:
    answered = await api.do("customerCreate", PROFILE, known)
    assert answered["userErrors"] == []
    return answered["customer"]


def codes(answered: Any) -> list[tuple[str, list[str] | None]]:
    return [(each["code"], each["param"]) for each in answered["userErrors"]]


async def test_customer_reads_as_it_was_written(database_url: str) -> None:
    async with served(database_url) as api:
        customer = await made(
            api,
            email="Ada@Example.com",
            name="Ада 🧮",
            address={"line1": "1 Pixel St", "postalCode": "94607", "country": "us"},
            shipping={"name": "Ada", "address": {"line1": "2 Pixel St"}},
            taxIds=[{"type": "EU_VAT", "value": "DE 136 695 976"}],
            taxExempt="REVERSE",
            preferredLocales=["pt-BR"],
            invoiceSettings={"footer": "Thanks", "customFields": [{"name": "PO", "value": "7"}]},
            metadata={"plan": "gold"},
        )
        assert customer["address"] == {
            "line1": "1 Pixel St",
            "line2": None,
            "city": None,
            "state": None,
            "postalCode": "94607",
            "country": "US",
        }
        assert customer["shipping"] == {
            "name": "Ada",
            "phone": None,
            "address": {"line1": "2 Pixel St", "country": None},
        }
        assert customer["taxIds"] == [{"type": "EU_VAT", "value": "DE136695976", "country": "DE"}]
        assert customer["invoiceSettings"] == {
            "footer": "Thanks",
            "customFields": [{"name": "PO", "value": "7"}],
            "defaultPaymentMethod": None,
        }
        assert (customer["name"], customer["taxExempt"], customer["metadata"]) == (
            "Ада 🧮",
            "REVERSE",
            {"plan": "gold"},
        )
        assert (customer["currency"], customer["balance"], customer["deleted"]) == (None, 0, False)


async def test_duplicate_is_pointed_out(sqlite_url: str) -> None:
    async with served(sqlite_url) as api:
        first = await made(api, email="ada@example.com")
        second = await api.do("customerCreate", PROFILE, {"email": "ADA@example.com"})
        assert second["possibleDuplicates"] == [{"id": first["id"], "email": "ada@example.com"}]
        found = await api.ask('{ customers(filter: {email: "Ada@Example.com"}) { nodes { id } totalCount } }')
        assert found["customers"]["nodes"] == [{"id": second["customer"]["id"]}, {"id": first["id"]}]


async def test_update_tells_absent_from_null(database_url: str) -> None:
    async with served(database_url) as api:
        customer = await made(
            api, name="Ada", phone="1", address={"city": "Oakland"}, invoiceSettings={"footer": "Thanks"}
        )
        changed = await api.do(
            "customerUpdate",
            PROFILE.partition("possibleDuplicates")[0],
            {"id": customer["id"], "phone": None, "address": None, "invoiceSettings": {"customFields": []}},
        )
        assert changed["customer"] == {**customer, "phone": None, "address": None}


async def test_balance_is_read_in_one_statement_for_a_list(database_url: str) -> None:
    async with served(database_url) as api:
        for number in range(4):
            customer = await made(api, name=f"Customer {number}")
            change = {"customer": customer["id"], "amount": -100 * number - 1, "currency": "usd"}
            line = await api.do(
                "customerBalanceTransactionCreate",
                "customerBalanceTransaction { amount endingBalance type customer { balance } }",
                change,
            )
            assert line["customerBalanceTransaction"] == {
                "amount": -100 * number - 1,
                "endingBalance": -100 * number - 1,
                "type": "ADJUSTMENT",
                "customer": {"balance": -100 * number - 1},
            }
        with api.statements() as statements:
            found = await api.ask(
                "{ customers { nodes { balance taxIds { value } balanceTransactions { nodes { amount } } } } }"
            )
        assert [node["balance"] for node in found["customers"]["nodes"]] == [-301, -201, -101, -1]
        # customers, balances, tax ids, journals
        assert len(statements) == 4


async def test_card_comes_with_the_customer(database_url: str) -> None:
    async with served(database_url) as api:
        customer = await made(
            api, paymentMethod="pm_card_visa", invoiceSettings={"defaultPaymentMethod": "pm_card_visa"}
        )
        method = await PaymentMethod.get()
        assert method.customer_id == customer["id"]
        assert customer["invoiceSettings"]["defaultPaymentMethod"] == {"id": method.id}
        types = [event.type for event in await Event.all().order_by("sequence")]
        assert types == ["customer.created", "payment_method.attached", "customer.updated"]


@pytest.mark.parametrize("token", ["pm_card_chargeDeclined", "pm_absent"])
async def test_card_that_is_not_accepted_makes_no_customer(database_url: str, token: str) -> None:
    async with served(database_url) as api:
        refused = await api.do("customerCreate", PROFILE, {"name": "Ada", "paymentMethod": token})
        [error] = refused["userErrors"]
        assert error["code"] in {"CARD_DECLINED", "RESOURCE_MISSING"}
        assert error["param"] == ["paymentMethod"]
        assert await Customer.all().count() == await PaymentMethod.all().count() == await Event.all().count() == 0


@pytest.mark.parametrize("token", ["pm_card_visa_chargeDeclined", "pm_unknown"])
async def test_a_card_that_is_not_accepted_hides_no_other_problem(sqlite_url: str, token: str) -> None:
    async with served(sqlite_url) as api:
        answered = await api.do(
            "customerCreate",
            PROFILE,
            {"email": "ada", "paymentMethod": token, "invoiceSettings": {"defaultPaymentMethod": token}},
        )
        assert [each["param"] for each in answered["userErrors"]] == [["email"], ["paymentMethod"]]
        assert (await Customer.all().count(), await Event.all().count()) == (0, 0)


async def test_deleted_customer_is_readable_but_unlisted(database_url: str) -> None:
    async with served(database_url) as api:
        customer = await made(api, name="Ada", paymentMethod="pm_card_visa")
        deleted = await api.do("customerDelete", "customer { deleted name }", {"id": customer["id"]})
        assert deleted["customer"] == {"deleted": True, "name": "Ada"}
        found = await api.ask(
            "query($id: ID!) { customer(id: $id) { deleted name } customers { nodes { id } } }", {"id": customer["id"]}
        )
        assert found == {"customer": {"deleted": True, "name": "Ada"}, "customers": {"nodes": []}}
        again = await api.do("customerUpdate", "customer { id }", {"id": customer["id"], "name": "Bob"})
        assert codes(again) == [("RESOURCE_MISSING", ["id"])]


async def test_anonymized_customer_is_nobody(sqlite_url: str) -> None:
    async with served(sqlite_url) as api:
        customer = await made(
            api, name="Ada", email="ada@example.com", taxIds=[{"type": "EU_VAT", "value": "DE136695976"}]
        )
        gone = await api.do(
            "customerAnonymize", "customer { name email deleted taxIds { value } }", {"id": customer["id"]}
        )
        assert gone["customer"] == {"name": None, "email": None, "deleted": True, "taxIds": []}


async def test_tax_ids_are_added_and_removed(sqlite_url: str) -> None:
    async with served(sqlite_url) as api:
        customer = await made(api)
        number = {"customer": customer["id"], "type": "BR_CPF", "value": "123.456.789-09"}
        added = await api.do("customerTaxIdCreate", "customerTaxId { id type value customer { id } }", number)
        tax_id = added["customerTaxId"]
        assert (tax_id["type"], tax_id["value"], tax_id["customer"]["id"]) == ("BR_CPF", "12345678909", customer["id"])
        refused = await api.do("customerTaxIdCreate", "customerTaxId { id }", {**number, "value": "123.456.789-00"})
        assert codes(refused) == [("TAX_ID_INVALID", ["value"])]
        removed = await api.do("customerTaxIdDelete", "customerTaxId { id }", {"id": tax_id["id"]})
        assert removed["customerTaxId"] == {"id": tax_id["id"]}


async def test_same_key_makes_one_customer(database_url: str) -> None:
    async with served(database_url) as api:
        known = {"email": "ada@example.com", "taxIds": [{"type": "EU_VAT", "value": "DE136695976"}]}
        first = await api.do("customerCreate", PROFILE, known, Idempotency_Key="k")
        again = await api.do("customerCreate", PROFILE, known, Idempotency_Key="k")
        assert again == first
        other = await api.do("customerCreate", PROFILE, {"email": "bob@example.com"}, Idempotency_Key="k")
        assert codes(other) == [("IDEMPOTENCY_KEY_REUSED", None)]
        assert await Customer.all().count() == 1


async def test_problems_come_with_their_paths(sqlite_url: str) -> None:
    async with served(sqlite_url) as api:
        refused = await api.do(
            "customerCreate",
            PROFILE,
            {
                "email": "ada",
                "address": {"postalCode": "x" * 201},
                "taxIds": [{"type": "EU_VAT", "value": "DE1"}],
                "invoiceSettings": {"customFields": [{"name": "", "value": "x"}]},
                "metadata": {"k" * 41: "v"},
            },
        )
        assert codes(refused) == [
            ("EMAIL_INVALID", ["email"]),
            ("PARAMETER_STRING_TOO_LONG", ["address", "postalCode"]),
            ("PARAMETER_STRING_TOO_LONG", ["metadata", "k" * 41]),
            ("PARAMETER_INVALID_STRING_EMPTY", ["invoiceSettings", "customFields", "0", "name"]),
            ("TAX_ID_INVALID", ["taxIds", "0", "value"]),
        ]
        assert refused["customer"] is None
        assert refused["possibleDuplicates"] == []


async def test_what_belongs_to_others_is_null(database_url: str) -> None:
    async with served(database_url) as api:
        for stranger in await strangers(api.scope):
            created = await Customers(stranger).create(CustomerDraft(email="ada@example.com"))
            product = await Products(stranger).create(ProductDraft(name="Basic"))
            found = await api.ask(
                """query($customer: ID!, $product: ID!) { customer(id: $customer) { id } product(id: $product) { id }
                    nodes(ids: [$customer, $product]) { id } customers { totalCount } products { totalCount } }""",
                {"customer": created.customer.id, "product": product.id},
            )
            assert found == {
                "customer": None,
                "product": None,
                "nodes": [None, None],
                "customers": {"totalCount": 0},
                "products": {"totalCount": 0},
            }
            refused = await api.do("customerDelete", "customer { id }", {"id": created.customer.id})
            assert codes(refused) == [("RESOURCE_MISSING", ["id"])]
