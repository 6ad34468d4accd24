"""Telling of money costs a renewal one statement, however many renew at once."""

from collections.abc import AsyncIterator

import pytest

from tests.scenarios.world import World
from tests.serving import Api, served


@pytest.fixture
async def api(database_url: str) -> AsyncIterator[Api]:
    async with served(database_url) as api:
        yield api


async def test_a_group_of_renewals_pays_one_statement(api: Api) -> None:
    for count in (1, 5):
        world = await World.opened(api, "2027-01-31T10:00:00Z")
        basic = await world.price("Basic", 1500)
        for _ in range(count):
            await (await world.customer(card="pm_card_visa")).subscribe(basic)
        await world.move_to("2027-02-10T00:00:00Z")
        with api.statements() as statements:
            await world.move_to("2027-03-01T00:00:00Z")  # all of them renew and are charged

        noted = [each for each in statements if 'INTO "agenda"' in each and "DO NOTHING" in each]
        assert len(noted) == 1, (count, noted)
