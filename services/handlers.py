"""What the agenda does for each kind of entry: one handler per kind."""

from collections.abc import Sequence

from domain.agenda import AgendaKind
from domain.dunning import POSTPONED_BY
from domain.lifecycles import InvoiceStatus
from domain.subscriptions import EXPIRY_POSTPONED_BY
from models import AgendaEntry
from services.agenda import Handled, Handler
from services.coupons.holding import Holding
from services.credit_grants import CreditGrants
from services.disputes import DISPUTE_END_HANDLER, DISPUTE_OPEN_HANDLER, DISPUTE_RESOLVE_HANDLER
from services.invoices.collection import Collection
from services.invoices.finalization import Finalization
from services.invoices.pausing import without_paused
from services.invoices.retries import Retries
from services.invoices.sending import Sending
from services.invoices.wholes import WholeInvoices
from services.payment_methods import SETUP_HANDLER
from services.payments import PAYMENT_HANDLER, Invoiced
from services.payouts.handlers import PAYOUT_HANDLERS
from services.price_migrations.working import Working
from services.quotes.expiry import Expiry
from services.refunds import REFUND_HANDLER
from services.schedules.progress import Progress
from services.schedules.starting import Starting
from services.scope import Scope
from services.subscriptions.announcing import TrialAnnouncements
from services.subscriptions.cancellation import Cancellation
from services.subscriptions.dunning import Dunning
from services.subscriptions.final_invoices import FinalInvoices
from services.subscriptions.pausing import CollectionPause
from services.subscriptions.pending_updates import PendingUpdates
from services.subscriptions.renewal import GIVES_WAY_FOR, Renewal
from services.subscriptions.thresholds import Thresholds
from services.subscriptions.trials import Trials
from services.subscriptions.upcoming import Upcoming


async def _resume_collection(scope: Scope, entries: Sequence[AgendaEntry]) -> Handled:
    await CollectionPause(scope).end_due(entries)
    return Handled()


async def _renew(scope: Scope, entries: Sequence[AgendaEntry]) -> Handled:
    giving_way = await Renewal(scope).renew(entries)
    later = scope.clock.now() + GIVES_WAY_FOR
    return Handled(postponed=[(entry, later) for entry in giving_way])


async def _start_schedules(scope: Scope, entries: Sequence[AgendaEntry]) -> Handled:
    await Starting(scope).begin_due(entries)
    return Handled()


async def _move_schedules_on(scope: Scope, entries: Sequence[AgendaEntry]) -> Handled:
    await Progress(scope).move_on(entries)
    return Handled()


async def _tell_of_schedules(scope: Scope, entries: Sequence[AgendaEntry]) -> Handled:
    await Starting(scope).tell_expiring(entries)
    return Handled()


async def _tell_of_renewals(scope: Scope, entries: Sequence[AgendaEntry]) -> Handled:
    await Upcoming(scope).tell(entries)
    return Handled()


async def _look_at_usage(scope: Scope, entries: Sequence[AgendaEntry]) -> Handled:
    await Thresholds(scope).look(entries)
    return Handled()


async def _bill_late_usage(scope: Scope, entries: Sequence[AgendaEntry]) -> Handled:
    await FinalInvoices(scope).bill_late([entry.subject_id for entry in entries])
    return Handled()


async def _cancel(scope: Scope, entries: Sequence[AgendaEntry]) -> Handled:
    await Cancellation(scope).end_at_period_end(entries)
    return Handled()


async def _end_trials(scope: Scope, entries: Sequence[AgendaEntry]) -> Handled:
    await Trials(scope).end_due(entries)
    return Handled()


async def _tell_of_trials(scope: Scope, entries: Sequence[AgendaEntry]) -> Handled:
    await TrialAnnouncements(scope).tell(entries)
    return Handled()


async def _expire(scope: Scope, entries: Sequence[AgendaEntry]) -> Handled:
    paying = await Cancellation(scope).expire(entries)
    later = scope.clock.now() + EXPIRY_POSTPONED_BY
    return Handled(postponed=[(entry, later) for entry in paying])


async def _expire_credit(scope: Scope, entries: Sequence[AgendaEntry]) -> Handled:
    await CreditGrants(scope).expire_due(entries)
    return Handled()


async def _expire_quotes(scope: Scope, entries: Sequence[AgendaEntry]) -> Handled:
    await Expiry(scope).expire(entries)
    return Handled()


async def _tell_of_quotes(scope: Scope, entries: Sequence[AgendaEntry]) -> Handled:
    await Expiry(scope).tell(entries)
    return Handled()


