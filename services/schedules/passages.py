"""From phase to phase: subscriptions become what a phase wants them to be, in sets."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from domain.agenda import AgendaKind
from domain.drafts import UNSET
from domain.errors import DomainError
from domain.event_types import EventType
from domain.invoices import BillingReason
from domain.invoicing import BilledItem, LineDraft, invoice_draft_of, line_draft_of
from domain.lifecycles import SubscriptionStatus
from domain.metadata import merged_metadata
from domain.schedules import HeldItem, Phase, PhaseItem, steps_between
from domain.subscriptions import AnchorChange, ProrationBehavior
from models import InvoiceItem, Subscription, SubscriptionSchedule
from services.aggregates import WholeSubscription
from services.base import Service, part
from services.due import Appointment, Due
from services.events import Events, Snapshot
from services.invoices.drafting import Drafting, Wanted
from services.invoices.items import InvoiceItems, line_of
from services.rows import update_rows
from services.schedules.discounts import PhaseDiscounts
from services.schedules.redeeming import Given, Redeeming
from services.settings import Settings
from services.subscriptions import ItemChange
from services.subscriptions.announcing import TrialAnnouncements
from services.subscriptions.exchange import Exchanges, ItemsPlan, PriceList, Proration
from services.subscriptions.item_changes import ItemChanges
from services.subscriptions.period_agenda import current_period_end
from services.subscriptions.trials import Trials

_CHANGED = (
    "default_payment_method_id", "description", "metadata", "schedule_id", "phase_ends_at", "has_pending_items",
    "latest_invoice_id", "default_tax_rates", "discounts", "sharing",
)  # fmt: skip
_FREE_OF_CHARGE = frozenset({SubscriptionStatus.TRIALING, SubscriptionStatus.PAUSED})


@dataclass(frozen=True, slots=True)
class Passage:
    """A subscription that enters a phase of its schedule, or has that phase changed under it.

    `former` is the phase as it was, where it runs already: its trial and what it charges once are behind it.
    """

    schedule: SubscriptionSchedule
    whole: WholeSubscription
    phase: Phase
    behavior: ProrationBehavior
    former: Phase | None = None

    @property
    def entering(self) -> bool:
        """Whether the phase begins now."""
        return self.former is None


@dataclass(slots=True)
class _Planned:
    """A passage that was found sound, with what it asks for."""

    passage: Passage
    plan: ItemsPlan
    before: Snapshot
    at: datetime
    given: Given
    waiting: list[InvoiceItem] = field(default_factory=list)


class Passages(Service):
    """Carries passages out."""

    events = part(Events)
    due = part(Due)
    settings = part(Settings)
    exchanges = part(Exchanges)
    item_changes = part(ItemChanges)
    items = part(InvoiceItems)
    drafting = part(Drafting)
    trials = part(Trials)
    announcements = part(TrialAnnouncements)
    discounts = part(PhaseDiscounts)
    redeeming = part(Redeeming)

    async def carry_out(self, passages: Sequence[Passage]) -> dict[str, DomainError]:
        """Let held subscriptions enter their phases; by schedule, why some could not.

        Events `invoiceitem.created` for what is prorated or charged once, `invoice.created` where that is invoiced at
        once (a draft for the usual hour), and `customer.subscription.updated` for each that differs.
        """
        refused: dict[str, DomainError] = {}
        planned = await self._planned(passages, refused)
        await self.redeeming.store([(each.given, each.at) for each in planned])
        await self.item_changes.store([each.plan for each in planned])
        await self.items.store([item for each in planned for item in each.waiting])
        await self._invoice([each for each in planned if each.plan.lines and _invoices_at_once(each.passage)])
        for each in planned:
            _set(each)
            await self._set_trial(each)
        await update_rows([each.passage.whole.row for each in planned], _CHANGED)
        for each in planned:
            self.events.record(EventType.CUSTOMER_SUBSCRIPTION_UPDATED, each.plan.whole, at=each.at, before=each.before)
            if each.plan.whole.row.status == SubscriptionStatus.TRIALING and each.passage.phase.trial_end is not None:
                await self.announcements.announce(each.plan.whole, each.at)
        return refused

    async def _planned(self, passages: Sequence[Passage], refused: dict[str, DomainError]) -> list[_Planned]:
        """What each passage changes; those that are refused are noted and nothing of theirs is written."""
        presents = await self.presents(each.whole.row.test_clock_id for each in passages)
        wanted: list[tuple[Passage, Given]] = []
        held = await self.discounts.held([each.whole for each in passages])
        for each in passages:
            with _noted(refused, each):
                merged_metadata(each.whole.row.metadata, each.phase.metadata)
                at = presents[each.whole.row.test_clock_id]
                changes, phases = _item_changes(each), (each.phase, each.former)
                given = await self.redeeming.planned(each.whole, phases, changes, held, at)
                wanted.append((each, given))
        once = {charge.price for each, _ in wanted if each.entering for charge in each.phase.add_invoice_items}
        known = await self.exchanges.price_list([(each.whole, given.changes) for each, given in wanted], once)
        known = _with_new(known, [given for _, given in wanted])
        planned = []
        for each, given in wanted:
            at, before = presents[each.whole.row.test_clock_id], self.events.snapshot(each.whole)
            with _noted(refused, each):
                given_before = list(each.whole.row.discounts)
                changed = given.apply(each.whole)
                try:
                    plan = self.exchanges.planned(each.whole, given.changes, _proration(each, at), at, known)
                except DomainError:
                    each.whole.row.discounts = given_before
                    raise
                plan.changed += [row for row in changed if row not in plan.changed]
                planned.append(_Planned(each, plan, before, at, given))
        await self.exchanges.read_usage([each.plan for each in planned])
        for one in planned:
            charges = _charged_once(one.passage, known, one.at) if one.passage.entering else ()
            one.waiting += self.items.made(one.passage.whole.row, [*one.plan.lines, *charges], one.at)
            one.given.take_up(one.waiting[len(one.plan.lines) :])
        return planned

    async def _invoice(self, planned: Sequence[_Planned]) -> None:
        """Drafts of what waits, for those that are to be invoiced at once."""
        if not planned:
            return
        delay = timedelta(seconds=(await self.settings.current()).invoice_finalization_delay)
        invoices = await self.drafting.write([_wanted(each, each.at + delay) for each in planned])
        waiting = {each.plan.whole.row.id: each.waiting for each in planned}
        await self.items.take_up(invoices, waiting)
        for each, invoice in zip(planned, invoices, strict=True):
            each.plan.whole.row.latest_invoice_id = invoice.row.id
        await self.due.schedule_all(
            [
                Appointment(AgendaKind.INVOICE_FINALIZE, each.row.id, at, each.row.test_clock_id)
                for each in invoices
                if (at := each.row.automatically_finalizes_at) is not None
            ],
            fresh=True,
        )

    async def _set_trial(self, planned: _Planned) -> None:
        """Begin or move a trial where the phase has one. What is behind with its payments has none."""
        whole, end = planned.plan.whole, planned.passage.phase.trial_end
        if end is None or end <= planned.at or not planned.passage.entering:
            return
        if whole.row.status == SubscriptionStatus.ACTIVE:
            await self.trials.begin(whole, end, planned.at)
        elif whole.row.status == SubscriptionStatus.TRIALING:
            await self.trials.move_end(whole, end)


def _with_new(known: PriceList, given: Sequence[Given]) -> PriceList:
    """The price list with discounts that are not stored yet."""
    new = {identifier: each for one in given for identifier, each in one.redeemed.items()}
    return replace(known, discounts=replace(known.discounts, redeemed={**known.discounts.redeemed, **new}))


@contextmanager
def _noted(refused: dict[str, DomainError], passage: Passage) -> Iterator[None]:
    """Keep a refusal of this passage beside the others, which go on."""
    try:
        yield
    except DomainError as error:
        refused[passage.schedule.id] = error


def _item_changes(passage: Passage) -> list[ItemChange]:
    """What turns the items into those of the phase."""
    rows = {item.row.id: item.row for item in passage.whole.items}
    held = [HeldItem(row.id, row.price_id, row.quantity) for row in rows.values()]
    changes = []
    for step in steps_between(held, passage.phase.items):
        if step.wanted is None:
            assert step.held is not None, "a step has an item before it or after it"
            changes.append(ItemChange(id=step.held.id, deleted=True))
            continue
        wanted = step.wanted
        if step.held is None:
            changes.append(_wanted_item(None, wanted))
            continue
        row = rows[step.held.id]
        standing = (row.price_id, row.quantity, row.unit_amount, tuple(row.tax_rates))
        same = standing == (wanted.price, wanted.quantity, wanted.unit_amount, wanted.tax_rates)
        if not same or merged_metadata(row.metadata, wanted.metadata) != row.metadata:
            changes.append(_wanted_item(row.id, wanted))
    return changes


def _wanted_item(identifier: str | None, wanted: PhaseItem) -> ItemChange:
    """The change that gives an item what the phase says."""
    return ItemChange(
        identifier,
        wanted.price,
        wanted.quantity,
        metadata=wanted.metadata,
        price_made=True,
        unit_amount=UNSET if wanted.unit_amount is None else wanted.unit_amount,
        tax_rates=wanted.tax_rates,
    )


def _proration(passage: Passage, at: datetime) -> Proration:
    """As the phase says; time that is free, or is to be, is not prorated."""
    free = passage.whole.row.status in _FREE_OF_CHARGE or passage.phase.trial_end is not None
    behavior = ProrationBehavior.NONE if free else passage.behavior
    return Proration(min(at, current_period_end(passage.whole)), behavior, AnchorChange.UNCHANGED)


def _invoices_at_once(passage: Passage) -> bool:
    return passage.behavior is ProrationBehavior.ALWAYS_INVOICE


def _charged_once(passage: Passage, known: PriceList, at: datetime) -> list[LineDraft]:
    """The lines of what the phase charges once."""
    currency = passage.whole.row.currency
    return [
        replace(
            line_draft_of(BilledItem("", known.facts[each.price].agreed(currency, None), each.quantity, at, at)),
            subscription_item_id=None,
            tax_rates=each.tax_rates,
        )
        for each in passage.phase.add_invoice_items
    ]


def _wanted(planned: _Planned, finalizes_at: datetime) -> Wanted:
    row, at = planned.plan.whole.row, planned.at
    draft = invoice_draft_of((), row.currency, [line_of(item) for item in planned.waiting])
    return Wanted(row, draft, BillingReason.SUBSCRIPTION_UPDATE, at, at, at, finalizes_at)


def _set(planned: _Planned) -> None:
    """What the phase says beside items; where neither it nor the defaults say anything, that stays."""
    row, phase, schedule = planned.plan.whole.row, planned.passage.phase, planned.passage.schedule
    row.default_payment_method_id = (
        phase.default_payment_method or schedule.default_payment_method_id or row.default_payment_method_id
    )
    row.default_tax_rates = list(phase.default_tax_rates) or row.default_tax_rates
    _set_sharing(row, planned.passage)
    row.description = phase.description or schedule.description or row.description
    row.metadata = merged_metadata(row.metadata, phase.metadata)
    row.schedule_id, row.phase_ends_at = schedule.id, phase.end
    row.has_pending_items = row.has_pending_items or any(item.pending for item in planned.waiting)


def _set_sharing(row: Subscription, passage: Passage) -> None:
    """Who has a part in it from the phase on; what its phase named, and names no more, is over."""
    if passage.phase.sharing is not None:
        row.sharing = dict(passage.phase.sharing)
    elif passage.former is not None and passage.former.sharing is not None:
        row.sharing = None
