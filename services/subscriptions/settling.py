"""What a change of items costs, and in which periods the items are from then on.

Mostly the anchor stays: what changed is prorated, and an item that recurs at other times from now on is in the period
that is counted from the anchor by its own recurrence. Where periods are counted anew, every item begins a new one:
what was left of its old period is given back, and the new one is charged whole (spec 02, Billing mode).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from domain.errors import DomainError, ErrorCode
from domain.invoicing import LineDraft, PriceFacts, line_draft_of
from domain.lifecycles import SubscriptionStatus
from domain.metering import through
from domain.periods import Period, Recurrence, full_period_until, period_containing, period_from, period_number
from domain.proration import Billed, Exchange, prorated
from domain.subscriptions import AnchorChange, BillingMode, ProrationBehavior
from models import SubscriptionItem
from services.aggregates import PricedItem, WholeSubscription
from services.subscriptions.discounted_time import Discounts
from services.subscriptions.metering import UsageCut, begin_metering
from services.subscriptions.period_agenda import current_period_end
from services.subscriptions.wholes import (
    billed_items,
    given_back,
    in_force,
    rates_in_force,
    recurrence_of_item,
    recurrence_of_subscription,
)

_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Proration:
    """From which moment a change is prorated, whether at all, and what was said about the anchor."""

    at: datetime
    behavior: ProrationBehavior
    anchor: AnchorChange | None = None


@dataclass(frozen=True, slots=True)
class Swap:
    """One item before and after a change; None before it was added, and after it was removed."""

    row: SubscriptionItem
    before: PricedItem | None
    after: PricedItem | None


class _Standing(NamedTuple):
    """What an item stands at."""

    price_id: str
    quantity: int
    unit_amount: int | None


@dataclass(frozen=True, slots=True)
class Settled:
    """The lines of a change, whether periods are counted anew, and whether the lines are invoiced at once."""

    lines: list[LineDraft] = field(default_factory=list)
    restarted: bool = False
    at_once: bool = False
    cuts: list[UsageCut] = field(default_factory=list)


class Settling:
    """By which rules a change of one subscription is settled. Made before its rows change, from what was in force."""

    def __init__(
        self,
        whole: WholeSubscription,
        facts: Mapping[str, PriceFacts],
        proration: Proration,
        now: datetime,
        discounts: Discounts,
    ) -> None:
        self.whole, self.facts, self.proration, self.now = whole, facts, proration, now
        self.discounts = discounts
        self._charged: dict[str, Billed] = {}
        self._end = current_period_end(whole)
        self._standing = {item.row.id: _standing_of(item.row) for item in whole.items}
        self._periods = {
            item.row.id: Period(item.row.current_period_start, item.row.current_period_end, 0) for item in whole.items
        }
        self._was_free = _is_free(whole)
        self._metered_since = {item.row.id: item.row.metered_since for item in whole.items}
        self._in_force = {item.row.id: self._given_back(item.row) for item in whole.items}

    def settled(self, after: WholeSubscription, swaps: Sequence[Swap]) -> Settled:
        """Set the items, and the subscription, into their periods (in memory); what that costs."""
        self._charged = self._charges(after)
        if after.row.status == SubscriptionStatus.TRIALING:
            _refuse_moving(self.proration)
            self._count_on_after_trial(after)
            begin_metering(after.items, self._end)
            return Settled()
        classic = after.row.billing_mode == BillingMode.CLASSIC
        at_once = self.proration.behavior is ProrationBehavior.ALWAYS_INVOICE
        if self._restarts(after):
            at_once = at_once or classic
            cuts = self._cuts(after, swaps, anew=True)
            return Settled(self._restarted(after, opening=at_once), restarted=True, at_once=at_once, cuts=cuts)
        lines = [line for swap in swaps for line in self._swapped(swap)]
        self._count_on(after)
        return Settled(lines, at_once=at_once, cuts=self._cuts(after, swaps, anew=False))

    def _cuts(self, after: WholeSubscription, swaps: Sequence[Swap], *, anew: bool) -> list[UsageCut]:
        """Where metered items stop being metered at their price; from there on the new one holds (in memory).

        What was used before is billed with FLEXIBLE, at the next renewal; of an item that is removed with the change,
        unless that bills nothing. With CLASSIC it is dropped. A period that begins anew bills what was used in any, and
        so does a change where the item's period has ended: that was complete.
        """
        swapped = {swap.row.id: swap for swap in swaps}
        flexible, until = self.whole.row.billing_mode != BillingMode.CLASSIC, min(self.now, self._end)
        cuts, staying, through_now = list[UsageCut](), set[str](), set[str]()
        for item in self.whole.items:
            since, swap = self._metered_since[item.row.id], swapped.get(item.row.id)
            removed = swap is not None and swap.after is None
            changed = swap is not None and swap.after is not None and swap.after.price.id != item.price.id
            if since is None or not (removed or changed or anew):
                staying |= set() if since is None else {item.row.id}
                continue
            dropped = removed and self.proration.behavior is ProrationBehavior.NONE
            complete = self._periods[item.row.id].end <= self.now
            billed = complete or ((flexible or not (removed or changed)) and not dropped)
            meter_id = item.price.meter_id
            if not billed or meter_id is None:
                continue
            goes_on = swap is None or (swap.after is not None and swap.after.price.meter_id == meter_id)
            end = until if goes_on else min(through(self.now), self._end)
            if since < end:
                through_now |= set() if goes_on else {meter_id}
                cuts.append(UsageCut(item.row, item.price.id, meter_id, since, end, now=removed or anew))
        for item in after.items:
            if item.row.id not in staying:
                ended = item.price.meter_id in through_now
                begin_metering([item], min(through(self.now), self._end) if ended else until)
        for item in after.items:  # What was billed already is not billed again, should the change date back.
            known: datetime | None = self._metered_since.get(item.row.id)
            if known is not None and item.row.metered_since is not None:
                item.row.metered_since = max(known, item.row.metered_since)
        return cuts

    def _restarts(self, after: WholeSubscription) -> bool:
        """Whether periods are counted from now on: as asked for, or as CLASSIC does of itself."""
        said = self.proration.anchor
        if said is AnchorChange.NOW:
            return True
        if after.row.billing_mode != BillingMode.CLASSIC:
            return False
        if recurrence_of_subscription(self.whole) != recurrence_of_subscription(after):
            _refuse_staying(said)
            return True
        begins_to_cost = self._was_free and not _is_free(after)
        return begins_to_cost and said is not AnchorChange.UNCHANGED

    def _restarted(self, after: WholeSubscription, *, opening: bool) -> list[LineDraft]:
        """Credits for all that was in force, then the whole new periods; `opening` when an invoice is made for them."""
        given_back = list(self._credits())
        row = after.row
        row.cycle += opening
        row.billing_cycle_anchor, row.anchor_cycle = self.now, row.cycle
        ending = period_number(self.now, recurrence_of_subscription(after), 0).end
        until, charged = ending if row.cancel_at_period_end else row.cancel_at, list[LineDraft]()
        for item in after.items:
            period = period_from(self.now, self.now, recurrence_of_item(item), 0, until)
            charged += map(line_draft_of, billed_items([item], self.facts, period, row.currency))
            _put(item.row, period)
            _forget(item.row)
        return given_back + charged

    def _credits(self) -> Iterable[LineDraft]:
        for item in self.whole.items:
            row = item.row
            yield from self._exchanged(row, self._recurrence_before(row), self._in_force[row.id], None)

    def _swapped(self, swap: Swap) -> tuple[LineDraft, ...]:
        """The prorations of one item, which is then in its period."""
        row, before = swap.row, self._in_force.get(swap.row.id)
        if swap.after is None:
            return self._exchanged(row, self._recurrence_before(row), before, None)
        standing, now = self._standing.get(row.id), _standing_of(row)
        if standing == now:
            return ()
        recurrence, after = recurrence_of_item(swap.after), self._charged[row.id]
        known = None if standing is None else self._recurrence_before(row)
        if standing is not None and known == recurrence:
            lines = self._exchanged(row, recurrence, before, after)
            self._remember(row, standing, anew=False)
            return lines
        credit = () if known is None else self._exchanged(row, known, before, None)
        _put(row, self._present_period(recurrence))
        charge = self._exchanged(row, recurrence, None, after)
        self._remember(row, _Standing(row.price_id, 0, row.unit_amount), anew=True)
        return (*credit, *charge)

    def _exchanged(
        self, row: SubscriptionItem, recurrence: Recurrence, before: Billed | None, after: Billed | None
    ) -> tuple[LineDraft, ...]:
        """The lines of an item within the period that it is in, which may be a part of a full one; usage has none."""
        before, after = _without_usage(before), _without_usage(after)
        if self.proration.behavior is ProrationBehavior.NONE:
            return ()
        until = row.current_period_end
        full = full_period_until(until, self._anchor, recurrence)
        exchange = Exchange(row.id, before, after, self.proration.at, full.start, full.end, until)
        lines = self.discounts.as_taxed(prorated(exchange))
        return tuple(replace(line, tax_rates=tuple(row.tax_rates)) for line in lines) if row.tax_rates else lines

    def _present_period(self, recurrence: Recurrence) -> Period:
        """The period of what is billed by this recurrence from now on: that of others, or counted from the anchor."""
        begins, index = self.whole.row.start_date, period_containing(self._anchor, recurrence, self._last_second).index
        period = period_from(begins, self._anchor, recurrence, index, self._until)
        for item in self.whole.items:
            if self._recurrence_before(item.row) == recurrence:
                period = self._periods[item.row.id]
        if self.proration.at < period.start:
            raise DomainError(
                ErrorCode.PARAMETER_INVALID,
                f"Proration date {self.proration.at:%Y-%m-%dT%H:%M:%SZ} lies before the period that would be charged,"
                f" which began at {period.start:%Y-%m-%dT%H:%M:%SZ}.",
                "prorationDate",
            )
        return period

    def _remember(self, row: SubscriptionItem, invoiced: _Standing, *, anew: bool) -> None:
        """Without prorations what was invoiced stays what it was, until the next period is invoiced."""
        if self.proration.behavior is not ProrationBehavior.NONE:
            _forget(row)
        elif row.invoiced_price_id is None or anew:
            row.invoiced_price_id, row.invoiced_quantity, row.invoiced_unit_amount = invoiced

    def _count_on(self, after: WholeSubscription) -> None:
        """Where the shortest recurrence is another, cycles are counted so that the next one still bills what is due."""
        shortest = recurrence_of_subscription(after)
        if shortest != recurrence_of_subscription(self.whole):
            row = after.row
            row.anchor_cycle = row.cycle - period_containing(self._anchor, shortest, self._last_second).index

    def _count_on_after_trial(self, after: WholeSubscription) -> None:
        """As `_count_on`, during a trial, whose end may lie before the anchor; the time between may be free."""
        row, shortest = after.row, recurrence_of_subscription(after)
        if shortest != recurrence_of_subscription(self.whole):
            following = period_number(
                self._anchor, recurrence_of_subscription(self.whole), row.cycle + 1 - row.anchor_cycle
            )
            joined = period_containing(self._anchor, shortest, self._end)
            is_free = following.start > self._end and joined.start < self._end
            row.anchor_cycle = row.cycle + 1 - (joined.index + is_free)

    @property
    def _until(self) -> datetime | None:
        """Where the subscription ends, unless that is wherever its period does."""
        row = self.whole.row
        return None if row.cancel_at_period_end else row.cancel_at

    @property
    def _anchor(self) -> datetime:
        return self.whole.row.billing_cycle_anchor

    @property
    def _last_second(self) -> datetime:
        """The present, within the period that was current when the change was asked for."""
        return min(self.now, self._end - _SECOND)

    def _recurrence_before(self, row: SubscriptionItem) -> Recurrence:
        recurrence = self.facts[self._standing[row.id].price_id].recurrence
        assert recurrence is not None, f"subscription item {row.id} holds a one-time price"
        return recurrence

    def _given_back(self, row: SubscriptionItem) -> Billed:
        """What a change gives back: what was invoiced, or with CLASSIC the price in force (spec 02, Billing mode)."""
        billed = given_back(row, self.facts, self.whole.row)
        reduction = self.discounts.given_back(self.whole.row, row, billed, self.proration.at)
        return replace(billed, reduction=reduction)

    def _charges(self, after: WholeSubscription) -> dict[str, Billed]:
        """By item, what a change charges: the prices from now on, less the discounts in force."""
        billed = [(item.row, in_force(item.row, self.facts, after.row.currency)) for item in after.items]
        reductions = self.discounts.charged(after.row, billed, self.proration.at)
        return {
            row.id: replace(each, reduction=reduction)
            for (row, each), reduction in zip(billed, reductions, strict=True)
        }


def _standing_of(row: SubscriptionItem) -> _Standing:
    return _Standing(row.price_id, row.quantity, row.unit_amount)


def _forget(row: SubscriptionItem) -> None:
    """What was invoiced is what is in force."""
    row.invoiced_price_id = row.invoiced_quantity = row.invoiced_unit_amount = None


def _without_usage(billed: Billed | None) -> Billed | None:
    """What is billed in advance, if anything is."""
    return None if billed is None or billed.price.meter_id is not None else billed


def _put(row: SubscriptionItem, period: Period) -> None:
    row.current_period_start, row.current_period_end = period.start, period.end


def _is_free(whole: WholeSubscription) -> bool:
    return all(rates_in_force(item, whole.row.currency).is_free for item in whole.items)


def _refuse_moving(proration: Proration) -> None:
    if proration.anchor is AnchorChange.NOW:
        raise DomainError(
            ErrorCode.PARAMETER_INVALID,
            "The end of a trial is its anchor, so that periods cannot be counted from now on; end the trial with"
            " trialEnd: NOW.",
            "billingCycleAnchor",
        )


def _refuse_staying(said: AnchorChange | None) -> None:
    if said is AnchorChange.UNCHANGED:
        raise DomainError(
            ErrorCode.PARAMETER_INVALID,
            "In CLASSIC billing mode another interval begins a new period now; leave billingCycleAnchor out, or migrate"
            " the subscription to FLEXIBLE.",
            "billingCycleAnchor",
        )
