"""Where the program's log goes: standard error, one line per record."""

import logging
import sys

from prorata.settings import Settings


def start_logging(settings: Settings) -> None:
    """Log from the level that is set. Standard output stays free for what a command answers."""
    logging.basicConfig(
        stream=sys.stderr,
        level=settings.log_level.upper(),
        format="%(asctime)s %(levelname)s %(name)s %(message)s",
    )
    # These tell each statement or connection at a level that is meant for them alone.
    for library in ("tortoise", "asyncio", "aiohttp.access"):
        logging.getLogger(library).setLevel(logging.WARNING)
