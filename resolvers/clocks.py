"""Test clocks: fields of Query and Mutation."""

from resolvers.context import Answer, Info
from resolvers.mutations import mutation
from resolvers.queries import by_id, listing
from schema.clocks import (
    TestClockAdvanceInput,
    TestClockAdvancePayload,
    TestClockCreateInput,
    TestClockCreatePayload,
    TestClockDeleteInput,
    TestClockDeletePayload,
)
from schema.inputs import draft_of
from schema.refs import TestClockRef
from services.clocks import ClockAdvanceDraft, ClockDraft
from services.pages import Listing


class ClockQueries:
    """Reading test clocks."""

    test_clock: TestClockRef | None = by_id("The test clock with this id; null when there is none.")

    @listing(TestClockRef, kind="clocks")
    def test_clocks(self, info: Info) -> Listing:
        """Test clocks, newest first."""
        return info.context.services.clocks.matching()


class ClockMutations:
    """Making, advancing and deleting test clocks."""

    @mutation(kind="clocks", payload=TestClockCreatePayload)
    async def test_clock_create(self, info: Info, input: TestClockCreateInput) -> Answer:
        """Makes a test clock that stands at a time. Customers are put on it when they are created."""
        return await info.context.services.clocks.create(draft_of(ClockDraft, input))

    @mutation(kind="clocks", payload=TestClockAdvancePayload)
    async def test_clock_advance(self, info: Info, input: TestClockAdvanceInput) -> Answer:
        """Moves a test clock forward; everything that time causes for its customers happens, in due order."""
        return await info.context.services.clocks.advance(draft_of(ClockAdvanceDraft, input))

    @mutation(kind="clocks", payload=TestClockDeletePayload)
    async def test_clock_delete(self, info: Info, input: TestClockDeleteInput) -> Answer:
        """Removes a test clock with its customers and all that is theirs. Their events stay."""
        return await info.context.services.clocks.delete(input.id)
