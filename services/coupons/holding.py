"""Discounts that their holders get, lose and exchange, and the events that tell of it."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from domain.agenda import AgendaKind
from domain.event_types import EventType
from models import Customer, Discount
from services.aggregates import WholeDiscount
from services.base import Service, part
from services.coupons.deductions import Deductions, Redeemed
from services.due import Due
from services.events import Events
from services.rows import update_rows


class Holding(Service):
    """Tells of discounts of customers and subscriptions, and ends them."""

    events = part(Events)
    deductions = part(Deductions)
    due = part(Due)

    async def of_customers(self, customers: Iterable[Customer]) -> dict[str, WholeDiscount]:
        """By customer, their discount; no statement where nobody has one."""
        having = {row.discounts[0]: row.id for row in customers if row.discounts}
        if not having:
            return {}
        known = await self.deductions.known(having)
        return {having[each.discount.id]: whole_of(each) for each in known.values()}

    def tell_new(self, redeemed: Iterable[Redeemed], at: datetime) -> None:
        """Event `customer.discount.created` for each."""
        for each in redeemed:
            self.events.record(EventType.CUSTOMER_DISCOUNT_CREATED, whole_of(each), at=at)

    async def exchanged(self, former: Sequence[str], now: Sequence[Redeemed], at: datetime) -> None:
        """A holder had the discounts `former` and has those of `now`, which are stored; who is not there any more ends.

        The first of those that went is replaced by the first that came, and so on: `customer.discount.updated`, with
        what was there before. Those that are left over were deleted, or created.
        """
        staying = {each.discount.id for each in now}
        came = [each for each in now if each.discount.id not in former]
        known = await self.deductions.known(each for each in former if each not in staying)
        went = [known[each] for each in former if each in known]
        pairs = min(len(went), len(came))
        for gone, new in zip(went[:pairs], came[:pairs], strict=True):
            before = self.events.snapshot(whole_of(gone))
            self.events.record(EventType.CUSTOMER_DISCOUNT_UPDATED, whole_of(new), at=at, before=before)
        self.tell_new(came[pairs:], at)
        await self.end(went, at, told=went[pairs:])

    async def end(self, ending: Sequence[Redeemed], at: datetime, told: Sequence[Redeemed] | None = None) -> None:
        """These are over. Event `customer.discount.deleted` for each, or for those that are to be `told`."""
        for each in ending:
            each.discount.end = at
        await update_rows([each.discount for each in ending], ("end",))
        lasting = [each.discount.id for each in ending if each.coupon.duration_in_months is not None]
        await self.due.cancel_all((AgendaKind.DISCOUNT_END, each) for each in lasting)
        for each in ending if told is None else told:
            self.events.record(EventType.CUSTOMER_DISCOUNT_DELETED, whole_of(each, is_deleted=True), at=at)

    async def end_lasted(self, identifiers: Sequence[str]) -> None:
        """These have lasted their months. Event `customer.discount.deleted` for each that its holder still has."""
        held = await self.gather(Discount, "id", identifiers, lock=True)
        known = await self.deductions.known(row.id for row in held)
        presents = await self.presents(row.test_clock_id for row in held)
        for row in held:
            each = known[row.id]
            whole = whole_of(each, is_deleted=True)
            self.events.record(EventType.CUSTOMER_DISCOUNT_DELETED, whole, at=presents[row.test_clock_id])


def whole_of(redeemed: Redeemed, *, is_deleted: bool = False) -> WholeDiscount:
    """The discount as events tell of it."""
    return WholeDiscount(redeemed.discount, redeemed.coupon, is_deleted)
