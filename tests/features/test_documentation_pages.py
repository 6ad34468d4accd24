"""The pages that a server shows of itself: where a `docUrl` leads, and the sandbox's cards."""

import re

from domain.errors import ErrorCode
from gateways.sandbox import CATALOGUE
from prorata.reference import REQUEST_ERRORS
from prorata.web.documentation import html_of
from tests.serving import Api, served


async def page(api: Api, url: str) -> str:
    """The text of a page that is asked for without a key."""
    async with api.http.get(url) as response:
        assert (response.status, response.content_type) == (200, "text/html")
        assert response.headers["Content-Security-Policy"].startswith("default-src 'none'")
        return await response.text()


async def test_address_of_an_error_leads_to_its_code_on_the_server_that_told_it(sqlite_url: str) -> None:
    async with served(sqlite_url) as api:
        refused = 'mutation { productDelete(input: {id: "prod_1"}) { userErrors { docUrl } } }'
        [error] = (await api.ask(refused))["productDelete"]["userErrors"]
        text = await page(api, error["docUrl"])
    assert error["docUrl"] == f"{api.url.removesuffix('/graphql')}/docs/errors#resource_missing"
    assert [code for code in ErrorCode if f'<h3 id="{code.value}">' not in text] == []
    assert [code for code in REQUEST_ERRORS if f"<td><code>{code}</code></td>" not in text] == []


async def test_public_url_stands_before_the_address_of_an_error(sqlite_url: str) -> None:
    async with served(sqlite_url, public_url="https://billing.example.com/") as api:
        payload = await api.do("productDelete", "userErrors { docUrl }", {"id": "prod_1"})
    assert payload["userErrors"][0]["docUrl"] == "https://billing.example.com/docs/errors#resource_missing"


async def test_pages_lead_to_each_other(sqlite_url: str) -> None:
    async with served(sqlite_url) as api:
        base = api.url.removesuffix("/graphql")
        [link] = re.findall(r'href="([^#"]+)"', await page(api, f"{base}/docs/errors"))
        text = await page(api, f"{base}/docs/{link}")
    assert [card.token for card in CATALOGUE if f"<code>{card.token}</code>" not in text] == []


def test_markdown_of_our_pages_becomes_html() -> None:
    text = html_of(
        "# A <b> & c\n\nOne `x < y` and\n[two](#two).\n\n| A | B |\n|---|---|\n| `1` | 2 |\n\n- three\n- four\n"
    )
    assert "<title>Prorata · A &lt;b&gt; &amp; c</title>" in text
    assert '<p>One <code>x &lt; y</code> and\n<a href="#two">two</a>.</p>' in text
    assert "<table><tr><th>A</th><th>B</th></tr><tr><td><code>1</code></td><td>2</td></tr></table>" in text
    assert "<ul><li>three</li><li>four</li></ul>" in text
