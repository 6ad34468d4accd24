"""Features, the products that bring them, and the gate: what is made, refused, listed, and who may ask."""

from typing import Any

import pytest

from models import ActiveEntitlement, Feature, Price, Product, ProductFeature
from tests.features.attacked import MONTHLY, foreign, live, made, restricted
from tests.serving import Api, served

SHOWN = "feature { id name lookupKey active metadata livemode }"


async def feature(api: Api, lookup_key: str = "export") -> str:
    """The id of a new feature."""
    return str((await made(api, "featureCreate", "feature { id }", {"name": "Any", "lookupKey": lookup_key}))["id"])


async def product(api: Api, *features: str) -> dict[str, Any]:
    """A new product with a monthly price, which brings these features."""
    wanted = {"name": "Pro", "defaultPriceData": {**MONTHLY, "unitAmount": 0}}
    found = await made(api, "productCreate", "product { id defaultPrice { id } }", wanted)
    for each in features:
        attaching = {"product": found["id"], "entitlementFeature": each}
        await made(api, "productFeatureCreate", "productFeature { id }", attaching)
    return {"id": found["id"], "price": found["defaultPrice"]["id"]}


async def subscriber(api: Api, price: str, **more: Any) -> str:
    """The id of a new customer with a subscription to the price, which costs nothing."""
    customer = await made(api, "customerCreate", "customer { id }", more)
    subscribing = {"customer": customer["id"], "items": [{"price": price}]}
    await made(api, "subscriptionCreate", "subscription { id }", subscribing)
    return str(customer["id"])


async def refusal(api: Api, mutation: str, noun: str, wanted: dict[str, Any]) -> list[tuple[str, list[str]]]:
    """Codes and places of a mutation's problems."""
    answer = await api.do(mutation, f"{noun} {{ id }}", wanted)
    assert answer[noun] is None
    return [(each["code"], each["param"]) for each in answer["userErrors"]]


async def listed(api: Api, **filter: Any) -> list[str]:
    """The lookup keys of the features that a list shows."""
    asked = "query($f: FeatureFilter) { features(filter: $f) { nodes { lookupKey } } }"
    return [each["lookupKey"] for each in (await api.ask(asked, {"f": filter}))["features"]["nodes"]]


async def test_feature_is_made_changed_and_archived(sqlite_url: str) -> None:
    async with served(sqlite_url) as api:
        wanted = {"name": " Export ", "lookupKey": "export", "metadata": {"team": "core"}}
        new = await made(api, "featureCreate", SHOWN, wanted)
        change = {"id": new["id"], "name": "CSV export", "active": False, "metadata": {"team": ""}}
        changed = await made(api, "featureUpdate", SHOWN, change)
        await feature(api, "sso")
        lists = [await listed(api), await listed(api, archived=True), await listed(api, lookupKey="sso")]
        node = await api.ask("query($id: ID!) { node(id: $id) { id } feature(id: $id) { id } }", {"id": new["id"]})
    assert new["id"].startswith("feat_")
    assert new == {"id": new["id"], "name": "Export", "lookupKey": "export", "active": True,
                   "metadata": {"team": "core"}, "livemode": False}  # fmt: skip
    assert changed == {**new, "name": "CSV export", "active": False, "metadata": {}}
    assert lists == [["sso"], ["export"], ["sso"]]
    assert node == {"node": {"id": new["id"]}, "feature": {"id": new["id"]}}


async def test_feature_is_refused_with_all_problems(sqlite_url: str) -> None:
    async with served(sqlite_url) as api:
        await feature(api, "export")
        long = await refusal(api, "featureCreate", "feature", {"name": "n" * 81, "lookupKey": "k" * 81})
        blank = await refusal(api, "featureCreate", "feature", {"name": " ", "lookupKey": "export"})
        count = await Feature.all().count()
    assert long == [("PARAMETER_STRING_TOO_LONG", ["name"]), ("PARAMETER_STRING_TOO_LONG", ["lookupKey"])]
    assert [param for _, param in blank] == [["name"], ["lookupKey"]]
    assert blank[1][0] == "RESOURCE_ALREADY_EXISTS"
    assert count == 1


async def test_a_feature_cannot_lose_its_name_nor_be_neither_active_nor_archived(sqlite_url: str) -> None:
    async with served(sqlite_url) as api:
        export = await feature(api, "export")
        emptied = await refusal(api, "featureUpdate", "feature", {"id": export, "name": None, "active": None})
    assert emptied == [("PARAMETER_INVALID", ["name"]), ("PARAMETER_INVALID", ["active"])]


async def test_attachment_is_refused(sqlite_url: str) -> None:
    async with served(sqlite_url) as api:
        export, old = await feature(api, "export"), await feature(api, "old")
        await made(api, "featureUpdate", "feature { id }", {"id": old, "active": False})
        pro = await product(api, export)
        asked = [
            {"product": "prod_no", "entitlementFeature": "feat_no"},
            {"product": pro["id"], "entitlementFeature": old},
            {"product": pro["id"], "entitlementFeature": export},
        ]
        found = [await refusal(api, "productFeatureCreate", "productFeature", each) for each in asked]
        gone = await refusal(api, "productFeatureDelete", "productFeature", {"id": "prodft_no"})
        count = await ProductFeature.all().count()
    assert found == [
        [("RESOURCE_MISSING", ["product"]), ("RESOURCE_MISSING", ["entitlementFeature"])],
        [("FEATURE_INACTIVE", ["entitlementFeature"])],
        [("RESOURCE_ALREADY_EXISTS", ["entitlementFeature"])],
    ]
    assert (gone, count) == ([("RESOURCE_MISSING", ["id"])], 1)


