"""What the agenda knows of a period: what happens when it ends, and when the invoice that follows is announced."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from domain.agenda import AgendaKind
from domain.invoices import CollectionMethod
from domain.lifecycles import SubscriptionStatus
from services.aggregates import PricedItem, WholeSubscription
from services.base import Service, part
from services.due import Appointment, Due
from services.settings import Settings

ENDINGS = (
    AgendaKind.SUBSCRIPTION_RENEW, AgendaKind.SUBSCRIPTION_CANCEL, AgendaKind.SUBSCRIPTION_TRIAL_END,
)  # fmt: skip
"""What may happen when a period ends; a subscription has one of them on the agenda."""
PERIOD_ENDINGS = (*ENDINGS, AgendaKind.SUBSCRIPTION_UPCOMING)
"""All that the agenda holds because of a period."""


class PeriodAgenda(Service):
    """Puts periods on the agenda."""

    due = part(Due)
    settings = part(Settings)

    async def schedule(
        self,
        wholes: Sequence[WholeSubscription],
        presents: Mapping[str | None, datetime],
        *,
        fresh: bool = False,
        days: int | None = None,
        also: Sequence[Appointment] = (),
    ) -> None:
        """What ends the current periods, what is announced before, and what else was to be put there.

        `presents` are by test clock, `days` those of the announcement where the caller knows the setting already.
        `fresh` promises that nothing of it is on the agenda.
        """
        if not wholes:
            return
        if days is None:
            days = (await self.settings.current()).upcoming_invoice_days
        announced = [each for whole in wholes if (each := _announcement(whole, presents, days)) is not None]
        await self.due.schedule_all([*map(period_ending, wholes), *announced, *also], fresh=fresh)


def period_ending(whole: WholeSubscription) -> Appointment:
    """What happens when the current period of the subscription ends: it is renewed, or ends itself by then."""
    row, last = whole.row, ending_of(whole)
    if last is not None:
        return Appointment(AgendaKind.SUBSCRIPTION_CANCEL, row.id, last, row.test_clock_id)
    on_trial = row.status == SubscriptionStatus.TRIALING
    kind = AgendaKind.SUBSCRIPTION_TRIAL_END if on_trial else AgendaKind.SUBSCRIPTION_RENEW
    return Appointment(kind, row.id, current_period_end(whole), row.test_clock_id)


def ending_of(whole: WholeSubscription) -> datetime | None:
    """When the subscription ends, where no period follows the current one."""
    last = whole.row.cancel_at
    return last if last is not None and last <= current_period_end(whole) else None


def current_period_end(whole: WholeSubscription) -> datetime:
    """When the current period ends: that of the item whose period ends first."""
    if len(whole.items) == 1:
        return whole.items[0].row.current_period_end
    return min(item.row.current_period_end for item in whole.items)


def is_announced(whole: WholeSubscription) -> bool:
    """Whether an invoice that is collected by itself follows the current period."""
    ends = period_ending(whole).kind is AgendaKind.SUBSCRIPTION_CANCEL
    return not ends and whole.row.collection_method == CollectionMethod.CHARGE_AUTOMATICALLY


def _announcement(whole: WholeSubscription, presents: Mapping[str | None, datetime], days: int) -> Appointment | None:
    """So many days before the period ends, a shorter one at its beginning; not where that has passed."""
    if not days or not is_announced(whole):
        return None
    begins = max(item.row.current_period_start for item in whole.items)
    told_at = max(current_period_end(whole) - timedelta(days=days), begins)
    if told_at < presents[whole.row.test_clock_id]:
        return None
    return Appointment(AgendaKind.SUBSCRIPTION_UPCOMING, whole.row.id, told_at, whole.row.test_clock_id)


def due_items(whole: WholeSubscription) -> Sequence[PricedItem]:
    """The items whose periods end with the subscription's current one; items of longer intervals keep theirs."""
    if len(whole.items) == 1:
        return whole.items
    end = current_period_end(whole)
    return [item for item in whole.items if item.row.current_period_end == end]
