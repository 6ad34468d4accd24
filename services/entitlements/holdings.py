"""Who has which features: worked out from subscriptions, kept as rows, told of when it changes. Sets throughout."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from tortoise.queryset import QuerySet

from domain.entitlements import entitling_statuses
from domain.event_types import EventType
from domain.ids import Prefix
from models import ActiveEntitlement, Customer, EntitlementSummary, ProductFeature
from services.aggregates import WholeEntitlements
from services.base import Service, part
from services.entitlements.asking import Entitled, entitled, subscribers, subscribers_in
from services.events import Events
from services.rows import delete_by, insert_rows
from services.settings import Settings

ROW = TypeVar("ROW", ActiveEntitlement, Entitled)


@dataclass(frozen=True, slots=True)
class _Held:
    """What one customer had, and what is new and gone of it."""

    summary: EntitlementSummary
    before: Sequence[ActiveEntitlement]
    gone: frozenset[str]
    made: Sequence[ActiveEntitlement]

    def after(self) -> WholeEntitlements:
        """What they have now."""
        kept = [each for each in self.before if each.id not in self.gone]
        return WholeEntitlements(self.summary, [*kept, *self.made])


class Entitlements(Service):
    """Active entitlements."""

    events = part(Events)
    settings = part(Settings)

    def of_customer(self, customer_id: str) -> QuerySet[ActiveEntitlement]:
        """What the customer has; nothing for one who is absent or somebody else's."""
        return self.mine(ActiveEntitlement).filter(customer_id=customer_id)

    async def statuses(self) -> frozenset[str]:
        """In which states of a subscription its products' features are its customer's."""
        settings = await self.settings.current()
        return frozenset(entitling_statuses(past_due_entitles=settings.past_due_entitles))

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
        """Make the rows of these customers what their subscriptions now say; five statements whatever their number.

        Who does so holds their summaries until the transaction ends, in the order of ids, so that two who change two
        subscriptions of one customer come one after the other. Event
        `entitlements.active_entitlement_summary.updated` for each whose set is another afterwards.
        """
        ids = sorted(set(customer_ids))
        if not ids:
            return
        summaries = await self._hold(ids)
        wanted = await entitled(self.scope, ids, await self.statuses())
        known = await self.gather(ActiveEntitlement, "customer_id", ids, order=("id",))

        changes = self._changes(summaries, known, wanted)
        if not changes:
            return

        await delete_by(ActiveEntitlement, "id", [gone for each in changes for gone in each.gone], **self.ownership())
        await insert_rows([made for each in changes for made in each.made])
        await self._tell(changes)

    async def _hold(self, ids: Sequence[str]) -> list[EntitlementSummary]:
        """The summaries of these customers, held; made where there are none."""
        now = self.scope.clock.now()
        fresh = [EntitlementSummary.made(id=each, created_at=now, **self.ownership()) for each in ids]
        if await insert_rows(fresh, ignore_conflicts=True) == len(fresh):
            return fresh
        return await self.gather(EntitlementSummary, "id", ids, lock=True)

    def _changes(
        self,
        summaries: Sequence[EntitlementSummary],
        known: Sequence[ActiveEntitlement],
        wanted: Sequence[Entitled],
    ) -> list[_Held]:
        """What is new and gone, for each customer for whom anything is."""
        had, due = _by_customer(known), _by_customer(wanted)
        changes = []
        for summary in summaries:
            before, after = had.get(summary.id, []), due.get(summary.id, [])
            held, features = {each.feature_id for each in before}, {each.feature_id for each in after}
            if held != features:
                gone = frozenset(each.id for each in before if each.feature_id not in features)
                made = [self._made(each) for each in after if each.feature_id not in held]
                changes.append(_Held(summary, before, gone, made))
        return changes

    def _made(self, wanted: Entitled) -> ActiveEntitlement:
        return ActiveEntitlement.made(
            id=self.new_id(Prefix.ENTITLEMENT),
            created_at=self.scope.clock.now(),
            customer_id=wanted.customer_id,
            feature_id=wanted.feature_id,
            lookup_key=wanted.lookup_key,
            **self.ownership(),
        )

    async def _tell(self, changes: Sequence[_Held]) -> None:
        """An event for each, at the present of its customer."""
        ids = [each.summary.id for each in changes]
        clocks = {row.id: row.test_clock_id for row in await self.gather(Customer, "id", ids)}
        presents = await self.presents(clocks.values())
        for each in changes:
            self.events.record(
                EventType.ENTITLEMENTS_ACTIVE_ENTITLEMENT_SUMMARY_UPDATED,
                each.after(),
                at=presents[clocks[each.summary.id]],
                before=self.events.snapshot(WholeEntitlements(each.summary, each.before)),
            )


def _by_customer(rows: Iterable[ROW]) -> dict[str, list[ROW]]:
    grouped: dict[str, list[ROW]] = {}
    for row in rows:
        grouped.setdefault(row.customer_id, []).append(row)
    return grouped