async def test_product_lists_its_features_and_takes_them_along(sqlite_url: str) -> None:
    async with served(sqlite_url) as api:
        export = await feature(api)
        bare = await made(api, "productCreate", "product { id }", {"name": "Bare"})
        attaching = {"product": bare["id"], "entitlementFeature": export}
        attached = await made(api, "productFeatureCreate", "productFeature { id product { id } }", attaching)
        asked = "{ product(id: $id) { features { nodes { id entitlementFeature { lookupKey } } } } }"
        found = await api.ask(f"query($id: ID!) {asked}", {"id": bare["id"]})
        await made(api, "productDelete", "product { id }", {"id": bare["id"]})
        left = await ProductFeature.all().count(), await Feature.all().count()
    assert attached["product"] == {"id": bare["id"]}
    nodes = [{"id": attached["id"], "entitlementFeature": {"lookupKey": "export"}}]
    assert found == {"product": {"features": {"nodes": nodes}}}
    assert left == (0, 1)


async def test_prices_know_whether_their_product_brings_features(sqlite_url: str) -> None:
    async with served(sqlite_url) as api:
        pro = await product(api, await feature(api))
        await made(api, "priceCreate", "price { id }", {"product": pro["id"], **MONTHLY})
        both = await Price.filter(has_features=True).count()
        [attached] = await ProductFeature.all()
        await made(api, "productFeatureDelete", "productFeature { id }", {"id": attached.id})
        await made(api, "priceCreate", "price { id }", {"product": pro["id"], **MONTHLY})
        none = await Price.filter(has_features=True).count() + await Product.filter(has_features=True).count()
    assert (both, none) == (2, 0)


async def test_gate_is_one_read_of_one_index_however_many_customers(database_url: str) -> None:
    async with served(database_url) as api:
        pro = await product(api, await feature(api))
        holders = [await subscriber(api, pro["price"]) for _ in range(3)]
        other = await made(api, "customerCreate", "customer { id }", {})
        asked = '{ customers { nodes { id a: hasFeature(lookupKey: "export") b: hasFeature(lookupKey: "sso") } } }'
        with api.statements() as sent:
            found = (await api.ask(asked))["customers"]["nodes"]
        with api.statements() as single:
            one = await api.ask(
                'query($id: ID!) { customer(id: $id) { hasFeature(lookupKey: "export") } }', {"id": holders[0]}
            )
    gates = [each for each in sent if "active_entitlements" in each]
    assert len(gates) == 2  # one for each lookup key
    assert len([each for each in single if "active_entitlements" in each]) == 1
    assert one == {"customer": {"hasFeature": True}}
    assert {each["id"]: (each["a"], each["b"]) for each in found} == {
        other["id"]: (False, False),
        **dict.fromkeys(holders, (True, False)),
    }


async def test_gate_costs_as_much_as_an_object(sqlite_url: str) -> None:
    async with served(sqlite_url) as api:
        asked = "{ customers(first: 10) { nodes { id %s } } }"
        gates = 'a: hasFeature(lookupKey: "a") b: hasFeature(lookupKey: "b")'
        bodies = [(await api.send(asked % each)).body for each in ("", gates)]
    assert [each["extensions"]["cost"]["requested"] for each in bodies] == [11, 31]  # two for each of 10


async def test_restricted_key_needs_the_grant_to_ask(sqlite_url: str) -> None:
    async with served(sqlite_url) as api:
        pro = await product(api, await feature(api))
        jenny = await subscriber(api, pro["price"])
        gate = 'query($id: ID!) { customer(id: $id) { hasFeature(lookupKey: "export") } }'
        page = "query($id: ID!) { activeEntitlements(customer: $id) { nodes { feature { lookupKey } } } }"
        granted = await restricted(api, customers="read", entitlements="read")
        without = await restricted(api, customers="read")
        answers = [await granted.ask(gate, {"id": jenny}), await granted.ask(page, {"id": jenny})]
        refused = [(await without.send(each, {"id": jenny})).codes for each in (gate, page)]
        make = 'mutation { featureCreate(input: { name: "a", lookupKey: "b" }) { feature { id } } }'
        writing = (await granted.send(make)).codes
    assert answers == [
        {"customer": {"hasFeature": True}},
        {"activeEntitlements": {"nodes": [{"feature": {"lookupKey": "export"}}]}},
    ]
    assert (refused, writing) == ([["FORBIDDEN"], ["FORBIDDEN"]], ["FORBIDDEN"])


@pytest.mark.parametrize("stranger", [foreign, live])
async def test_stranger_learns_nothing_and_may_use_the_same_key(sqlite_url: str, stranger: Any) -> None:
    async with served(sqlite_url) as api:
        pro = await product(api, await feature(api))
        jenny = await subscriber(api, pro["price"])
        [held] = await ActiveEntitlement.all()
        thief = await stranger(api)
        own = await feature(thief)
        found = await thief.ask(
            "query($held: ID!, $jenny: ID!) { activeEntitlement(id: $held) { id }"
            " activeEntitlements(customer: $jenny) { totalCount } features { nodes { id } } }",
            {"held": held.id, "jenny": jenny},
        )
        kept = await ActiveEntitlement.all().count()
    assert found == {
        "activeEntitlement": None, "activeEntitlements": {"totalCount": 0}, "features": {"nodes": [{"id": own}]},
    }  # fmt: skip
    assert kept == 1


async def test_subscriptions_to_products_without_features_cost_no_statement(database_url: str) -> None:
    async with served(database_url) as api:
        await product(api, await feature(api))
        plain = await product(api)
        with api.statements() as sent:
            await subscriber(api, plain["price"])
    assert [each for each in sent if "product_features" in each or "entitlement" in each] == []
