"""Times whose usage is billed by themselves: cut off where a period ends, and where a price or a customer changes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.ids import Prefix
from domain.lifecycles import SubscriptionStatus
from domain.metering import through
from models import SubscriptionItem, UsagePeriod
from services.aggregates import PricedItem, WholeSubscription
from services.base import Service, part
from services.rows import insert_rows
from services.subscriptions.period_agenda import current_period_end, due_items, ending_of
from services.subscriptions.wholes import is_metered
from services.usage.billing import UsageBilling, UsageDraft

METERING = (
    SubscriptionStatus.TRIALING, SubscriptionStatus.ACTIVE, SubscriptionStatus.PAST_DUE, SubscriptionStatus.UNPAID,
)  # fmt: skip
"""The statuses in which usage counts; that of a trial is free, as an item is metered from the trial's end on."""


@dataclass(frozen=True, slots=True)
class UsageCut:
    """A time of an item that ends here: what was used in it is billed at this price, now or with the next invoice."""

    row: SubscriptionItem
    price_id: str
    meter_id: str
    since: datetime
    until: datetime
    now: bool = False


class Metering(Service):
    """Cuts off the times of metered items, and gets their lines."""

    usage = part(UsageBilling)

    def passed(self, whole: WholeSubscription, items: Iterable[PricedItem], until: datetime) -> list[UsagePeriod]:
        """The times of these items up to `until`, which is where they are metered from next; nothing is stored.

        That of a trial which ends there is among them and comes to nothing.
        """
        rows = []
        for item in items:
            since, meter_id = item.row.metered_since, item.price.meter_id
            if since is None or meter_id is None:
                continue
            if since < until:
                rows.append(self.period(whole, UsageCut(item.row, item.price.id, meter_id, since, until)))
                item.row.metered_since = until
            elif whole.row.trial_end == until:
                begins = item.row.current_period_start
                free = self.period(whole, UsageCut(item.row, item.price.id, meter_id, begins, until))
                free.counted, free.is_open = "0", False
                rows.append(free)
        return rows

    def last(self, whole: WholeSubscription, at: datetime) -> list[UsagePeriod]:
        """The last times of its items, not stored: up to the ends of their periods, or to where it ends before."""
        return [
            row
            for item in whole.items
            for row in self.passed(whole, [item], min(through(at), item.row.current_period_end))
        ]

    def period(self, whole: WholeSubscription, cut: UsageCut) -> UsagePeriod:
        """The row of a cut, not stored."""
        return UsagePeriod.made(
            id=self.new_id(Prefix.USAGE_PERIOD),
            created_at=cut.until,
            subscription_id=whole.row.id,
            subscription_item_id=cut.row.id,
            price_id=cut.price_id,
            meter_id=cut.meter_id,
            customer_id=whole.row.customer_id,
            currency=whole.row.currency,
            period_start=cut.since,
            period_end=cut.until,
            **self.ownership(),
        )

    async def put_off(self, whole: WholeSubscription, now: datetime) -> None:
        """Store what was used so far, to be billed with the next invoice; the items' rows are the caller's to store."""
        if whole.row.status in METERING:
            await insert_rows(self.passed(whole, whole.items, through(now)))

    async def final(self, whole: WholeSubscription, now: datetime) -> UsageDraft:
        """All that was used by now, the present second included, and not billed yet, counted for good.

        The caller stores it. What is sent later with a time in this second is late.
        """
        return await self.usage.settled([whole.row], self._until(whole, now), rows_of([whole]))

    async def drafted(self, whole: WholeSubscription, now: datetime) -> UsageDraft:
        """As `final`, for a draft that counts on until it is finalized; where nothing was used yet there is none."""
        passed, items = self._until(whole, now), rows_of([whole])
        drafted = await self.usage.drafted([whole.row], passed, items)
        if any(line.quantity or line.amount for line in drafted.of(whole.row.id)):
            return drafted
        return await self.usage.settled([whole.row], passed, items)

    def _until(self, whole: WholeSubscription, now: datetime) -> list[UsagePeriod]:
        return self.passed(whole, whole.items, through(now)) if whole.row.status in METERING else []

    async def not_again(self, whole: WholeSubscription, now: datetime) -> None:
        """Begin, in memory, after a second that was billed to what ended in it; no statement where nothing begins now.

        Who ends something by use and begins it anew within one second is asked once for that second.
        """
        beginning = [item for item in whole.items if item.row.metered_since == now]
        if not beginning:
            return
        owner = whole.row.customer_id
        ended = await self.mine(UsagePeriod).filter(customer_id=owner, period_end=through(now))
        billed = {row.meter_id for row in ended}
        begin_metering((item for item in beginning if item.price.meter_id in billed), through(now))

    async def foreseen(self, wholes: Sequence[WholeSubscription], also: Sequence[UsagePeriod] = ()) -> UsageDraft:
        """What the next renewals, or else the last invoices, bill of usage so far, and of `also`.

        Nothing is stored, rows change in memory.
        """
        passed: list[UsagePeriod] = []
        for whole in wholes:
            last = ending_of(whole)
            due = self.passed(whole, due_items(whole), current_period_end(whole)) if last is None else ()
            passed += due if last is None else self.last(whole, last)
        return await self.usage.drafted((whole.row for whole in wholes), [*also, *passed], rows_of(wholes))


def begin_metering(items: Iterable[PricedItem], at: datetime) -> None:
    """From then on usage is billed, in memory, and nothing that came before; of a second that was billed none is."""
    for item in items:
        known, after = item.row.metered_since, through(at)
        item.row.metered_since = (after if known == after else at) if is_metered(item.price) else None


def rows_of(wholes: Iterable[WholeSubscription]) -> dict[str, SubscriptionItem]:
    """The items by id."""
    return {item.row.id: item.row for whole in wholes for item in whole.items}
