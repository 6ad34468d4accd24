"""The world that stories are told in, on each database."""

from collections.abc import AsyncIterator

import pytest

from tests.scenarios.world import World
from tests.serving import served

START = "2027-01-31T10:00:00Z"


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    """A seller whose clock stands at 31 January 2027, 10:00 UTC."""
    async with served(database_url) as api:
        yield await World.opened(api, START)
