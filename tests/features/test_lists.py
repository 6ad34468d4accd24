"""Lists of everything there is, asked for as they are."""

from graphql import (
    GraphQLField,
    GraphQLList,
    GraphQLObjectType,
    get_named_type,
    get_nullable_type,
    is_required_argument,
)

from resolvers import build_schema
from tests.scenarios.world import World
from tests.serving import served

START = "2027-01-31T10:00:00Z"
ROOTS = """{ __schema { queryType { fields {
  name type { ofType { name } } args { type { kind } }
} } } }"""


async def test_every_list_is_answered_without_a_filter(database_url: str) -> None:
    async with served(database_url) as api:
        fields = (await api.ask(ROOTS))["__schema"]["queryType"]["fields"]
        lists = [
            field["name"]
            for field in fields
            if str((field["type"]["ofType"] or {}).get("name")).endswith("Connection")
            and all(argument["type"]["kind"] != "NON_NULL" for argument in field["args"])
        ]
        answers = [await api.ask(f"{{ {name} {{ totalCount nodes {{ __typename }} }} }}") for name in lists]

    assert len(lists) > 20
    assert all(answer[name]["totalCount"] >= 0 for name, answer in zip(lists, answers, strict=True))


async def test_every_list_within_an_object_is_answered_without_arguments(database_url: str) -> None:
    async with served(database_url) as api:
        world = await World.opened(api, START)
        jenny = await world.customer(card="pm_card_visa")
        basic = await world.price("Basic", 1500)
        subscription = await jenny.subscribe(basic)
        product = (await api.ask(f'{{ price(id: "{basic}") {{ product {{ id }} }} }}'))["price"]["product"]["id"]
        nodes = {
            "Customer": jenny.id, "Subscription": subscription.id, "Price": basic, "Product": product,
            "Invoice": (await subscription.now())["latestInvoice"]["id"], "TestClock": world.clock,
        }  # fmt: skip
        for kind, identifier in nodes.items():
            lists = lists_of(kind)
            for name, asked in lists.items():
                document = f"query($id: ID!) {{ node(id: $id) {{ ... on {kind} {{ {asked} }} }} }}"
                answer = await api.send(document, {"id": identifier})
                assert answer.codes == [], (kind, name, answer.body)
                assert name in answer.data["node"]


def lists_of(type_name: str) -> dict[str, str]:
    """By field, what can be asked of the lists of a type that need no argument."""
    declared = build_schema()._schema.type_map[type_name]
    assert isinstance(declared, GraphQLObjectType)
    bare = {
        name: field
        for name, field in declared.fields.items()
        if not any(is_required_argument(argument) for argument in field.args.values())
    }
    connections = {
        name: f"{name} {{ totalCount nodes {{ __typename }} edges {{ cursor }} pageInfo {{ hasNextPage }} }}"
        for name, field in bare.items()
        if get_named_type(field.type).name.endswith("Connection")
    }
    return connections | {
        name: f"{name} {{ __typename }}" for name, field in bare.items() if _is_list_of_objects(field)
    }


def _is_list_of_objects(field: GraphQLField) -> bool:
    listed = isinstance(get_nullable_type(field.type), GraphQLList)
    return listed and isinstance(get_named_type(field.type), GraphQLObjectType)
