"""What a person reads when the server starts, and the one line that programs wait for."""

import sys
from collections.abc import Iterator
from typing import Final

from prorata import __version__
from prorata.founding import FirstKeys
from prorata.settings import Settings

READY: Final = "Prorata is ready on "


def say(text: str) -> None:
    """Write to standard output at once, also when it is a pipe."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def welcome(settings: Settings, url: str, *, first_keys: FirstKeys | None, sandbox_key: str | None) -> Iterator[str]:
    """Lines with the links, and with the keys that may be shown now."""
    yield f"Prorata {__version__} on {_database(settings)}"
    yield ""
    yield f"  API              {url}/graphql"
    if settings.introspection:
        yield f"  GraphiQL         {url}/graphql (in a browser)"
        yield f"  Schema           {url}/schema.graphql"
    if sandbox_key is not None:
        yield f"  Sandbox key      {sandbox_key}"
    if first_keys is not None:
        if first_keys.secret != sandbox_key:
            yield f"  Secret key       {first_keys.secret}"
        yield f"  Publishable key  {first_keys.publishable}"
        yield ""
        shown = "Both keys are" if sandbox_key is None else "The publishable key is"
        yield f"  {shown} shown this once; `prorata keys` makes others."
    yield ""


def _database(settings: Settings) -> str:
    return "PostgreSQL" if settings.sqlite_file is None else f"SQLite, {settings.sqlite_file}"
