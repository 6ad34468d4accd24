"""Usage on invoices: what the meters read for the times that are to be billed, in sets.

Whoever settles figures holds the periods first, and writes what was asked for in the same transaction. Ingestion is not
held up: an event that is counted after the reading makes a difference to what was asked for, and that is billed next.
"""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from domain.calculations import TRIAL
from domain.invoicing import LineDraft, PriceFacts
from domain.metering import (
    Charged,
    Span,
    Tally,
    is_settled,
    plain,
    tallies,
    taxed_as,
    usage_calculation,
    usage_description,
    usage_line,
)
from domain.pricing import quantity_text
from models import InvoiceLine, Subscription, SubscriptionItem, UsagePeriod
from services.aggregates import WholeInvoice
from services.base import Service, part
from services.catalog.facts import Facts
from services.rows import insert_rows, update_rows
from services.usage.charging import Charges
from services.usage.readings import Reading, Readings

_COUNTED = ("drafted", "counted", "is_open")
_RECOUNTED = ("description", "amount", "quantity", "calculation", "taxed_as")


@dataclass(frozen=True, slots=True)
class UsageDraft:
    """Lines for usage, by subscription, and the periods that they bill."""

    lines: Mapping[str, Sequence[LineDraft]] = field(default_factory=dict)
    new: Sequence[UsagePeriod] = ()
    touched: Sequence[UsagePeriod] = ()

    def of(self, subscription_id: str) -> Sequence[LineDraft]:
        """The lines of one subscription, in order of time."""
        return self.lines.get(subscription_id, ())


