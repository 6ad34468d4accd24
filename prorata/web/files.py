"""Uploaded files: `GET /files/{id}` serves a picture of a product to everyone who was given its address."""

from aiohttp import web

from domain.ids import Prefix, prefix_of
from services.catalog import product_image

FILES = "/files"
ROUTE = FILES + "/{id}"

_HEADERS = {
    # What an id names never changes, so it may be kept for a year.
    "Cache-Control": "public, max-age=31536000, immutable",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Content-Disposition": "inline",
}


async def file(request: web.Request) -> web.Response:
    """The picture with this id; 404 for everything else, 304 for those who have it."""
    identifier = request.match_info["id"]
    if prefix_of(identifier) is not Prefix.FILE:
        raise web.HTTPNotFound
    tag = f'"{identifier}"'
    if request.headers.get("If-None-Match") == tag:
        return web.Response(status=304, headers={**_HEADERS, "ETag": tag})
    image = await product_image(identifier)
    if image is None:
        raise web.HTTPNotFound
    return web.Response(body=image.content, content_type=image.content_type, headers={**_HEADERS, "ETag": tag})
