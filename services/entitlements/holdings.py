"""Who has which features: worked out from subscriptions, kept as rows, told of when it changes. Sets throughout."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from tortoise.queryset import QuerySet

from domain.entitlements import entitling_statuses
from domain.event_types import EventType
from domain.ids import Prefix
from domain.settings import settings_of
from models import Account, ActiveEntitlement, Customer, EntitlementSummary, ProductFeature
from services.aggregates import WholeEntitlements
from services.base import Service, part
from services.entitlements.asking import Entitled, entitled, subscribers, subscribers_in
from services.events import Events
from services.rows import delete_by, fetch_by, insert_rows
from services.transactions import current_unit

_UPDATED = EventType.ENTITLEMENTS_ACTIVE_ENTITLEMENT_SUMMARY_UPDATED
_STATUSES = "entitling statuses by account"

ROW = TypeVar("ROW", ActiveEntitlement, Entitled)


@dataclass(frozen=True, slots=True)
class _Change:
    """What one customer had, and what of it goes and what comes."""

    summary: EntitlementSummary
    before: Sequence[ActiveEntitlement]
    goes: frozenset[str]
    """Ids of features."""
    comes: Sequence[Entitled]


class Entitlements(Service):
    """Active entitlements."""

    events = part(Events)

    def of_customer(self, customer_id: str) -> QuerySet[ActiveEntitlement]:
        """What the customer has; nothing for one who is absent or somebody else's."""
        return self.mine(ActiveEntitlement).filter(customer_id=customer_id)

    async def statuses(self) -> frozenset[str]:
        """In which states of a subscription its products' features are its customer's.

        The setting stays as it is until the transaction ends: who changes it waits, and then sees what was made of it.
        """
        unit = current_unit()
        assert unit is not None, "entitlements are worked out in the transaction that changes them"
        known: dict[str, frozenset[str]] = unit.state(_STATUSES, dict)
        if self.scope.account_id not in known:
            [account] = await fetch_by(Account, "id", [self.scope.account_id], share=True)
            past_due_entitles = settings_of(account.settings).past_due_entitles
            known[account.id] = frozenset(entitling_statuses(past_due_entitles=past_due_entitles))
        return known[self.scope.account_id]

    async def recount_subscribers(self, product_ids: Iterable[str]) -> None:
        """Work out anew what everybody has who is subscribed to one of these products."""
        await self.recount(await subscribers(self.scope, product_ids, await self.statuses()))

    async def recount_status(self, status: str) -> None:
        """Work out anew what everybody has who has a subscription in this state."""
        await self.recount(await subscribers_in(self.scope, status))

    async def bringing(self, product_ids: Iterable[str]) -> set[str]:
        """Those of these products that bring features."""
        return {row.product_id for row in await self.gather(ProductFeature, "product_id", product_ids)}

    async def recount(self, customer_ids: Iterable[str]) -> None:
        """Make the rows of these customers what their subscriptions now say; six statements whatever their number.

        Who does so holds their summaries until the transaction ends, in the order of ids, so that two who change two
        subscriptions of one customer come one after the other. Event
        `entitlements.active_entitlement_summary.updated` for each whose set is another afterwards.
        """
        ids = sorted(set(customer_ids))
        if not ids:
            return
        statuses = await self.statuses()
        summaries = await self._hold(ids)
        wanted = await entitled(self.scope, ids, statuses)
        known = await self.gather(ActiveEntitlement, "customer_id", ids, order=("id",))

        changes = _changes(summaries, known, wanted)
        if changes:
            await self._write(changes)

    async def _hold(self, ids: Sequence[str]) -> list[EntitlementSummary]:
        """The summaries of these customers, held; made where there are none."""
        now = self.scope.clock.now()
        fresh = [EntitlementSummary.made(id=each, created_at=now, **self.ownership()) for each in ids]
        if await insert_rows(fresh, ignore_conflicts=True) == len(fresh):
            return fresh
        return await self.gather(EntitlementSummary, "id", ids, lock=True)

    async def _write(self, changes: Sequence[_Change]) -> None:
        """Make the rows, and tell each customer's change at the present of their clock."""
        customers = await self.gather(Customer, "id", [each.summary.id for each in changes])
        clocks = {row.id: row.test_clock_id for row in customers}
        presents = await self.presents(clocks.values())
        gone: list[str] = []
        made: list[ActiveEntitlement] = []
        for change in changes:
            at = presents[clocks[change.summary.id]]
            kept = [row for row in change.before if row.feature_id not in change.goes]
            new = [self._made(each, at) for each in change.comes]
            gone += [row.id for row in change.before if row.feature_id in change.goes]
            made += new
            before = self.events.snapshot(WholeEntitlements(change.summary, change.before))
            after = WholeEntitlements(change.summary, [*kept, *new])
            self.events.record(_UPDATED, after, at=at, before=before)
        await delete_by(ActiveEntitlement, "id", gone, **self.ownership())
        await insert_rows(made)

    def _made(self, wanted: Entitled, at: datetime) -> ActiveEntitlement:
        return ActiveEntitlement.made(
            id=self.new_id(Prefix.ENTITLEMENT),
            created_at=at,
            customer_id=wanted.customer_id,
            feature_id=wanted.feature_id,
            lookup_key=wanted.lookup_key,
            **self.ownership(),
        )


def _changes(
    summaries: Sequence[EntitlementSummary], known: Sequence[ActiveEntitlement], wanted: Sequence[Entitled]
) -> list[_Change]:
    """What goes and what comes, for each customer for whom anything does."""
    had, due = _by_customer(known), _by_customer(wanted)
    changes = []
    for summary in summaries:
        before, after = had.get(summary.id, []), due.get(summary.id, [])
        held, features = {each.feature_id for each in before}, {each.feature_id for each in after}
        if held != features:
            comes = [each for each in after if each.feature_id not in held]
            changes.append(_Change(summary, before, frozenset(held - features), comes))
    return changes


def _by_customer(rows: Iterable[ROW]) -> dict[str, list[ROW]]:
    grouped: dict[str, list[ROW]] = {}
    for row in rows:
        grouped.setdefault(row.customer_id, []).append(row)
    return grouped
