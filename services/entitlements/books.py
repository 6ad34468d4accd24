"""The proof that customers have what their subscriptions bring, no more and no less. Reads whole tables."""

from typing import Final

from domain.entitlements import entitling_statuses
from domain.settings import settings_of
from models import Account
from services.transactions import database, is_postgres

FOUND_MAX: Final = 100

_DUE: Final = """
SELECT s.customer_id AS customer_id, f.lookup_key AS lookup_key
FROM subscriptions s
JOIN subscription_items i ON i.subscription_id = s.id
JOIN prices p ON p.id = i.price_id
JOIN product_features pf ON pf.product_id = p.product_id
JOIN features f ON f.id = pf.feature_id
WHERE s.account_id = {account} AND s.status IN ({statuses})
"""
_HAD: Final = (
    "SELECT e.customer_id AS customer_id, e.lookup_key AS lookup_key FROM active_entitlements e"
    " WHERE e.account_id = {account}"
)
_DIFFERENT: Final = f"""
SELECT * FROM (SELECT * FROM ({_DUE}) d1 EXCEPT SELECT * FROM ({_HAD}) h1) lacking
UNION ALL
SELECT * FROM (SELECT * FROM ({_HAD}) h2 EXCEPT SELECT * FROM ({_DUE}) d2) beyond
ORDER BY 1, 2 LIMIT {FOUND_MAX}
"""


async def wrongly_entitled() -> list[tuple[str, str]]:
    """Customers and lookup keys of features that they lack or have beyond their due, at most a hundred per account."""
    account = "$1" if is_postgres() else "?1"
    found: list[tuple[str, str]] = []
    for each in await Account.all().order_by("id"):
        entitling = entitling_statuses(past_due_entitles=settings_of(each.settings).past_due_entitles)
        statuses = ", ".join(f"'{status}'" for status in sorted(entitling))
        sql = _DIFFERENT.format(account=account, statuses=statuses)
        records = (await database().query(sql, [each.id]))[1]
        found += [(record["customer_id"], record["lookup_key"]) for record in records]
    return found
