"""What subscriptions are charged to when their own payment method is detached: their customers' default."""

from collections.abc import Sequence

from domain.event_types import EventType
from domain.lifecycles import LIVING
from models import PaymentMethod
from services.base import Service, part
from services.events import Events
from services.rows import update_rows
from services.scope import Scope
from services.snapshots import Subject
from services.subscriptions.wholes import WholeSubscriptions


class Detaching(Service):
    """Lets subscriptions forget payment methods, in sets."""

    events = part(Events)
    wholes = part(WholeSubscriptions)

    async def forget(self, methods: Sequence[PaymentMethod]) -> None:
        """Living subscriptions with one of these as their own have none. Event `customer.subscription.updated`."""
        found = await self.wholes.by("default_payment_method_id", [method.id for method in methods], lock=True)
        wholes = [whole for whole in found if whole.row.status in LIVING]
        presents = await self.presents(whole.row.test_clock_id for whole in wholes)
        befores = [self.events.snapshot(whole) for whole in wholes]
        for whole in wholes:
            whole.row.default_payment_method_id = None
        await update_rows([whole.row for whole in wholes], ("default_payment_method_id",))
        for whole, before in zip(wholes, befores, strict=True):
            at = presents[whole.row.test_clock_id]
            self.events.record(EventType.CUSTOMER_SUBSCRIPTION_UPDATED, whole, at=at, before=before)


async def forget_detached(scope: Scope, methods: Sequence[Subject]) -> None:
    """Reaction to payment methods being detached."""
    await Detaching(scope).forget([each for each in methods if isinstance(each, PaymentMethod)])
