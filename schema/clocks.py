"""Test clocks in the API: a present of their own for the customers on them."""

from datetime import datetime

import strawberry

import models
from domain.ids import Prefix
from domain.lifecycles import TestClockStatus
from schema.base import Node, Wrapping, column, computed, describe_enum, input_field, node_type, part_type
from schema.connections import Connection
from schema.payloads import payload
from schema.refs import CustomerRef, TestClockRef
from schema.relations import page

describe_enum(
    TestClockStatus,
    "Whether a test clock stands still, moves, or broke.",
    READY="It stands still.",
    ADVANCING="It is on its way, bringing about what falls due; its customers cannot be changed meanwhile.",
    INTERNAL_FAILURE="Something went wrong on its way; it can only be deleted.",
)


@part_type
class TestClockAdvancing(Wrapping):
    """A test clock's way to another time."""

    target_frozen_time: datetime = column("Where it is going.", source="target_at")


@part_type
class TestClockStatusDetails(Wrapping):
    """More about a test clock's status."""

    @computed("Where it is going; null while it stands.")
    def advancing(self) -> TestClockAdvancing | None:
        """Only an advancing clock has a target."""
        return TestClockAdvancing.of(self.row) if self.row.target_at is not None else None


@node_type(models.TestClock, kind="clocks", prefix=Prefix.TEST_CLOCK)
class TestClock(Node):
    """A frozen present for the customers on it. It only moves forward, and brings about what time causes on its way."""

    __test__ = False  # pytest takes classes named Test… for tests

    created: datetime = column("When it was made, by the system's time.", source="created_at")
    livemode: bool = column("Always false: test clocks exist in test mode only.")
    name: str | None = column("What it is called.")
    frozen_time: datetime = column("Its present.", source="frozen_at")
    status: TestClockStatus = column("Whether it stands still or moves.")
    customers: Connection[CustomerRef] = page("test_clock_id", "The customers that live by it, newest first.")

    @computed("More about its status.")
    def status_details(self) -> TestClockStatusDetails:
        """Reads through to the clock."""
        return TestClockStatusDetails.of(self.row)


@strawberry.input(description="What a new test clock starts with.")
class TestClockCreateInput:
    """Becomes `ClockDraft`."""

    __test__ = False

    frozen_time: datetime = input_field("Its first present, in the past or in the future.")
    name: str | None = input_field("What it is to be called.")


@strawberry.input(description="Where a test clock goes.")
class TestClockAdvanceInput:
    """Becomes `ClockAdvanceDraft`."""

    __test__ = False

    id: strawberry.ID = input_field("The test clock; it has to be READY.")
    frozen_time: datetime = input_field("Its next present, later than the one it has.")
    wait: bool | None = input_field(
        "True answers when it has arrived, or with INTERNAL_FAILURE when it cannot. Otherwise the answer comes at "
        "once, with ADVANCING where much is due on the way."
    )


@strawberry.input(description="Which test clock goes.")
class TestClockDeleteInput:
    """Names the clock."""

    __test__ = False

    id: strawberry.ID = input_field("The test clock. Its customers and all that belongs to them go with it.")


TestClockCreatePayload = payload("testClockCreate", test_clock=(TestClockRef, "The new clock; null when refused."))
TestClockAdvancePayload = payload(
    "testClockAdvance", test_clock=(TestClockRef, "The clock, arrived or on its way; null when refused.")
)
TestClockDeletePayload = payload(
    "testClockDelete", test_clock=(TestClockRef, "The clock as it was; null when refused.")
)