class UsageBilling(Service):
    """Reads meters for invoices, and remembers what was asked for."""

    readings = part(Readings)
    facts = part(Facts)
    charges = part(Charges)

    async def drafted(
        self,
        subscriptions: Iterable[Subscription],
        new: Sequence[UsagePeriod] = (),
        items: Mapping[str, SubscriptionItem] | None = None,
    ) -> UsageDraft:
        """Lines for the `new` periods, for those that waited, and for what came late; figures are provisional.

        `items` are those whose discounts and tax rates apply. No statement where there is no usage.
        """
        drafted_for = list(subscriptions)
        known = await self._open(drafted_for, lock=False)
        waiting = [row for row in known if not row.drafted]
        count = await self._counted([*waiting, *new], known)
        presents = await self.presents(row.test_clock_id for row in drafted_for)
        at = {row.id: presents[row.test_clock_id] for row in drafted_for}
        closing = [row for row in known if count.is_final(row, at[row.subscription_id])]
        for row in closing:
            row.is_open = False
        return UsageDraft(await self._lines(count, items or {}, _discounted(drafted_for)), new, [*waiting, *closing])

    async def late(
        self, subscriptions: Iterable[Subscription], items: Mapping[str, SubscriptionItem] | None = None
    ) -> UsageDraft:
        """As `drafted`, with what came late alone."""
        known = [row for row in await self._open(subscriptions, lock=False) if row.counted is not None]
        return UsageDraft(await self._lines(await self._counted((), known), items or {}))

    async def settled(
        self,
        subscriptions: Iterable[Subscription],
        new: Sequence[UsagePeriod],
        items: Mapping[str, SubscriptionItem] | None = None,
    ) -> UsageDraft:
        """As `drafted`, for an invoice that is finalized now: what the lines ask for counts as asked for.

        Without `subscriptions` the new periods are billed and nothing else. Lines of nothing are left out.
        """
        settled_for = list(subscriptions)
        known = await self._open(settled_for, lock=True)
        waiting = [row for row in known if not row.drafted]
        count = await self._counted([*waiting, *new], known)
        lines = await self._lines(count, items or {}, _discounted(settled_for))
        billed = {line.usage_period_id for drafts in lines.values() for line in drafts}
        touched = [row for tally in count.tallies if tally.span.id in billed for row in count.settle(tally)]
        # What the lines say is counted for good: nothing is counted anew when their invoice is finalized.
        final = {
            owner: [replace(line, usage_period_id=None) for line in drafts if line.quantity or line.amount]
            for owner, drafts in lines.items()
        }
        return UsageDraft(final, new, [row for row in touched if row not in new])

    async def store(self, draft: UsageDraft) -> None:
        """Write the periods of a draft down: its lines have them from now on."""
        for row in (*draft.new, *draft.touched):
            row.drafted = True
        await insert_rows(draft.new)
        await update_rows(draft.touched, _COUNTED)

    async def recounted(self, drafts: Sequence[WholeInvoice]) -> "Recount":
        """Count what these drafts bill anew, as they are about to be finalized, and store the lines that changed.

        Their periods are held. No statement where no usage is billed.
        """
        billing = [each for each in drafts if any(line.usage_period_id is not None for line in each.lines)]
        if not billing:
            return Recount()
        presents = await self.presents(each.row.test_clock_id for each in billing)
        at = {str(each.row.subscription_id): presents[each.row.test_clock_id] for each in billing}
        known = await self.gather(UsagePeriod, "subscription_id", at, order=("id",), lock=True, is_open=True)
        lines = [line for each in billing for line in each.lines if line.usage_period_id is not None]
        rows = {row.id: row for row in known}
        closed = {str(line.usage_period_id) for line in lines} - set(rows)
        rows |= {row.id: row for row in await self.gather(UsagePeriod, "id", closed)}
        count = await self._counted([rows[str(line.usage_period_id)] for line in lines], known)
        facts = await self.facts.named(row.price_id for row in rows.values())
        charged = await self._charged(count, facts)
        bills = list(zip(lines, count.tallies, strict=False))
        changed = [
            line
            for line, tally in bills
            if _set(line, tally, _price_of(rows[tally.span.id], facts), charged.get(tally.span.id))
        ]
        await update_rows(changed, _RECOUNTED)
        ids = {line.invoice_id for line in changed}
        return Recount([each for each in billing if each.row.id in ids], bills, count, at)

    async def settle(self, recount: "Recount", invoices: Iterable[WholeInvoice]) -> None:
        """What these invoices, which are being finalized, ask for counts as asked for; no statement for none."""
        ids = {each.row.id for each in invoices}
        covered = [
            row for line, tally in recount.bills if line.invoice_id in ids for row in recount.count.settle(tally)
        ]
        rows = [row for row in recount.count.rows.values() if row.is_open]
        closing = [row for row in rows if recount.count.is_final(row, recount.at[row.subscription_id])]
        for row in closing:
            row.is_open = False
        await update_rows(list({row.id: row for row in (*covered, *closing)}.values()), _COUNTED)

    async def _open(self, subscriptions: Iterable[Subscription], *, lock: bool) -> list[UsagePeriod]:
        """Periods of these subscriptions, for whoever has them now, whose figures may still change; in order."""
        owners = {row.id: row.customer_id for row in subscriptions if row.has_usage}
        known = await self.gather(UsagePeriod, "subscription_id", owners, order=("id",), lock=lock, is_open=True)
        return [row for row in known if row.customer_id == owners[row.subscription_id]]

    async def _counted(self, rows: Sequence[UsagePeriod], known: Sequence[UsagePeriod]) -> "_Count":
        """What these rows come to, with what is late of known ones."""
        by_id = {row.id: row for row in (*known, *rows)}
        open_ones = [row for row in by_id.values() if row.is_open]
        wanted = [Reading(row.meter_id, row.customer_id, row.period_start, row.period_end) for row in open_ones]
        values = await self.readings.of(wanted) if wanted else []
        read = {row.id: value for row, value in zip(open_ones, values, strict=True)}
        return _Count(tallies([_span(row) for row in rows], [_span(row) for row in known], read), by_id, read)

    async def _charged(
        self, count: "_Count", facts: Mapping[str, PriceFacts], items: Mapping[str, SubscriptionItem] | None = None
    ) -> Mapping[str, Charged]:
        """What was asked for the periods of tallies that give back, or that are late of none of these `items`.

        No statement where there is none.
        """
        late = [(tally, count.rows[tally.span.id]) for tally in count.tallies if tally.late is not None]
        looked_up = [
            row
            for tally, row in late
            if (items is not None and row.subscription_item_id not in items)
            or usage_calculation(_price_of(row, facts), tally).amount < 0
        ]
        return await self.charges.of(looked_up)

    async def _lines(
        self, count: "_Count", items: Mapping[str, SubscriptionItem], discounted: Container[str] = ()
    ) -> dict[str, list[LineDraft]]:
        """The lines of the tallies, by subscription.

        Where what was asked for still waits for an invoice of a subscription that is `discounted`, what is given back
        waits for the one after it: only then is known what was taken off.
        """
        facts = await self.facts.named(count.rows[tally.span.id].price_id for tally in count.tallies)
        charged = await self._charged(count, facts, items)
        lines: dict[str, list[LineDraft]] = {}
        for tally in count.tallies:
            row = count.rows[tally.span.id]
            # An item that is gone had the discounts and tax rates that its last line has.
            asked = charged.get(row.id)
            item = items.get(row.subscription_item_id, asked)
            discounts, rates = ((), ()) if item is None else (tuple(item.discounts), tuple(item.tax_rates))
            line = usage_line(_price_of(row, facts), tally, asked, discounts=discounts, tax_rates=rates)
            asked = charged.get(row.id)
            if (
                line.amount < 0
                and asked is not None
                and asked.waits
                and (asked.discounts or row.subscription_id in discounted)
            ):
                continue
            lines.setdefault(row.subscription_id, []).append(line)
        return lines


