"""Run a worker without a server, until SIGTERM. Any number of workers may share one database."""

import argparse

import uvloop

from prorata.house import opened, platform_of
from prorata.kept_keys import secret_key_of
from prorata.lifetime import settle_memory, stop_signal, stopped_or_over
from prorata.logs import start_logging
from prorata.settings import Settings, load_settings
from prorata.worker import worker_of, working


def declare(parser: argparse.ArgumentParser) -> None:
    """It takes no options."""


def run(options: argparse.Namespace) -> int:
    """Work until the process is asked to stop; the group that runs is finished first."""
    settings = load_settings()
    start_logging(settings)
    uvloop.run(_work(settings))
    return 0


async def _work(settings: Settings) -> None:
    async with opened(settings) as house:
        stop = stop_signal()
        secret_key_of(settings)
        async with working(worker_of(house, await platform_of(house))) as work:
            settle_memory()
            print("Prorata's worker is ready", flush=True)
            await stopped_or_over(stop, work)
