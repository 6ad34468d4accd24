"""What holds at rest, whatever was done. Each check reads whole tables and fails with what it found."""

from collections import Counter
from collections.abc import Sequence

from domain.agenda import AgendaKind
from domain.dunning import RETRIES_MAX
from domain.invoices import CollectionMethod
from domain.invoicing import invoice_prefix_from
from domain.lifecycles import LIVING, InvoiceStatus, PaymentIntentStatus, SubscriptionStatus
from models import (
    AgendaEntry,
    BalanceTransaction,
    Charge,
    Customer,
    CustomerBalanceTransaction,
    Event,
    Invoice,
    InvoiceCounter,
    InvoiceItem,
    InvoiceLine,
    OutOfBandPayment,
    PaymentIntent,
    Refund,
    Subscription,
    SubscriptionItem,
)
from services.balances import books_of_all_currencies
from services.credit_grants.books import unbalanced_credits
from services.credit_notes.books import wrongly_credited
from services.invoices.books import unbalanced_invoices
from services.invoices.paid import PAYABLE, remaining_of
from services.payments import in_flight
from services.rows import fetch_by
from services.subscriptions.period_agenda import ENDINGS
from tests.simulation.alerts import check_alerts
from tests.simulation.discounts import check_discounts
from tests.simulation.disputes import check_disputes
from tests.simulation.entitlements import check_entitlements
from tests.simulation.meters import check_buckets
from tests.simulation.moves import check_migrations
from tests.simulation.payouts import check_payouts
from tests.simulation.periods import check_periods
from tests.simulation.prices import check_agreed_amounts, check_calculations
from tests.simulation.quotes import check_quotes
from tests.simulation.scheduling import check_schedules
from tests.simulation.single_items import check_pending_updates
from tests.simulation.taxes import check_taxes
from tests.simulation.usage import check_usage

_WAITING = ("requires_payment_method", "requires_confirmation", "requires_action")


async def check_all() -> None:
    """Every invariant of this module."""
    await check_books()
    await check_invoices()
    await check_calculations()
    await check_taxes()
    await check_usage()
    await check_buckets()
    await check_discounts()
    await check_agreed_amounts()
    await check_invoice_items()
    await check_payments()
    await check_disputes()
    await check_payouts()
    await check_subscriptions()
    await check_periods()
    await check_announcements()
    await check_trials()
    await check_dunning()
    await check_due_dates()
    await check_quotes()
    await check_migrations()
    await check_schedules()
    await check_pending_updates()
    await check_entitlements()
    await check_alerts()
    await check_agenda()
    await check_events()


async def check_agenda() -> None:
    """Nothing that time caused has failed: it would only be tried again, in silence."""
    for entry in await AgendaEntry.exclude(last_error=None):
        raise AssertionError(f"{entry.kind} of {entry.subject_id}: {entry.last_error}")


async def check_books() -> None:
    """Per currency, what the accounts have and paid in fees is what came in minus what went out."""
    for report in await books_of_all_currencies():
        assert report.balanced, report
    assert await unbalanced_invoices() == []
    assert await wrongly_credited() == []
    assert await unbalanced_credits() == []
    for movement in await BalanceTransaction.all():
        assert movement.net == movement.amount - movement.fee, movement.id
    journals: dict[str, int] = {}
    for line in await CustomerBalanceTransaction.all().order_by("id"):
        journals[line.customer_id] = journals.get(line.customer_id, 0) + line.amount
        assert line.ending_balance == journals[line.customer_id], f"{line.id} of {line.customer_id}"


async def check_invoices() -> None:
    """Parts sum to totals, balances explain what is due, numbers have no gap, no period is billed twice."""
    lines: Counter[str] = Counter()
    for line in await InvoiceLine.all():
        lines[line.invoice_id] += line.amount
    invoices = await Invoice.all().order_by("id")
    for invoice in invoices:
        assert lines[invoice.id] == invoice.subtotal, invoice.id
        assert 0 <= invoice.amount_paid <= invoice.amount_due, invoice.id
        if invoice.status == InvoiceStatus.PAID:
            assert invoice.amount_paid == invoice.amount_due, invoice.id
        if invoice.ending_balance is not None:
            asked = invoice.amount_due + invoice.pre_payment_credit_notes_amount
            assert asked + invoice.ending_balance == invoice.total + invoice.starting_balance, invoice.id
    cycles = Counter((each.subscription_id, each.cycle) for each in invoices if each.cycle is not None)
    assert not [each for each, times in cycles.items() if times > 1]
    await check_numbers(invoices)


async def check_numbers(invoices: Sequence[Invoice]) -> None:
    """Numbers have neither gap nor double, in the sequence of each customer and in that of the account."""
    given = Counter(each.number for each in invoices if each.number is not None)
    wanted: Counter[str] = Counter()
    for customer in await Customer.all():
        wanted.update(f"{customer.invoice_prefix}-{n:04d}" for n in range(1, customer.next_invoice_sequence))
    for counter in await InvoiceCounter.all():
        prefix = invoice_prefix_from(counter.account_id)
        wanted.update(f"{prefix}-{n:04d}" for n in range(1, counter.value + 1))
    assert given == wanted, f"{given - wanted} were given beside the sequences, {wanted - given} are missing"


