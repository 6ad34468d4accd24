"""Trying again to collect what failed: when it happens next, and what happens then. Rules in `domain/dunning.py`."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from tortoise.functions import Max

from domain.agenda import AgendaKind
from domain.dunning import DeclineClass, Tries, decline_class, next_try
from domain.event_types import EventType
from domain.invoices import CollectionMethod
from domain.lifecycles import InvoiceStatus, PaymentIntentStatus, SubscriptionStatus
from models import AgendaEntry, Charge, Invoice, PaymentIntent, PaymentMethod, Subscription
from services.aggregates import WholeInvoice
from services.base import Service, part
from services.due import Appointment, Due
from services.events import Events, Snapshot
from services.invoices.collection import Collection
from services.invoices.sellers import Sellers
from services.invoices.stopping import waits
from services.invoices.wholes import WholeInvoices
from services.payments import Invoiced
from services.rows import update_rows
from services.scope import Scope
from services.settings import Settings
from services.snapshots import Subject

RETRIED = frozenset({SubscriptionStatus.ACTIVE, SubscriptionStatus.PAST_DUE, SubscriptionStatus.TRIALING})
"""The statuses of subscriptions whose invoices are tried again."""


@dataclass(frozen=True, slots=True)
class Retried:
    """What a group of due retries leaves: charges for the gateway, what must wait, and what was given up unseen.

    `busy` are entries whose payment is being made at this moment; `passed` are invoices that were not charged, because
    nothing has changed since a hard decline.
    """

    charges: Sequence[Charge] = ()
    busy: Sequence[AgendaEntry] = ()
    passed: Sequence[WholeInvoice] = ()


class Retries(Service):
    """Plans and carries out retries, in sets."""

    events = part(Events)
    due = part(Due)
    wholes = part(WholeInvoices)
    settings = part(Settings)
    collection = part(Collection)
    invoiced = part(Invoiced)
    sellers = part(Sellers)

    async def plan(self, invoices: Sequence[WholeInvoice], befores: Sequence[Snapshot] | None = None) -> None:
        """Set when each of these invoices, which just failed, is tried again; not at all when that was often enough.

        `befores` are their snapshots from before the try. Event `invoice.updated` for each that changes.
        """
        failed = await self._worth_retrying(invoices)
        if not failed and befores is None:
            return
        told = befores or [self.events.snapshot(each) for each in invoices]
        presents = await self.presents(each.row.test_clock_id for each in invoices)
        moments = await self._moments([each.row for each in failed], presents)
        for each in failed:
            each.row.next_payment_attempt = moments[each.row.id]
        planned = [each.row for each in failed if waits(each.row)]
        await update_rows(planned, ("next_payment_attempt",))
        await self.due.schedule_all([_appointment(row) for row in planned])
        for each, before in zip(invoices, told, strict=True):
            at = presents[each.row.test_clock_id]
            self.events.record(EventType.INVOICE_UPDATED, each, at=at, before=before)

    async def carry_out(self, entries: Sequence[AgendaEntry]) -> Retried:
        """The agenda's INVOICE_RETRY: pending charges for what is still to be paid, to be sent after the commit.

        After a hard decline nothing is charged until there is another payment method: the retry passes, and counts.
        """
        await self.invoiced.hold(entry.subject_id for entry in entries)
        found = await self.wholes.by("id", [entry.subject_id for entry in entries], lock=True)
        waiting = [each for each in found if each.row.status == InvoiceStatus.OPEN and waits(each.row)]
        waiting = await self.sellers.without_gone(waiting)
        intents = await self._intents([each.row for each in waiting])
        busy = {identifier for identifier, asked in intents.items() if asked.in_flight}
        tried = [each for each in waiting if each.row.id not in busy]
        methods = await self.collection.methods_of([each.row for each in tried])
        ready = [each for each in tried if _may_work(intents[each.row.id].failed, methods.get(each.row.id))]
        chosen = {each.row.id for each in ready}
        passed = [each for each in tried if each.row.id not in chosen]
        befores = [self.events.snapshot(each) for each in passed]
        for each in tried:
            each.row.attempt_count += 1
            each.row.next_payment_attempt = None
        await update_rows([each.row for each in tried], ("attempt_count", "next_payment_attempt"))
        if passed:
            await self.plan(passed, befores)
        charges = await self.collection.prepare(ready, [intents[each.row.id].default for each in ready])
        return Retried(charges, [entry for entry in entries if entry.subject_id in busy], passed)

    async def try_now(self, invoices: Sequence[Invoice]) -> list[Charge]:
        """Pending charges for those of these waiting invoices that have a payment method and are not being paid.

        It is a try beside the planned ones: it counts for none of them and moves none.
        """
        wholes = await self.sellers.without_gone(await self.wholes.of(invoices))
        invoices = [each.row for each in wholes]
        intents = await self._intents(invoices)
        methods = await self.collection.methods_of(invoices)
        ready = [each for each in wholes if each.row.id in methods and not intents[each.row.id].in_flight]
        return await self.collection.prepare(ready, [intents[each.row.id].default for each in ready])

    async def next_moment(self, invoice: WholeInvoice) -> datetime | None:
        """When this invoice, which failed some time ago, is tried next; None when that was often enough."""
        presents = await self.presents([invoice.row.test_clock_id])
        worth = await self._worth_retrying([invoice])
        return (await self._moments([each.row for each in worth], presents)).get(invoice.row.id)

    async def _worth_retrying(self, invoices: Sequence[WholeInvoice]) -> list[WholeInvoice]:
        """Those that no retry is planned for yet and whose subscription, if it is still theirs, still cares."""
        failed = [each for each in invoices if is_retried(each.row) and not waits(each.row)]
        found = await self.gather(Subscription, "id", {each.row.subscription_id for each in failed})
        uncaring = {(row.id, row.customer_id) for row in found if row.status not in RETRIED}
        return [each for each in failed if (each.row.subscription_id, each.row.customer_id) not in uncaring]

    async def _moments(
        self, invoices: Sequence[Invoice], presents: Mapping[str | None, datetime]
    ) -> dict[str, datetime | None]:
        """By invoice, when it is tried next."""
        rules = (await self.settings.current()).retry_rules
        intents = await self._intents(invoices, lock=False)
        worked = await self._worked({row.customer_id for row in invoices})
        moments = {}
        for row in invoices:
            assert row.first_failed_at is not None, f"invoice {row.id} never failed"
            tries = Tries(
                first_at=row.first_failed_at,
                last_at=presents[row.test_clock_id],
                retries=row.attempt_count - 1,
                reason=_reason(intents[row.id].failed),
                worked_at=worked.get(row.customer_id),
            )
            moments[row.id] = next_try(rules, tries)
        return moments

    async def _worked(self, customer_ids: Iterable[str]) -> dict[str, datetime]:
        """By customer, when an invoice that had failed before was paid at last."""
        wanted = sorted(customer_ids)
        if not wanted:
            return {}
        recovered = self.mine(Invoice).filter(
            customer_id__in=wanted, status=InvoiceStatus.PAID, first_failed_at__isnull=False, paid_out_of_band=False
        )
        latest = recovered.group_by("customer_id").annotate(at=Max("paid_at"))
        found = await latest.values_list("customer_id", "at")
        return {str(customer_id): _moment(at) for customer_id, at in found}

    async def _intents(self, invoices: Sequence[Invoice], *, lock: bool = True) -> dict[str, "_Asked"]:
        """What these invoices ask for, by invoice."""
        found: dict[str, list[PaymentIntent]] = {row.id: [] for row in invoices}
        for intent in await self.gather(PaymentIntent, "invoice_id", found, lock=lock):
            found[str(intent.invoice_id)].append(intent)
        return {row.id: _Asked(row, found[row.id]) for row in invoices}


@dataclass(frozen=True, slots=True)
class _Asked:
    """The payments of an invoice."""

    invoice: Invoice
    intents: Sequence[PaymentIntent]

    @property
    def default(self) -> PaymentIntent:
        """The one that asks for what remains: it is what a retry charges."""
        [default] = [each for each in self.intents if each.id == self.invoice.payment_intent_id]
        return default

    @property
    def in_flight(self) -> bool:
        """Whether any of them is being made at this moment."""
        return any(each.status == PaymentIntentStatus.PROCESSING for each in self.intents)

    @property
    def failed(self) -> PaymentIntent:
        """The one that was tried last, in vain; the default one when none was."""
        tried = [each for each in self.intents if each.last_error is not None and each.latest_charge_id is not None]
        return max(tried, key=lambda each: str(each.latest_charge_id), default=self.default)


def is_retried(row: Invoice) -> bool:
    """Whether a failure to collect this invoice is followed by retries, where its subscription runs at all."""
    return (
        row.status == InvoiceStatus.OPEN
        and row.auto_advance
        and row.collection_method == CollectionMethod.CHARGE_AUTOMATICALLY
    )


def _reason(intent: PaymentIntent) -> DeclineClass:
    """Why the last try failed. Without any error it is the customer who has to act, or a payment method is missing."""
    error = intent.last_error
    if error is None or intent.status == PaymentIntentStatus.REQUIRES_ACTION:
        return DeclineClass.HARD
    return decline_class(error.get("decline_code"), error.get("advice_code"))


def _may_work(intent: PaymentIntent, method: PaymentMethod | None) -> bool:
    """Whether trying this payment method makes sense: never again one that was hard declined."""
    if method is None:
        return False
    failed = intent.payment_method_id or (intent.last_error or {}).get("payment_method")
    return _reason(intent) is not DeclineClass.HARD or failed != method.id


def _moment(value: datetime | int) -> datetime:
    """A moment that an aggregate gave, which is as it is stored."""
    return value if isinstance(value, datetime) else datetime.fromtimestamp(value, UTC)


def _appointment(row: Invoice) -> Appointment:
    assert row.next_payment_attempt is not None, f"invoice {row.id} waits for no retry"
    return Appointment(AgendaKind.INVOICE_RETRY, row.id, row.next_payment_attempt, row.test_clock_id)


async def plan_retries(scope: Scope, invoices: Sequence[Subject]) -> None:
    """Reaction to an invoice that could not be collected."""
    await Retries(scope).plan([each for each in invoices if isinstance(each, WholeInvoice)])
