"""The discount of a customer: it applies where a subscription or an invoice has none of its own."""

from collections.abc import Sequence
from datetime import datetime

from domain.errors import DomainError, Problems
from domain.event_types import EventType
from models import Customer, Subscription
from services.aggregates import WholeCustomer, WholeDiscount
from services.base import Service, part
from services.coupons.deductions import Redeemed
from services.coupons.holding import Holding, whole_of
from services.coupons.redemption import DiscountDraft, Holder, Purchase, Redemption, Wish
from services.customers.balances import Balances
from services.events import Events
from services.rows import update_rows
from services.scope import Scope
from services.snapshots import Subject


class CustomerDiscounts(Service):
    """Gives customers their discount."""

    events = part(Events)
    balances = part(Balances)
    redemption = part(Redemption)
    holding = part(Holding)

    async def planned(
        self, problems: Problems, row: Customer, draft: DiscountDraft | None, at: datetime
    ) -> Sequence[Redeemed]:
        """The discount that the customer is to have, checked and not stored; none where it is removed."""
        if draft is None:
            return ()
        holder = Holder(row.id, test_clock_id=row.test_clock_id)
        purchase = Purchase(row.id, row.currency)
        wish = Wish((draft,), holder, purchase, ("discount",), row.discounts, is_single=True)
        try:
            [found] = await self.redemption.planned([wish], row, at)
        except DomainError as error:
            problems.add_from(error)
            return ()
        return found

    async def begin(self, redeemed: Sequence[Redeemed], at: datetime) -> None:
        """Store the discount of a new customer. Event `customer.discount.created`."""
        if redeemed:
            await self.redemption.store(redeemed)
            self.holding.tell_new(redeemed, at)

    async def give(self, row: Customer, redeemed: Sequence[Redeemed], at: datetime) -> WholeDiscount | None:
        """Let the customer have this discount instead of their own, or none. Subscriptions look for it from now on.

        Events `customer.discount.created`, `.updated` or `.deleted`.
        """
        former = list(row.discounts)
        await self.redemption.store([each for each in redeemed if each.discount.id not in former])
        row.discounts = [each.discount.id for each in redeemed]
        await self.mine(Subscription).filter(customer_id=row.id).update(has_customer_discounts=bool(redeemed))
        await self.holding.exchanged(former, redeemed, at)
        return whole_of(redeemed[0]) if redeemed else None

    async def drop(self, customers: Sequence[str], over: set[str]) -> None:
        """These customers have these discounts no more. Event `customer.updated` for each who had one."""
        found = [row for row in await self.gather(Customer, "id", customers, lock=True) if over & set(row.discounts)]
        balances = await self.balances.of([row.id for row in found])
        having = await self.holding.of_customers(found)
        presents = await self.presents(row.test_clock_id for row in found)
        befores = [
            self.events.snapshot(WholeCustomer(row, balances.get(row.id, 0), discount=having.get(row.id)))
            for row in found
        ]
        for row in found:
            row.discounts = [each for each in row.discounts if each not in over]
        await update_rows(found, ("discounts",))
        for row, before in zip(found, befores, strict=True):
            whole = WholeCustomer(row, balances.get(row.id, 0))
            at = presents[row.test_clock_id]
            self.events.record(EventType.CUSTOMER_UPDATED, whole, at=at, before=before)


async def drop_ended_of_customers(scope: Scope, subjects: Sequence[Subject]) -> None:
    """Discounts that are over are gone from their customers."""
    ended = [each.row for each in subjects if isinstance(each, WholeDiscount) and each.row.subscription_id is None]
    customers = [row.customer_id for row in ended if row.customer_id is not None]
    await CustomerDiscounts(scope).drop(customers, {row.id for row in ended})
