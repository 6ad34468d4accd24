"""Writing: inputs become drafts, problems become userErrors, a key makes a mutation happen once."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
import strawberry

from domain.drafts import UNSET
from models import IdempotencyRecord
from resolvers.mutations import fingerprint
from tests.features.kernel_library import (
    UNDERSTOOD,
    Binding,
    PlaceDraft,
    Shelf,
    ShelfChange,
    ShelfDraft,
    ShelfUpdateInput,
    library,
    stocked,
)
from tests.serving import Api

CREATE = """mutation($input: ShelfCreateInput!) { shelfCreate(input: $input) {
    shelf { id name } draft userErrors { type code message param docUrl declineCode } } }"""
UPDATE = """mutation($input: ShelfUpdateInput!) { shelfUpdate(input: $input) {
    shelf { name bestBook { title } } userErrors { code message param } } }"""


async def created(api: Api, input: object, **headers: str) -> Any:
    return (await api.ask(CREATE, {"input": input}, **headers))["shelfCreate"]


async def test_inputs_become_drafts(sqlite_url: str) -> None:
    async with library(sqlite_url) as api:
        await created(api, {"name": "a", "labels": None, "place": None})
        await created(
            api,
            {
                "name": "b",
                "place": {"room": "Hall"},
                "labels": ["x", "y"],
                "binding": "HARD_COVER",
                "amount": 9_007_199_254_740_993,
                "currency": "EUR",
                "at": "2027-01-31T12:30:15.999+05:30",
            },
        )
        bare, full = UNDERSTOOD
    assert bare == ShelfDraft(name="a")
    assert full == ShelfDraft(
        name="b",
        place=PlaceDraft(room="Hall", floor=0),
        labels=("x", "y"),
        binding=Binding.HARD_COVER,
        amount=9_007_199_254_740_993,
        currency="eur",
        at=datetime(2027, 1, 31, 7, 0, 15, tzinfo=UTC),
    )
    assert type(full.binding) is Binding


async def test_update_tells_absent_null_and_value_apart(sqlite_url: str) -> None:
    async with library(sqlite_url) as api:
        (shelf,) = await stocked(api, shelves=1, books=1)
        kept = await api.ask(UPDATE, {"input": {"id": shelf.id, "name": "new"}})
        removed = await api.ask(UPDATE, {"input": {"id": shelf.id, "bestBook": None}})
        refused = await api.ask(UPDATE, {"input": {"id": shelf.id, "name": None}})
    assert kept["shelfUpdate"]["shelf"] == {"name": "new", "bestBook": {"title": "0.0"}}
    assert removed["shelfUpdate"]["shelf"] == {"name": "new", "bestBook": None}
    assert ShelfChange() == ShelfChange(name=UNSET, best_book=UNSET)
    [error] = refused["shelfUpdate"]["userErrors"]
    assert refused["shelfUpdate"]["shelf"] is None
    assert (error["code"], error["param"]) == ("PARAMETER_INVALID", ["name"])
    assert error["message"] == "null is not possible here; leave it out to keep what is there."


async def test_all_problems_are_reported_with_their_paths(sqlite_url: str) -> None:
    async with library(sqlite_url) as api:
        answer = await created(api, {"name": ""})
        count = await Shelf.all().count()
    docs = f"{api.url.removesuffix('/graphql')}/docs/errors"
    assert answer["shelf"] is None
    assert answer["userErrors"] == [
        {
            "type": "INVALID_REQUEST_ERROR",
            "code": "PARAMETER_INVALID_STRING_EMPTY",
            "message": "Empty.",
            "param": ["name"],
            "docUrl": f"{docs}#parameter_invalid_string_empty",
            "declineCode": None,
        },
        {
            "type": "INVALID_REQUEST_ERROR",
            "code": "PARAMETER_MISSING",
            "message": "Missing.",
            "param": ["place", "0", "houseNumber"],
            "docUrl": f"{docs}#parameter_missing",
            "declineCode": None,
        },
    ]
    assert count == 0


async def test_a_decline_carries_object_and_error(sqlite_url: str) -> None:
    async with library(sqlite_url) as api:
        first = await created(api, {"name": "declined"}, Idempotency_Key="k")
        again = await created(api, {"name": "declined"}, Idempotency_Key="k")
        count = await Shelf.all().count()
    assert first["shelf"]["name"] == "declined"
    assert [(error["type"], error["code"], error["declineCode"]) for error in first["userErrors"]] == [
        ("CARD_ERROR", "CARD_DECLINED", "generic_decline")
    ]
    assert again == first
    assert count == 1


async def test_same_key_and_input_changes_nothing_twice(database_url: str) -> None:
    async with library(database_url) as api:
        first = await api.send(CREATE, {"input": {"name": "x"}}, Idempotency_Key="k")
        again = await api.send(CREATE, {"input": {"name": "x", "labels": None}}, Idempotency_Key="k")
        other = await api.send(CREATE, {"input": {"name": "y"}}, Idempotency_Key="k")
        count = await Shelf.all().count()
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.data == first.data
    assert [(e["type"], e["code"]) for e in other.data["shelfCreate"]["userErrors"]] == [
        ("IDEMPOTENCY_ERROR", "IDEMPOTENCY_KEY_REUSED")
    ]
    assert count == 1


async def test_fields_of_one_document_are_told_apart_by_their_response_key(sqlite_url: str) -> None:
    document = """mutation { a: shelfCreate(input: {name: "a"}) { shelf { id } }
        b: shelfCreate(input: {name: "b"}) { shelf { id } } }"""
    async with library(sqlite_url) as api:
        first = await api.ask(document, Idempotency_Key="k")
        again = await api.ask(document, Idempotency_Key="k")
        names = sorted([shelf.name for shelf in await Shelf.all()])
    assert first == again
    assert names == ["a", "b"]


async def test_refused_input_is_not_kept_under_the_key(sqlite_url: str) -> None:
    async with library(sqlite_url) as api:
        await created(api, {"name": ""}, Idempotency_Key="k")
        kept = await IdempotencyRecord.all().count()
        answer = await created(api, {"name": "x"}, Idempotency_Key="k")
    assert kept == 0
    assert answer["shelf"]["name"] == "x"


async def test_fields_of_a_mutation_run_in_order_and_read_what_was_written(sqlite_url: str) -> None:
    async with library(sqlite_url) as api:
        (shelf,) = await stocked(api, shelves=1, books=1)
        answer = await api.ask(
            """mutation($with: ShelfUpdateInput!, $without: ShelfUpdateInput!) {
            a: shelfUpdate(input: $with) { shelf { name bestBook { title shelf { name } } } }
            b: shelfUpdate(input: $without) { shelf { name bestBook { title shelf { name } } } } }""",
            {"with": {"id": shelf.id, "name": "one"}, "without": {"id": shelf.id, "name": "two"}},
        )
    assert answer["a"]["shelf"] == {"name": "one", "bestBook": {"title": "0.0", "shelf": {"name": "one"}}}
    assert answer["b"]["shelf"] == {"name": "two", "bestBook": {"title": "0.0", "shelf": {"name": "two"}}}


@pytest.mark.parametrize("given", [{}, {"id": "a", "name": "b"}, {"id": None}])
async def test_exclusive_inputs_take_exactly_one(sqlite_url: str, given: object) -> None:
    document = "mutation($input: ShelfFindInput!) { shelfFind(input: $input) { shelf { name } } }"
    async with library(sqlite_url) as api:
        await created(api, {"name": "x"})
        reply = await api.send(document, {"input": given})
        found = await api.ask(document, {"input": {"name": "x"}})
    assert reply.codes == ["GRAPHQL_VALIDATION_FAILED"]
    assert found["shelfFind"]["shelf"] == {"name": "x"}


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("amount", 2**63, "must fit into 64 bits"),
        ("amount", 1.5, "must be a whole number of minor units"),
        ("amount", True, "must be a whole number of minor units"),
        ("currency", "xxx", "must be an ISO 4217 code"),
        ("at", "2027-01-31 12:00", "must be ISO 8601 with an offset"),
        ("at", "2027-01-31T12:00:00", "must be ISO 8601 with an offset"),
        ("at", "2027-02-30T12:00:00Z", "must be ISO 8601 with an offset"),
        ("at", "0001-01-01T00:00:00+14:00", "must be ISO 8601 with an offset"),
        ("at", "1899-12-31T23:59:59Z", "must lie in the years 1900 to 9000"),
        ("at", "9999-12-31T23:59:59Z", "must lie in the years 1900 to 9000"),
        ("binding", "GLUED", "does not exist in 'Binding' enum"),
        ("picture", "text", "must be sent as a file"),
    ],
)
async def test_values_that_are_none_are_refused_in_words(sqlite_url: str, field: str, value: object, told: str) -> None:
    async with library(sqlite_url) as api:
        reply = await api.send(CREATE, {"input": {"name": "x", field: value}})
        count = await Shelf.all().count()
    assert reply.codes == ["GRAPHQL_VALIDATION_FAILED"]
    assert told in reply.body["errors"][0]["message"]
    assert count == 0


async def test_amounts_may_be_sent_as_text(sqlite_url: str) -> None:
    async with library(sqlite_url) as api:
        await created(api, {"name": "x", "amount": "-9223372036854775807"})
        await api.ask('mutation { shelfCreate(input: {name: "y", amount: 5000000000}) { shelf { name } } }')
        amounts = [draft.amount for draft in UNDERSTOOD]
    assert amounts == [-9_223_372_036_854_775_807, 5_000_000_000]


def test_fingerprint_knows_absent_from_null() -> None:
    absent = ShelfUpdateInput(id=strawberry.ID("a"))
    again = ShelfUpdateInput(id=strawberry.ID("a"))
    removed = ShelfUpdateInput(id=strawberry.ID("a"), best_book=strawberry.Some(None))
    assert fingerprint(absent, key="k") == fingerprint(again, key="k")
    assert fingerprint(absent, key="k") != fingerprint(removed, key="k")
    assert fingerprint(Decimal("1.0"), key="k") != fingerprint(Decimal("1"), key="k")
