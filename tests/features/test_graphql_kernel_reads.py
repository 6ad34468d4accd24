"""Reading: relations cost one statement per level, lists come in pages, nothing of another tenant is seen."""

from dataclasses import replace

import pytest

from domain.keys import KeyKind, Resource
from services.api_keys import Grant
from services.scope import Access
from tests.features.kernel_library import Book, Shelf, library, stocked

NESTED = """
query($first: Int = 10) {
  shelves(first: $first) {
    nodes {
      name
      bestBook { title shelf { name } }
      firstBooks { title }
      books(first: 2) { totalCount nodes { title shelf { name bestBook { title } } } pageInfo { hasNextPage } }
    }
  }
}
"""


async def test_nested_relations_are_answered_row_by_row(database_url: str) -> None:
    async with library(database_url) as api:
        await stocked(api, shelves=2, books=4)
        newest, oldest = (await api.ask(NESTED))["shelves"]["nodes"]
    assert newest["name"] == "1"
    assert oldest == {
        "name": "0",
        "bestBook": {"title": "0.0", "shelf": {"name": "0"}},
        "firstBooks": [{"title": "0.0"}, {"title": "0.1"}, {"title": "0.2"}],
        "books": {
            "totalCount": 4,
            "nodes": [
                {"title": "0.3", "shelf": {"name": "0", "bestBook": {"title": "0.0"}}},
                {"title": "0.2", "shelf": {"name": "0", "bestBook": {"title": "0.0"}}},
            ],
            "pageInfo": {"hasNextPage": True},
        },
    }


@pytest.mark.parametrize("shelves", [2, 30])
async def test_statements_do_not_grow_with_the_rows(sqlite_url: str, shelves: int) -> None:
    async with library(sqlite_url) as api:
        await stocked(api, shelves=shelves, books=3)
        with api.statements() as sent:
            await api.ask(NESTED, {"first": 30})
    # The list; best books and their shelves; first books; pages of books and their counts, the shelves of these and
    # the best books of these.
    assert len([each for each in sent if each.startswith("SELECT")]) == 8


async def test_lists_longer_than_allowed_are_cut_per_parent(database_url: str) -> None:
    async with library(database_url) as api:
        await stocked(api, shelves=1, books=9)
        await stocked(api, shelves=1, books=1)
        answer = await api.ask("{ shelves { nodes { firstBooks { title } } } }")
    assert [len(shelf["firstBooks"]) for shelf in answer["shelves"]["nodes"]] == [1, 3]


async def test_pages_run_forwards_to_the_end(database_url: str) -> None:
    async with library(database_url) as api:
        await stocked(api, shelves=5, books=0)
        document = """query($after: String) { shelves(first: 2, after: $after) {
            nodes { name } pageInfo { hasNextPage hasPreviousPage endCursor } } }"""
        seen, after = [], None
        while True:
            page = (await api.ask(document, {"after": after}))["shelves"]
            seen.append([node["name"] for node in page["nodes"]])
            after = page["pageInfo"]["endCursor"]
            if not page["pageInfo"]["hasNextPage"]:
                break
    assert seen == [["4", "3"], ["2", "1"], ["0"]]
    assert page["pageInfo"]["hasPreviousPage"] is True


async def test_pages_run_backwards_from_a_cursor(database_url: str) -> None:
    async with library(database_url) as api:
        await stocked(api, shelves=5, books=0)
        edges = (await api.ask("{ shelves { edges { cursor node { name } } } }"))["shelves"]["edges"]
        last = next(edge["cursor"] for edge in edges if edge["node"]["name"] == "1")
        document = """query($before: String) { shelves(last: 2, before: $before) {
            nodes { name } pageInfo { hasNextPage hasPreviousPage startCursor } } }"""
        page = (await api.ask(document, {"before": last}))["shelves"]
        rest = (await api.ask(document, {"before": page["pageInfo"]["startCursor"]}))["shelves"]
    assert [node["name"] for node in page["nodes"]] == ["3", "2"]
    assert page["pageInfo"]["hasPreviousPage"] is True
    assert page["pageInfo"]["hasNextPage"] is True
    assert [node["name"] for node in rest["nodes"]] == ["4"]
    assert rest["pageInfo"]["hasPreviousPage"] is False


async def test_nested_pages_continue_after_their_cursor(database_url: str) -> None:
    async with library(database_url) as api:
        (shelf,) = await stocked(api, shelves=1, books=3)
        document = """query($id: ID!, $after: String) { shelf(id: $id) { books(first: 2, after: $after) {
            nodes { title } pageInfo { endCursor hasNextPage } } } }"""
        page = (await api.ask(document, {"id": shelf.id}))["shelf"]["books"]
        rest = (await api.ask(document, {"id": shelf.id, "after": page["pageInfo"]["endCursor"]}))["shelf"]["books"]
    assert [node["title"] for node in page["nodes"]] == ["0.2", "0.1"]
    assert [node["title"] for node in rest["nodes"]] == ["0.0"]
    assert rest["pageInfo"]["hasNextPage"] is False


@pytest.mark.parametrize(
    ("filter", "titles"),
    [
        ({"binding": "HARD_COVER"}, ["0.3", "0.1"]),
        ({"title": ["0.0", "0.3"]}, ["0.3", "0.0"]),
        ({"title": ["0.0", "0.1"], "binding": "PAPERBACK"}, ["0.0"]),
        ({}, ["0.3", "0.2", "0.1", "0.0"]),
    ],
)
async def test_nested_pages_are_filtered(database_url: str, filter: object, titles: list[str]) -> None:
    async with library(database_url) as api:
        await stocked(api, shelves=2, books=4)
        document = (
            """query($f: BookFilter) { shelves { nodes { books(filter: $f) { totalCount nodes { title } } } } }"""
        )
        oldest = (await api.ask(document, {"f": filter}))["shelves"]["nodes"][-1]["books"]
    assert [node["title"] for node in oldest["nodes"]] == titles
    assert oldest["totalCount"] == len(titles)


