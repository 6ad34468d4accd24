"""Keys that are kept in files only their owner can read: the server's secret key, and the demo's sandbox key."""

import os
import secrets
from pathlib import Path

from prorata.refusals import ConfigurationWrong
from prorata.settings import Settings

SECRET_KEY_FILE = "secret.key"  # noqa: S105 - the name of a file
SANDBOX_KEY_FILE = "sandbox-key"


def secret_key_of(settings: Settings) -> str:
    """The server's secret key: the one that is set, else one made once and kept in the settings' folder.

    However many processes start at once, they get the same. Raises `ConfigurationWrong` when it cannot be kept.
    """
    if settings.secret_key is not None:
        return settings.secret_key.get_secret_value()
    path = settings.folder / SECRET_KEY_FILE
    try:
        return read_kept(path) or _made_once(path, secrets.token_urlsafe(32))
    except OSError as error:
        raise ConfigurationWrong(
            [f"PRORATA_SECRET_KEY is not set, and a new one cannot be kept in {path}: {error.strerror}."]
        ) from error


def read_kept(path: Path) -> str | None:
    """The text kept in a file, or None when there is none."""
    try:
        return path.read_text(encoding="ascii").strip() or None
    except FileNotFoundError:
        return None


def keep(path: Path, text: str) -> None:
    """Keep a text in a file of mode 0600, in place of what it held; a reader sees the old or the new, never a part."""
    draft = _draft_of(path, text)
    draft.replace(path)


def _made_once(path: Path, text: str) -> str:
    draft = _draft_of(path, text)
    try:
        # A link, unlike a rename, fails where a file is already: the first of several processes wins.
        path.hardlink_to(draft)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    finally:
        draft.unlink()
    return text


def _draft_of(path: Path, text: str) -> Path:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text + "\n")
    return draft
