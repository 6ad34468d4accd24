"""The schema says everything about itself, and the rules that see to it find their offenders."""

from graphql import build_schema as schema_of_sdl

from tests.house.rules_of_schema import floats, misshapen_mutations, undescribed

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
