"""The end of dunning, and new hope: what becomes of a subscription when retries are used up or a new card is there."""

from collections.abc import Mapping, Sequence

from domain.dunning import RetriesEnd, UnpaidInvoice
from domain.event_types import EventType
from domain.lifecycles import SUBSCRIPTION, InvoiceStatus, SubscriptionStatus
from domain.subscriptions import CancellationReason
from models import Invoice, Subscription
from services.aggregates import WholeCustomer, WholeInvoice, WholeSubscription
from services.base import Service, part
from services.events import Events
from services.invoices.retries import RETRIED, Retries, is_retried
from services.invoices.stopping import Stopping, waits
from services.invoices.voiding import Voiding
from services.rows import update_rows
from services.scope import Scope
from services.settings import Settings
from services.snapshots import Subject
from services.subscriptions.cancellation import Cancellation
from services.subscriptions.following import judges
from services.subscriptions.wholes import WholeSubscriptions
from services.transactions import current_unit


class Dunning(Service):
    """Gives subscriptions up, and tries new payment methods, in sets."""

    events = part(Events)
    settings = part(Settings)
    wholes = part(WholeSubscriptions)
    stopping = part(Stopping)
    voiding = part(Voiding)
    cancellation = part(Cancellation)
    retries = part(Retries)

    async def give_up(self, invoices: Sequence[WholeInvoice]) -> None:
        """Invoices whose retries are used up, and their subscriptions that are PAST_DUE, end as the account chose.

        Event `invoice.marked_uncollectible` for each where that was chosen; then `customer.subscription.deleted` or
        `customer.subscription.updated`, unless they stay PAST_DUE.
        """
        spent = [each for each in invoices if is_retried(each.row) and not waits(each.row)]
        if not spent:
            return
        settings = await self.settings.current()
        judging = [each for each in spent if judges(each)]
        found = await self.wholes.by("id", {each.row.subscription_id for each in judging}, lock=True)
        if settings.unpaid_invoice is UnpaidInvoice.UNCOLLECTIBLE:
            kept = {_of(whole.row) for whole in found if whole.row.status not in RETRIED}
            given_up = [
                each
                for each in spent
                if not judges(each) or (each.row.subscription_id, each.row.customer_id) not in kept
            ]
            await self.voiding.mark_uncollectible(given_up)
        theirs = {(each.row.subscription_id, each.row.customer_id) for each in judging}
        await self._end(settings.retries_end, [whole for whole in found if _of(whole.row) in theirs])

    async def _end(self, end: RetriesEnd, wholes: Sequence[WholeSubscription]) -> None:
        behind = [whole for whole in wholes if whole.row.status == SubscriptionStatus.PAST_DUE]
        if end is RetriesEnd.CANCEL:
            for whole in behind:
                reason = {"reason": CancellationReason.PAYMENT_FAILED.value}
                whole.row.cancellation_details = {**whole.row.cancellation_details, **reason}
            await self.cancellation.end(behind)
        elif end is RetriesEnd.UNPAID:
            await self._leave_unpaid(behind)

    async def _leave_unpaid(self, wholes: Sequence[WholeSubscription]) -> None:
        presents = await self.presents(whole.row.test_clock_id for whole in wholes)
        befores = [self.events.snapshot(whole) for whole in wholes]
        for whole in wholes:
            row = whole.row
            row.status = SUBSCRIPTION.move(row.id, SubscriptionStatus(row.status), SubscriptionStatus.UNPAID)
        await update_rows([whole.row for whole in wholes], ("status",))
        await self.stopping.stop_all_of([whole.row.id for whole in wholes])
        for whole, before in zip(wholes, befores, strict=True):
            at = presents[whole.row.test_clock_id]
            self.events.record(EventType.CUSTOMER_SUBSCRIPTION_UPDATED, whole, at=at, before=before)

    async def try_new_defaults(self, column: str, defaults: Mapping[str, str | None]) -> None:
        """Waiting invoices that are charged to one of these new defaults are tried with it once this is committed.

        `column` of invoices says whose default it is. Should the gateway not be asked, the agenda asks what became of
        the charges.
        """
        found = await self.gather(Invoice, column, defaults, order=("id",), lock=True, status=InvoiceStatus.OPEN)
        waiting = [row for row in found if waits(row)]
        if not waiting or not (await self.settings.current()).retry_on_new_payment_method:
            return
        methods = await self.retries.collection.methods_of(waiting)
        chosen = [
            row for row in waiting if row.id in methods and methods[row.id].id == defaults[str(getattr(row, column))]
        ]
        charges = await self.retries.try_now(chosen)
        unit = current_unit()
        assert unit is not None, "a new payment method is tried by the transaction that sets it"
        if charges:
            unit.after_commit(lambda: self.retries.collection.collect(charges))


def _of(row: Subscription) -> tuple[str | None, str]:
    """A subscription with its customer: invoices from before a transfer are not of that pair."""
    return row.id, row.customer_id


async def give_up(scope: Scope, invoices: Sequence[Subject]) -> None:
    """Reaction to an invoice that could not be collected, once retries are planned and the status has followed."""
    await Dunning(scope).give_up([each for each in invoices if isinstance(each, WholeInvoice)])


async def try_new_default_of_customers(scope: Scope, customers: Sequence[Subject]) -> None:
    """Reaction to customers whose invoices are charged to another payment method from now on."""
    rows = [each.row for each in customers if isinstance(each, WholeCustomer)]
    await Dunning(scope).try_new_defaults("customer_id", {row.id: row.default_payment_method_id for row in rows})


async def try_new_default_of_subscriptions(scope: Scope, subscriptions: Sequence[Subject]) -> None:
    """Reaction to subscriptions that are charged to another payment method from now on."""
    rows = [each.row for each in subscriptions if isinstance(each, WholeSubscription)]
    await Dunning(scope).try_new_defaults("subscription_id", {row.id: row.default_payment_method_id for row in rows})
