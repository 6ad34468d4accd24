"""Disputes: what banks take back and ask about, with every movement of money and every event.

The world's clock stands at 31 January 2027, 10:00. A charge of 100.00 USD costs 2.9 % + 0.30 = 3.20 in fees, a dispute
15.00 more.
"""

from typing import Any

import pytest

from tests.scenarios.disputing import (
    ASKED,
    CLOSED,
    OPENED,
    PAID,
    REINSTATED,
    SHOWN,
    UPDATED,
    WITHDRAWN,
    books,
    dispute_of,
    disputed,
    movements,
    pay,
    refused,
    says,
)
from tests.scenarios.world import World

TAKEN = ["charge 10000 - 320 = 9680", "adjustment -10000 - 1500 = -11500"]


async def test_charge_is_disputed_as_fraudulent_at_once(world: World) -> None:
    paid = await pay(world, "pm_card_createDispute")

    assert await world.news() == ["customer.created", *PAID, *OPENED]
    assert await dispute_of(world, paid.charge) == {
        "id": (await dispute_of(world, paid.charge))["id"],
        "status": "NEEDS_RESPONSE",
        "reason": "FRAUDULENT",
        "amount": 10_000,
        "currency": "usd",
        "caseType": "CHARGEBACK",
        "isChargeRefundable": False,
        "networkReasonCode": "10.4",
        "evidence": {"uncategorizedText": None, "customerName": None},
        "metadata": {},
        "balanceTransactions": [{"type": "ADJUSTMENT", "amount": -10_000, "fee": 1_500, "net": -11_500}],
        "evidenceDetails": {
            "dueBy": "2027-02-07T10:00:00Z",
            "hasEvidence": False,
            "pastDue": False,
            "submissionCount": 0,
            "submissionMethod": "NOT_SUBMITTED",
        },
    }
    assert await movements(world.api) == TAKEN
    assert await books() == (10_000, 10_000, -1_820, 1_820)  # Both fees are gone.
    told = await world.api.ask("query($id: ID!) { charge(id: $id) { disputed refunded } }", {"id": paid.charge})
    assert told["charge"] == {"disputed": True, "refunded": False}


async def test_inquiry_moves_no_money(world: World) -> None:
    paid = await pay(world, "pm_card_createDisputeInquiry")

    assert await world.news() == ["customer.created", *PAID, *ASKED]
    dispute = await dispute_of(world, paid.charge)
    assert (dispute["status"], dispute["caseType"]) == ("WARNING_NEEDS_RESPONSE", "INQUIRY")
    assert (dispute["balanceTransactions"], dispute["isChargeRefundable"]) == ([], True)
    assert await movements(world.api) == TAKEN[:1]
    assert await books() == (10_000, 0, 9_680, 320)


async def test_won_dispute_brings_the_money_back_but_not_the_fee(world: World) -> None:
    _, dispute = await disputed(world)

    won = await says(world, dispute, "winning_evidence")

    assert (won["status"], won["isChargeRefundable"]) == ("WON", True)
    assert won["evidenceDetails"]["submissionMethod"] == "MANUAL"
    assert await world.news() == [UPDATED, REINSTATED, CLOSED]
    assert await movements(world.api) == [*TAKEN, "adjustment 10000 - 0 = 10000"]
    assert await books() == (10_000, 0, 8_180, 1_820)


async def test_lost_dispute_leaves_the_money_with_the_bank(world: World) -> None:
    _, dispute = await disputed(world)

    lost = await says(world, dispute, "losing_evidence")

    assert lost["status"] == "LOST"
    assert await world.news() == [UPDATED, CLOSED]
    assert await movements(world.api) == TAKEN
    assert await books() == (10_000, 10_000, -1_820, 1_820)


async def test_dispute_that_nobody_answers_is_lost_when_its_time_is_over(world: World) -> None:
    paid, _ = await disputed(world)

    await world.move_to("2027-02-07T09:59:59Z")
    assert (await dispute_of(world, paid.charge))["status"] == "NEEDS_RESPONSE"
    await world.news()
    await world.move_to("2027-02-07T10:00:00Z")

    assert (await dispute_of(world, paid.charge))["status"] == "LOST"
    assert await world.news() == [*MOVING[:1], CLOSED, *MOVING[1:]]
    assert await movements(world.api) == TAKEN


async def test_evidence_that_convinces_nobody_is_read_for_sixty_days(world: World) -> None:
    paid, dispute = await disputed(world)

    reading = await says(world, dispute, "They wrote that they liked it.")
    assert (reading["status"], reading["evidenceDetails"]["submissionCount"]) == ("UNDER_REVIEW", 1)
    assert await world.news() == [UPDATED]
    await world.move_to("2027-04-01T09:59:59Z")
    assert (await dispute_of(world, paid.charge))["status"] == "UNDER_REVIEW"
    await world.news()
    await world.move_to("2027-04-01T10:00:00Z")  # 60 days after 31 January

    assert (await dispute_of(world, paid.charge))["status"] == "LOST"
    assert await world.news() == [*MOVING[:1], CLOSED, *MOVING[1:]]


