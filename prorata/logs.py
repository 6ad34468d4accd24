"""Where the program's log goes: standard error, one line per record."""

import logging
import sys

from aiohttp.http_exceptions import HttpProcessingError

from prorata.settings import Settings

_REFUSED_BY = "aiohttp.server"


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
    logging.getLogger(_REFUSED_BY).addFilter(_without_bytes_sent)


def _without_bytes_sent(record: logging.LogRecord) -> bool:
    """Take from a record the header that could not be parsed: it may hold a key."""
    error = record.exc_info[1] if record.exc_info else None
    if isinstance(error, HttpProcessingError):
        record.exc_info = record.exc_text = None
        record.levelno, record.levelname = logging.WARNING, logging.getLevelName(logging.WARNING)
        record.msg, record.args = "A request was refused: it is not well-formed HTTP (%s)", (type(error).__name__,)
    return True
