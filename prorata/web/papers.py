"""Papers: `GET /papers/{id}/{signature}.pdf` prints an invoice, a credit note or a quote.

Everyone who was given the address may read it.

The signature is made with the server's secret key, so that nobody guesses an address, and none is stored.
"""

import hmac
from asyncio import get_running_loop
from base64 import urlsafe_b64encode
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from typing import Final

from aiohttp import web

from documents.credit_notes import credit_note_pdf
from documents.invoices import invoice_pdf
from documents.quotes import quote_pdf
from domain.ids import Prefix, prefix_of
from services.credit_notes.papers import credit_note_paper
from services.invoices.papers import invoice_paper
from services.quotes.papers import quote_paper

_PURPOSE: Final = b"prorata:papers:"
_HEADERS: Final = {
    # What it shows changes when the invoice is paid, and it is nobody else's business.
    "Cache-Control": "private, no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}

Printed = tuple[str, Callable[[], bytes]]
"""The number of a paper, and what makes it."""


class Papers:
    """Addresses of papers, and what answers them."""

    def __init__(self, secret_key: str, *, waiting_max: int = 100) -> None:
        self._key = hmac.digest(secret_key.encode(), _PURPOSE, sha256)
        # One at a time, beside the event loop: a paper of a thousand pages keeps nobody waiting but other papers.
        self._press = ThreadPoolExecutor(max_workers=1, thread_name_prefix="papers")
        self._waiting_max = waiting_max
        self._waiting = 0

    def path_of(self, identifier: str) -> str:
        """Where the paper of this object is, on this server."""
        return f"/papers/{identifier}/{self._signature(identifier)}.pdf"

    def routes(self) -> list[web.RouteDef]:
        """What serves them."""
        return [web.get("/papers/{id}/{signature}.pdf", self._paper)]

    def close(self) -> None:
        """Print nothing more."""
        self._press.shutdown(wait=False, cancel_futures=True)

    async def _paper(self, request: web.Request) -> web.Response:
        """The paper; 404 for everything that has none, and for every signature that is not its own."""
        identifier = request.match_info["id"]
        given = request.match_info["signature"]
        if not hmac.compare_digest(given.encode(), self._signature(identifier).encode()):
            raise web.HTTPNotFound
        printed = await _printed(identifier)
        if printed is None:
            raise web.HTTPNotFound
        number, make = printed
        body = await self._made(make)
        name = f'inline; filename="{number}.pdf"'
        return web.Response(
            body=body, content_type="application/pdf", headers={**_HEADERS, "Content-Disposition": name}
        )

    async def _made(self, make: Callable[[], bytes]) -> bytes:
        """The file, once the press is free; 503 when too many wait for it already."""
        if self._waiting >= self._waiting_max:
            raise web.HTTPServiceUnavailable(headers={"Retry-After": "5"})
        self._waiting += 1
        try:
            return await get_running_loop().run_in_executor(self._press, make)
        finally:
            self._waiting -= 1

    def _signature(self, identifier: str) -> str:
        digest = hmac.digest(self._key, identifier.encode(), sha256)
        return urlsafe_b64encode(digest).decode().rstrip("=")


async def _printed(identifier: str) -> Printed | None:
    """What the prefix of the id says there may be; None when there is none."""
    find = _PAPERS.get(prefix_of(identifier))
    return None if find is None else await find(identifier)


async def _invoice(identifier: str) -> Printed | None:
    paper = await invoice_paper(identifier)
    return None if paper is None else (paper.number, lambda: invoice_pdf(paper))


async def _credit_note(identifier: str) -> Printed | None:
    paper = await credit_note_paper(identifier)
    return None if paper is None else (paper.number, lambda: credit_note_pdf(paper))


async def _quote(identifier: str) -> Printed | None:
    paper = await quote_paper(identifier)
    return None if paper is None else (paper.number, lambda: quote_pdf(paper))


_PAPERS: Final[dict[Prefix | None, Callable[[str], Awaitable[Printed | None]]]] = {
    Prefix.INVOICE: _invoice,
    Prefix.CREDIT_NOTE: _credit_note,
    Prefix.QUOTE: _quote,
}
