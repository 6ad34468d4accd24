"""Which subscriptions a list shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tortoise.expressions import Q, Subquery
from tortoise.queryset import QuerySet

from domain.invoices import CollectionMethod
from domain.lifecycles import SubscriptionStatus
from models import Subscription, SubscriptionItem
from services.base import Service
from services.events import CreatedSpan


@dataclass(frozen=True, slots=True)
class SubscriptionSearch:
    """Which subscriptions to list; without statuses all but the canceled ones, as Stripe does.

    A period ends where that of the first of the items does.
    """

    customer: str | None = None
    price: str | None = None
    statuses: Sequence[SubscriptionStatus] | None = None
    collection_method: CollectionMethod | None = None
    collection_paused: bool | None = None
    created: CreatedSpan | None = None
    current_period_end: CreatedSpan | None = None


class Searching(Service):
    """Finds subscriptions."""

    def matching(self, search: SubscriptionSearch) -> QuerySet[Subscription]:
        """The subscriptions that a list shows."""
        found = self.mine(Subscription)
        if search.statuses is None:
            found = found.filter(~Q(status=SubscriptionStatus.CANCELED))
        else:
            found = found.filter(status__in=search.statuses)
        if search.customer is not None:
            found = found.filter(customer_id=search.customer)
        if search.price is not None:
            found = found.filter(id__in=self._with_items(price_id=search.price))
        if search.collection_method is not None:
            found = found.filter(collection_method=search.collection_method)
        if search.collection_paused is not None:
            found = found.filter(pause_behavior__isnull=not search.collection_paused)
        if search.created is not None:
            found = found.filter(**{f"created_at__{name}": at for name, at in _bounds(search.created).items()})
        return found if search.current_period_end is None else self._ending(found, search.current_period_end)

    def _ending(self, found: QuerySet[Subscription], span: CreatedSpan) -> QuerySet[Subscription]:
        """Those of which no item's period ends before the span, and one's ends before its end."""
        for name, at in _bounds(span).items():
            if name in ("lt", "lte"):
                found = found.filter(id__in=self._with_items(**{f"current_period_end__{name}": at}))
            else:
                before = {"gt": "lte", "gte": "lt"}[name]
                found = found.filter(~Q(id__in=self._with_items(**{f"current_period_end__{before}": at})))
        return found

    def _with_items(self, **wanted: str | datetime) -> Subquery:
        """The ids of the subscriptions with such an item, for use within a query."""
        return Subquery(self.mine(SubscriptionItem).filter(**wanted).values("subscription_id"))


def _bounds(span: CreatedSpan) -> dict[str, datetime]:
    bounds = {name: getattr(span, name) for name in ("gt", "gte", "lt", "lte")}
    return {name: at for name, at in bounds.items() if at is not None}
