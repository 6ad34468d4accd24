"""The ways a query field is declared: one object by its id, a list in pages, anything else.

customer: CustomerRef | None = by_id("The customer with this id; null when there is none.")

@listing(CustomerRef, kind="customers")
def customers(self, info: Info, filter: CustomerFilter | None = None) -> Listing:
    "Customers, newest first."
    return info.context.services.customers.matching(draft_of(CustomerSearch, filter))
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Annotated, Any

import strawberry
from strawberry import UNSET

from resolvers.context import Info, RequestContext
from schema.base import DIRECT, description_of, wrapped
from schema.connections import After, Before, Connection, ConnectionOf, First, Last, page_request
from schema.errors import Forbidden, camel_case
from schema.relations import RELATION, Relation, Shape
from services.pages import Listing, PageRequest, active_only, page_of
from services.scope import Access

_PAGING = {"first": First, "after": After, "last": Last, "before": Before}
_Id = Annotated[strawberry.ID, strawberry.argument(description="The id.")]


@dataclass(frozen=True, slots=True)
class Listed:
    """A list that has not been read yet, and the page that is asked for."""

    found: Listing
    request: PageRequest


def by_id(description: str) -> Any:
    """A query for one object by its id; null when it is absent or another account's. The annotation names the type."""
    relation = Relation(Shape.ONE, "id", root=True)

    def resolve(_source: Any, info: Any, id: str) -> Any:
        return info.context.load.one(relation.target).load(id)

    def declared(id: _Id) -> None: ...

    del declared.__annotations__["return"]
    metadata = {RELATION: relation, DIRECT: resolve}
    return strawberry.field(description=description, resolver=declared, metadata=metadata)


def listing(of: Any, *, kind: str) -> Callable[[Callable[..., Listing]], Any]:
    """Make a method of a `…Queries` class a connection field of `of` (a reference); it returns the whole list."""

    def declare(resolver: Callable[..., Listing]) -> Any:
        name = camel_case(resolver.__name__)

        @wraps(resolver)
        async def run(self: Any, info: Info, **arguments: Any) -> ConnectionOf | Listed:
            request = page_request(*(arguments.pop(each, None) for each in _PAGING))
            require_read(info.context, name, kind)
            found = resolver(self, info, **arguments)
            if info.context.scope.policy.sees_active_only(kind):
                found = active_only(found)
            if info.context.planned:
                return Listed(found, request)
            page = await page_of(found, request)
            return ConnectionOf(wrapped(page.rows), page, found.count)

        signature = inspect.signature(resolver)
        keyword = inspect.Parameter.KEYWORD_ONLY
        own = [_optional(each) for each in signature.parameters.values()]
        paging = [inspect.Parameter(each, keyword, default=UNSET, annotation=_PAGING[each]) for each in _PAGING]
        shown = signature.replace(parameters=[*own, *paging], return_annotation=Connection[of])
        run.__signature__ = shown  # type: ignore[attr-defined]
        return strawberry.field(resolver=run, description=description_of(resolver))

    return declare


def field(resolver: Callable[..., Any]) -> Any:
    """Make a method a field, described by its docstring, for everybody who has a key."""
    return strawberry.field(resolver=resolver, description=description_of(resolver))


def _optional(parameter: inspect.Parameter) -> inspect.Parameter:
    """A parameter as the API shows it: absent rather than `= null`."""
    return parameter.replace(default=UNSET) if parameter.default is None else parameter


def query(*, kind: str, of: Any = None) -> Callable[[Callable[..., Any]], Any]:
    """Make a method of a `…Queries` class a query field, guarded by the read grant of `kind`.

    `of` is its type in the API where the method returns a row: `of=PaymentIntentRef | None`, and `-> Answer`.
    """

    def declare(resolver: Callable[..., Any]) -> Any:
        name = camel_case(resolver.__name__)

        @wraps(resolver)
        async def run(self: Any, info: Info, **arguments: Any) -> Any:
            require_read(info.context, name, kind)
            return wrapped(await resolver(self, info, **arguments))

        signature = inspect.signature(resolver)
        shown = [_optional(each) for each in signature.parameters.values()]
        gives = signature.return_annotation if of is None else of
        run.__signature__ = signature.replace(parameters=shown, return_annotation=gives)  # type: ignore[attr-defined]
        return strawberry.field(resolver=run, description=description_of(resolver))

    return declare


def require_read(context: RequestContext, operation: str, kind: str) -> None:
    """Refuse a key that may neither read `kind` nor use this operation by name."""
    if not context.scope.policy.permits(operation, kind, Access.READ):
        raise Forbidden(f"This key may not use {operation}; it would need the grant '{kind}: read'.")