async def check_invoice_items() -> None:
    """What waits is known of where it is looked for; what does not is one line of the invoice that it stands on."""
    lines = Counter(
        (line.invoice_item_id, line.invoice_id, line.amount)
        for line in await InvoiceLine.all()
        if line.invoice_item_id is not None
    )
    items = await InvoiceItem.all()
    taken = Counter((item.id, item.invoice_id, item.amount) for item in items if not item.pending)
    assert lines == taken
    assert all(item.invoice_id is None for item in items if item.pending)
    owners = {each.id: each.customer_id for each in await Subscription.all()}
    ended = {each.id for each in await Subscription.filter(status__not_in=LIVING)}
    flagged = {each.id for each in await Subscription.filter(has_pending_items=True)}
    flagged |= {each.id for each in await Customer.filter(has_pending_items=True)}
    for item in items:
        if item.pending:
            own = Subscription.filter(customer_id=item.customer_id, status__in=LIVING)
            if item.subscription_id is not None:
                assert item.customer_id == owners[item.subscription_id], item.id
                assert item.subscription_id not in ended, f"{item.id} waits for {item.subscription_id}, which has ended"
                own = own.filter(id=item.subscription_id)
            else:
                assert item.customer_id in flagged, item.id
            assert {each.id for each in await own} <= flagged, item.id


async def check_payments() -> None:
    """Nothing is in flight; what invoices were paid came in, and the default payment asks for what remains."""
    refunded: Counter[str] = Counter()
    for refund in await Refund.filter(failure_balance_transaction_id=None):
        refunded[refund.charge_id] += refund.amount
    taken: Counter[str] = Counter()
    for charge in await Charge.all():
        assert not in_flight(charge), charge.id
        assert refunded[charge.id] <= charge.amount_captured <= charge.amount, charge.id
        if charge.captured and charge.invoice_id is not None:
            taken[charge.invoice_id] += charge.amount_captured
    elsewhere: Counter[str] = Counter()
    for payment in await OutOfBandPayment.all():
        elsewhere[payment.invoice_id] += payment.amount
    taken.update(elsewhere)
    asked = {each.id: each for each in await PaymentIntent.all()}
    payable = set()
    for invoice in await Invoice.all():
        expected = invoice.amount_paid + invoice.amount_overpaid
        assert taken[invoice.id] == expected, f"{invoice.id} took {taken[invoice.id]} instead of {expected}"
        assert elsewhere[invoice.id] >= invoice.amount_paid_out_of_band, invoice.id
        if invoice.status in PAYABLE:
            payable.add(invoice.id)
            default = asked[str(invoice.payment_intent_id)]
            assert (default.status in _WAITING, default.amount) == (True, remaining_of(invoice)), invoice.id
    for intent in asked.values():
        waits = intent.invoice_id is not None and intent.status in _WAITING
        assert not waits or intent.invoice_id in payable, f"{intent.id} waits for {intent.invoice_id}"
        assert intent.status != PaymentIntentStatus.PROCESSING, intent.id


async def check_subscriptions() -> None:
    """Living subscriptions have exactly one end of period on the agenda, ended and paused ones nothing."""
    ends = await AgendaEntry.filter(kind__in=ENDINGS)
    planned = Counter(entry.subject_id for entry in ends)
    unpaid = {invoice.id for invoice in await Invoice.filter(status=InvoiceStatus.OPEN)}
    goings_on = await AgendaEntry.filter(kind=AgendaKind.SUBSCRIPTION_RESUME_COLLECTION)
    resuming_collection = {entry.subject_id for entry in goings_on}
    waiting = {entry.subject_id for entry in await AgendaEntry.filter(kind="subscription.expire")}
    for subscription in await Subscription.all():
        living = subscription.status in LIVING
        paused = subscription.status == SubscriptionStatus.PAUSED
        assert planned[subscription.id] == (1 if living and not paused else 0), (
            f"{subscription.id} is {subscription.status}"
        )
        incomplete = subscription.status == SubscriptionStatus.INCOMPLETE
        resuming = paused and subscription.resumption_invoice_id is not None
        assert not resuming or subscription.resumption_invoice_id in unpaid, subscription.id
        assert (subscription.id in waiting) == (incomplete or resuming), f"{subscription.id} is {subscription.status}"
        limited = living and subscription.pause_resumes_at is not None
        assert (subscription.id in resuming_collection) == limited, subscription.id
        assert (subscription.ended_at is None) == living, subscription.id
        invoices = await Invoice.filter(subscription_id=subscription.id, cycle__not_isnull=True).count()
        assert invoices == subscription.cycle + 1, f"{subscription.id}: {invoices} invoices, cycle {subscription.cycle}"


async def check_announcements() -> None:
    """Only what will be renewed is announced, before its period ends."""
    ends = {entry.subject_id: entry for entry in await AgendaEntry.filter(kind__in=ENDINGS)}
    for entry in await AgendaEntry.filter(kind=AgendaKind.SUBSCRIPTION_UPCOMING):
        end = ends[entry.subject_id]
        assert end.kind != AgendaKind.SUBSCRIPTION_CANCEL and entry.due_at < end.due_at, entry.subject_id


