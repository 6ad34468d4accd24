"""When entitlements have to be worked out anew. Reactions; what they need not look at costs no statement."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from domain.lifecycles import SubscriptionStatus
from services.aggregates import WholeSubscription
from services.entitlements.holdings import Entitlements
from services.events import Snapshot
from services.scope import Scope
from services.snapshots import Subject


@dataclass(frozen=True, slots=True)
class Touched:
    """A change of a subscription that may be one of what its customer, or its former one, is entitled to."""

    customer_ids: frozenset[str]
    statuses: frozenset[str]
    """Before and after."""
    products: frozenset[str]
    """That came or went."""
    brings: bool
    """Whether one of its products is known to bring features."""


def touched_entitlements(subject: WholeSubscription, former: Snapshot) -> Touched | None:
    """What the former values of a subscription say of entitlements, None when they say nothing: at every renewal."""
    row, items = subject.row, subject.items
    products = frozenset[str]()
    if "items" in former:
        told = {each["price"]["product"] for each in former["items"]["data"]}
        products = frozenset(told.symmetric_difference(item.price.product_id for item in items))
    if not products and "status" not in former and "customer" not in former:
        return None
    brings = any(item.price.has_features for item in items)
    if not products and not brings:
        return None
    customers = frozenset({row.customer_id, former.get("customer", row.customer_id)})
    statuses = frozenset({row.status, former.get("status", row.status)})
    return Touched(customers, statuses, products, brings)


async def follow_changes(scope: Scope, changes: Sequence[Touched]) -> None:
    """Reaction to changed subscriptions. A product that came or went takes one statement to ask whether it matters."""
    entitlements = Entitlements(scope)
    entitling = await entitlements.statuses()
    counting = [each for each in changes if each.statuses & entitling]
    bringing = await entitlements.bringing(product for each in counting for product in each.products)
    customers: set[str] = set()
    for each in counting:
        moved = len(each.customer_ids) > 1 or not each.statuses <= entitling
        if each.products & bringing or (each.brings and moved):
            customers |= each.customer_ids
    await entitlements.recount(customers)


async def follow_beginnings(scope: Scope, subjects: Sequence[Subject]) -> None:
    """Reaction to new subscriptions: those that wait for their first payment bring nothing yet."""
    bringing = _bringing(subjects)
    if bringing:
        entitlements = Entitlements(scope)
        entitling = await entitlements.statuses()
        await entitlements.recount(each.row.customer_id for each in bringing if each.row.status in entitling)


async def follow_endings(scope: Scope, subjects: Sequence[Subject]) -> None:
    """Reaction to subscriptions that have ended."""
    await Entitlements(scope).recount(each.row.customer_id for each in _bringing(subjects))


async def follow_setting(scope: Scope) -> None:
    """Reaction to `past_due_entitles` being changed, in both modes."""
    for livemode in (False, True):
        await Entitlements(replace(scope, livemode=livemode)).recount_status(SubscriptionStatus.PAST_DUE)


def _bringing(subjects: Sequence[Subject]) -> list[WholeSubscription]:
    """The subscriptions to products that bring features."""
    return [
        each
        for each in subjects
        if isinstance(each, WholeSubscription) and any(item.price.has_features for item in each.items)
    ]
