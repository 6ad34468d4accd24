"""The schema says everything about itself, and the rules that see to it find their offenders."""

import re
from functools import cache

from graphql import GraphQLSchema
from graphql import build_schema as schema_of_sdl

from resolvers import build_schema
from tests.house.rules_of_schema import floats, misshapen_mutations, undescribed
from tests.house.sources import ROOT

BARE = schema_of_sdl("""
    scalar Money
    enum Mode { LIVE }
    input Filter { mode: Mode }
    interface Node { id: ID! }
    type Query implements Node { id: ID!, rate(of: Filter): Float }
""")
DESCRIBED = schema_of_sdl('''
    """A mode."""
    enum Mode {
      """Real money."""
      LIVE
    }
    """Reads."""
    type Query {
      """The mode."""
      mode(
        """Of whom."""
        of: ID
      ): Mode
    }
''')
MUTATIONS = schema_of_sdl("""
    type UserError { message: String! }
    input CustomerCreateInput { name: String }
    type CustomerCreatePayload { userErrors: [UserError!]! }
    type CustomerDeletePayload { userErrors: [UserError!] }
    type Query { id: ID }
    type Mutation {
      customerCreate(input: CustomerCreateInput!): CustomerCreatePayload!
      customerDelete(input: CustomerCreateInput!): CustomerDeletePayload!
      createCustomer(name: String): CustomerCreatePayload
    }
""")


@cache
def _printed() -> str:
    return build_schema().as_str()


@cache
def _served() -> GraphQLSchema:
    return schema_of_sdl(_printed())


def test_everything_in_the_schema_has_a_description() -> None:
    assert undescribed(_served()) == []


def test_the_schema_knows_no_float() -> None:
    assert floats(_served()) == []


def test_every_mutation_has_the_one_shape() -> None:
    assert misshapen_mutations(_served()) == []


def test_null_of_an_update_reaches_the_draft_which_can_tell_its_place() -> None:
    # Strawberry refuses null for a bare Maybe[T] itself, in words of Python and without the name of the field.
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "schema").glob("*.py")]
    found = [bare for text in texts for bare in re.findall(r"strawberry\.Maybe\[(.+)\] = ", text)]
    assert [each for each in found if not each.endswith("| None")] == []
    assert len(found) > 10


def test_committed_schema_is_the_one_that_is_served() -> None:
    committed = ROOT / "schema" / "schema.graphql"
    assert committed.is_file(), "Write it: .venv/bin/prorata schema > schema/schema.graphql"
    assert committed.read_text(encoding="utf-8").strip() == _printed().strip(), (
        "The schema changed. Look at the difference, then: .venv/bin/prorata schema > schema/schema.graphql"
    )


def test_whatever_has_no_description_is_found() -> None:
    assert undescribed(BARE) == [
        "Money",
        "Mode",
        "Mode.LIVE",
        "Filter",
        "Filter.mode",
        "Node",
        "Node.id",
        "Query",
        "Query.id",
        "Query.rate",
        "Query.rate(of:)",
    ]


def test_described_schema_is_left_alone() -> None:
    assert undescribed(DESCRIBED) == []


def test_float_is_found() -> None:
    assert floats(BARE) == ["Float"]
    assert floats(DESCRIBED) == []


def test_misshapen_mutations_are_found() -> None:
    assert misshapen_mutations(MUTATIONS) == ["customerDelete", "createCustomer"]