async def check_trials() -> None:
    """A trial ends with its period, not after the anchor; nothing is asked for it, and nobody else hears of its end."""
    ends = {each.subscription_id: each.current_period_end for each in await SubscriptionItem.all()}
    told = {entry.subject_id for entry in await AgendaEntry.filter(kind=AgendaKind.SUBSCRIPTION_TRIAL_WILL_END)}
    invoices = {each.id: each for each in await Invoice.all()}
    for subscription in await Subscription.all():
        trialing = subscription.status == SubscriptionStatus.TRIALING
        assert trialing or subscription.id not in told, subscription.id
        if trialing:
            assert subscription.trial_end == ends[subscription.id] <= subscription.billing_cycle_anchor, subscription.id
            latest = invoices.get(str(subscription.latest_invoice_id))
            if latest is None:  # All that it has is billed by use.
                assert subscription.has_usage, subscription.id
                continue
            assert (latest.status, latest.amount_due) == (InvoiceStatus.PAID, 0), latest.id


async def check_dunning() -> None:
    """What waits for a retry is open, has failed, is on the agenda for that moment, and somebody still cares."""
    entries = {entry.subject_id: entry.due_at for entry in await AgendaEntry.filter(kind="invoice.retry")}
    subscriptions = {row.id: row for row in await Subscription.all()}
    for invoice in await Invoice.all():
        if invoice.status == InvoiceStatus.DRAFT:  # It tells when it will be finalized and tried for the first time.
            charged = invoice.collection_method == CollectionMethod.CHARGE_AUTOMATICALLY
            assert invoice.next_payment_attempt == (invoice.automatically_finalizes_at if charged else None), invoice.id
            continue
        assert entries.get(invoice.id) == invoice.next_payment_attempt, f"{invoice.id} is {invoice.status}"
        subscription = subscriptions.get(str(invoice.subscription_id))
        if invoice.next_payment_attempt is not None:
            assert invoice.status == InvoiceStatus.OPEN, invoice.id
            assert invoice.first_failed_at is None or invoice.attempted, invoice.id
            assert subscription is None or subscription.status in LIVING, invoice.id
            assert subscription is None or subscription.status != SubscriptionStatus.UNPAID, invoice.id
            assert int(invoice.attempted) <= invoice.attempt_count <= RETRIES_MAX, invoice.id
        assert invoice.attempt_count <= RETRIES_MAX + 1, invoice.id


async def check_due_dates() -> None:
    """Drafts go on as they say, and whatever was sent and is open waits to be overdue, or is."""
    finalizations = {entry.subject_id: entry.due_at for entry in await AgendaEntry.filter(kind="invoice.finalize")}
    due = {entry.subject_id: entry.due_at for entry in await AgendaEntry.filter(kind="invoice.overdue")}
    reminded = {entry.subject_id for entry in await AgendaEntry.filter(kind="invoice.will_be_due")}
    for invoice in await Invoice.all():
        assert finalizations.pop(invoice.id, None) == invoice.automatically_finalizes_at, invoice.id
        sent = invoice.collection_method == CollectionMethod.SEND_INVOICE
        assert (invoice.due_date is not None) == sent, invoice.id
        awaited = sent and invoice.status == InvoiceStatus.OPEN and invoice.overdue_at is None
        assert due.pop(invoice.id, None) == (invoice.due_date if awaited else None), invoice.id
        assert awaited or invoice.id not in reminded, invoice.id
    assert not due and not finalizations


async def check_events() -> None:
    """Numbers have no gap, per account and per object, and the last word on an object is how it is now."""
    numbers = Event.all().order_by("sequence").values_list("sequence", "object_id", "object_sequence")
    latest: dict[str, tuple[int, int]] = {}
    for place, (sequence, object_id, object_sequence) in enumerate(await numbers, start=1):
        assert sequence == place, f"event {sequence} is the {place}th"
        assert object_sequence == latest.get(object_id, (0, 0))[1] + 1, f"event {sequence} of {object_id}"
        latest[object_id] = sequence, object_sequence
    found = await fetch_by(Event, "sequence", [sequence for sequence, _ in latest.values()])
    last = {event.object_id: event for event in found}
    for subscription in await Subscription.all():
        assert last[subscription.id].data["status"] == subscription.status, subscription.id
    for invoice in await Invoice.all():
        told = last[invoice.id].data
        assert (told["status"], told["amount_paid"]) == (invoice.status, invoice.amount_paid), invoice.id
        planned = invoice.next_payment_attempt
        assert told["next_payment_attempt"] == (planned and int(planned.timestamp())), invoice.id
        assert told["attempt_count"] == invoice.attempt_count, invoice.id
        assert (told["total"], told["auto_advance"]) == (invoice.total, invoice.auto_advance), invoice.id
        assert len(told["lines"]["data"]) == await InvoiceLine.filter(invoice_id=invoice.id).count(), invoice.id
    for intent in await PaymentIntent.all():
        assert last[intent.id].data["status"] == intent.status, intent.id
