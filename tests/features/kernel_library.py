"""A small API of its own for tests of the GraphQL kernel: shelves and books, which no noun of billing depends on."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, cast

import pytest
import strawberry
from tortoise import fields
from tortoise.context import require_context

import models
from domain.drafts import UNSET, Unset, given
from domain.errors import DomainError, ErrorCode, Problems
from domain.ids import Prefix
from domain.uploads import UploadedFile
from models.base import Described, instant
from resolvers import build_schema
from resolvers.api_keys import ApiKeyMutations, ApiKeyQueries
from resolvers.context import Answer, Info
from resolvers.mutations import mutation
from resolvers.nodes import NodeQueries
from resolvers.queries import by_id, field, listing, query
from schema.base import Node, Wrapping, column, computed, describe_enum, input_field, node_type, part_type, wrapped
from schema.connections import Connection, ConnectionOf
from schema.inputs import draft_of
from schema.payloads import payload
from schema.relations import many, one, page
from schema.scalars import Currency, Metadata, MinorUnits
from services.base import Service, Settled
from services.idempotency import transactional
from services.pages import Listing, PageRequest, page_of
from tests.serving import Api, served

NOON = datetime(2027, 1, 31, 12, tzinfo=UTC)


class Binding(StrEnum):
    """How a book is bound."""

    PAPERBACK = "paperback"
    HARD_COVER = "hard_cover"


describe_enum(Binding, "How a book is bound.", PAPERBACK="Glued.", HARD_COVER="Sewn.")


class Shelf(Described):
    """Where books stand."""

    name = fields.CharField(max_length=40)
    active = fields.BooleanField(default=True)
    best_book_id = fields.CharField(max_length=40, null=True)
    place: dict[str, Any] | None = cast(Any, fields.JSONField[dict[str, Any]](null=True))

    class Meta:
        table = "kernel_shelves"


class Book(Described):
    """What stands on shelves."""

    shelf_id = fields.CharField(max_length=40, db_index=True)
    title = fields.CharField(max_length=40)
    binding = fields.CharField(max_length=20, default="paperback")
    price = fields.BigIntField(default=0)
    bought_at: datetime | None = instant(null=True)

    class Meta:
        table = "kernel_books"


ShelfRef = Annotated["ShelfNode", strawberry.lazy("tests.features.kernel_library")]
BookRef = Annotated["BookNode", strawberry.lazy("tests.features.kernel_library")]


@strawberry.input(description="Which books.")
class BookFilter:
    """Columns of a book."""

    binding: Binding | None = input_field("Bound so.")
    title: list[str] | None = input_field("Called one of these.")


@part_type
class Place(Wrapping):
    """Where a shelf is."""

    room: str | None = column("The room.")
    floor: int | None = column("The floor.")


@node_type(Shelf, kind="catalog")
class ShelfNode(Node):
    """Where books stand."""

    name: str = column("Its name.")
    metadata: Metadata = column("Labels.")
    books: Connection[BookRef] = page("shelf_id", "What stands on it.", filter=BookFilter)
    first_books: list[BookRef] = many("shelf_id", "The first three.", limit=3)
    best_book: BookRef | None = one("best_book_id", "The best.")

    @computed("Where it is.")
    def place(self) -> Place | None:
        """A part of the row."""
        return Place.of(self.row.place) if self.row.place else None


@node_type(Book, kind="customers")
class BookNode(Node):
    """What stands on shelves."""

    title: str = column("Its title.")
    binding: Binding = column("How it is bound.")
    price: MinorUnits = column("What it cost.")
    bought: datetime | None = column("When it was bought.", source="bought_at")
    shelf: ShelfRef = one("shelf_id", "Where it stands.")

    @computed("Fails.")
    def secret(self) -> str | None:
        """An error that nobody expects."""
        raise ValueError("the password is swordfish")

    @computed("Absent where it may not be.")
    def lost(self) -> str:
        """Breaks its promise."""
        return cast(str, None)


@dataclass(frozen=True, slots=True)
class PlaceDraft:
    """Where a shelf is to be."""

    room: str | None = None
    floor: int = 0


@dataclass(frozen=True, slots=True)
class ShelfDraft:
    """A new shelf."""

    name: str
    place: PlaceDraft | None = None
    labels: tuple[str, ...] = ()
    binding: Binding = Binding.PAPERBACK
    amount: int = 0
    currency: str = "usd"
    at: datetime | None = None
    picture: UploadedFile | None = None


@dataclass(frozen=True, slots=True)
class ShelfChange:
    """What changes of a shelf."""

    name: str | Unset = UNSET
    best_book: str | Unset | None = UNSET


@strawberry.input(description="Where.")
class PlaceInput:
    """A nested input."""

    room: str | None = input_field("The room.")
    floor: int | None = input_field("The floor.")


@strawberry.input(description="A shelf.")
class ShelfCreateInput:
    """All kinds of fields."""

    name: str = input_field("Its name.")
    place: PlaceInput | None = input_field("Where.")
    labels: list[str] | None = input_field("Labels.")
    binding: Binding | None = input_field("For such books.")
    amount: MinorUnits | None = input_field("Its price.")
    currency: Currency | None = input_field("Of the price.")
    at: datetime | None = input_field("When.")
    picture: UploadedFile | None = input_field("How it looks.")


@strawberry.input(description="A change.")
class ShelfUpdateInput:
    """Three states."""

    id: strawberry.ID = input_field("The shelf.")
    name: strawberry.Maybe[str | None] = input_field("Its name.")
    best_book: strawberry.Maybe[str | None] = input_field("Its best book.")


@strawberry.input(description="By one of two.", one_of=True)
class ShelfFindInput:
    """Exclusive fields."""

    id: strawberry.ID | None = input_field("By id.")
    name: str | None = input_field("By name.")


ShelfCreatePayload = payload("shelfCreate", shelf=(ShelfRef, "The shelf."), draft=(str, "What was understood."))
ShelfUpdatePayload = payload("shelfUpdate", shelf=ShelfRef)
ShelfFindPayload = payload("shelfFind", shelf=ShelfRef)


class Shelves(Service):
    """Verbs of shelves."""

    @transactional
    async def create(self, draft: ShelfDraft) -> Settled[Shelf]:
        """A shelf; two problems with an empty name; a decline with the name `declined`."""
        problems = Problems()
        if not draft.name:
            problems.add(ErrorCode.PARAMETER_INVALID_STRING_EMPTY, "Empty.", "name")
            problems.add(ErrorCode.PARAMETER_MISSING, "Missing.", "place", "0", "house_number")
            problems.raise_any()
        if draft.name == "broken":
            raise RuntimeError("a secret of the house")
        shelf = await Shelf.create(
            id=self.scope.ids.new(Prefix.FILE),
            created_at=NOON,
            name=draft.name,
            **self.ownership(),
        )
        declined = DomainError(ErrorCode.CARD_DECLINED, "Declined.", decline_code="generic_decline")
        return Settled(shelf, declined.problems[0] if draft.name == "declined" else None)

    @transactional
    async def update(self, identifier: str, change: ShelfChange) -> Shelf:
        """The shelf with the changes."""
        shelf = await self.require(Shelf, identifier)
        shelf.name = given(change.name, shelf.name)
        shelf.best_book_id = given(change.best_book, shelf.best_book_id)
        await shelf.save(update_fields=["name", "best_book_id"])
        return shelf


UNDERSTOOD: list[ShelfDraft] = []
"""The drafts that resolvers made of inputs."""


class LibraryQueries:
    """Reading."""

    shelf: ShelfRef | None = by_id("A shelf.")

    @listing(ShelfRef, kind="catalog")
    def shelves(self, info: Info) -> Listing:
        """All shelves."""
        return Shelves(info.context.scope).mine(Shelf)

    @field
    async def latest(self, info: Info) -> Connection[ShelfRef]:
        """A list that its resolver reads by itself."""
        listing = Shelves(info.context.scope).mine(Shelf)
        page = await page_of(listing, PageRequest(size=2))
        connection: Any = ConnectionOf(wrapped(page.rows), page, listing.count)
        return cast(Connection[ShelfRef], connection)

    @query(kind="catalog", of=BookRef | None)
    async def cheapest(self, info: Info) -> Answer:
        """Refuses, as a query of a service may."""
        raise DomainError(ErrorCode.PARAMETER_INVALID, "Nothing is cheap here.", "cheapest")


class LibraryMutations:
    """Changing."""

    @mutation(kind="catalog", payload=ShelfCreatePayload)
    async def shelf_create(self, info: Info, input: ShelfCreateInput) -> Answer:
        """Makes a shelf."""
        UNDERSTOOD.append(draft_of(ShelfDraft, input))
        return await Shelves(info.context.scope).create(UNDERSTOOD[-1])

    @mutation(kind="catalog", payload=ShelfUpdatePayload)
    async def shelf_update(self, info: Info, input: ShelfUpdateInput) -> Answer:
        """Changes a shelf."""
        return await Shelves(info.context.scope).update(input.id, draft_of(ShelfChange, input))

    @mutation(kind="catalog", payload=ShelfFindPayload)
    async def shelf_find(self, info: Info, input: ShelfFindInput) -> Answer:
        """Finds a shelf by one of two."""
        wanted = {"id": input.id} if input.id else {"name": input.name}
        return await Shelf.filter(**wanted).first()


@cache
def library_schema() -> strawberry.Schema:
    """The API of the library, and keys."""
    return build_schema((NodeQueries, ApiKeyQueries, LibraryQueries), (ApiKeyMutations, LibraryMutations))


@asynccontextmanager
async def library(url: str, **settings: Any) -> AsyncIterator[Api]:
    """The library over HTTP, with empty shelves."""
    modules = ("models", "tests.features.kernel_library")
    async with served(url, schema=library_schema(), modules=modules, **settings) as api:
        await require_context().generate_schemas()
        UNDERSTOOD.clear()
        with pytest.MonkeyPatch.context() as patch:
            # Stored answers name their rows by the models of the house.
            patch.setattr(models, "Shelf", Shelf, raising=False)
            yield api


async def stocked(api: Api, shelves: int, books: int) -> list[Shelf]:
    """So many shelves with so many books each, oldest first; every second book is sewn, the first is the best."""
    ids, own, made = api.scope.ids, Shelves(api.scope).ownership(), []
    for number in range(shelves):
        identifier = ids.new(Prefix.FILE)
        titles = [f"{number}.{place}" for place in range(books)]
        rows = [
            Book(
                id=ids.new(Prefix.FILE),
                created_at=NOON,
                shelf_id=identifier,
                title=title,
                binding="hard_cover" if place % 2 else "paperback",
                **own,
            )
            for place, title in enumerate(titles)
        ]
        await Book.bulk_create(rows)
        best = rows[0].id if rows else None
        made.append(await Shelf.create(id=identifier, created_at=NOON, name=str(number), best_book_id=best, **own))
    return made
