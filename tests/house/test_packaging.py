"""The wheel holds the whole project below one top-level name, and works without the source tree."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.house.sources import LAYERS, ROOT, python_sources


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built offline by the build backend of this environment."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def site(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which the wheel was unpacked, as pip does."""
    folder = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def _run(site: Path, program: str) -> str:
    # -P keeps the current folder out of the path: what is found comes from the wheel, not from the tree.
    code = f"import sys; sys.path.insert(0, {str(site)!r}); {program}"
    command = [sys.executable, "-P", "-c", code]
    return subprocess.run(command, cwd=site.parent, check=True, capture_output=True, text=True).stdout


def test_every_folder_with_modules_is_a_package() -> None:
    """A folder without `__init__.py` would lose against any package of its name that stands later on the path."""
    folders = {(ROOT / source.path).parent for source in python_sources() if source.layer in LAYERS}
    assert sorted(str(folder) for folder in folders if not (folder / "__init__.py").is_file()) == []


def test_only_one_top_level_name(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        tops = {name.partition("/")[0] for name in archive.namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"prorata"}


def test_every_module_is_in_the_wheel(site: Path) -> None:
    wanted = {source.path for source in python_sources() if source.layer in LAYERS}
    bundled = {path if path.startswith("prorata/") else f"prorata/_bundled/{path}" for path in wanted}
    assert sorted(path for path in bundled if not (site / path).is_file()) == []


def test_files_of_the_page_are_in_the_wheel(site: Path) -> None:
    folder = "prorata/web/graphiql"
    wanted = [path for path in (ROOT / folder).rglob("*") if path.suffix in {".graphql", ".js", ".json"}]
    assert [path for path in wanted if not (site / path.relative_to(ROOT)).is_file()] == []


def test_layers_are_imported_from_the_wheel(site: Path) -> None:
    found = _run(
        site, "import prorata, domain.money, models; print(prorata.__file__, domain.__file__, models.__file__)"
    )
    assert [Path(name).is_relative_to(site) for name in found.split()] == [True, True, True]


def test_command_line_prints_the_schema(site: Path) -> None:
    command = [sys.executable, "-P", "-m", "prorata", "schema"]
    environment = {**os.environ, "PYTHONPATH": str(site)}
    printed = subprocess.run(command, cwd=site.parent, env=environment, check=True, capture_output=True, text=True)
    assert "type Query" in printed.stdout
