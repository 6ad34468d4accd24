"""Renders the GraphiQL page with its story tabs, under a content security policy that lets only its own files run."""

import hashlib
import html
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from prorata.web.graphiql.assets import Asset
from prorata.web.graphiql.story_tabs import Tab

__all__ = ["STORY_SCRIPT", "PageAsset", "RenderedPage", "graphiql_page", "page_assets"]

STORY_SCRIPT = "story.js"

_TEMPLATE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Prorata · GraphiQL</title>
<link rel="icon" href="data:,">
{styles}
<style nonce="{nonce}">
html, body, #graphiql {{ height: 100%; margin: 0; }}
#graphiql > p {{ margin: 0; padding: 2rem; font: 1rem/1.5 system-ui, sans-serif; }}
</style>
</head>
<body>
<div id="graphiql"><p>GraphiQL is loading …</p></div>
<noscript>GraphiQL needs JavaScript. The API itself answers POST requests to {endpoint}.</noscript>
<script type="application/json" id="graphiql-settings" nonce="{nonce}">{settings}</script>
{scripts}
</body>
</html>
"""


@dataclass(frozen=True, kw_only=True)
class PageAsset:
    """A script or stylesheet as the page refers to it."""

    url: str
    integrity: str
    is_style: bool


@dataclass(frozen=True, kw_only=True)
class RenderedPage:
    """The page's HTML, and the Content-Security-Policy header that must go with it."""

    html: str
    content_security_policy: str


def page_assets(assets: Sequence[Asset], *, folder_url: str | None) -> list[PageAsset]:
    """The pinned files below `folder_url` on this server, or on the CDN where that is None."""
    return [
        PageAsset(
            url=f"{folder_url}/{asset.name}" if folder_url is not None else asset.cdn_url,
            integrity=asset.integrity,
            is_style=asset.is_style,
        )
        for asset in assets
    ]


def _json_in_html(value: object) -> str:
    # Inside <script> only `</script` and `<!--` end the data: no `<` leaves as it is.
    return json.dumps(value, ensure_ascii=False).replace("<", "\\u003c")


def _tag(asset: PageAsset, nonce: str) -> str:
    url = html.escape(asset.url)
    common = f'integrity="{asset.integrity}" crossorigin="anonymous" nonce="{nonce}"'
    if asset.is_style:
        return f'<link rel="stylesheet" href="{url}" {common}>'
    return f'<script src="{url}" {common}></script>'


def _policy(nonce: str, assets: Sequence[PageAsset]) -> str:
    hosts = sorted({f"https://{urlsplit(asset.url).netloc}" for asset in assets if urlsplit(asset.url).netloc})
    # Chromium wants the host of a stylesheet named even when its tag carries the nonce and a matching hash.
    styles = " ".join(["'self'", f"'nonce-{nonce}'", *hosts])
    return "; ".join(
        [
            "default-src 'none'",
            f"script-src 'nonce-{nonce}'",
            f"style-src {styles}",
            "font-src 'self' data:",
            "img-src 'self' data:",
            "connect-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        ]
    )


def _edition(tabs: Sequence[Tab], headers: Mapping[str, str]) -> str:
    # Browsers keep edited tabs and remembered ids by edition: another key or another story starts afresh.
    content = repr((tabs, sorted(headers.items())))
    return hashlib.sha256(content.encode()).hexdigest()[:12]


def graphiql_page(
    *,
    endpoint: str,
    tabs: Sequence[Tab],
    headers: Mapping[str, str],
    assets: Sequence[PageAsset],
    story_script: PageAsset,
) -> RenderedPage:
    """The page for an API at `endpoint` (a path), with `headers` filled in beside every tab.

    The headers reach whoever opens the page: hand in a sandbox key only. Each call makes a nonce of its own.
    """
    nonce = secrets.token_urlsafe(16)
    settings = {
        "edition": _edition(tabs, headers),
        "endpoint": endpoint,
        "headers": dict(headers),
        "tabs": [{"query": tab.query, "variables": tab.variables} for tab in tabs],
    }
    page = _TEMPLATE.format(
        endpoint=html.escape(endpoint),
        nonce=nonce,
        scripts="\n".join(_tag(asset, nonce) for asset in (*assets, story_script) if not asset.is_style),
        settings=_json_in_html(settings),
        styles="\n".join(_tag(asset, nonce) for asset in assets if asset.is_style),
    )
    return RenderedPage(html=page, content_security_policy=_policy(nonce, assets))
