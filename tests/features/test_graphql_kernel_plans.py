"""Reading by plan gives, to the byte, what the general executor gives."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from domain.keys import KeyKind, Resource
from prorata.web.bodies import Posted
from prorata.web.graphiql.story import Story
from prorata.web.graphiql.story_tabs import load_tabs
from prorata.web.view import Endpoint
from resolvers import reading
from resolvers.context import RequestContext
from resolvers.loaders import Batch, Loaders
from schema.base import NODE_KINDS
from services.api_keys import Grant
from services.scope import Access
from tests.features.kernel_library import Shelf, library, stocked
from tests.serving import Api, served, whole_schema

PLANNED: tuple[tuple[str, Mapping[str, Any]], ...] = (
    ("{ __typename a: __typename }", {}),
    ("{ shelves { nodes { id name } } }", {}),
    ("{ shelves(first: 2) { __typename totalCount pageInfo { __typename hasNextPage startCursor endCursor } } }", {}),
    ("{ shelves { edges { __typename cursor c: cursor node { __typename name } } } }", {}),
    ("{ shelves { e: edges { cursor } f: edges { node { name } } nodes { id } again: nodes { name } } }", {}),
    ("{ shelves { nodes { name n: name name books { totalCount } } } }", {}),
    ("{ shelves { nodes { books(first: 2) { totalCount edges { cursor node { title shelf { name } } } } } } }", {}),
    ("{ shelves { nodes { a: books(first: 1) { nodes { title } } b: books(last: 1) { nodes { title } } } } }", {}),
    ("{ shelves { nodes { firstBooks { title binding price bought shelf { place { room floor } } } } } }", {}),
    ("{ shelves { nodes { bestBook { title } best: bestBook { id shelf { bestBook { id } } } } } }", {}),
    (
        "{ latest { totalCount nodes { name bestBook { title } } edges { cursor } pageInfo { endCursor } } }",
        {},
    ),
    ('{ shelf(id: "nothing") { name } node(id: "nothing") { id } }', {}),
    ("{ apiKeys { nodes { __typename id kind livemode grants { resource access } } } }", {}),
    (
        "query($n: Int = 1, $f: BookFilter) { shelves { nodes { books(first: $n, filter: $f) { nodes { title } } } } }",
        {"f": {"binding": "HARD_COVER", "title": ["0.1", "1.1", "1.3"]}},
    ),
    (
        "query($yes: Boolean!, $no: Boolean = false) { shelves { nodes { name @include(if: $yes) id @skip(if: $yes)"
        " ... @include(if: $no) { metadata } ...Place @skip(if: $no) } } }"
        " fragment Place on ShelfNode { place { room } }",
        {"yes": True},
    ),
    (
        "{ shelves { ...A ...A nodes { ... on Node { id } ... on ShelfNode { name } } } }"
        " fragment A on ShelfNodeConnection { nodes { name bestBook { title } bestBook { binding } } }",
        {},
    ),
)
UNPLANNED = (
    "{ shelves { nodes { bestBook { title secret } } } }",
    "{ shelves { nodes { bestBook { lost } name } } }",
    "{ shelves(first: 0) { nodes { name } } }",
    '{ shelves { nodes { books(after: "x") { nodes { title } } } } }',
    "{ cheapest { title } shelves { totalCount } }",
    "{ __schema { queryType { name } } shelves { totalCount } }",
    "query($n: Int!) { shelves(first: $n) { totalCount } }",
    "{ shelves { edges { a: node { id } b: node { name } } } }",
)


async def both(url: str, documents: tuple[tuple[str, Mapping[str, Any]], ...], *, restricted: bool) -> list[Any]:
    """What is answered by plan, what by the general executor, and whether the plan was good for it."""
    answered: list[dict[str, Any]] = []
    plans = reading.Plans.answer

    async def noted(self: reading.Plans, *args: Any) -> Any:
        data = await plans(self, *args)
        answered[-1]["planned"] = data is not None
        return data

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading.Plans, "answer", noted)
        async with library(url) as api:
            await _filled(api)
            asked = await api.as_key(KeyKind.RESTRICTED, Grant(Resource.CATALOG, Access.READ)) if restricted else api
            for document, variables in documents:
                answered.append({})
                answered[-1]["by plan"] = await _told(asked, document, variables)
                patch.setattr(reading.Plans, "answer", _never)
                answered[-1]["by executor"] = await _told(asked, document, variables)
                patch.setattr(reading.Plans, "answer", noted)
    return answered


async def _filled(api: Api) -> None:
    first, second = await stocked(api, shelves=2, books=4)
    await stocked(api, shelves=1, books=0)
    await Shelf.filter(id=first.id).update(place={"room": "Hall", "floor": 1})
    await Shelf.filter(id=second.id).update(metadata={"a": "b"}, best_book_id=first.best_book_id)


async def _never(*_args: Any) -> None:
    return None


async def _told(api: Api, document: str, variables: Mapping[str, Any]) -> str:
    body = (await api.send(document, variables, X_Request_Id="the-same-one")).body
    body.pop("extensions", None)
    return json.dumps(body)


async def test_plans_answer_like_the_executor(database_url: str) -> None:
    for each, (document, _) in zip(await both(database_url, PLANNED, restricted=False), PLANNED, strict=True):
        assert each["by plan"] == each["by executor"], document
        assert each["planned"] is True, document


@pytest.mark.parametrize("restricted", [False, True])
async def test_what_goes_wrong_is_told_by_the_executor(sqlite_url: str, *, restricted: bool) -> None:
    documents = (*((document, {}) for document in UNPLANNED), *PLANNED)
    answers = await both(sqlite_url, documents, restricted=restricted)
    for each, (document, _) in zip(answers, documents, strict=True):
        assert each["by plan"] == each["by executor"], document
    assert [each["planned"] for each in answers[: len(UNPLANNED)]] == [False] * len(UNPLANNED)


async def test_what_is_broken_off_for_one_still_comes_for_others(sqlite_url: str) -> None:
    async with library(sqlite_url) as api:
        loaders = Loaders(api.scope)

        async def fetch(keys: list[str]) -> dict[str, str]:
            return {key: key.upper() for key in keys}

        batch = Batch(loaders, fetch, lambda: None)
        broken_off, awaited, late = batch.load("a"), batch.load("a"), batch.load("b")
        broken_off.cancel()
        assert [await awaited, await late] == ["A", "B"]
        assert batch.load("a") == "A"


async def test_plan_skips_rows_that_nobody_asked_for(sqlite_url: str) -> None:
    async with library(sqlite_url) as api:
        await _filled(api)
        with api.statements() as sent:
            await api.ask("{ shelves { nodes { books { totalCount } } } }")
    reads = [each for each in sent if "kernel_books" in each]
    assert len(reads) == 1
    assert "COUNT(" in reads[0]


async def test_plan_reads_each_object_once_per_level(sqlite_url: str) -> None:
    async with library(sqlite_url) as api:
        await _filled(api)
        with api.statements() as sent:
            await api.ask("{ shelves { nodes { bestBook { shelf { bestBook { shelf { name } } } } } } }")
    assert len([each for each in sent if "kernel_" in each]) == 5  # shelves, books, shelves, books, shelves


async def test_every_tab_of_the_story_is_answered_alike(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[str] = []
    answer = Endpoint._answer

    async def twice(self: Endpoint, asked: Posted, context: RequestContext, *rest: Any) -> tuple[int, dict[str, Any]]:
        status, body = await answer(self, asked, context, *rest)
        if "mutation" not in asked.query:
            monkeypatch.setattr(self, "_planned", False)
            _, by_executor = await answer(self, asked, replace(context, load=Loaders(context.scope)), *rest)
            monkeypatch.setattr(self, "_planned", True)
            assert json.dumps(body["data"]) == json.dumps(by_executor["data"])
            compared.append(asked.query)
        return status, body

    monkeypatch.setattr(Endpoint, "_answer", twice)
    async with served(database_url) as api:
        story = Story()
        for tab in load_tabs():
            request = story.request(tab)
            headers = {name.replace("-", "_"): value for name, value in story.headers(tab).items()}
            story.note(tab, (await api.send(request["query"], request["variables"], **headers)).body)
    assert len(compared) >= 5


def test_every_kind_of_object_can_be_granted() -> None:
    whole_schema()
    kinds = {known.kind for known in NODE_KINDS.values()}
    assert kinds - {"api_keys"} <= {resource.value for resource in Resource}
