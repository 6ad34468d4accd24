"""Relations between types, declared once: `one`, `many` and `page` give the field, its batching and its metadata.

    customer: CustomerRef = one("customer_id", "Who is billed.")
    items: list[SubscriptionItemRef] = many("subscription_id", "What is billed for.")
    invoices: Connection[InvoiceRef] = page("customer_id", "Everything billed so far.")

`one` names a column of the own row; `many` and `page` name the column of the target that holds the own row's id.
Whatever the number of parents, a relation costs one SQL statement per level of the query.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Annotated, Any

import strawberry
from strawberry import UNSET
from strawberry.types.base import StrawberryContainer, get_object_definition
from strawberry.types.field import StrawberryField
from strawberry.types.lazy_type import LazyType
from strawberry.utils.str_converters import to_camel_case

from domain.ids import Prefix
from schema.base import DIRECT, KINDS_BY_PREFIX, NODE_KINDS, NodeKind
from schema.connections import After, Before, First, Last, page_request
from services.pages import PageRequest
from services.related import Children, Conditions

RELATION = "prorata.relation"
"""Metadata key of a relation field; its value is the `Relation`."""

RELATIONS: list["Relation"] = []
"""All there are, in order of declaration; what a query planner needs to know."""

LIST_LENGTH_MAX = 100


class Shape(StrEnum):
    """How many rows stand at the other end."""

    ONE = "one"
    MANY = "many"
    PAGE = "page"


class Relation:
    """What is known of a relation: its shape, column, order and limit; its target as soon as the schema is built."""

    __slots__ = ("_target", "column", "filter", "filter_columns", "limit", "order", "root", "shape")

    def __init__(
        self,
        shape: Shape,
        column: str,
        *,
        order: str = "id",
        limit: int = 1,
        filter: type | None = None,
        root: bool = False,
    ) -> None:
        self.shape = shape
        self.column = column
        self.order = order
        self.limit = limit
        self.filter = filter
        self.filter_columns = _filter_columns(filter)
        self.root = root
        self._target: NodeKind | None = None
        if not root:
            RELATIONS.append(self)

    @property
    def target(self) -> NodeKind:
        """The type at the other end."""
        assert self._target is not None, f"the schema with the relation over {self.column} is not built yet"
        return self._target

    def bind(self, field: StrawberryField) -> None:
        """Learn the target from the field's annotation."""
        self._target = NODE_KINDS[_target_of(field.resolve_type())]
        model = self._target.model
        known = self.shape is Shape.ONE or self.column in _columns_of(model)
        assert known, f"{model.__name__} has no column {self.column}"

    def targets(self) -> Children:
        """The target's rows by their own id, as services know them."""
        return Children(self.target.model, self.target.kind)

    def children(self) -> Children:
        """The target's rows by the parent's id, as services know them."""
        return Children(self.target.model, self.target.kind, self.column, self.order)


def one(column: str, description: str, *, name: str | None = None) -> Any:
    """The object whose id stands in `column` of the own row; null where that is null."""
    relation = Relation(Shape.ONE, column)

    def resolve(source: Any, info: Any) -> Any:
        key = getattr(source.row, column)
        return None if key is None else info.context.load.one(relation.target).load(key)

    return _relation_field(relation, resolve, description, name)


def many(
    column: str, description: str, *, order: str = "id", limit: int = LIST_LENGTH_MAX, name: str | None = None
) -> Any:
    """All objects whose `column` holds the own id, at most `limit` of them: for lists that the domain keeps short."""
    relation = Relation(Shape.MANY, column, order=order, limit=limit)

    def resolve(source: Any, info: Any) -> Any:
        return info.context.load.many(relation).load(source.row.id)

    return _relation_field(relation, resolve, description, name)


def named(column: str, prefix: Prefix, description: str) -> Any:
    """The objects of one kind whose ids stand in the list `column` of the own row, in its order."""

    def resolve(source: Any, info: Any) -> Any:
        keys = getattr(source.row, column)
        if not keys:
            return []
        known = info.context.load.one(KINDS_BY_PREFIX[prefix])
        return [known.load(key) for key in keys]

    return strawberry.field(description=description, metadata={DIRECT: resolve})


def page(column: str, description: str, *, filter: type | None = None, name: str | None = None) -> Any:
    """A connection of the objects whose `column` holds the own id, newest first.

    `filter` is an input type whose fields are columns of the target; each given one must be equal (or, a list,
    contain the value).
    """
    relation = Relation(Shape.PAGE, column, order="-id", filter=filter)

    def resolve(source: Any, info: Any, **arguments: Any) -> Any:
        request, conditions = page_arguments(relation, arguments)
        return info.context.load.page(relation, request, conditions).load(source.row.id)

    return _relation_field(relation, resolve, description, name)


def page_arguments(relation: Relation, arguments: Mapping[str, Any]) -> tuple[PageRequest, Conditions]:
    """What the arguments of a `page` ask for. Refuses sizes and cursors that are none."""
    request = page_request(*(arguments.get(each) for each in ("first", "after", "last", "before")))
    given: Mapping[str, Any] = arguments.get("filter") or {}
    conditions = tuple(
        (relation.filter_columns[name], tuple(value) if isinstance(value, list) else value)
        for name, value in given.items()
        if value is not None
    )
    return request, conditions


def _relation_field(relation: Relation, resolve: Callable[..., Any], description: str, name: str | None) -> Any:
    metadata = {RELATION: relation, DIRECT: resolve}
    if relation.shape is not Shape.PAGE:
        return strawberry.field(description=description, name=name, metadata=metadata)
    field: Any = strawberry.field(description=description, name=name, metadata=metadata, resolver=_arguments(relation))
    return field


def _arguments(relation: Relation) -> Callable[..., Any]:
    """A function that is never called: its signature declares the arguments of a connection."""

    def paged(first: First = UNSET, after: After = UNSET, last: Last = UNSET, before: Before = UNSET) -> None: ...

    if relation.filter is None:
        del paged.__annotations__["return"]
        return paged
    described = strawberry.argument(description="Which of them; all without it.")
    wanted: Any = Annotated[relation.filter | None, described]

    def filtered(
        filter: wanted = UNSET,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
    ) -> None: ...

    del filtered.__annotations__["return"]
    return filtered


def _columns_of(model: type[Any]) -> set[str]:
    """The columns of a model; those of its foreign keys are not among its fields until a database is connected."""
    meta = model._meta
    return {*meta.fields_map, *(f"{name}_id" for name in meta.fk_fields)}


def _filter_columns(filter: type | None) -> Mapping[str, str]:
    """GraphQL name → column of a filter's fields."""
    definition = get_object_definition(filter) if filter else None
    if definition is None:
        return {}
    return {each.graphql_name or to_camel_case(each.python_name): each.python_name for each in definition.fields}


def _target_of(annotation: Any) -> type:
    """The node type in `T`, `T | None`, `list[T]` or `Connection[T]`, lazy or not."""
    while True:
        if isinstance(annotation, LazyType):
            annotation = annotation.resolve_type()
        elif isinstance(annotation, StrawberryContainer):
            annotation = annotation.of_type
        elif annotation in NODE_KINDS:
            return annotation  # type: ignore[no-any-return]
        else:
            definition = get_object_definition(annotation)
            assert definition is not None, f"{annotation} is not a node type"
            assert definition.type_var_map, f"{annotation} is not a node type"
            (annotation,) = definition.type_var_map.values()
