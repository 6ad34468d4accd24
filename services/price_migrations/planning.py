"""What a price migration does to each of a group of subscriptions: the planner of item changes, in sets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from domain.calculations import calculation_of
from domain.errors import DomainError
from domain.plan_changes import ChangeBehavior
from domain.price_migrations import SkipReason
from models import PriceMigration
from services.aggregates import PricedItem, WholeSubscription
from services.base import Service, part
from services.events import Events, Snapshot
from services.subscriptions import ItemChange
from services.subscriptions.changes import ITEMS_CHANGEABLE
from services.subscriptions.exchange import Exchanges, ItemsPlan, PriceList, Proration
from services.subscriptions.wholes import rates_in_force, recurrence_of_item


@dataclass(frozen=True, slots=True)
class PlannedMove:
    """One subscription that moves: its snapshot from before, and the change with its prorations."""

    before: Snapshot | None
    change: ItemChange
    plan: ItemsPlan
    at: datetime
    per_period_before: int
    per_period_after: int
    """What the item costs a period, in minor units, before and after."""

    @property
    def now(self) -> int:
        """What the rest of the period costs more, or less when negative."""
        return sum(line.amount for line in self.plan.lines)


@dataclass(slots=True)
class PlannedMoves:
    """What becomes of a group: moves, and reasons by the id of those that are skipped."""

    moves: list[PlannedMove] = field(default_factory=list)
    skipped: dict[str, SkipReason] = field(default_factory=dict)


class MovePlanning(Service):
    """Plans the moves of a group of subscriptions. Rows change in memory alone."""

    events = part(Events)
    exchanges = part(Exchanges)

    async def planned(
        self,
        migration: PriceMigration,
        wholes: Sequence[WholeSubscription],
        presents: Mapping[str | None, datetime],
        *,
        told: bool,
    ) -> PlannedMoves:
        """The moves of these subscriptions, in two statements whatever their number; `told`: with snapshots."""
        known = await self.exchanges.price_list([(whole, ()) for whole in wholes], [migration.to_price_id])
        result = PlannedMoves()
        for whole in wholes:
            fit = _fit(migration, whole)
            if isinstance(fit, SkipReason):
                result.skipped[whole.row.id] = fit
                continue
            before = self.events.snapshot(whole) if told else None
            at = presents[whole.row.test_clock_id]
            try:
                move = self._move(migration, whole, fit, known, before, at)
            except DomainError:
                move = None
            if move is None or move.plan.restarted:  # A new period is begun by a change of its own, not in bulk.
                result.skipped[whole.row.id] = SkipReason.CHANGE_REFUSED
            else:
                result.moves.append(move)
        return result

    def _move(
        self,
        migration: PriceMigration,
        whole: WholeSubscription,
        item: PricedItem,
        known: PriceList,
        before: Snapshot | None,
        at: datetime,
    ) -> PlannedMove:
        change = ItemChange(id=item.row.id, price=migration.to_price_id)
        cost = _cost_of(item, whole.row.currency)
        behavior = ChangeBehavior(migration.behavior).proration
        proration = Proration(min(at, item.row.current_period_end), behavior)
        plan = self.exchanges.planned(whole, [change], proration, at, known)
        moved = next(each for each in plan.whole.items if each.row.id == item.row.id)
        return PlannedMove(before, change, plan, at, cost, _cost_of(moved, whole.row.currency))


def _cost_of(item: PricedItem, currency: str) -> int:
    """What the item costs a period, in minor units."""
    return calculation_of(rates_in_force(item, currency), item.row.quantity, currency).amount


def _fit(migration: PriceMigration, whole: WholeSubscription) -> PricedItem | SkipReason:
    """The item that moves, or why none does."""
    item = next((each for each in whole.items if each.row.price_id == migration.from_price_id), None)
    if whole.row.status not in ITEMS_CHANGEABLE:
        return SkipReason.STATUS
    if item is None:
        return SkipReason.CHANGED_MEANWHILE
    if migration.application_id is not None and whole.row.application_id != migration.application_id:
        return SkipReason.MADE_BY_ANOTHER
    if whole.row.schedule_id is not None:
        return SkipReason.SCHEDULED
    if whole.row.scheduled_change:
        return SkipReason.CHANGE_WAITS
    if migration.behavior == ChangeBehavior.WAIT_FOR_PERIOD_END and len(set(map(recurrence_of_item, whole.items))) > 1:
        return SkipReason.CHANGE_REFUSED  # It has no one period with whose end the change could come.
    return item
