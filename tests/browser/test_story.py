"""The story of the GraphiQL tabs, clicked through from left to right in front of the real server."""

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, Response, expect

from prorata.web.graphiql.story_tabs import load_tabs

READY = re.compile(rb"ready on (http://\S+)")
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
async def server_url(tmp_path: Path, graphiql_files: None) -> AsyncIterator[str]:
    """Address of a server with a throw-away database and a sandbox key, as `make run` starts it."""
    server = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "prorata", "serve", "--seed", "--ephemeral", "--port", "0"),
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    assert server.stdout is not None
    said = b""
    try:
        while (ready := READY.search(said)) is None:
            line = await asyncio.wait_for(server.stdout.readline(), timeout=60)
            assert line, said.decode()
            said += line
        yield ready[1].decode()
    finally:
        if server.returncode is None:
            server.terminate()
        await server.communicate()


def _operation_names() -> list[str]:
    names = [re.search(r"^(?:query|mutation) (\w+)", tab.query, re.MULTILINE) for tab in load_tabs()]
    return [match[1] for match in names if match is not None]


async def _run(page: Page, tab: int, operation: str) -> dict[str, Any]:
    """Clicks a tab and the button, and gives the answer that arrived."""

    def is_answer(response: Response) -> bool:
        return response.request.method == "POST" and f" {operation}" in (response.request.post_data or "")

    await page.get_by_role("tab").nth(tab).click()
    async with page.expect_response(is_answer) as answered:
        await page.get_by_role("button", name="Execute query").click()
    answer: dict[str, Any] = await (await answered.value).json()
    await expect(page.get_by_label("Result Window")).to_contain_text(re.compile('"(data|errors)"'))
    return answer


def _refusals(answer: dict[str, Any]) -> list[Any]:
    fields = [field for field in (answer.get("data") or {}).values() if isinstance(field, dict)]
    return [*answer.get("errors", []), *(error for field in fields for error in field.get("userErrors", []))]


async def test_tabs_of_the_served_page_run_in_order_without_editing(page: Page, server_url: str) -> None:
    await page.goto(f"{server_url}/graphql")
    answers = {}
    for tab, operation in enumerate(_operation_names()):
        answers[operation] = await _run(page, tab, operation)
        assert _refusals(answers[operation]) == [], operation
    paid = [(each["status"], each["amountPaid"]) for each in answers["Invoices"]["data"]["invoices"]["nodes"]]
    assert paid == [("PAID", 1500)] * 3
    if folder := os.environ.get("PRORATA_TEST_PICTURES"):
        await page.screenshot(path=Path(folder) / "story.png")


async def test_every_tab_names_its_operation() -> None:
    assert len(_operation_names()) == len(load_tabs()) > 0
