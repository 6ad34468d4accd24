"""Plays the story of the GraphiQL tabs without a browser, by the rules that `story.js` follows on the page.

A comment `# remember: customerId = data.customerCreate.customer.id` keeps a value of the answer under a name; numbers
in a path count into lists. `{{customerId}}` in the variables of a later tab stands for it: a text that is nothing but
one placeholder becomes the value itself, whatever its type.

A comment `# header: Stripe-Account = {{gymId}}` sends a header with its document.
"""

import re
from collections.abc import Mapping
from typing import Any

from prorata.web.graphiql.story_tabs import Tab

__all__ = ["Story", "UnknownNameError", "headers_of", "remembered", "substituted"]

_REMEMBER = re.compile(r"^[ \t]*#[ \t]*remember:[ \t]*(\w+)[ \t]*=[ \t]*([\w.]+)[ \t]*$", re.MULTILINE)
_HEADER = re.compile(r"^[ \t]*#[ \t]*header:[ \t]*([\w-]+)[ \t]*=[ \t]*(\S.*?)[ \t]*$", re.MULTILINE)
_PLACEHOLDER = re.compile(r"\{\{\s*(\w+)\s*\}\}")


class UnknownNameError(LookupError):
    """A placeholder names what no earlier answer gave."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is not known yet: run the tabs before this one first.")
        self.name = name


def _value_at(answer: Any, path: str) -> Any:
    value = answer
    for step in path.split("."):
        if isinstance(value, list) and step.isdigit():
            value = value[int(step)] if int(step) < len(value) else None
        else:
            value = value.get(step) if isinstance(value, Mapping) else None
    return value


def remembered(query: str, answer: Mapping[str, Any]) -> dict[str, Any]:
    """Values that a document's `remember` comments find in an answer, by name; what is null or absent is left out."""
    found = {name: _value_at(answer, path) for name, path in _REMEMBER.findall(query)}
    return {name: value for name, value in found.items() if value is not None}


def substituted(variables: Any, known: Mapping[str, Any]) -> Any:
    """The variables with every placeholder replaced; raises UnknownNameError for a name that is not known."""
    if isinstance(variables, Mapping):
        return {key: substituted(value, known) for key, value in variables.items()}
    if isinstance(variables, list):
        return [substituted(value, known) for value in variables]
    if not isinstance(variables, str):
        return variables

    def value_of(match: re.Match[str]) -> Any:
        if match[1] not in known:
            raise UnknownNameError(match[1])
        return known[match[1]]

    whole = _PLACEHOLDER.fullmatch(variables)
    return value_of(whole) if whole else _PLACEHOLDER.sub(lambda match: str(value_of(match)), variables)


def headers_of(query: str, known: Mapping[str, Any]) -> dict[str, str]:
    """The headers that a document's `header` comments ask for; raises UnknownNameError for a name that is not known."""
    return {name: str(substituted(value, known)) for name, value in _HEADER.findall(query)}


class Story:
    """One run through the tabs: give each request to the API, and its answer back, in order."""

    def __init__(self) -> None:
        self.known: dict[str, Any] = {}

    def request(self, tab: Tab) -> dict[str, Any]:
        """The JSON body to post for a tab; raises UnknownNameError where an earlier answer is missing."""
        return {"query": tab.query, "variables": substituted(tab.variables, self.known)}

    def headers(self, tab: Tab) -> dict[str, str]:
        """Headers to send with a tab beside those of the page; raises UnknownNameError as `request` does."""
        return headers_of(tab.query, self.known)

    def note(self, tab: Tab, answer: Mapping[str, Any]) -> None:
        """Keeps what the tab wants remembered of its answer."""
        self.known.update(remembered(tab.query, answer))
