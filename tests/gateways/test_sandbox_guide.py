"""The committed guide is the one that the catalogue gives, and references are what the columns can hold."""

from pathlib import Path

import pytest

from gateways.sandbox import CATALOGUE, sandbox_guide
from gateways.sandbox.references import SandboxReference

GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "sandbox-cards.md"


def test_committed_guide_is_in_step() -> None:
    assert GUIDE.read_text(encoding="utf-8") == sandbox_guide(), (
        "Write sandbox_guide() to docs/guides/sandbox-cards.md."
    )


def test_guide_names_every_token_once() -> None:
    guide = sandbox_guide()

    for row in CATALOGUE:
        assert guide.count(f"| `{row.token}` |") == 1


def test_references_fit_their_column() -> None:
    # The longest charge there can be: an id of 30 characters, 8 digits in minor units.
    longest = max(len(str(SandboxReference("x" * 30, row.token, 99_999_999))) for row in CATALOGUE)

    assert longest == 109
    assert longest <= 120


def test_reference_is_read_back() -> None:
    reference = SandboxReference("ch_1", "pm_card_visa", 1500)

    assert str(reference) == "sandbox:ch_1:pm_card_visa:1500"
    assert SandboxReference.parse(str(reference)) == reference


@pytest.mark.parametrize("text", ["ch_1", "stripe:ch_1:pm_card_visa:1500", "sandbox:ch_1:pm_card_visa"])
def test_reference_of_another_gateway_is_a_fault(text: str) -> None:
    with pytest.raises(ValueError, match="is not a reference of the sandbox"):
        SandboxReference.parse(text)
