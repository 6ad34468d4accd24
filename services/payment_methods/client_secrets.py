"""Client secrets: what a page holds of one intent, and all that it needs to confirm it with a publishable key."""

import hmac
import secrets

_MARK = "_secret_"


def new_client_secret(identifier: str) -> str:
    """A secret for the intent with this id, which it begins with."""
    return f"{identifier}{_MARK}{secrets.token_hex(16)}"


def secret_fits(client_secret: str, known: str) -> bool:
    """Whether it is the very secret, compared in constant time."""
    return hmac.compare_digest(client_secret.encode(), known.encode())
