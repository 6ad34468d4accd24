"""The GraphiQL page and its story, without a browser."""

from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from prorata.web.graphiql.assets import Asset, integrity_of, pinned_assets
from prorata.web.graphiql.page import PageAsset, RenderedPage, graphiql_page, page_assets
from prorata.web.graphiql.serving import ASSETS_URL, page_response, routes
from prorata.web.graphiql.story import Story, UnknownNameError, headers_of, remembered, substituted
from prorata.web.graphiql.story_tabs import TABS_FOLDER, Tab, load_tabs, tab_of

SUBSCRIBE = """\
# Subscribe her to Basic.
#
# variables: {
#   "input": {"customer": "{{customerId}}", "quantity": 2}
# }
# remember: subscriptionId = data.subscriptionCreate.subscription.id
mutation Subscribe($input: SubscriptionCreateInput!) { subscriptionCreate(input: $input) { subscription { id } } }
"""


def _rendered(*tabs: Tab, headers: dict[str, str] | None = None, cdn: bool = False) -> RenderedPage:
    return graphiql_page(
        endpoint="/graphql",
        tabs=tabs,
        headers=headers or {},
        assets=page_assets(pinned_assets(), folder_url=None if cdn else ASSETS_URL),
        story_script=PageAsset(url="/story.js", integrity=integrity_of(b""), is_style=False),
    )


def test_variables_are_read_from_the_comments_of_a_tab() -> None:
    tab = tab_of(name="subscribe", text=SUBSCRIBE)
    assert tab.variables == {"input": {"customer": "{{customerId}}", "quantity": 2}}
    assert tab.query.splitlines()[:3] == [
        "# Subscribe her to Basic.",
        "#",
        "# remember: subscriptionId = data.subscriptionCreate.subscription.id",
    ]


def test_a_tab_without_variables_keeps_its_text() -> None:
    assert tab_of(name="list", text="query List { id }\n") == Tab(name="list", query="query List { id }\n")


@pytest.mark.parametrize("text", ["# variables: {oops}\nquery A { id }", "# variables: [1]\nquery A { id }"])
def test_variables_that_are_no_json_object_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="variables of tab sell are"):
        tab_of(name="sell", text=text)


def test_tabs_come_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    for name in ("02-sell.graphql", "10-renew.graphql", "01-start-here.graphql", "notes.graphql"):
        (tmp_path / name).write_text("query Q { id }")
    assert [tab.name for tab in load_tabs(tmp_path)] == ["start-here", "sell", "renew"]


def test_every_tab_has_a_number_of_its_own() -> None:
    numbers = [path.name[:2] for path in sorted(TABS_FOLDER.glob("*.graphql"))]
    assert len(set(numbers)) == len(numbers)


def test_values_are_remembered_along_their_path() -> None:
    query = "# remember: first = data.invoices.nodes.0.id\n  # remember: none = data.invoices.nodes.7.id\n{ id }"
    assert remembered(query, {"data": {"invoices": {"nodes": [{"id": "in_1"}]}}}) == {"first": "in_1"}


def test_placeholders_are_replaced_at_any_depth_and_keep_their_type() -> None:
    variables = {"a": ["{{n}}", "no {{n}} of {{ name }}"], "b": {"c": 1, "d": None}}
    assert substituted(variables, {"n": 3, "name": "Ada"}) == {"a": [3, "no 3 of Ada"], "b": {"c": 1, "d": None}}


def test_a_story_carries_ids_from_answer_to_request() -> None:
    create = Tab(name="create", query="# remember: customerId = data.customer.id\nmutation A { b }")
    subscribe = tab_of(name="subscribe", text=SUBSCRIBE)
    story = Story()
    with pytest.raises(UnknownNameError, match="customerId is not known yet"):
        story.request(subscribe)
    story.note(create, {"data": {"customer": {"id": "cus_1"}}})
    assert story.request(subscribe)["variables"] == {"input": {"customer": "cus_1", "quantity": 2}}


def test_a_document_asks_for_headers_of_its_own() -> None:
    query = "# As the gym.\n# header: Stripe-Account = {{gymId}}\n  # header: Idempotency-Key = of {{n}}, 1 \n{ id }"
    wanted = {"Stripe-Account": "acct_1", "Idempotency-Key": "of 3, 1"}
    assert headers_of(query, {"gymId": "acct_1", "n": 3}) == wanted
    assert headers_of("# variables and a header: none\n{ id }", {}) == {}
    with pytest.raises(UnknownNameError, match="gymId is not known yet"):
        Story().headers(Tab(name="act", query=query))


def test_page_lets_only_its_own_scripts_run() -> None:
    first, second = _rendered(), _rendered()
    nonce = first.content_security_policy.partition("script-src 'nonce-")[2].partition("'")[0]
    assert len(nonce) >= 16
    assert (
        first.html.count(f'nonce="{nonce}"') == first.html.count("<script") + first.html.count('<link rel="style') + 1
    )
    assert "unsafe" not in first.content_security_policy
    assert nonce not in second.html


def test_text_of_a_tab_cannot_leave_its_script() -> None:
    page = _rendered(Tab(name="evil", query="# </script><script>alert(1)</script>\n{ id }"))
    assert "alert(1)</script>" not in page.html
    assert "\\u003c/script>\\u003cscript>alert(1)" in page.html


def test_page_of_the_cdn_checks_what_it_loads() -> None:
    page = _rendered(cdn=True)
    for asset in pinned_assets():
        assert f'"{asset.cdn_url}" integrity="{asset.integrity}" crossorigin="anonymous"' in page.html
    assert "style-src 'self'" in page.content_security_policy


def test_local_page_names_no_other_host() -> None:
    page = _rendered(headers={"Authorization": "Bearer sk_test_1"})
    assert "https://" not in page.html + page.content_security_policy
    assert "Bearer sk_test_1" in page.html


def test_a_file_is_known_by_package_and_version() -> None:
    asset = Asset(package="react", version="18.3.1", path="umd/react.production.min.js", integrity="sha384-x")
    assert asset.name == "react-18.3.1-react.production.min.js"
    assert asset.cdn_url.endswith("/react@18.3.1/umd/react.production.min.js")


async def test_files_and_page_are_served() -> None:
    async def page(_request: web.Request) -> web.Response:
        return page_response(endpoint="/graphql", headers={})

    app = web.Application()
    app.add_routes([web.get("/graphiql", page), *routes()])
    async with TestClient(TestServer(app)) as client:
        script = await client.get(f"{ASSETS_URL}/story.js")
        assert (script.status, script.content_type) == (200, "text/javascript")
        assert (await client.get(f"{ASSETS_URL}/page.py")).status == 404
        answer = await client.get("/graphiql")
        assert "script-src 'nonce-" in answer.headers["Content-Security-Policy"]
        assert integrity_of(await script.read()) in await answer.text()


def test_prose_of_every_tab_is_read_without_scrolling() -> None:
    # The editor does not wrap, and shows 51 columns on a laptop that is 1 280 pixels wide.
    prose = [
        line
        for tab in load_tabs()
        for line in tab.query.splitlines()
        if line.startswith("#") and not line.startswith(("# remember:", "# header:"))
    ]
    assert [line for line in prose if len(line) > 51] == []
