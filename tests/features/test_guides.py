"""The guides: every GraphQL document in them is one that the API takes."""

import re
from pathlib import Path

import pytest
from graphql import parse, validate

from tests.serving import whole_schema

_GUIDES = sorted((Path(__file__).parents[2] / "docs" / "guides").glob("*.md"))
_DOCUMENTS = [
    pytest.param(document, id=f"{guide.stem}-{number}")
    for guide in _GUIDES
    for number, document in enumerate(re.findall(r"```graphql\n(.*?)```", guide.read_text(encoding="utf-8"), re.DOTALL))
]


@pytest.mark.parametrize("document", _DOCUMENTS)
def test_document_of_a_guide_is_valid(document: str) -> None:
    assert validate(whole_schema()._schema, parse(document)) == []
