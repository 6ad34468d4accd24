"""Committed pages that are written from the code are in step with it, and no code of an error is a dead letter."""

import ast
import re
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

import pytest

from domain.errors import ErrorCode
from gateways.sandbox.declines import DeclineCode
from prorata.commands.schema import PAGES
from prorata.reference import REQUEST_ERRORS, error_reference
from schema.errors import RequestCode
from tests.house.sources import LAYERS, ROOT, python_sources

DOCUMENTS = (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))
LINK = re.compile(r"\]\((?!https?:)([^)#]+)")
# What declares codes or writes about them does not use them.
DECLARING = {"domain/error_codes.py", "prorata/reference.py"}


def _anchors(page: str) -> set[str]:
    """The anchors that Markdown makes of one-word headings."""
    return {line.lstrip("# ").lower() for line in page.splitlines() if line.startswith("#")}


def _named(enum: type[StrEnum]) -> Iterator[str]:
    """The members of an enumeration that the layers name."""
    for source in python_sources():
        if source.layer not in LAYERS or source.path in DECLARING:
            continue
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == enum.__name__:
                yield node.attr


@pytest.mark.parametrize("name", PAGES)
def test_committed_page_is_the_one_of_the_code(name: str) -> None:
    page = ROOT / "docs" / f"{name}.md"
    assert page.is_file() and page.read_text(encoding="utf-8") == PAGES[name](), (
        f"The code changed. Look at the difference, then: .venv/bin/prorata schema --{name} > docs/{name}.md"
    )


def test_every_code_has_an_anchor_of_its_own() -> None:
    anchors = _anchors(error_reference())
    assert [code for code in ErrorCode if code.name.lower() not in anchors] == []


def test_every_code_of_a_request_is_explained() -> None:
    assert set(REQUEST_ERRORS) == set(RequestCode)
    page = error_reference()
    assert all(f"| `{code}` |" in page for code in (*RequestCode, *DeclineCode))


@pytest.mark.parametrize("enum", [ErrorCode, RequestCode], ids=lambda enum: enum.__name__)
def test_every_code_is_used(enum: type[StrEnum]) -> None:
    assert set(enum.__members__) - set(_named(enum)) == set()


def test_architecture_leads_to_every_decision() -> None:
    linked = set(LINK.findall((ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")))
    decisions = {f"decisions/{path.name}" for path in (ROOT / "docs" / "decisions").glob("*.md")}
    assert decisions - linked == set()


@pytest.mark.parametrize("page", DOCUMENTS, ids=lambda page: page.name)
def test_links_of_a_page_lead_somewhere(page: Path) -> None:
    links = LINK.findall(page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []
