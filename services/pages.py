"""Pages of lists: newest first by id, which sorts by creation."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeAlias, TypeVar

from tortoise.expressions import Subquery
from tortoise.models import Model
from tortoise.queryset import QuerySet

from services.blocks import Block, block_of, selected
from services.rows.tables import table_of

ROW = TypeVar("ROW")
MODEL = TypeVar("MODEL", bound=Model)

PAGE_SIZE = 10
PAGE_SIZE_MAX = 100

Listing: TypeAlias = QuerySet[Any]
"""What a service hands to a list field: its rows, tenancy and filters applied, neither ordered nor cut."""


@dataclass(frozen=True, slots=True)
class PageRequest:
    """`size` rows between two ids (both excluded), from the newer end or, `backwards`, from the older one."""

    size: int = PAGE_SIZE
    backwards: bool = False
    after: str | None = None
    before: str | None = None


@dataclass(frozen=True, slots=True)
class Page(Generic[ROW]):
    """Rows newest first, and whether the list goes on at either side."""

    rows: Sequence[ROW]
    has_next: bool
    has_previous: bool


async def page_of(listing: QuerySet[MODEL], request: PageRequest) -> Page[MODEL]:
    """The page that is asked for, in one statement."""
    return cut(await _requested(listing, request), request)


async def block_of_page(
    listing: QuerySet[Any], request: PageRequest, wanted: Sequence[str] | None
) -> tuple[Block, Page[int]]:
    """The rows of the page with the wanted columns (all when None), and the page as places of its rows."""
    narrowed = _requested(listing, request).only("id")
    narrowed._choose_db_if_not_chosen()
    narrowed._make_query()
    ids, values = narrowed.query.get_parameterized_sql()
    order = '"id"' if request.backwards else '"id" DESC'
    table = table_of(listing.model)
    sql = f'SELECT {selected(table, wanted)} FROM {table.name} WHERE "id" IN ({ids}) ORDER BY {order}'
    block = await block_of(table, wanted, sql, values)
    return block, cut(range(len(block)), request)


def active_only(listing: Listing) -> Listing:
    """The list without what is archived, and without what is archived with it."""
    listing = listing.filter(active=True)
    for column, owner in archived_with(listing.model).items():
        listing = listing.filter(**{f"{column}__in": Subquery(owner.filter(active=True).values("id"))})
    return listing


def archived_with(model: type[Model]) -> dict[str, type[Model]]:
    """What hides an object of this model when it is archived, by the column that refers to it: a price's product."""
    relations: list[Any] = [model._meta.fields_map[name] for name in model._meta.fk_fields]
    owners = {each.source_field: each.related_model for each in relations if not each.null}
    return {column: owner for column, owner in owners.items() if "active" in owner._meta.fields_map}


def _requested(listing: QuerySet[MODEL], request: PageRequest) -> QuerySet[MODEL]:
    if request.after is not None:
        listing = listing.filter(id__lt=request.after)
    if request.before is not None:
        listing = listing.filter(id__gt=request.before)
    return listing.order_by("id" if request.backwards else "-id").limit(request.size + 1)


def cut(found: Sequence[ROW], request: PageRequest) -> Page[ROW]:
    """The page of rows that were fetched in reading direction, one more than asked for where there are more."""
    rows, more = found[: request.size], len(found) > request.size
    if request.backwards:
        return Page(rows[::-1], has_next=request.before is not None, has_previous=more)
    return Page(rows, has_next=more, has_previous=request.after is not None)
