"""Pages that are written from the code, served where it runs: `/docs/errors`, to which each `docUrl` leads, and cards.

They are the very texts of `docs/errors.md` and `docs/guides/sandbox-cards.md`, so that a wheel without the folder
`docs` has them too and they are never of another release than the server.
"""

import re
from collections.abc import Awaitable, Callable, Iterator
from functools import cache
from html import escape
from typing import Final

from aiohttp import web

from gateways.sandbox import sandbox_guide
from prorata.reference import error_reference
from prorata.web.requests import SECURITY_HEADERS
from schema.errors import ERRORS_PAGE

SANDBOX_CARDS_PAGE: Final = "/docs/guides/sandbox-cards"
_PAGES: Final[dict[str, Callable[[], str]]] = {ERRORS_PAGE: error_reference, SANDBOX_CARDS_PAGE: sandbox_guide}

_STYLE: Final = (
    ":root{color-scheme:light dark}:target{background:#fd06}"
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse}"
    "td,th{border:1px solid #8888;padding:.3rem .6rem;text-align:left;vertical-align:top}"
)
_TEMPLATE: Final = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1"><title>Prorata · {title}</title>'
    "<style>{style}</style></head><body>{body}</body></html>"
)
_HEADERS: Final = {**SECURITY_HEADERS, "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}
_HEADING: Final = re.compile(r"(#+) (.+)")
_INLINE: Final = re.compile(r"`([^`]+)`|\[([^\]]+)\]\(([^)]+)\)")


def documentation_routes() -> list[web.RouteDef]:
    """Routes of the pages; they need no key."""
    return [web.get(path, _handler_of(path)) for path in _PAGES]


def html_of(markdown: str) -> str:
    """A page of HTML from the Markdown that our generators write: headings, paragraphs, lists, tables, code, links.

    A heading of one word has that word in lower case as its anchor.
    """
    title = markdown.partition("\n")[0].lstrip("# ")
    body = "".join(_block(block) for block in markdown.strip().split("\n\n"))
    return _TEMPLATE.format(title=escape(title), style=_STYLE, body=body)


def _handler_of(path: str) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def page(_request: web.Request) -> web.Response:
        return web.Response(text=_rendered(path), content_type="text/html", headers=_HEADERS)

    return page


@cache
def _rendered(path: str) -> str:
    return html_of(_PAGES[path]())


def _block(block: str) -> str:
    heading = _HEADING.fullmatch(block)
    if heading is not None:
        level, text = len(heading[1]), heading[2]
        return f'<h{level} id="{escape(text.lower())}">{_inline(text)}</h{level}>'
    if block.startswith("|"):
        return f"<table>{''.join(_rows(block))}</table>"
    if block.startswith("- "):
        return f"<ul>{''.join(f'<li>{_inline(line[2:])}</li>' for line in block.splitlines())}</ul>"
    return f"<p>{_inline(block)}</p>"


def _rows(table: str) -> Iterator[str]:
    head, _, *rows = table.splitlines()
    for name, row in (("th", head), *(("td", row) for row in rows)):
        cells = "".join(f"<{name}>{_inline(cell.strip())}</{name}>" for cell in row.strip("|").split("|"))
        yield f"<tr>{cells}</tr>"


def _inline(text: str) -> str:
    return _INLINE.sub(_marked, escape(text))


def _marked(found: re.Match[str]) -> str:
    code, text, target = found.groups()
    # The pages lie to each other as their files do, without the ending.
    return f"<code>{code}</code>" if code else f'<a href="{target.replace(".md", "")}">{text}</a>'
