"""A phase that changes or drops a metered price where the period ends: the period was complete, and is billed.

The world's clock stands at 31 January 2027, 10:00; the first month lasts until 28 February.
"""

import pytest

from tests.scenarios.scheduling import schedule_of
from tests.scenarios.usage import Usage
from tests.scenarios.world import World

MONTH = {"duration": {"interval": "MONTH", "intervalCount": 1}}


@pytest.mark.parametrize("behavior", ["CREATE_PRORATIONS", "ALWAYS_INVOICE", "NONE"])
@pytest.mark.parametrize("second", ["DEAR", "GONE"])
@pytest.mark.parametrize("mode", ["CLASSIC", "FLEXIBLE"])
async def test_a_phase_that_begins_with_a_period_loses_no_usage(
    world: World, mode: str, second: str, behavior: str
) -> None:
    usage = await Usage.metered(world)
    basic, calls, dear = await world.price("Basic", 1000), await usage.price(), await usage.price("Dear", unitAmount=20)
    jenny = await world.customer(card="pm_card_visa")
    later = [basic, dear] if second == "DEAR" else [basic]
    schedule = await schedule_of(
        jenny,
        {"items": [{"price": calls}, {"price": basic}], **MONTH},
        {"items": [{"price": each} for each in later], "prorationBehavior": behavior, **MONTH},
        billingMode=mode,
    )
    await usage.used(jenny, "2027-02-10T00:00:00Z", "100")

    await world.move_to("2027-02-28T12:00:00Z")

    billed = [int(each.split()[0]) for each in await (await schedule.subscription()).billed()]
    assert sum(billed) == 1000 + 2000, billed  # January's 1000; 100 × 10 and February's 1000
    await usage.used(jenny, "2027-03-01T00:00:00Z", "3")
    await world.move_to("2027-03-31T12:00:00Z")
    billed = [int(each.split()[0]) for each in await (await schedule.subscription()).billed()]
    assert sum(billed) == 3000 + 1000 + (60 if second == "DEAR" else 0), billed
