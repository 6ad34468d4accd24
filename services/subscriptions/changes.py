"""Changing a subscription while it runs."""

from tortoise.expressions import Subquery

from domain.agenda import AgendaKind
from domain.drafts import UNSET
from domain.event_types import EventType
from domain.lifecycles import LIVING, SUBSCRIPTION, SubscriptionStatus
from domain.metadata import merged_metadata
from domain.subscriptions import cancellation_requested, cancellation_told
from domain.texts import text_within
from models import Customer, Subscription, SubscriptionItem
from services.aggregates import WholeSubscription
from services.base import Service, part
from services.due import Due
from services.events import Events
from services.payment_methods import PaymentMethods
from services.subscriptions.drafts import SubscriptionChange
from services.subscriptions.planning import DESCRIPTION_LENGTH_MAX
from services.subscriptions.renewal import current_period_end, period_ending
from services.subscriptions.wholes import WholeSubscriptions

_CHANGEABLE = (
    "cancel_at_period_end", "cancel_at", "canceled_at", "cancellation_details", "default_payment_method_id",
    "description", "metadata",
)  # fmt: skip


class Changes(Service):
    """Applies changes to subscriptions."""

    events = part(Events)
    due = part(Due)
    methods = part(PaymentMethods)
    wholes = part(WholeSubscriptions)

    def subscribed_to(self, price_id: str) -> Subquery:
        """The ids of the subscriptions with this price, for use within a query."""
        return Subquery(self.mine(SubscriptionItem).filter(price_id=price_id).values("subscription_id"))

    async def update(self, change: SubscriptionChange) -> Subscription:
        """Apply the change to the subscription, which has to be living."""
        row = await self.lock(Subscription, change.id)
        SUBSCRIPTION.refuse_unless("update", row.id, SubscriptionStatus(row.status), allowed=LIVING)
        at = await self.present(row.test_clock_id)
        [whole] = await self.wholes.of([row])
        before = self.events.snapshot(whole)
        await self._set(whole, change)
        if change.cancel_at_period_end is not UNSET and change.cancel_at_period_end != row.cancel_at_period_end:
            row.cancel_at_period_end = change.cancel_at_period_end
            row.cancel_at = current_period_end(whole) if row.cancel_at_period_end else None
            row.canceled_at = at if row.cancel_at_period_end else None
            row.cancellation_details = cancellation_requested({}) if row.cancel_at_period_end else {}
            await self.due.cancel(row.id, AgendaKind.SUBSCRIPTION_RENEW, AgendaKind.SUBSCRIPTION_CANCEL)
            await self.due.schedule_all([period_ending(whole)], fresh=True)
        _tell(row, change)
        await row.save(update_fields=_CHANGEABLE)
        self.events.record(EventType.CUSTOMER_SUBSCRIPTION_UPDATED, whole, at=at, before=before)
        return row

    async def _set(self, whole: WholeSubscription, change: SubscriptionChange) -> None:
        row = whole.row
        if change.default_payment_method is None:
            row.default_payment_method_id = None
        elif change.default_payment_method is not UNSET:
            customer = await self.require(Customer, row.customer_id, "customer")
            method = await self.methods.usable(change.default_payment_method, customer, "defaultPaymentMethod")
            row.default_payment_method_id = method.id
        if change.description is None:
            row.description = None
        elif change.description is not UNSET:
            row.description = text_within(change.description, DESCRIPTION_LENGTH_MAX, "description")
        if change.metadata is not UNSET:
            row.metadata = merged_metadata(row.metadata, change.metadata or {})


def _tell(row: Subscription, change: SubscriptionChange) -> None:
    """What the customer says about leaving; null takes back what they said, and leaves the reason."""
    said = change.cancellation_details
    if said is None:
        row.cancellation_details = {name: value for name, value in row.cancellation_details.items() if name == "reason"}
    elif said is not UNSET:
        row.cancellation_details = cancellation_told(
            row.cancellation_details, comment=said.comment, feedback=said.feedback
        )
