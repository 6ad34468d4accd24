"""One lazy reference per GraphQL type: how types of different modules name each other.

Plain assignments on purpose: PEP 695 aliases and module-qualified annotations break Strawberry's lazy types.
"""

from typing import TYPE_CHECKING, Annotated

import strawberry

if TYPE_CHECKING:
    from schema.api_keys import ApiKey

ApiKeyRef = Annotated["ApiKey", strawberry.lazy("schema.api_keys")]
