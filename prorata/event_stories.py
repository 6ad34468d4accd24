"""The usual stories of billing, step by step, with the events that each step records, in order.

They are kept in `event_stories.json`, which `tests/scenarios/test_event_stories.py` writes when it is told to and holds
to what is really recorded otherwise. Events of test clocks are left out: in real life time passes by itself.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

STORIES: Final = Path(__file__).with_name("event_stories.json")


@dataclass(frozen=True, slots=True)
class Step:
    """Something that is done, or that time does, and the events that tell of it."""

    what: str
    events: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Story:
    """Steps that follow one another; `name` is how the test knows it."""

    name: str
    title: str
    steps: tuple[Step, ...]


@cache
def stories() -> tuple[Story, ...]:
    """All stories, in the order of the page."""
    kept = json.loads(STORIES.read_text(encoding="utf-8"))
    return tuple(
        Story(each["name"], each["title"], tuple(Step(what, tuple(events)) for what, events in each["steps"]))
        for each in kept
    )