async def _finalize(scope: Scope, entries: Sequence[AgendaEntry]) -> Handled:
    """Drafts that have stood for their hour are finalized; their charges go to the gateway after the commit."""
    identifiers = [entry.subject_id for entry in entries]
    await Invoiced(scope).hold(identifiers)
    found = await WholeInvoices(scope).by("id", identifiers)
    drafts = [each for each in found if each.row.status == InvoiceStatus.DRAFT and each.row.auto_advance]
    finalized = await Finalization(scope).finalize_drafts(drafts)
    collection = Collection(scope)
    wanted = await without_paused(scope, finalized.invoices, finalized.intents)
    charges = await collection.prepare(finalized.invoices, wanted)
    if not charges:
        return Handled()
    return Handled(continuation=lambda: collection.collect(charges))


async def _remind_of_due_dates(scope: Scope, entries: Sequence[AgendaEntry]) -> Handled:
    await Sending(scope).remind(entries)
    return Handled()


async def _mark_overdue(scope: Scope, entries: Sequence[AgendaEntry]) -> Handled:
    await Sending(scope).mark_overdue(entries)
    return Handled()


async def _retry(scope: Scope, entries: Sequence[AgendaEntry]) -> Handled:
    """What could not be collected is tried again, the same way as the first time."""
    retries = Retries(scope)
    retried = await retries.carry_out(entries)
    await Dunning(scope).give_up(retried.passed)
    later = scope.clock.now() + POSTPONED_BY
    postponed = [(entry, later) for entry in retried.busy]
    if not retried.charges:
        return Handled(postponed=postponed)
    return Handled(lambda: retries.collection.collect(retried.charges), postponed)


async def _enroll(scope: Scope, entries: Sequence[AgendaEntry]) -> Handled:
    await Working(scope).enroll_due(entries)
    return Handled()


async def _move(scope: Scope, entries: Sequence[AgendaEntry]) -> Handled:
    """A group of subscriptions gets another price; what is charged at once goes to the gateway after the commit."""
    working = Working(scope)
    charges = await working.move_due(entries)
    if not charges:
        return Handled()
    return Handled(continuation=lambda: working.collection.collect(charges))


async def _expire_updates(scope: Scope, entries: Sequence[AgendaEntry]) -> Handled:
    paying = await PendingUpdates(scope).expire(entries)
    later = scope.clock.now() + EXPIRY_POSTPONED_BY
    return Handled(postponed=[(entry, later) for entry in paying])


async def _end_discounts(scope: Scope, entries: Sequence[AgendaEntry]) -> Handled:
    await Holding(scope).end_lasted([entry.subject_id for entry in entries])
    return Handled()


HANDLERS: dict[AgendaKind, Handler] = {
    AgendaKind.SUBSCRIPTION_RENEW: _renew,
    AgendaKind.SUBSCRIPTION_UPCOMING: _tell_of_renewals,
    AgendaKind.SUBSCRIPTION_THRESHOLD: _look_at_usage,
    AgendaKind.SUBSCRIPTION_LATE_USAGE: _bill_late_usage,
    AgendaKind.SUBSCRIPTION_CANCEL: _cancel,
    AgendaKind.SUBSCRIPTION_EXPIRE: _expire,
    AgendaKind.SUBSCRIPTION_UPDATE_EXPIRE: _expire_updates,
    AgendaKind.SUBSCRIPTION_TRIAL_WILL_END: _tell_of_trials,
    AgendaKind.SUBSCRIPTION_TRIAL_END: _end_trials,
    AgendaKind.SUBSCRIPTION_RESUME_COLLECTION: _resume_collection,
    AgendaKind.SCHEDULE_START: _start_schedules,
    AgendaKind.SCHEDULE_PHASE: _move_schedules_on,
    AgendaKind.SCHEDULE_EXPIRING: _tell_of_schedules,
    AgendaKind.INVOICE_FINALIZE: _finalize,
    AgendaKind.INVOICE_WILL_BE_DUE: _remind_of_due_dates,
    AgendaKind.INVOICE_OVERDUE: _mark_overdue,
    AgendaKind.INVOICE_RETRY: _retry,
    AgendaKind.CREDIT_GRANT_EXPIRE: _expire_credit,
    AgendaKind.QUOTE_WILL_EXPIRE: _tell_of_quotes,
    AgendaKind.QUOTE_EXPIRE: _expire_quotes,
    AgendaKind.DISCOUNT_END: _end_discounts,
    AgendaKind.PRICE_MIGRATION_ENROLL: _enroll,
    AgendaKind.PRICE_MIGRATION_MOVE: _move,
    AgendaKind.PAYMENT_RESOLVE: PAYMENT_HANDLER,
    AgendaKind.REFUND_RESOLVE: REFUND_HANDLER,
    AgendaKind.DISPUTE_OPEN: DISPUTE_OPEN_HANDLER,
    AgendaKind.DISPUTE_END: DISPUTE_END_HANDLER,
    AgendaKind.DISPUTE_RESOLVE: DISPUTE_RESOLVE_HANDLER,
    AgendaKind.SETUP_RESOLVE: SETUP_HANDLER,
    **PAYOUT_HANDLERS,
}
