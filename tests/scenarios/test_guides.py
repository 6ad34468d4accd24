"""What the README and the guides tell a person to send is answered as they say."""

from pathlib import Path

import pytest

from models import Account
from prorata.house import house_of
from prorata.seeding import seeded
from prorata.settings import Settings
from tests.house.sources import ROOT
from tests.scenarios.guides import Guide, differences, snippets_of
from tests.serving import served

GUIDES = sorted((ROOT / "docs" / "guides").glob("*.md"))
PAGES = [path for path in (ROOT / "README.md", *GUIDES) if snippets_of(path.read_text(encoding="utf-8"))]
PAGE = """
```graphql
# remember: id = data.account.id
{ account { id } }
```
```json answer
{"data": {"account": {"id": "acct_…"}}}
```
"""


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
async def test_snippets_are_answered_as_the_page_says(path: Path, sqlite_url: str) -> None:
    async with served(sqlite_url) as api:
        # As `make run` serves it.
        await seeded(house_of(Settings()), await Account.get(id=api.scope.account_id))
        await Guide(path, api).follow()


async def test_other_answer_than_the_page_shows_is_found(sqlite_url: str, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(PAGE.replace("acct_…", "cus_…"), encoding="utf-8")
    async with served(sqlite_url) as api:
        with pytest.raises(AssertionError, match=r"page.md:2\ndata.account.id is 'acct_.*', not 'cus_…'"):
            await Guide(page, api).follow()


def test_requests_of_a_page_are_found() -> None:
    [snippet] = snippets_of(PAGE)

    assert snippet.query.endswith("{ account { id } }\n")
    assert snippet.parts == {"answer": {"data": {"account": {"id": "acct_…"}}}}


@pytest.mark.parametrize(
    ("expected", "answer"),
    [(1, True), (1, "1"), ([1], [1, 2]), ({"a": 1}, {"a": 1, "b": 2}), ("cus_…", None), ("a…c", "abd"), (None, 0)],
)
def test_difference_is_found(expected: object, answer: object) -> None:
    assert len(list(differences(expected, answer, "data"))) == 1


@pytest.mark.parametrize(("expected", "answer"), [("cus_…", "cus_1"), ("a…c", "abc"), ([{"a": "…"}], [{"a": "b"}])])
def test_likeness_is_seen(expected: object, answer: object) -> None:
    assert list(differences(expected, answer, "data")) == []
