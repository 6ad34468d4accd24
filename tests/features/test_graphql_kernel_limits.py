"""Limits: how large a document may be, what a request costs, and what each key may cost within a window."""

from datetime import timedelta

import pytest

from domain.keys import KeyKind
from prorata.web.documents import Documents, InvalidDocument
from prorata.web.limits import Limits
from tests.features.kernel_library import library, library_schema
from tests.features.scopes import StandingClock

SMALL = Limits(tokens_max=60, depth_max=4, fields_max=12, aliases_max=2, directives_max=2, cost_max=100, budget=150)


def documents(limits: Limits = SMALL, *, introspection: bool = True) -> Documents:
    return Documents(library_schema(), limits, introspection=introspection)


def refusal(text: str, limits: Limits = SMALL) -> str:
    with pytest.raises(InvalidDocument) as refused:
        documents(limits).prepare(text)
    return refused.value.errors[0].message


def cost(text: str, **variables: object) -> int:
    return documents(Limits()).prepare(text).operation(None).cost(variables)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{ shelves { nodes { bestBook { shelf { name } } } } }", "5 levels deep; it may be 4."),
        ("{ shelves { ...a } } fragment a on ShelfNodeConnection { nodes { bestBook { shelf { id } } } }", "5 levels"),
        ("{ " + "__typename " * 13 + "}", "13 fields long; it may be 12."),
        ("{ a: __typename b: __typename c: __typename }", "3 aliases; it may have 2."),
        ("{ " + "__typename @include(if: true) " * 3 + "}", "3 directives; it may have 2."),
        ("{ " + "__typename " * 80 + "}", "more than 60 tokens"),
    ],
)
def test_documents_that_are_too_large_are_refused(text: str, told: str) -> None:
    assert told in refusal(text)


def test_fragments_count_as_often_as_they_are_spread() -> None:
    doubled = " ".join(f"fragment f{n} on Query {{ ...f{n + 1} ...f{n + 1} }}" for n in range(40))
    text = "{ ...f0 } " + doubled + " fragment f40 on Query { __typename }"
    assert "fields long" in refusal(text, Limits())


def test_fragments_that_nobody_spreads_count_as_they_are_written() -> None:
    unused = "fragment f on Query { " + "__typename " * 12 + "}"
    assert "13 fields long" in refusal("{ __typename } " + unused)


def test_fragments_are_not_counted_twice() -> None:
    chain = " ".join(f"fragment f{n} on Query {{ __typename ...f{n + 1} }}" for n in range(9))
    documents(Limits(fields_max=11)).prepare("{ ...f0 } " + chain + " fragment f9 on Query { __typename }")


def test_fragments_in_a_circle_are_refused() -> None:
    assert "within itself" in refusal("{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }")
    assert "within itself" in refusal("{ ...a } fragment a on Query { ...a }")


@pytest.mark.parametrize(
    ("text", "estimate"),
    [
        ("{ __typename }", 1),
        ("{ __schema { types { name fields { name } } } }", 1),
        ("{ shelf(id: 1) { name } }", 1),
        ("{ shelves { nodes { name } } }", 11),  # the connection and 10 shelves
        ("{ shelves(first: 50) { nodes { name } } }", 51),
        ("{ shelves(last: 3) { edges { node { name } } pageInfo { hasNextPage } } }", 4),
        ("{ shelves { totalCount } }", 6),
        ("{ shelves { nodes { bestBook { title } } } }", 21),
        ("{ shelves { nodes { firstBooks { title } } } }", 41),  # three books on each of 10
        ("{ shelves { nodes { books(first: 5) { nodes { title } } } } }", 71),  # 10 x (1 + 1 + 5)
        ("{ a: shelf(id: 1) { name } b: shelf(id: 2) { name } }", 2),
        ("{ ...a } fragment a on Query { shelves { ...b } } fragment b on ShelfNodeConnection { nodes { id } }", 11),
        ("{ node(id: 1) { id ... on ShelfNode { bestBook { id } } } }", 2),
        ('mutation { shelfCreate(input: {name: "x"}) { shelf { name } userErrors { code } } }', 11),
    ],
)
def test_cost_follows_from_the_document(text: str, estimate: int) -> None:
    assert cost(text) == estimate


def test_cost_follows_from_variables() -> None:
    text = "query($n: Int) { shelves(first: $n) { nodes { name } } }"
    assert [cost(text, n=20), cost(text), cost(text, n=None), cost(text, n=10**9)] == [21, 11, 11, 11]
    assert cost("query($n: Int = 40) { shelves(first: $n) { nodes { name } } }") == 41


async def test_a_costly_request_is_refused_before_it_reads(sqlite_url: str) -> None:
    async with library(sqlite_url, limits=SMALL) as api:
        with api.statements() as sent:
            reply = await api.send("{ shelves(first: 100) { nodes { name } } }")
    assert reply.codes == ["COST_LIMIT_EXCEEDED"]
    assert reply.body["errors"][0]["extensions"]["cost"] == 101
    assert "data" not in reply.body
    assert [each for each in sent if each.startswith("SELECT")] == []


async def test_each_key_has_a_budget_that_comes_back(sqlite_url: str) -> None:
    clock = StandingClock()
    listed = "{ shelves(first: 70) { nodes { name } } }"  # 71 of 150
    async with library(sqlite_url, limits=SMALL, clock=clock) as api:
        other = await api.as_key(KeyKind.SECRET)
        remaining = [(await api.send(listed)).body["extensions"]["cost"]["remaining"] for _ in range(2)]
        clock.at += timedelta(seconds=20)
        spent = await api.send(listed)
        unaffected = await other.send(listed)
        clock.at += timedelta(seconds=40)
        renewed = await api.send(listed)
    assert remaining == [79, 8]
    assert (spent.status, spent.codes, spent.headers["Retry-After"]) == (429, ["RATE_LIMITED"], "40")
    assert unaffected.body["extensions"]["cost"] == {"requested": 71, "remaining": 79, "windowSeconds": 60}
    assert renewed.body["extensions"]["cost"]["remaining"] == 79


async def test_introspection_can_be_switched_off(sqlite_url: str) -> None:
    text = "{ __schema { types { name } } }"
    async with library(sqlite_url, introspection=False) as api:
        refused = await api.send(text)
        typename = await api.ask("{ __typename }")
        async with api.http.get(api.url.replace("/graphql", "/schema.graphql")) as response:
            status = response.status
    assert set(refused.codes) == {"GRAPHQL_VALIDATION_FAILED"}
    assert typename == {"__typename": "Query"}
    assert status == 404


async def test_operations_are_told_apart_by_name(sqlite_url: str) -> None:
    text = "query A { __typename } query B { shelves { totalCount } }"
    async with library(sqlite_url) as api:
        nameless = await api.send(text)
        replies = []
        for name in ("B", "C"):
            body = {"query": text, "operationName": name}
            async with api.http.post(api.url, json=body, headers=api.headers()) as response:
                replies.append(await response.json())
    assert nameless.codes == ["GRAPHQL_VALIDATION_FAILED"]
    assert replies[0]["data"] == {"shelves": {"totalCount": 0}}
    assert replies[1]["errors"][0]["message"] == "The document has no operation 'C'."


def test_documents_used_last_are_kept_and_memory_is_bounded() -> None:
    kept = documents(Limits())
    first = kept.prepare("{ __typename }")
    assert kept.prepare("{ __typename }") is first
    for number in range(30):
        kept.prepare("{ __typename } #" + str(number) + " " * 20_000)
    assert kept.prepare("{ __typename }") is not first
    assert kept.characters <= 500_000