@dataclass(frozen=True, slots=True)
class _Count:
    """What meters say of periods."""

    tallies: Sequence[Tally]
    rows: Mapping[str, UsagePeriod]
    read: Mapping[str, Decimal]

    def is_final(self, row: UsagePeriod, at: datetime) -> bool:
        """Whether what was asked for by then is what will ever have been used."""
        asked = row.counted is not None and row.counted == quantity_text(plain(self.read[row.id]))
        return asked and is_settled(row.period_end, at)

    def settle(self, tally: Tally) -> list[UsagePeriod]:
        """The period of the tally, where it bills any, in memory set to what was read."""
        if not tally.settles:
            return []
        row = self.rows[tally.span.id]
        row.counted = quantity_text(plain(self.read[row.id]))
        return [row]


@dataclass(frozen=True, slots=True)
class Recount:
    """Drafts that are about to be finalized: those that ask for another amount now, and what their lines bill."""

    changed: Sequence[WholeInvoice] = ()
    bills: Sequence[tuple[InvoiceLine, Tally]] = ()
    count: _Count = _Count((), {}, {})
    at: Mapping[str, datetime] = field(default_factory=dict)
    """The present, by subscription."""


def _discounted(subscriptions: Sequence[Subscription]) -> Container[str]:
    return {row.id for row in subscriptions if row.discounts or row.has_customer_discounts}


def _set(line: InvoiceLine, tally: Tally, price: PriceFacts, charged: Charged | None) -> bool:
    """Let the line say what the tally is now, in memory; whether it differs. What a trial makes free stays."""
    if line.calculation["method"] == TRIAL:
        return False
    calculation = usage_calculation(price, tally, charged)
    if line.calculation == calculation.as_json():
        return False
    line.description, line.quantity = usage_description(price, tally), int(tally.quantity)
    line.amount, line.calculation = calculation.amount, calculation.as_json()
    taxes = taxed_as(charged, Decimal(calculation.exact))
    line.taxed_as = None if taxes is None else [dict(each) for each in taxes]
    return True


def _price_of(row: UsagePeriod, facts: Mapping[str, PriceFacts]) -> PriceFacts:
    return facts[row.price_id].agreed(row.currency, None)


def _span(row: UsagePeriod) -> Span:
    counted = None if row.counted is None else Decimal(row.counted)
    in_trial = not row.is_open and not row.drafted  # all others wait for their line open
    return Span(row.id, row.subscription_item_id, row.period_start, row.period_end, counted, in_trial)
