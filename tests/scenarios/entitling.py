"""Plans with features, for stories about who may use what."""

from tests.scenarios.world import Customer, World

SUMMARY = "entitlements.active_entitlement_summary.updated"


async def feature(world: World, lookup_key: str) -> str:
    """The id of the feature with this lookup key, made when there is none yet."""
    asked = "query($key: String!) { features(filter: { lookupKey: $key }) { nodes { id } } }"
    found = (await world.api.ask(asked, {"key": lookup_key}))["features"]["nodes"]
    if found:
        return str(found[0]["id"])
    made = await world.do("featureCreate", "feature { id }", name=lookup_key.title(), lookupKey=lookup_key)
    return str(made["feature"]["id"])


async def product_of(world: World, price: str) -> str:
    """The id of a price's product."""
    found = await world.api.ask("query($id: ID!) { price(id: $id) { product { id } } }", {"id": price})
    return str(found["price"]["product"]["id"])


async def attach(world: World, price: str, lookup_key: str) -> str:
    """Let the product of a price bring a feature; the id of the attachment."""
    wanted = {"product": await product_of(world, price), "entitlementFeature": await feature(world, lookup_key)}
    made = await world.do("productFeatureCreate", "productFeature { id }", **wanted)
    return str(made["productFeature"]["id"])


async def detach(world: World, attachment: str) -> None:
    """Let a product bring a feature no longer."""
    await world.do("productFeatureDelete", "productFeature { id }", id=attachment)


async def plan(world: World, name: str, amount: int, *lookup_keys: str, every: str = "1 MONTH") -> str:
    """The id of a price of a product that brings these features."""
    price = await world.price(name, amount, every=every)
    for lookup_key in lookup_keys:
        await attach(world, price, lookup_key)
    return price


async def features_of(customer: Customer) -> list[str]:
    """The lookup keys of what somebody may use, in order; the gate says the same of each."""
    world = customer.world
    asked = "query($id: ID!) { customer(id: $id) { activeEntitlements(first: 100) { nodes { lookupKey } } } }"
    found = (await world.api.ask(asked, {"id": customer.id}))["customer"]["activeEntitlements"]["nodes"]
    keys = sorted(each["lookupKey"] for each in found)
    for key in keys:
        assert await has(customer, key)
    return keys


async def has(customer: Customer, lookup_key: str) -> bool:
    """What a gate is told."""
    asked = "query($id: ID!, $key: String!) { customer(id: $id) { hasFeature(lookupKey: $key) } }"
    found = await customer.world.api.ask(asked, {"id": customer.id, "key": lookup_key})
    return bool(found["customer"]["hasFeature"])
