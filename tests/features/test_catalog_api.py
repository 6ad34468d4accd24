"""The catalogue over GraphQL: three-state updates, uploads and their address, keys, statements."""

import json
from io import BytesIO
from typing import Any

import pytest
from aiohttp import FormData
from PIL import Image

from domain.keys import KeyKind
from models import Price, Product, ProductImage
from tests.serving import Api, served

PRODUCT = "product { id name description active images unitLabel metadata defaultPrice { id unitAmount } }"
PRICE = """price { id currency type unitAmount unitAmountDecimal lookupKey taxBehavior
    recurring { interval intervalCount } product { id name } }"""


def png() -> bytes:
    file = BytesIO()
    Image.new("RGB", (8, 8), "red").save(file, "PNG")
    return file.getvalue()


async def uploaded(api: Api, content: bytes, **headers: str) -> Any:
    """`productCreate` with a picture, as a browser sends it."""
    document = f"""mutation($input: ProductCreateInput!) {{
        productCreate(input: $input) {{ {PRODUCT} userErrors {{ code param }} }} }}"""
    form = FormData()
    variables = {"input": {"name": "Basic", "imageUpload": None}}
    form.add_field("operations", json.dumps({"query": document, "variables": variables}))
    form.add_field("map", json.dumps({"file": ["variables.input.imageUpload"]}))
    form.add_field("file", BytesIO(content), filename="a.png", content_type="image/png")
    async with api.http.post(api.url, data=form, headers=api.headers(**headers)) as response:
        body = await response.json(content_type=None)
    assert "errors" not in body, body
    return body["data"]["productCreate"]


async def test_product_with_its_first_price(database_url: str) -> None:
    async with served(database_url) as api:
        price = {"currency": "USD", "unitAmount": 1500, "recurring": {"interval": "MONTH"}}
        made = await api.do("productCreate", PRODUCT, {"name": "Basic 📷", "defaultPriceData": price})
        assert made["userErrors"] == []
        product = made["product"]
        assert (product["name"], product["active"], product["images"], product["metadata"]) == (
            "Basic 📷",
            True,
            [],
            {},
        )
        assert product["defaultPrice"]["unitAmount"] == 1500
        asked = await api.ask(
            f"query($id: ID!) {{ price(id: $id) {{ {PRICE.removeprefix('price {')} }}",
            {"id": product["defaultPrice"]["id"]},
        )
        assert asked["price"] == {
            "id": product["defaultPrice"]["id"],
            "currency": "usd",
            "type": "RECURRING",
            "unitAmount": 1500,
            "unitAmountDecimal": "1500",
            "lookupKey": None,
            "taxBehavior": "UNSPECIFIED",
            "recurring": {"interval": "MONTH", "intervalCount": 1},
            "product": {"id": product["id"], "name": "Basic 📷"},
        }


async def test_update_tells_absent_from_null(sqlite_url: str) -> None:
    async with served(sqlite_url) as api:
        draft = {"name": "Basic", "description": "Photos", "unitLabel": "seat", "metadata": {"a": "1", "b": "2"}}
        product = (await api.do("productCreate", PRODUCT, draft))["product"]
        change = {"id": product["id"], "description": None, "metadata": {"a": None, "c": "3"}}
        changed = (await api.do("productUpdate", PRODUCT, change))["product"]
        assert (changed["name"], changed["description"], changed["unitLabel"]) == ("Basic", None, "seat")
        assert changed["metadata"] == {"b": "2", "c": "3"}


async def test_problems_come_with_their_paths(sqlite_url: str) -> None:
    async with served(sqlite_url) as api:
        draft = {
            "productData": {"name": " ", "unitLabel": "x" * 13},
            "currency": "usd",
            "unitAmount": 1,
            "unitAmountDecimal": "1.5",
            "recurring": {"interval": "YEAR", "intervalCount": 4},
        }
        refused = await api.do("priceCreate", "price { id }", draft)
        assert refused["price"] is None
        assert [(each["code"], each["param"]) for each in refused["userErrors"]] == [
            ("PARAMETER_INVALID_STRING_EMPTY", ["productData", "name"]),
            ("PARAMETER_STRING_TOO_LONG", ["productData", "unitLabel"]),
            ("PARAMETERS_EXCLUSIVE", ["unitAmount"]),
            ("PARAMETER_INVALID_INTEGER", ["recurring", "intervalCount"]),
        ]
        assert await Product.all().count() == await Price.all().count() == 0


async def test_uploaded_picture_is_served_at_its_address(database_url: str) -> None:
    async with served(database_url) as api:
        product = (await uploaded(api, png()))["product"]
        [address] = product["images"]
        assert address.startswith(api.url.removesuffix("/graphql") + "/files/file_")
        async with api.http.get(address) as response:
            assert (response.status, await response.read()) == (200, png())
            assert response.headers["Content-Type"] == "image/png"
            assert response.headers["X-Content-Type-Options"] == "nosniff"
            tag = response.headers["ETag"]
        async with api.http.get(address, headers={"If-None-Match": tag}) as response:
            assert response.status == 304
        for other in ("file_0hqji9k16o1pc5e6e1cajgx", "x", "..%2F..%2Fetc%2Fpasswd", "file_%00"):
            async with api.http.get(address.rpartition("/")[0] + "/" + other) as response:
                assert response.status == 404