async def test_count_is_not_asked_for_unless_selected(sqlite_url: str) -> None:
    async with library(sqlite_url) as api:
        await stocked(api, shelves=2, books=2)
        with api.statements() as sent:
            await api.ask("{ shelves { nodes { books { nodes { title } } } } }")
    assert not [each for each in sent if "COUNT(" in each]


@pytest.mark.parametrize("size", [0, 101, -1])
async def test_page_sizes_outside_the_range_are_refused(sqlite_url: str, size: int) -> None:
    async with library(sqlite_url) as api:
        reply = await api.send("query($n: Int) { shelves(first: $n) { nodes { name } } }", {"n": size})
    assert reply.codes == ["BAD_REQUEST"]
    assert reply.body["errors"][0]["message"] == f"`first` must be between 1 and 100, not {size}."


@pytest.mark.parametrize("cursor", ["", "nonsense", "aWQ", "é", "x" * 500])
async def test_a_cursor_that_is_none_is_refused(sqlite_url: str, cursor: str) -> None:
    async with library(sqlite_url) as api:
        reply = await api.send("query($c: String) { shelves(after: $c) { nodes { name } } }", {"c": cursor})
    assert reply.codes == ["BAD_REQUEST"]
    assert "must be a cursor" in reply.body["errors"][0]["message"]


async def test_first_and_last_together_are_refused(sqlite_url: str) -> None:
    async with library(sqlite_url) as api:
        reply = await api.send("{ shelves(first: 1, last: 1) { nodes { name } } }")
    assert reply.body["errors"][0]["message"] == "Give `first` or `last`, not both."


async def test_rows_of_others_are_absent_everywhere(database_url: str) -> None:
    async with library(database_url) as api:
        (mine,) = await stocked(api, shelves=1, books=2)
        for foreign in (replace(api.scope, livemode=True), replace(api.scope, account_id="acct_other")):
            (theirs,) = await stocked(replace(api, scope=foreign), shelves=1, books=2)
            await Shelf.filter(id=mine.id).update(best_book_id=theirs.best_book_id)
            await Book.filter(shelf_id=theirs.id).update(shelf_id=mine.id)
            answer = await api.ask(
                """query($theirs: ID!) { shelf(id: $theirs) { name } shelves { totalCount nodes {
                bestBook { title } firstBooks { title } books { totalCount nodes { title } } } } }""",
                {"theirs": theirs.id},
            )
            assert answer["shelf"] is None
            assert answer["shelves"]["totalCount"] == 1
            assert answer["shelves"]["nodes"] == [
                {
                    "bestBook": None,
                    "firstBooks": [{"title": "0.0"}, {"title": "0.1"}],
                    "books": {"totalCount": 2, "nodes": [{"title": "0.1"}, {"title": "0.0"}]},
                }
            ]


async def test_node_finds_by_prefix_and_only_ones_own(database_url: str) -> None:
    async with library(database_url) as api:
        mine = (await api.ask("{ apiKeys { nodes { id } } }"))["apiKeys"]["nodes"][0]["id"]
        live = await replace(api, scope=replace(api.scope, livemode=True)).as_key(KeyKind.SECRET)
        document = "query($id: ID!) { node(id: $id) { __typename id ... on ApiKey { kind } } }"
        assert await api.ask(document, {"id": mine}) == {"node": {"__typename": "ApiKey", "id": mine, "kind": "SECRET"}}
        assert await live.ask(document, {"id": mine}) == {"node": None}
        for unknown in ("mk_" + "0" * 23, "mk_1", "zz_" + "0" * 23, "", "é" * 300):
            assert await api.ask(document, {"id": unknown}) == {"node": None}


async def test_nodes_answers_in_order_with_one_statement(sqlite_url: str) -> None:
    async with library(sqlite_url) as api:
        await api.as_key(KeyKind.RESTRICTED, Grant(Resource.EVENTS, Access.READ))
        keys = [node["id"] for node in (await api.ask("{ apiKeys { nodes { id } } }"))["apiKeys"]["nodes"]]
        wanted = [keys[1], "mk_" + "0" * 23, keys[0], "no such thing", keys[1]]
        with api.statements() as sent:
            answer = await api.ask("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", {"ids": wanted})
    assert [node and node["id"] for node in answer["nodes"]] == [keys[1], None, keys[0], None, keys[1]]
    assert len([each for each in sent if "IN (SELECT" in each]) == 1


async def test_columns_enums_and_parts_are_shown_as_declared(database_url: str) -> None:
    async with library(database_url) as api:
        (shelf,) = await stocked(api, shelves=1, books=2)
        await Shelf.filter(id=shelf.id).update(place={"room": "Hall", "floor": 2}, metadata={"a": "b"})
        await Book.filter(shelf_id=shelf.id).update(price=3_000_000_000, bought_at=shelf.created_at)
        answer = await api.ask("""{ shelves { nodes {
            place { room floor } metadata firstBooks { binding price bought } } } }""")
    assert answer["shelves"]["nodes"] == [
        {
            "place": {"room": "Hall", "floor": 2},
            "metadata": {"a": "b"},
            "firstBooks": [
                {"binding": "PAPERBACK", "price": 3_000_000_000, "bought": "2027-01-31T12:00:00Z"},
                {"binding": "HARD_COVER", "price": 3_000_000_000, "bought": "2027-01-31T12:00:00Z"},
            ],
        }
    ]