async def test_accepted_dispute_is_lost_at_once(world: World) -> None:
    _, dispute = await disputed(world)

    answer = await world.do("disputeClose", f"dispute {{ {SHOWN} }}", id=dispute)

    assert answer["dispute"]["status"] == "LOST"
    assert await world.news() == [CLOSED]
    assert await movements(world.api) == TAKEN
    for mutation, more in (("disputeClose", {}), ("disputeUpdate", {"evidence": {"uncategorizedText": "x"}})):
        found = await refused(world, mutation, "dispute", id=dispute, **more)
        assert found == [("DISPUTE_UNEXPECTED_STATE", "id")]


async def test_evidence_is_kept_first_and_handed_in_later(world: World) -> None:
    _, dispute = await disputed(world)

    kept = await says(world, dispute, "winning_evidence", submit=False, metadata={"case": "7"})
    assert (kept["status"], kept["metadata"]) == ("NEEDS_RESPONSE", {"case": "7"})
    assert kept["evidenceDetails"]["hasEvidence"] and kept["evidenceDetails"]["submissionCount"] == 0
    assert await world.news() == [UPDATED]
    labelled = await world.do("disputeUpdate", "dispute { status metadata }", id=dispute, metadata={"by": "Ada"})
    assert labelled["dispute"] == {"status": "NEEDS_RESPONSE", "metadata": {"case": "7", "by": "Ada"}}
    named = {"customerName": "Jenny", "uncategorizedText": None}
    await world.do("disputeUpdate", "dispute { id }", id=dispute, evidence=named, submit=False)
    both = {"uncategorizedText": "winning_evidence"}
    await world.do("disputeUpdate", "dispute { id }", id=dispute, evidence=both, submit=False)
    await world.news()

    won = await world.do("disputeUpdate", f"dispute {{ {SHOWN} }}", id=dispute, submit=True)

    assert won["dispute"]["status"] == "WON"
    assert won["dispute"]["evidence"] == {"customerName": "Jenny", "uncategorizedText": "winning_evidence"}
    assert await world.news() == [UPDATED, REINSTATED, CLOSED]


async def test_evidence_is_handed_in_once_and_not_empty(world: World) -> None:
    _, dispute = await disputed(world)

    nothing: list[dict[str, Any]] = [{"submit": True}, {"evidence": {}}, {"evidence": {"customerName": ""}}]
    for more in nothing:
        assert await refused(world, "disputeUpdate", "dispute", id=dispute, **more) == [
            ("PARAMETER_MISSING", "evidence")
        ]
    long = {"customerName": "x" * 20_001, "shippingDate": "\x01"}
    assert await refused(world, "disputeUpdate", "dispute", id=dispute, evidence=long) == [
        ("PARAMETER_STRING_TOO_LONG", "evidence.customerName"),
        ("INVALID_CHARACTERS", "evidence.shippingDate"),
    ]
    await says(world, dispute, "See the log.")
    again = {"evidence": {"uncategorizedText": "winning_evidence"}}
    assert await refused(world, "disputeUpdate", "dispute", id=dispute, **again) == [("DISPUTE_UNEXPECTED_STATE", "id")]
    assert await refused(world, "disputeClose", "dispute", id=dispute) == [("DISPUTE_UNEXPECTED_STATE", "id")]


async def test_inquiry_that_was_answered_well_is_closed(world: World) -> None:
    _, dispute = await disputed(world, "pm_card_createDisputeInquiry")

    assert (await says(world, dispute, "winning_evidence"))["status"] == "WARNING_CLOSED"

    assert await world.news() == [UPDATED, CLOSED]
    assert await books() == (10_000, 0, 9_680, 320)


@pytest.mark.parametrize("text", ["escalate_inquiry_evidence", "losing_evidence"])
async def test_inquiry_becomes_a_chargeback(world: World, text: str) -> None:
    _, dispute = await disputed(world, "pm_card_createDisputeInquiry")
    await world.move_to("2027-02-05T10:00:00Z")
    await world.news()

    escalated = await says(world, dispute, text)

    assert (escalated["status"], escalated["caseType"]) == ("NEEDS_RESPONSE", "CHARGEBACK")
    assert escalated["evidenceDetails"]["dueBy"] == "2027-02-12T10:00:00Z"  # seven days from now on
    assert await world.news() == [UPDATED, UPDATED, WITHDRAWN]
    assert await movements(world.api) == TAKEN
    assert (await says(world, dispute, "winning_evidence"))["status"] == "WON"
    assert await books() == (10_000, 0, 8_180, 1_820)


async def test_inquiry_rests_after_120_days(world: World) -> None:
    paid, dispute = await disputed(world, "pm_card_createDisputeInquiry")
    await world.move_to("2027-02-10T10:00:00Z")
    late = await says(world, dispute, "Here is the log.")  # The bank wanted it on 7 February.
    assert (late["status"], late["evidenceDetails"]["pastDue"]) == ("WARNING_UNDER_REVIEW", True)

    await world.move_to("2027-05-31T09:59:59Z")  # 31 January + 120 days
    assert (await dispute_of(world, paid.charge))["status"] == "WARNING_UNDER_REVIEW"
    await world.move_to("2027-05-31T10:00:00Z")

    assert (await dispute_of(world, paid.charge))["status"] == "WARNING_CLOSED"
    assert await books() == (10_000, 0, 9_680, 320)


MOVING = ["test_helpers.test_clock.advancing", "test_helpers.test_clock.ready"]
