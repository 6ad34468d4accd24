"""The story's tabs: one `tabs/NN-name.graphql` each, in the order of their numbers.

A file may carry its variables as JSON in comments, which the page shows in the variables editor instead:

    # Subscribe her to Basic.
    #
    # variables: {"input": {"customer": "{{customerId}}"}}
    # remember: subscriptionId = data.subscriptionCreate.subscription.id
    mutation Subscribe($input: SubscriptionCreateInput!) { … }

`prorata/web/graphiql/story.py` says what `{{…}}`, `remember` and `header` do.
"""

import json
import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

__all__ = ["TABS_FOLDER", "Tab", "load_tabs", "tab_of"]

TABS_FOLDER = Path(__file__).parent / "tabs"
_MARK = re.compile(r"^#\s*variables:", re.MULTILINE)
_COMMENT_START = re.compile(r"^#\s?", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Tab:
    """One tab: `name` is its file's name without number and ending, `query` the document with its comments."""

    name: str
    query: str
    variables: dict[str, Any] = field(default_factory=dict)


def _variables_apart(text: str, name: str) -> tuple[str, dict[str, Any]]:
    mark = _MARK.search(text)
    if mark is None:
        return text, {}
    block = re.match(r"[^\n]*\n?(?:#[^\n]*\n?)*", text[mark.end() :])
    assert block is not None
    commented = block.group()
    plain = _COMMENT_START.sub("", commented)
    start = len(plain) - len(plain.lstrip())
    try:
        variables, end = json.JSONDecoder().raw_decode(plain, start)
    except json.JSONDecodeError as error:
        raise ValueError(f"The variables of tab {name} are not JSON: {error}.") from error
    if not isinstance(variables, dict):
        raise ValueError(f"The variables of tab {name} are {variables!r}, but should be a JSON object.")
    # The JSON ends within a line: that line and those before it go, the comments after it stay.
    lines_taken = plain.count("\n", 0, end) + 1
    rest = "".join(commented.splitlines(keepends=True)[lines_taken:])
    return text[: mark.start()] + rest + text[mark.end() + len(commented) :], variables


def tab_of(*, name: str, text: str) -> Tab:
    """The tab that a file's text describes; raises ValueError where its variables are not a JSON object."""
    query, variables = _variables_apart(text, name)
    return Tab(name=name, query=query.strip() + "\n", variables=variables)


@cache
def load_tabs(folder: Path = TABS_FOLDER) -> tuple[Tab, ...]:
    """All tabs of a folder in the order of their numbers."""
    return tuple(
        tab_of(name=path.stem.partition("-")[2], text=path.read_text(encoding="utf-8"))
        for path in sorted(folder.glob("[0-9][0-9]-*.graphql"))
    )
