"""For builders: copy GraphiQL's files into the wheel's folder, or pin the hashes of the installed npm packages anew.

`python -m prorata.web.graphiql.bundle` copies (part of `make dist`); with `--pin` it writes `assets.json` (after a
change of `package.json` and `npm install`).
"""

import json
import shutil
import sys
from dataclasses import asdict
from pathlib import Path

from prorata.web.graphiql.assets import (
    PIN_FILE,
    WHEEL_FOLDER,
    Asset,
    integrity_of,
    local_files,
    npm_folder,
    pinned_assets,
)

__all__ = ["PAGE_FILES", "copy_into_wheel_folder", "pin"]

# In the order of loading: GraphiQL's script expects React and ReactDOM as globals.
PAGE_FILES = (
    ("react", "umd/react.production.min.js"),
    ("react-dom", "umd/react-dom.production.min.js"),
    ("graphiql", "graphiql.min.js"),
    ("graphiql", "graphiql.min.css"),
)


def pin(packages: Path) -> list[Asset]:
    """Assets as they are in a folder of installed npm packages, with their versions and hashes."""
    pinned = []
    for package, path in PAGE_FILES:
        version = json.loads((packages / package / "package.json").read_text(encoding="utf-8"))["version"]
        integrity = integrity_of((packages / package / path).read_bytes())
        pinned.append(Asset(package=package, version=version, path=path, integrity=integrity))
    return pinned


def copy_into_wheel_folder(folder: Path) -> bool:
    """Writes the pinned files and their licences into a folder, replacing it; false where they are not installed."""
    files = local_files()
    if not files or not npm_folder().is_dir():
        return False
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    for package in {asset.package: asset for asset in pinned_assets()}.values():
        # Their licence asks to come along with copies.
        licence = npm_folder() / package.package / "LICENSE"
        shutil.copyfile(licence, folder / f"{package.package}-{package.version}-LICENSE")
    return True


def main(arguments: list[str]) -> None:
    """Runs one of the two from the command line."""
    if "--pin" in arguments:
        entries = [asdict(asset) for asset in pin(npm_folder())]
        PIN_FILE.write_text(json.dumps(entries, indent=2) + "\n", encoding="utf-8")
    elif not copy_into_wheel_folder(WHEEL_FOLDER):
        sys.exit("GraphiQL's files are not installed, or not in their pinned versions. Run `npm ci`, then build again.")


if __name__ == "__main__":
    main(sys.argv[1:])
