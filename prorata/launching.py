"""How this program starts itself again: the same interpreter, the same code, whatever the current folder holds."""

import sys
from pathlib import Path
from typing import Final

_ROOT: Final = Path(__file__).resolve().parent.parent
_PROGRAM: Final = f"import sys; sys.path.append({str(_ROOT)!r}); from prorata.cli import main; main()"


def command_line(*words: str) -> list[str]:
    """The command that runs `prorata` with these words in a process of its own.

    `-P` keeps the current folder off the path: a folder `models` there would stand before ours.
    """
    return [sys.executable, "-P", "-c", _PROGRAM, *words]
