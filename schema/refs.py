"""One lazy reference per GraphQL type: how types of different modules name each other.

Plain assignments on purpose: PEP 695 aliases and module-qualified annotations break Strawberry's lazy types.
"""

from typing import TYPE_CHECKING, Annotated  # noqa: F401

import strawberry  # noqa: F401

if TYPE_CHECKING:
    pass