async def test_public_url_stands_before_the_address(sqlite_url: str) -> None:
    async with served(sqlite_url, public_url="https://billing.example.com/") as api:
        [address] = (await uploaded(api, png()))["product"]["images"]
        assert address.startswith("https://billing.example.com/files/file_")


async def test_upload_under_one_key_is_kept_once(sqlite_url: str) -> None:
    async with served(sqlite_url) as api:
        first = await uploaded(api, png(), Idempotency_Key="k")
        assert await uploaded(api, png(), Idempotency_Key="k") == first
        other = await uploaded(api, png() + b"\0", Idempotency_Key="k")
        assert [each["code"] for each in other["userErrors"]] == ["IDEMPOTENCY_KEY_REUSED"]
        assert await ProductImage.all().count() == await Product.all().count() == 1


async def test_what_is_no_picture_is_refused(sqlite_url: str) -> None:
    async with served(sqlite_url) as api:
        for content, code in ((b"<svg/>", "FILE_TYPE_UNSUPPORTED"), (b"\0" * 2_000_000, "FILE_TOO_LARGE")):
            refused = await uploaded(api, content)
            assert refused["userErrors"] == [{"code": code, "param": ["imageUpload"]}]
        assert await Product.all().count() == 0


async def test_publishable_key_sees_what_is_for_sale_only(sqlite_url: str) -> None:
    async with served(sqlite_url) as api:
        shown = (await api.do("productCreate", PRODUCT, {"name": "Basic"}))["product"]
        hidden = (await api.do("productCreate", PRODUCT, {"name": "Old", "active": False}))["product"]
        price = {"product": shown["id"], "currency": "usd", "unitAmount": 1}
        old = (await api.do("priceCreate", PRICE, {**price, "active": False}))["price"]
        new = (await api.do("priceCreate", PRICE, price))["price"]
        page = await api.as_key(KeyKind.PUBLISHABLE)
        found = await page.ask(
            """query($hidden: ID!, $old: ID!) {
                products { nodes { id prices { nodes { id } totalCount } } totalCount } prices { nodes { id } }
                product(id: $hidden) { id } price(id: $old) { id } node(id: $hidden) { id }
                archived: products(filter: {active: false}) { nodes { id } } }""",
            {"hidden": hidden["id"], "old": old["id"]},
        )
        assert found["products"]["nodes"] == [
            {"id": shown["id"], "prices": {"nodes": [{"id": new["id"]}], "totalCount": 1}}
        ]
        assert found["products"]["totalCount"] == 1
        assert found["prices"]["nodes"] == [{"id": new["id"]}]
        assert (found["product"], found["price"], found["node"]) == (None, None, None)
        assert found["archived"]["nodes"] == []
        refused = await page.send('mutation { productDelete(input: {id: "prod_1"}) { userErrors { code } } }')
        assert refused.codes == ["FORBIDDEN"]


async def test_list_with_prices_takes_one_statement_per_relation(sqlite_url: str) -> None:
    async with served(sqlite_url) as api:
        terms = {"currency": "usd", "unitAmount": 1}
        for number in range(5):
            await api.do("productCreate", PRODUCT, {"name": f"Product {number}", "defaultPriceData": terms})
        with api.statements() as statements:
            found = await api.ask(
                "{ products(first: 5) { nodes { name defaultPrice { id } prices { nodes { product { name } } } } } }"
            )
        assert [node["name"] for node in found["products"]["nodes"]] == [f"Product {n}" for n in (4, 3, 2, 1, 0)]
        # products, default prices, prices of each product, products of these prices
        assert len(statements) == 4


async def test_deleted_product_is_answered_as_it_was(sqlite_url: str) -> None:
    async with served(sqlite_url) as api:
        product = (await api.do("productCreate", PRODUCT, {"name": "Basic"}))["product"]
        deleted = await api.do("productDelete", PRODUCT, {"id": product["id"]})
        assert deleted == {"product": product, "userErrors": []}
        assert await api.ask("query($id: ID!) { product(id: $id) { id } }", {"id": product["id"]}) == {"product": None}
        again = await api.do("productDelete", PRODUCT, {"id": product["id"]})
        assert [(each["code"], each["param"]) for each in again["userErrors"]] == [("RESOURCE_MISSING", ["id"])]


@pytest.mark.parametrize(
    ("name", "variables"),
    [("$name", {"name": "x\0"}), ('"x\\u0000"', {}), ('"x\\u{0}"', {})],
    ids=["variable", "literal", "braces"],
)
async def test_character_that_no_database_keeps_is_refused(
    database_url: str, name: str, variables: dict[str, str]
) -> None:
    async with served(database_url) as api:
        declared = "($name: String!)" if variables else ""
        document = f"mutation{declared} {{ productCreate(input: {{name: {name}}}) {{ userErrors {{ code }} }} }}"
        reply = await api.send(document, variables)
        assert reply.codes == ["BAD_REQUEST"]
        assert await Product.all().count() == 0
