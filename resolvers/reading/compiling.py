"""From a valid document to a plan. What a plan cannot express is refused, and left to the general executor."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from graphql import (
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    GraphQLUnionType,
    InlineFragmentNode,
    NameNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
)
from graphql.execution.values import VariableValues, get_directive_values
from graphql.pyutils import Path
from graphql.type import GraphQLIncludeDirective, GraphQLSkipDirective
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.base import StrawberryObjectDefinition

from resolvers.reading.connections import ConnectionPlan, ConnectionShape
from resolvers.reading.leaves import completion_of
from resolvers.reading.plans import (
    AbstractShape,
    Called,
    LeafShape,
    ListShape,
    NullableShape,
    ObjectPlan,
    ObjectShape,
    Shape,
    Step,
)
from resolvers.reading.refusals import NotPlanned
from resolvers.reading.relations import ByIdStep, ManyStep, OneStep, PageStep
from schema.base import COLUMN, DIRECT, NODE_KINDS, Wrapping
from schema.connections import Connection
from schema.relations import RELATION, Relation
from schema.relations import Shape as RelationShape

_ANY = NameNode(value="any")
_DEFINITION = GraphQLCoreConverter.DEFINITION_BACKREF
Selections = Sequence[SelectionSetNode]


class Compiler:
    """Compiles one operation, with variables that decide what `@skip` and `@include` leave of it."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, variables: VariableValues) -> None:
        self._schema = schema
        self._variables = variables
        self._fragments = {
            each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)
        }

    def plan(self, operation: OperationDefinitionNode) -> ObjectPlan:
        """The plan of a query."""
        root = self._schema.query_type
        assert root is not None
        return self._object(root, [operation.selection_set])

    def _object(self, parent: GraphQLObjectType, selections: Selections) -> ObjectPlan:
        fields = self._collected(parent, selections)
        definition = parent.extensions.get(_DEFINITION)
        origin = definition.origin if isinstance(definition, StrawberryObjectDefinition) else object
        wrap = _wrapping(origin)
        leaves, steps, constants = [], [], []
        for position, (key, nodes) in enumerate(fields.items()):
            name = nodes[0].name.value
            if name == "__typename":
                constants.append((position, parent.name))
                continue
            field = parent.fields.get(name)
            if field is None:
                raise NotPlanned("introspection")
            attribute = _attribute_of(field, wraps=wrap is not None)
            leaf = get_nullable_type(field.type)
            if attribute is not None and is_leaf_type(leaf):
                leaves.append((position, attribute, completion_of(leaf, nullable=leaf is field.type)))
            else:
                steps.append((position, self._step(parent, wrap, key, nodes)))
        return ObjectPlan(list(fields), leaves, steps, constants, wrap)

    def _step(
        self, parent: GraphQLObjectType, wrap: Callable[[Any], Any] | None, key: str, nodes: list[FieldNode]
    ) -> Step:
        field, inner = parent.fields[nodes[0].name.value], _subselections(nodes)
        declared: Mapping[str, Any] = getattr(field.extensions.get(_DEFINITION), "metadata", {})
        relation: Relation | None = declared.get(RELATION)
        if relation is None:
            return Called(parent, field, nodes, self._shape(field.type, inner), Path(None, key, parent.name), wrap)
        target = cast(GraphQLObjectType, get_named_type(field.type))
        if relation.shape is RelationShape.PAGE:
            return PageStep(relation, field, nodes[0], self._connection(target, inner))
        plan = self._object(target, inner)
        if relation.root:
            return ByIdStep(relation, field, nodes[0], plan)
        if relation.shape is RelationShape.ONE:
            return OneStep(relation, plan, nullable=not isinstance(field.type, GraphQLNonNull))
        return ManyStep(relation, plan)

    def _shape(self, kind: GraphQLOutputType, selections: Selections) -> Shape:
        inner = get_nullable_type(kind)
        nullable = inner is kind
        if is_leaf_type(inner):
            return LeafShape(completion_of(inner, nullable=nullable))
        if isinstance(inner, GraphQLList):
            return NullableShape(ListShape(self._shape(inner.of_type, selections)), nullable)
        if isinstance(inner, GraphQLObjectType):
            return NullableShape(self._object_shape(inner, selections), nullable)
        assert isinstance(inner, GraphQLInterfaceType | GraphQLUnionType)
        names = {known.graphql.__name__: known.graphql for known in NODE_KINDS.values()}
        possible = [each for each in self._schema.get_possible_types(inner) if each.name in names]
        plans = {names[each.name]: ObjectShape(self._object(each, selections)) for each in possible}
        return NullableShape(AbstractShape(plans), nullable)

    def _object_shape(self, kind: GraphQLObjectType, selections: Selections) -> Shape:
        definition = kind.extensions.get(_DEFINITION)
        generic = definition.concrete_of if isinstance(definition, StrawberryObjectDefinition) else None
        if generic is not None and generic.origin is Connection:
            return ConnectionShape(self._connection(kind, selections))
        return ObjectShape(self._object(kind, selections))

    def _connection(self, kind: GraphQLObjectType, selections: Selections) -> ConnectionPlan:
        fields = self._collected(kind, selections)
        names = [nodes[0].name.value for nodes in fields.values()]
        node = cast(GraphQLObjectType, get_named_type(kind.fields["nodes"].type))
        plan = ConnectionPlan(list(fields), names, kind.name)
        for (key, nodes), name in zip(fields.items(), names, strict=True):
            inner = _subselections(nodes)
            if name == "nodes":
                plan.nodes[key] = self._object(node, inner)
            elif name == "edges":
                self._edges(plan, key, cast(GraphQLObjectType, get_named_type(kind.fields["edges"].type)), node, inner)
            elif name == "pageInfo":
                plan.page_info[key] = self._object(
                    cast(GraphQLObjectType, get_named_type(kind.fields[name].type)), inner
                )
        return plan

    def _edges(
        self, plan: ConnectionPlan, key: str, edge: GraphQLObjectType, node: GraphQLObjectType, selections: Selections
    ) -> None:
        fields = self._collected(edge, selections)
        plan.edges[key] = [(inner, nodes[0].name.value) for inner, nodes in fields.items()]
        selected = [nodes for nodes in fields.values() if nodes[0].name.value == "node"]
        if len(selected) > 1:
            raise NotPlanned("one edge shows its node in two ways")
        for nodes in selected:
            plan.nodes[key] = self._object(node, _subselections(nodes))

    def _collected(self, parent: GraphQLObjectType, selections: Selections) -> dict[str, list[FieldNode]]:
        """The fields of a selection by response key, fragments spread out."""
        fields: dict[str, list[FieldNode]] = {}
        spread: set[str] = set()
        for each in selections:
            self._collect(parent, each, fields, spread)
        return fields

    def _collect(
        self,
        parent: GraphQLObjectType,
        selections: SelectionSetNode,
        fields: dict[str, list[FieldNode]],
        spread: set[str],
    ) -> None:
        for selection in selections.selections:
            if not self._included(selection.directives or ()):
                continue
            if isinstance(selection, FieldNode):
                key = selection.alias.value if selection.alias else selection.name.value
                fields.setdefault(key, []).append(selection)
                continue
            if isinstance(selection, FragmentSpreadNode):
                name = selection.name.value
                if name in spread:
                    continue
                spread.add(name)
                fragment: FragmentDefinitionNode | InlineFragmentNode = self._fragments[name]
            else:
                fragment = cast(InlineFragmentNode, selection)
            if self._applies(parent, fragment):
                self._collect(parent, fragment.selection_set, fields, spread)

    def _included(self, directives: Sequence[DirectiveNode]) -> bool:
        if not directives:
            return True
        node = FieldNode(name=_ANY, directives=tuple(directives))
        skip = get_directive_values(GraphQLSkipDirective, node, self._variables)
        include = get_directive_values(GraphQLIncludeDirective, node, self._variables)
        return not (skip and skip["if"]) and not (include and include["if"] is False)

    def _applies(self, parent: GraphQLObjectType, fragment: FragmentDefinitionNode | InlineFragmentNode) -> bool:
        condition = fragment.type_condition
        if condition is None or condition.name.value == parent.name:
            return True
        kind = self._schema.type_map[condition.name.value]
        return isinstance(kind, GraphQLInterfaceType | GraphQLUnionType) and self._schema.is_sub_type(kind, parent)


def _wrapping(origin: type) -> Callable[[Any], Any] | None:
    """What wraps a row of a type, where the type wraps rows."""
    return origin.of if issubclass(origin, Wrapping) else None


def _subselections(nodes: Sequence[FieldNode]) -> Selections:
    return [node.selection_set for node in nodes if node.selection_set is not None]


def _attribute_of(field: GraphQLField, *, wraps: bool) -> str | None:
    """The attribute that a field reads of its source: of the row where the type wraps rows. None when it is called."""
    declared: Any = field.extensions.get(_DEFINITION)
    if declared is None or DIRECT in declared.metadata:
        return None
    if COLUMN in declared.metadata:
        name: str = declared.metadata[COLUMN] or declared.python_name
        return name if wraps else None
    return declared.python_name if declared.is_basic_field and not wraps else None
