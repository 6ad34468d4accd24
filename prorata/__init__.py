"""Prorata, a self-hosted billing engine with one GraphQL API.

In the source tree the layers (`domain`, `models`, `services`, …) are packages beside this one. An installed wheel
carries them in `prorata/_bundled/`, because names such as `schema` belong to other distributions as well; importing
`prorata` puts that folder first on the path.
"""

import sys
from pathlib import Path

__all__ = ["__version__"]

__version__ = "0.1.0"

_bundled = Path(__file__).parent / "_bundled"
if _bundled.is_dir() and str(_bundled) not in sys.path:
    sys.path.insert(0, str(_bundled))
