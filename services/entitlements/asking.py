"""What the database is asked about entitlements: four joins, and the one index that a gate reads."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson

from services.scope import Scope
from services.transactions import database, is_postgres

_SUBSCRIBED: Final = """
FROM subscriptions s
JOIN subscription_items i ON i.subscription_id = s.id
JOIN prices p ON p.id = i.price_id
"""
_ENTITLED: Final = f"""
SELECT DISTINCT s.customer_id AS customer_id, f.id AS feature_id, f.lookup_key AS lookup_key
{_SUBSCRIBED}
JOIN product_features pf ON pf.product_id = p.product_id
JOIN features f ON f.id = pf.feature_id
WHERE s.customer_id {{among}} AND s.status {{status}} AND {{own}}
ORDER BY 1, 2
"""
_SUBSCRIBERS: Final = f"""
SELECT DISTINCT s.customer_id AS customer_id
{_SUBSCRIBED}
WHERE p.product_id {{among}} AND s.status {{status}} AND {{own}}
"""
_IN_STATUS: Final = f"""
SELECT DISTINCT s.customer_id AS customer_id
{_SUBSCRIBED}
WHERE p.has_features AND {{all_own}} AND s.status {{status}}
"""
_HOLDERS: Final = """
SELECT s.customer_id AS customer_id FROM active_entitlements s
WHERE s.customer_id {among} AND s.lookup_key = {key} AND {own}
"""


@dataclass(frozen=True, slots=True)
class Entitled:
    """A customer is to have a feature."""

    customer_id: str
    feature_id: str
    lookup_key: str


async def entitled(scope: Scope, customer_ids: Iterable[str], statuses: Collection[str]) -> list[Entitled]:
    """What these customers are to have, by their subscriptions in these states."""
    question = _Question(scope)
    records = await question.asked(_ENTITLED, among=question.among(customer_ids), status=question.among(statuses))
    return [Entitled(each["customer_id"], each["feature_id"], each["lookup_key"]) for each in records]


async def subscribers(scope: Scope, product_ids: Iterable[str], statuses: Collection[str]) -> list[str]:
    """Ids of the customers with one of these products on a subscription in one of these states."""
    question = _Question(scope)
    records = await question.asked(_SUBSCRIBERS, among=question.among(product_ids), status=question.among(statuses))
    return [each["customer_id"] for each in records]


async def subscribers_in(scope: Scope, status: str) -> list[str]:
    """Ids of the customers with a subscription in this state to a product that brings features."""
    question = _Question(scope)
    return [each["customer_id"] for each in await question.asked(_IN_STATUS, status=question.among([status]))]


@dataclass(frozen=True, slots=True)
class HoldersOf:
    """Says of customers whether they have the feature with this lookup key; equal ones share a batch."""

    lookup_key: str

    async def __call__(self, scope: Scope, customer_ids: Sequence[str]) -> dict[str, bool]:
        """True by customer; who does not have it is absent. One statement, which reads one index."""
        question = _Question(scope)
        records = await question.asked(_HOLDERS, among=question.among(customer_ids), key=question.mark(self.lookup_key))
        return {each["customer_id"]: True for each in records}


class _Question:
    """A statement in the making, with its values; what is asked about is the scope's own."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._postgres = is_postgres()
        self._values: list[Any] = []

    def mark(self, value: Any) -> str:
        """The placeholder of one more value."""
        self._values.append(value)
        return f"${len(self._values)}" if self._postgres else f"?{len(self._values)}"

    def among(self, values: Iterable[str]) -> str:
        """The condition that a column has one of these values."""
        texts = sorted(values)
        if self._postgres:
            return f"= ANY({self.mark(texts)}::varchar[])"
        return f"IN (SELECT value FROM json_each({self.mark(orjson.dumps(texts).decode())}))"

    async def asked(self, sql: str, **conditions: str) -> Sequence[Any]:
        """What the database answers."""
        # Without statistics SQLite may prefer an index over the account's whole table to the selective one.
        plus = "" if self._postgres else "+"
        account, mode = self.mark(self._scope.account_id), self.mark(self._scope.livemode)
        own = f"{plus}s.account_id = {account} AND {plus}s.livemode = {mode}"
        all_own = f"s.account_id = {account} AND s.livemode = {mode}"
        return (await database().query(sql.format(own=own, all_own=all_own, **conditions), self._values))[1]
