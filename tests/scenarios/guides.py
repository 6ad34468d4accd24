"""Runs the snippets of a Markdown page in their order against a server, and checks the answers that the page shows.

    ```graphql              a document
    ```json variables       its variables; `{{customerId}}` is what the comment `# remember:` of an earlier one kept
    ```json headers         headers of its request, such as `Stripe-Account`, with the same placeholders
    ```json answer          what it is answered; `…` within a text stands for any text
    ```json answer headers  headers of the answer, among others
    ```sh                   a curl command that sends a document; other commands are not run

Placeholders follow the rules of the GraphiQL page (`prorata/web/graphiql/story.py`). An id that is cut short within a
document, such as "cus_…", is the last id of that kind that an answer gave. A request of which no answer is shown must
be answered without errors of any kind.
"""

import base64
import json
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from aiohttp import FormData

from prorata.web.graphiql.story import remembered, substituted
from tests.serving import Api, Reply, reply_of

__all__ = ["Guide", "Snippet", "differences", "snippets_of"]

_BLOCK = re.compile(r"^```([^\n`]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_ID = re.compile(r"([a-z_]+_)[0-9a-z]{23}")
_CUT_ID = re.compile(r'"([a-z_]+_)…"')
_KEY = "$SANDBOX_KEY"
_ADDRESS = "http://127.0.0.1:8000/graphql"
# The smallest PNG there is: one pixel.
_PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@dataclass(slots=True)
class Snippet:
    """One request of a page: its document and what the blocks after it say of it. `line` is where it stands.

    `form` has the parts of a multipart request, in their order; a file is named as `@photo.png`.
    """

    line: int
    query: str
    parts: dict[str, Any] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict)

    @property
    def variables(self) -> Mapping[str, Any]:
        """The variables, with their placeholders."""
        found: Mapping[str, Any] = self.parts.get("variables", {})
        return found

    @property
    def headers(self) -> Mapping[str, str]:
        """Headers of the request."""
        found: Mapping[str, str] = self.parts.get("headers", {})
        return found


_PARTS = {"json variables", "json headers", "json answer", "json answer headers"}


def snippets_of(page: str) -> list[Snippet]:
    """The requests of a page, in order; refuses a block of JSON that belongs to none of them."""
    found: list[Snippet] = []
    for match in _BLOCK.finditer(page):
        language, text = match[1].strip(), match[2]
        line = page.count("\n", 0, match.start()) + 1
        if language == "graphql":
            found.append(Snippet(line, text))
        elif language == "sh" and text.startswith("curl "):
            found.append(_curl(line, text))
        elif language in _PARTS:
            assert found, f"line {line}: a block of JSON before the first document"
            part = language.removeprefix("json ")
            assert part not in found[-1].parts, f"line {line}: the document has two blocks of {part}"
            found[-1].parts[part] = json.loads(text)
    return found


def _curl(line: int, text: str) -> Snippet:
    """The request that a curl command sends; it must be one that a person can copy."""
    words = shlex.split(text.replace("\\\n", " "))
    assert _ADDRESS in words, f"line {line}: the command does not ask {_ADDRESS}"
    headers = dict(_header(value) for value in _options(words, "-H"))
    assert headers.pop("Authorization") == f"Bearer {_KEY}", f"line {line}: the command does not send {_KEY}"
    form = dict(_form_part(value) for value in _options(words, "-F"))
    if form:
        return Snippet(line, json.loads(form["operations"])["query"], form=form)
    assert headers.pop("Content-Type") == "application/json", f"line {line}: the command sends no JSON"
    [body] = [json.loads(each) for each in _options(words, "-d")]
    return Snippet(line, body["query"], {"variables": body.get("variables", {}), "headers": headers})


def _options(words: list[str], name: str) -> Iterator[str]:
    return (value for word, value in pairwise(words) if word == name)


def _header(text: str) -> tuple[str, str]:
    name, _, value = text.partition(": ")
    return name, value


def _form_part(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name, value


class Guide:
    """One page being followed: remembers what answers gave."""

    def __init__(self, path: Path, api: Api) -> None:
        self.name = path.name
        self.snippets = snippets_of(path.read_text(encoding="utf-8"))
        self._api = api
        self._known: dict[str, Any] = {}
        self._last_ids: dict[str, str] = {}

    async def follow(self) -> None:
        """Send every request of the page; fails at the first answer that the page does not show."""
        for snippet in self.snippets:
            reply = await self._sent(snippet)
            found = list(self._wrong(snippet, reply))
            assert not found, f"{self.name}:{snippet.line}\n" + "\n".join(found)
            self._known.update(remembered(snippet.query, reply.body))
            self._last_ids.update({match[1]: match[0] for match in _ID.finditer(json.dumps(reply.body))})

    async def _sent(self, snippet: Snippet) -> Reply:
        if snippet.form:
            form = FormData()
            for name, value in snippet.form.items():
                is_file = value.startswith("@")
                form.add_field(
                    name, _PICTURE if is_file else self._whole(value), filename=value[1:] if is_file else None
                )
            async with self._api.http.post(self._api.url, data=form, headers=self._api.headers()) as response:
                return await reply_of(response)
        variables = substituted(snippet.variables, self._known)
        known = substituted(snippet.headers, self._known)
        headers = {name.replace("-", "_"): value for name, value in known.items()}
        return await self._api.send(self._whole(snippet.query), variables, **headers)

    def _whole(self, text: str) -> str:
        """The text with ids that are cut short made whole."""
        return _CUT_ID.sub(lambda match: f'"{self._last_ids[match[1]]}"', text)

    def _wrong(self, snippet: Snippet, reply: Reply) -> Iterator[str]:
        for name, value in snippet.parts.get("answer headers", {}).items():
            if reply.headers.get(name) != value:
                yield f"The header {name} is {reply.headers.get(name)!r}, not {value!r}."
        if "answer" not in snippet.parts:
            yield from _complaints(reply.body)
            return
        expected = substituted(snippet.parts["answer"], self._known)
        if "errors" not in expected and "errors" in reply.body:
            yield f"The answer has errors: {reply.body['errors']}"
        for name, value in expected.items():
            yield from differences(value, reply.body.get(name), name)


def _complaints(body: Mapping[str, Any]) -> Iterator[str]:
    """Errors of an answer of which the page says nothing."""
    yield from (f"The answer has an error: {error['message']}" for error in body.get("errors", ()))
    for name, payload in (body.get("data") or {}).items():
        for error in payload.get("userErrors", ()) if isinstance(payload, Mapping) else ():
            yield f"{name} was refused: {error}"


def differences(expected: Any, answer: Any, at: str) -> Iterator[str]:
    """Where an answer is not as the page shows it, with both."""
    if isinstance(expected, dict) and isinstance(answer, dict) and expected.keys() == answer.keys():
        for name, value in expected.items():
            yield from differences(value, answer[name], f"{at}.{name}")
    elif isinstance(expected, list) and isinstance(answer, list) and len(expected) == len(answer):
        for index, (value, given) in enumerate(zip(expected, answer, strict=True)):
            yield from differences(value, given, f"{at}.{index}")
    elif isinstance(expected, str) and isinstance(answer, str) and "…" in expected:
        parts = map(re.escape, expected.split("…"))
        if not re.fullmatch(".*".join(parts), answer):
            yield f"{at} is {answer!r}, not {expected!r}."
    elif expected != answer or type(expected) is not type(answer):
        yield f"{at} is {json.dumps(answer, ensure_ascii=False)}, not {json.dumps(expected, ensure_ascii=False)}."
