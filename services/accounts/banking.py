"""Where accounts have their money sent: asked of whoever knows, so that accounts need not know payouts.

Until somebody answers, external accounts are nobody's business and are not asked for.
"""

from collections.abc import Awaitable, Callable, Sequence

from models import Account
from services.scope import Scope

Asked = Callable[[Sequence[str]], Awaitable[set[str]]]
"""Of these accounts, those that have an external account which money can be sent to."""
Opened = Callable[[Scope, Account], Awaitable[None]]
"""Gives an account of the sandbox an external account; the scope is the account's own."""

_ASKED: list[Asked] = []
_OPENED: list[Opened] = []


def bank_by(asked: Asked, opened: Opened) -> None:
    """Let these answer from now on. Only `services/reactions.py` calls this."""
    _ASKED[:], _OPENED[:] = [asked], [opened]


async def has_external_account(account_id: str) -> bool | None:
    """Whether money can be sent out of the account; None while nobody knows of external accounts."""
    return account_id in await _ASKED[0]([account_id]) if _ASKED else None


async def open_external_account(scope: Scope, account: Account) -> None:
    """Let an account of the sandbox have an external account; nothing while nobody knows of them."""
    for opened in _OPENED:
        await opened(scope, account)
