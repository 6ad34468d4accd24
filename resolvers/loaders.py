"""Batching of relations: whatever the resolvers of one level ask for becomes one statement per relation.

Keys are gathered until the event loop has run everything that is ready; then all waiting batches go out together. A
key that is known already is answered without waiting.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from schema.base import NodeKind
from schema.connections import ConnectionOf
from schema.errors import Forbidden
from schema.relations import Relation
from services.blocks import whole
from services.pages import Page, PageRequest
from services.related import (
    Children,
    Conditions,
    block_by_id,
    block_of_parents,
    counts_of_parents,
    pages_of_parents,
)
from services.scope import Access, Scope

Fetch = Callable[[list[str]], Awaitable[dict[str, Any]]]
Values = Callable[[Scope, list[str]], Awaitable[dict[str, Any]]]


class Batch:
    """The values of one relation by key, fetched many at a time. Absent keys get `absent()`.

    Whoever waits has a future of their own: the executor cancels what it no longer needs, and others may still wait
    for the same key.
    """

    __slots__ = ("_absent", "_asked", "_fetch", "_known", "_loaders", "_waiting")

    def __init__(self, loaders: "Loaders", fetch: Fetch, absent: Callable[[], Any]) -> None:
        self._loaders = loaders
        self._fetch = fetch
        self._absent = absent
        self._known: dict[str, Any] = {}
        self._waiting: dict[str, list[asyncio.Future[Any]]] = {}
        self._asked: list[str] = []

    def load(self, key: str) -> Any:
        """The value of `key` when it is known, else a future of it."""
        if key in self._known:
            return self._known[key]
        future = self._loaders.loop.create_future()
        if key in self._waiting:
            self._waiting[key].append(future)
            return future
        self._waiting[key] = [future]
        if not self._asked:
            self._loaders.announce(self)
        self._asked.append(key)
        return future

    async def run(self) -> None:
        """Fetch what is asked for. A failure is told to everybody who waits."""
        keys, self._asked = self._asked, []
        try:
            found = await self._fetch(keys)
        except Exception as error:
            for future in self._waiters(keys):
                future.set_exception(error)
            return
        for key in keys:
            value = self._known[key] = found[key] if key in found else self._absent()
            for future in self._waiters([key]):
                future.set_result(value)

    def _waiters(self, keys: Sequence[str]) -> list[asyncio.Future[Any]]:
        """Who still waits for these keys; they are told now."""
        return [future for key in keys for future in self._waiting.pop(key) if not future.done()]


class Loaders:
    """All batches of one request, made on first use; each checks the key's policy once, when it is made."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._batches: dict[Any, Batch] = {}
        self._announced: list[Batch] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self.loop = asyncio.get_running_loop()

    def one(self, target: NodeKind) -> Batch:
        """Objects of this type by their id, None where there is none; shared by all relations that lead there."""
        return self._batches.get(target) or self._one(target)

    def many(self, relation: Relation) -> Batch:
        """Lists of objects by the id of their parent."""
        return self._batches.get(relation) or self._many(relation)

    def page(self, relation: Relation, request: PageRequest, conditions: Conditions) -> Batch:
        """Connections by the id of their parent, for one set of arguments."""
        return self._batches.get((relation, request, conditions)) or self._page(relation, request, conditions)

    def values(self, fetch: Values, absent: Callable[[], Any], kind: str | None = None) -> Batch:
        """What `fetch` works out, by the ids of objects that may be seen; `absent()` where it says nothing.

        With `kind`, the key has to be granted to read that as well.
        """
        return self._batches.get(fetch) or self._values(fetch, absent, kind)

    def forget(self) -> None:
        """Start afresh, because something was written."""
        self._batches.clear()

    def announce(self, batch: Batch) -> None:
        """Fetch this batch as soon as nothing else is ready to run."""
        if not self._announced:
            self.loop.call_soon(self._wait_for_more, 1)
        self._announced.append(batch)

    def _wait_for_more(self, known: int) -> None:
        # Lists and objects nest tasks to different depths: as long as new relations turn up, the level is not complete.
        if len(self._announced) > known:
            self.loop.call_soon(self._wait_for_more, len(self._announced))
            return
        announced, self._announced = self._announced, []
        for batch in announced:
            task = self.loop.create_task(batch.run())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def _guarded(self, target: NodeKind, key: Any, fetch: Fetch, absent: Callable[[], Any]) -> Batch:
        self._require(target.kind)
        batch = self._batches[key] = Batch(self, fetch, absent)
        return batch

    def _require(self, kind: str) -> None:
        if not self._scope.policy.allows(kind, Access.READ):
            raise Forbidden(f"This key may not read {kind}; it would need the grant '{kind}: read'.")

    def _values(self, fetch: Values, absent: Callable[[], Any], kind: str | None) -> Batch:
        if kind is not None:
            self._require(kind)

        async def found(keys: list[str]) -> dict[str, Any]:
            return await fetch(self._scope, keys)

        batch = self._batches[fetch] = Batch(self, found, absent)
        return batch

    def _one(self, target: NodeKind) -> Batch:
        async def fetch(keys: list[str]) -> dict[str, Any]:
            block = await block_by_id(self._scope, Children(target.model, target.kind), keys)
            return {row.id: target.graphql.of(row) for row in whole(block)}

        return self._guarded(target, target, fetch, _nothing)

    def _many(self, relation: Relation) -> Batch:
        target, children = relation.target, relation.children()

        async def fetch(keys: list[str]) -> dict[str, Any]:
            block, places = await block_of_parents(self._scope, children, keys, relation.limit)
            nodes = _wrapped(target, whole(block))
            return {key: [nodes[place] for place in found[: relation.limit]] for key, found in places.items()}

        return self._guarded(target, relation, fetch, list)

    def _page(self, relation: Relation, request: PageRequest, conditions: Conditions) -> Batch:
        target, children = relation.target, relation.children()

        async def count(keys: list[str]) -> dict[str, Any]:
            return await counts_of_parents(self._scope, children, keys, conditions)

        counts = Batch(self, count, int)

        async def fetch(keys: list[str]) -> dict[str, Any]:
            block, pages = await pages_of_parents(self._scope, children, keys, request, conditions)
            rows = whole(block)
            return {key: self._connection(target, rows, page, counts, key) for key, page in pages.items()}

        return self._guarded(target, (relation, request, conditions), fetch, _nothing)

    def _connection(
        self, target: NodeKind, rows: Sequence[Any], page: Page[int], counts: Batch, key: str
    ) -> ConnectionOf:
        nodes = _wrapped(target, [rows[place] for place in page.rows])
        return ConnectionOf(nodes, page, lambda: counts.load(key))


def _wrapped(target: NodeKind, rows: Sequence[Any]) -> list[Any]:
    of = target.graphql.of
    return [of(row) for row in rows]


def _nothing() -> None:
    return None
