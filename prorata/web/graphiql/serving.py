"""Answers with the GraphiQL page and with its files."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from aiohttp import web

from prorata.web.graphiql.assets import integrity_of, local_files, pinned_assets
from prorata.web.graphiql.page import STORY_SCRIPT, PageAsset, graphiql_page, page_assets
from prorata.web.graphiql.story_tabs import load_tabs

__all__ = ["ASSETS_URL", "page_response", "routes", "story_script"]

ASSETS_URL = "/graphiql/assets"


@cache
def _story_source() -> bytes:
    return (Path(__file__).parent / STORY_SCRIPT).read_bytes()


def story_script() -> PageAsset:
    """The page's own script as this server gives it."""
    return PageAsset(url=f"{ASSETS_URL}/{STORY_SCRIPT}", integrity=integrity_of(_story_source()), is_style=False)


def page_response(*, endpoint: str, headers: Mapping[str, str]) -> web.Response:
    """The page with all story tabs; its files come from this server if they are here, else from the CDN.

    `headers` fill the headers editor and are readable by whoever opens the page: a sandbox key, or nothing.
    """
    page = graphiql_page(
        endpoint=endpoint,
        tabs=load_tabs(),
        headers=headers,
        assets=page_assets(pinned_assets(), folder_url=ASSETS_URL if local_files() else None),
        story_script=story_script(),
    )
    return web.Response(
        text=page.html,
        content_type="text/html",
        headers={
            "Cache-Control": "no-store",
            "Content-Security-Policy": page.content_security_policy,
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
        },
    )


async def _asset(request: web.Request) -> web.Response:
    name = request.match_info["name"]
    content = _story_source() if name == STORY_SCRIPT else local_files().get(name)
    if content is None:
        raise web.HTTPNotFound
    # Pinned files carry their version in their name; our own script does not.
    lifetime = "no-cache" if name == STORY_SCRIPT else "public, max-age=31536000, immutable"
    return web.Response(
        body=content,
        content_type="text/css" if name.endswith(".css") else "text/javascript",
        charset="utf-8",
        headers={"Cache-Control": lifetime, "X-Content-Type-Options": "nosniff"},
    )


def routes() -> list[web.RouteDef]:
    """Routes of the page's files below `/graphiql/assets/`."""
    return [web.get(ASSETS_URL + "/{name}", _asset)]
