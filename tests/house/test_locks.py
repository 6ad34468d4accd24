"""The locks pin everything with hashes, and GraphiQL's pins say what is installed."""

import json
import re
import sys
import tomllib
from collections.abc import Iterable
from importlib.metadata import packages_distributions

import pytest

from prorata.web.graphiql.assets import npm_folder, pinned_assets
from prorata.web.graphiql.bundle import PAGE_FILES, pin
from tests.house.rules_of_code import imported
from tests.house.sources import LAYERS, ROOT, Source, python_sources, source_of

LOCKS = ("requirements.lock", "requirements-dev.lock")


def _pins(lock: str) -> dict[str, tuple[str, bool]]:
    """Version and presence of hashes by name."""
    entries = re.split(r"\n(?=[A-Za-z0-9])", (ROOT / lock).read_text(encoding="utf-8"))
    found = {}
    for entry in entries:
        if match := re.match(r"([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s;\\]+)", entry):
            found[match[1].lower()] = (match[2], "--hash=sha256:" in entry)
    return found


def _names(requirements: list[str]) -> set[str]:
    return {re.split(r"[\s<>=;\[!~]", requirement, maxsplit=1)[0].lower() for requirement in requirements}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_has_hashes(lock: str) -> None:
    pins = _pins(lock)
    assert len(pins) > 20
    assert [name for name, (_, hashed) in pins.items() if not hashed] == []


def test_locks_hold_what_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    assert _names(project["dependencies"]) | _names(extras["build"]) <= set(_pins("requirements.lock"))
    assert _names(extras["dev"]) - {"prorata"} <= set(_pins("requirements-dev.lock"))


def undeclared(sources: Iterable[Source], declared: set[str]) -> list[str]:
    """Imports of libraries that the project does not ask for by name, though another library may bring them along."""
    distributions = packages_distributions()
    known = {*LAYERS, *sys.stdlib_module_names}
    return [
        f"{source.path} imports {package}"
        for source in sources
        for _, package in imported(source.tree)
        if package not in known and declared.isdisjoint(name.lower() for name in distributions.get(package, []))
    ]


def test_every_imported_library_is_asked_for() -> None:
    layers = [source for source in python_sources() if source.layer in LAYERS]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    testing = project["optional-dependencies"]["testing"]
    assert undeclared(layers, _names(project["dependencies"]) | _names(testing)) == []


def test_a_library_that_nobody_asked_for_is_noticed() -> None:
    source = source_of("domain/money.py", "import decimal\nimport stdnum.iban\nfrom yarl import URL")
    assert undeclared([source], {"python-stdnum"}) == ["domain/money.py imports yarl"]


def test_tests_run_on_the_versions_that_are_served() -> None:
    development = _pins("requirements-dev.lock")
    assert [name for name, pin_ in _pins("requirements.lock").items() if development.get(name) != pin_] == []


def test_graphiql_files_are_pinned_in_the_versions_of_the_npm_lock() -> None:
    wanted = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["dependencies"]
    locked = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert [(asset.package, asset.path) for asset in pinned_assets()] == list(PAGE_FILES)
    for asset in pinned_assets():
        assert asset.version == wanted[asset.package] == locked[f"node_modules/{asset.package}"]["version"]


@pytest.mark.skipif(not npm_folder().is_dir(), reason="GraphiQL's files are not installed: they come with npm.")
def test_pinned_hashes_are_those_of_the_npm_packages() -> None:
    assert tuple(pin(npm_folder())) == pinned_assets()
