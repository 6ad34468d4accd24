"""A headless Chromium for the tests in this folder, all of which carry the mark `browser`."""

import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, async_playwright

from prorata.web.graphiql.assets import local_files

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_ARGUMENTS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks the tests of this folder."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("browser")


def _refuse(reason: str) -> None:
    if os.environ.get("PRORATA_REQUIRE_BROWSER"):
        pytest.fail(f"{reason} PRORATA_REQUIRE_BROWSER is set, so this is a failure.")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Path of the machine's Chromium (PRORATA_TEST_CHROMIUM names another); skips the test where there is none."""
    found = os.environ.get("PRORATA_TEST_CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)
    if found is None:
        _refuse("No Chromium on this machine: install it, or name it in PRORATA_TEST_CHROMIUM.")
    return str(found)


@pytest.fixture(scope="session")
def graphiql_files() -> None:
    """Asks for GraphiQL's files on this machine; skips the test where they are not installed."""
    if not local_files():
        _refuse("GraphiQL's files are not installed: they come with npm.")


@pytest.fixture
async def browser(chromium_path: str) -> AsyncIterator[Browser]:
    """A fresh headless Chromium, closed at the end."""
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=chromium_path, args=_ARGUMENTS)
        yield chromium
        await chromium.close()


@pytest.fixture
async def page(browser: Browser) -> AsyncIterator[Page]:
    """An empty page; the test fails where the page's scripts throw or its policy blocks something."""
    context = await browser.new_context(viewport={"width": 1400, "height": 900})
    opened = await context.new_page()
    opened.set_default_timeout(20_000)
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    yield opened
    await context.close()
    assert complaints == []
