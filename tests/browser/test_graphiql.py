"""The GraphiQL page in a real browser, in front of a small API of its own and with no network."""

import os
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import strawberry
from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, Page, Route, expect

from prorata.web.graphiql.assets import local_files, pinned_assets
from prorata.web.graphiql.page import graphiql_page, page_assets
from prorata.web.graphiql.serving import ASSETS_URL, routes, story_script
from prorata.web.graphiql.story_tabs import tab_of

CREATE = """\
# A customer signs up.
# variables: {"name": "Ada"}
# remember: customerId = data.customerCreate.id
mutation SignUp($name: String!) { customerCreate(name: $name) { id } }
"""
READ = """\
# She is found again by the id of the first answer.
# variables: {"id": "{{customerId}}"}
query FindAgain($id: ID!) { customer(id: $id) { name } }
"""
ACT = """\
# A header goes with the document.
# header: Stripe-Account = acct of {{customerId}}
query Act { actingFor }
"""


@strawberry.type
class Customer:
    """A customer."""

    id: strawberry.ID
    name: str


@strawberry.type
class Query:
    """Reads."""

    @strawberry.field
    def acting_for(self, info: strawberry.Info) -> str | None:
        """What the header of the request says."""
        account: str | None = info.context["account"]
        return account

    @strawberry.field
    def customer(self, id: strawberry.ID) -> Customer:
        """The customer, named after its id."""
        return Customer(id=id, name=f"Ada of {id}")


@strawberry.type
class Mutation:
    """Writes."""

    @strawberry.mutation
    def customer_create(self, name: str) -> Customer:
        """A new customer."""
        return Customer(id=strawberry.ID("cus_42"), name=name)


SCHEMA = strawberry.Schema(query=Query, mutation=Mutation)


async def _graphql(request: web.Request) -> web.Response:
    if request.headers.get("Authorization") != "Bearer sk_test_42":
        return web.json_response({"errors": [{"message": "No key."}]}, status=401)
    body = await request.json()
    result = await SCHEMA.execute(
        body["query"],
        variable_values=body.get("variables"),
        operation_name=body.get("operationName"),
        context_value={"account": request.headers.get("Stripe-Account")},
    )
    return web.json_response(
        {"data": result.data, **({"errors": [str(e) for e in result.errors]} if result.errors else {})}
    )


async def _graphiql(request: web.Request) -> web.Response:
    rendered = graphiql_page(
        endpoint="/graphql",
        tabs=[tab_of(name="sign-up", text=CREATE), tab_of(name="find-again", text=READ), tab_of(name="act", text=ACT)],
        headers={"Authorization": "Bearer sk_test_42"},
        assets=page_assets(pinned_assets(), folder_url=None if "cdn" in request.query else ASSETS_URL),
        story_script=story_script(),
    )
    headers = {"Content-Security-Policy": rendered.content_security_policy}
    return web.Response(text=rendered.html, content_type="text/html", headers=headers)


@pytest.fixture
async def page_url(graphiql_files: None) -> AsyncIterator[str]:
    """Address of the page with three tabs."""
    app = web.Application()
    app.add_routes([web.get("/graphql", _graphiql), web.post("/graphql", _graphql), *routes()])
    async with TestServer(app) as server:
        yield str(server.make_url("/graphql"))


async def _keep_picture(page: Page, name: str) -> None:
    folder = os.environ.get("PRORATA_TEST_PICTURES")
    if folder:
        await page.screenshot(path=Path(folder) / f"{name}.png")


async def test_tabs_run_in_order_and_ids_flow_from_one_to_the_next(page: Page, page_url: str) -> None:
    await page.goto(page_url)
    await expect(page.get_by_role("tab", name="SignUp")).to_be_visible()
    await page.get_by_role("button", name="Execute query").click()
    response = page.get_by_label("Result Window")
    await expect(response).to_contain_text("cus_42")

    await page.get_by_role("tab", name="FindAgain").click()
    await page.get_by_role("button", name="Execute query").click()
    await expect(response).to_contain_text("Ada of cus_42")
    await _keep_picture(page, "graphiql-story")

    await page.get_by_role("tab", name="Act").click()
    await page.get_by_role("button", name="Execute query").click()
    await expect(response).to_contain_text("acct of cus_42")


async def test_a_tab_run_too_early_says_which_answer_is_missing(page: Page, page_url: str) -> None:
    await page.goto(page_url)
    await page.get_by_role("tab", name="FindAgain").click()
    await page.get_by_role("button", name="Execute query").click()
    await expect(page.get_by_label("Result Window")).to_contain_text("customerId is not known yet")


async def test_the_story_goes_on_after_the_page_was_loaded_again(page: Page, page_url: str) -> None:
    await page.goto(page_url)
    await page.get_by_role("button", name="Execute query").click()
    await expect(page.get_by_label("Result Window")).to_contain_text("cus_42")
    await page.reload()
    await expect(page.get_by_role("tab")).to_have_count(3)
    await page.get_by_role("button", name="Headers").click()
    await expect(page.get_by_label("Headers", exact=True)).to_contain_text("sk_test_42")
    await page.get_by_role("tab", name="FindAgain").click()
    await page.get_by_role("button", name="Execute query").click()
    await expect(page.get_by_label("Result Window")).to_contain_text("Ada of cus_42")


async def test_documentation_explorer_shows_the_schema(page: Page, page_url: str) -> None:
    await page.goto(page_url)
    await page.get_by_role("button", name="Show Documentation Explorer").click()
    await expect(page.get_by_label("Documentation Explorer", exact=True)).to_contain_text("mutation: Mutation")
    await _keep_picture(page, "graphiql-docs")


async def test_no_file_of_the_page_comes_from_another_host(page: Page, page_url: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.goto(page_url)
    await expect(page.get_by_role("tab", name="SignUp")).to_be_visible()
    origin = page_url.removesuffix("/graphql")
    assert [url for url in asked if not url.startswith((origin, "data:"))] == []
    assert {f"{origin}{ASSETS_URL}/{name}" for name in local_files()} <= set(asked)


async def test_files_of_a_cdn_do_the_same(page: Page, page_url: str) -> None:
    contents = {asset.cdn_url: local_files()[asset.name] for asset in pinned_assets()}

    async def answer(route: Route) -> None:
        kind = "text/css" if route.request.url.endswith(".css") else "text/javascript"
        headers = {"Access-Control-Allow-Origin": "*"}
        await route.fulfill(body=contents[route.request.url], content_type=kind, headers=headers)

    await page.route(re.compile("^https:"), answer)
    await page.goto(f"{page_url}?cdn")
    await page.get_by_role("button", name="Execute query").click()
    await expect(page.get_by_label("Result Window")).to_contain_text("cus_42")


async def test_changed_files_of_a_cdn_are_refused_in_words(browser: Browser, page_url: str) -> None:
    page = await browser.new_page()
    asked: list[str] = []

    async def answer(route: Route) -> None:
        asked.append(route.request.url)
        await route.fulfill(body="window.stolen = true", headers={"Access-Control-Allow-Origin": "*"})

    await page.route(re.compile("^https:"), answer)
    await page.goto(f"{page_url}?cdn")
    await expect(page.locator("#graphiql")).to_contain_text("GraphiQL could not be loaded")
    assert await page.evaluate("window.stolen") is None
    assert sorted(asked) == sorted(asset.cdn_url for asset in pinned_assets())
    await _keep_picture(page, "graphiql-refused")
