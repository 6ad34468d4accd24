"""Where a request enters: thin fields that read arguments, call one service and wrap its answer.

`QUERIES` and `MUTATIONS` are the nouns' classes, one line each; `build_schema` makes the API of them.
"""

import strawberry
from strawberry.schema.config import StrawberryConfig
from strawberry.tools import merge_types
from strawberry.types.base import has_object_definition

from resolvers.api_keys import ApiKeyMutations, ApiKeyQueries
from resolvers.events import EventQueries
from resolvers.nodes import NodeQueries
from resolvers.tuning import tune
from schema.base import NODE_KINDS
from schema.scalars import SCALARS

QUERIES: tuple[type, ...] = (NodeQueries, ApiKeyQueries, EventQueries)
MUTATIONS: tuple[type, ...] = (ApiKeyMutations,)

_QUERY = "What can be read. Absent objects and those of other accounts are null."
_MUTATION = "What can be done; each field is a transaction of its own, in order."


def build_schema(queries: tuple[type, ...] = QUERIES, mutations: tuple[type, ...] = MUTATIONS) -> strawberry.Schema:
    """The GraphQL schema, with its relations bound and its plain fields resolved directly."""
    schema = strawberry.Schema(
        query=_root("Query", queries, _QUERY),
        mutation=_root("Mutation", mutations, _MUTATION) if mutations else None,
        types=[known.graphql for known in NODE_KINDS.values()],
        config=StrawberryConfig(scalar_map=SCALARS),
    )
    tune(schema)
    return schema


def _root(name: str, parts: tuple[type, ...], description: str) -> type:
    declared = (part if has_object_definition(part) else strawberry.type(part) for part in parts)
    root = merge_types(name, tuple(declared))
    root.__strawberry_definition__.description = description  # type: ignore[attr-defined]
    return root
