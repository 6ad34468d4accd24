"""Connected accounts for tests, as their onboarding leaves them."""

from typing import Any

from domain.ids import Prefix
from models import Account
from services.rows import insert_rows
from services.scope import Scope


async def connected(scope: Scope, name: str = "Acme", **columns: Any) -> Account:
    """An account connected to the scope's platform, which can be charged for and paid out unless `columns` differ."""
    known: dict[str, Any] = {
        "type": "express",
        "controller": {
            "fees_payer": "application_express",
            "losses_payments": "application",
            "requirement_collection": "stripe",
            "dashboard": "express",
        },
        "capabilities": {"card_payments": "active", "transfers": "active"},
        "country": "US",
        "default_currency": "usd",
        "business_name": name,
        "details_submitted": True,
        "platform_id": scope.platform_id,
        "livemode": scope.livemode,
    }
    account = Account.made(
        id=scope.ids.new(Prefix.ACCOUNT),
        created_at=scope.clock.now(),
        **known | columns,
    )
    await insert_rows([account])
    return account
