"""GraphiQL's pinned files: from npm packages where they are installed, from a CDN with integrity hashes otherwise."""

import base64
import hashlib
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

__all__ = ["PIN_FILE", "WHEEL_FOLDER", "Asset", "integrity_of", "local_files", "npm_folder", "pinned_assets"]

_HERE = Path(__file__).parent
PIN_FILE = _HERE / "assets.json"
WHEEL_FOLDER = _HERE / "assets"


@dataclass(frozen=True, kw_only=True)
class Asset:
    """One file of one npm package, known by its integrity hash (`sha384-…`, as browsers check it)."""

    package: str
    version: str
    path: str
    integrity: str

    @property
    def name(self) -> str:
        """Name under which this server gives it; it holds the version, so browsers may keep the file for ever."""
        return f"{self.package}-{self.version}-{Path(self.path).name}"

    @property
    def is_style(self) -> bool:
        """True for a stylesheet, false for a script."""
        return self.path.endswith(".css")

    @property
    def cdn_url(self) -> str:
        """Where the same bytes are found on a public CDN of npm packages."""
        return f"https://cdn.jsdelivr.net/npm/{self.package}@{self.version}/{self.path}"


def integrity_of(content: bytes) -> str:
    """Integrity hash of a file as HTML's `integrity` attribute wants it (SHA-384, base64)."""
    return "sha384-" + base64.b64encode(hashlib.sha384(content).digest()).decode()


@cache
def pinned_assets() -> tuple[Asset, ...]:
    """The pinned files in the order in which a page loads them."""
    return tuple(Asset(**entry) for entry in json.loads(PIN_FILE.read_text(encoding="utf-8")))


def npm_folder() -> Path:
    """Where `npm ci` puts packages in a source tree."""
    return _HERE.parents[2] / "node_modules"


def _candidates(asset: Asset) -> tuple[Path, Path]:
    return WHEEL_FOLDER / asset.name, npm_folder() / asset.package / asset.path


@cache
def local_files() -> dict[str, bytes]:
    """Contents of the pinned files by name, or nothing at all unless every one is here with its pinned hash."""
    found: dict[str, bytes] = {}
    for asset in pinned_assets():
        for candidate in _candidates(asset):
            # A file of another version would be refused by the browser: pass it over, the CDN has the right one.
            if candidate.is_file() and integrity_of(content := candidate.read_bytes()) == asset.integrity:
                found[asset.name] = content
                break
        else:
            return {}
    return found
