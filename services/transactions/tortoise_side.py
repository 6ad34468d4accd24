"""What Tortoise expects of a client and this house answers in its own way, for both databases."""

from collections.abc import Iterable
from typing import Any, cast

from tortoise.backends.base.client import BaseDBAsyncClient, TransactionalDBClient, TransactionContext
from tortoise.backends.base.executor import BaseExecutor
from tortoise.models import Model

from services.transactions.units import transaction


class JoinedTransaction(TransactionContext):
    """Tortoise's own `in_transaction()` (in `update_or_create`, in migrations) as a unit of this house."""

    def __init__(self, client: BaseDBAsyncClient) -> None:
        self._client = client
        self._transaction = transaction()

    async def __aenter__(self) -> TransactionalDBClient:
        await self._transaction.__aenter__()
        return cast(TransactionalDBClient, self._client)

    async def __aexit__(self, exc_type: Any, exc_val: Any, exc_tb: Any) -> None:
        await self._transaction.__aexit__(exc_type, exc_val, exc_tb)


class SequentialPrefetch(BaseExecutor):
    """Prefetches in the task that asks for them: Tortoise starts tasks, which may not use the unit of another."""

    async def _execute_prefetch_queries(self, instance_list: Iterable[Model]) -> Iterable[Model]:
        if instance_list and (self.prefetch_map or self._prefetch_queries):
            self._make_prefetch_queries()
            for field, queries in self._prefetch_queries.items():
                for query in queries:
                    await self._do_prefetch(instance_list, field, query)
        return instance_list


__all__ = ["JoinedTransaction", "SequentialPrefetch"]
