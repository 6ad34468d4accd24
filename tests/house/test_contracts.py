"""The import contracts of pyproject.toml hold, and notice an import that points upwards."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.sources import LAYERS, ROOT

CONTRACT_OF = [
    ("domain/money.py", "import services.base", "Layers: imports point downwards"),
    ("resolvers/context.py", "import models.base", "Resolvers import neither models nor gateways"),
    ("services/events.py", "import services.agenda", "Tiers of services: a lower noun never calls a higher one"),
    ("schema/base.py", "import tortoise", "Tortoise stays in models, services and prorata"),
    ("services/base.py", "import strawberry", "Strawberry stays in schema, resolvers and prorata"),
    ("gateways/protocol.py", "import aiohttp", "aiohttp stays in prorata"),
]


def _lint(folder: Path) -> subprocess.CompletedProcess[str]:
    program = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    command = [sys.executable, "-c", program, "--no-cache"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def copy_of_the_house(tmp_path: Path) -> Path:
    """The layers and their contracts in a folder of their own."""
    for layer in LAYERS:
        if (ROOT / layer).is_dir():
            shutil.copytree(ROOT / layer, tmp_path / layer, ignore=shutil.ignore_patterns("__pycache__", "_bundled"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_every_import_that_points_upwards_is_noticed(copy_of_the_house: Path) -> None:
    assert _lint(copy_of_the_house).returncode == 0
    for path, statement, _ in CONTRACT_OF:
        with (copy_of_the_house / path).open("a", encoding="utf-8") as file:
            file.write(f"\n{statement}\n")
    linted = _lint(copy_of_the_house)
    assert linted.returncode != 0
    for _, _, contract in CONTRACT_OF:
        assert f"{contract} BROKEN" in linted.stdout
