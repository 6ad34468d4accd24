"""From settings to a serving process: the database prepared, the platform founded, the demo added, keys told."""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from prorata.founding import Founded, found, opens, sandbox_key
from prorata.house import House, opened
from prorata.kept_keys import SANDBOX_KEY_FILE, read_kept, secret_key_of
from prorata.seeding import seeded
from prorata.serving.address import url_of
from prorata.serving.announcing import READY, say, welcome
from prorata.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """How a server is to be started: for the demo (`seed`) it keeps a sandbox key; it may be thrown away afterwards."""

    settings: Settings
    seed: bool = False
    ephemeral: bool = False

    @property
    def kept_key(self) -> str | None:
        """The sandbox key beside the database, which the demo keeps from start to start."""
        return read_kept(self.settings.folder / SANDBOX_KEY_FILE) if self.seed else None


@dataclass(frozen=True, slots=True)
class Ready:
    """A database that is ready to be served from."""

    house: House
    founded: Founded
    sandbox_key: str | None


@asynccontextmanager
async def started(start: Start) -> AsyncIterator[Ready]:
    """The database, open and prepared as the start asks, for the length of a block."""
    settings = start.settings
    async with opened(settings) as house:
        secret_key_of(settings)
        founded = await found(house, secret=start.kept_key)
        if start.seed:
            await seeded(house, founded.platform)
        yield Ready(house, founded, await _sandbox_key(start, house, founded))


async def _sandbox_key(start: Start, house: House, founded: Founded) -> str | None:
    """The test key that GraphiQL may start with: the demo's, the throw-away database's, or the bootstrap key."""
    if start.seed:
        return await sandbox_key(house, founded)
    bootstrap = start.settings.bootstrap_secret_key
    if bootstrap is not None:
        secret = bootstrap.get_secret_value()
        return secret if await opens(house, secret) else None
    if start.ephemeral and founded.first_keys is not None:
        return founded.first_keys.secret
    return None


def say_welcome(start: Start, ready: Ready, listener: socket.socket) -> None:
    """Print the links and the keys that may be shown."""
    url = start.settings.public_url or url_of(listener)
    lines = welcome(
        start.settings,
        url,
        first_keys=ready.founded.first_keys,
        sandbox_key=ready.sandbox_key if start.seed or start.ephemeral else None,
    )
    say("\n".join(lines))


def say_ready(listener: socket.socket) -> None:
    """Print the line that programs wait for: connections are accepted now."""
    say(f"{READY}{url_of(listener)}")
