"""Tax rates that a subscription has, or will have by what waits: where automatic tax begins there may be none."""

from collections.abc import Iterator, Sequence

from domain.drafts import given
from domain.schedules import Phase
from models import Subscription, SubscriptionSchedule
from services.aggregates import WholeSubscription
from services.base import Service
from services.subscriptions.drafts import ItemChange
from services.subscriptions.scheduled import item_changes_of


class RatesBesideAutomaticTax(Service):
    """Looks for rates that would contradict automatic tax. Invoice items that wait keep theirs, and do not count."""

    async def beside(self, whole: WholeSubscription, wanted: Sequence[ItemChange]) -> bool:
        """Whether any rate is named by the subscription, by its items after this change, or by what waits."""
        row = whole.row
        if row.default_tax_rates or _of_items(whole, wanted):
            return True
        waiting = [] if wanted else item_changes_of(row.scheduled_change)
        held_back = (row.pending_update or {}).get("changes", ())
        if any(each.tax_rates for each in waiting) or any(each.get("tax_rates") for each in held_back):
            return True
        return any(_of_phase(phase) for phase in await self._phases(row))

    async def _phases(self, row: Subscription) -> Iterator[Phase]:
        """The phases of its schedule from the current one on; no statement without one."""
        schedule = None if row.schedule_id is None else await self.find(SubscriptionSchedule, row.schedule_id)
        stored = [] if schedule is None else schedule.phases[max(schedule.position, 0) :]
        return (Phase.from_json(each) for each in stored)


def _of_items(whole: WholeSubscription, wanted: Sequence[ItemChange]) -> bool:
    changes = {change.id: change for change in wanted if change.id is not None}
    added = any(change.id is None and given(change.tax_rates, None) for change in wanted)
    return added or any(_stays_rated(item.row.tax_rates, changes.get(item.row.id)) for item in whole.items)


def _stays_rated(rates: Sequence[str], change: ItemChange | None) -> bool:
    if change is None:
        return bool(rates)
    return not change.deleted and bool(given(change.tax_rates, rates))


def _of_phase(phase: Phase) -> bool:
    of_items = any(item.tax_rates for item in phase.items)
    return bool(phase.default_tax_rates) or of_items or any(once.tax_rates for once in phase.add_invoice_items)
