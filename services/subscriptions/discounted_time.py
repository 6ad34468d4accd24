"""What discounts take off the time that changes of items give back and charge, in sets.

With FLEXIBLE what was invoiced is given back, less the discounts that its own line had and what credit notes gave back
of it. With CLASSIC it is the price in force less the discounts in force, as if no other item shared in them. What is
charged has the discounts in force; those of one invoice are not among them, as they wait for the next whole invoice
(spec 02, Billing mode).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from fractions import Fraction
from typing import Any

from domain.calculations import UNUSED_TIME, Calculation, Reduction, calculation_of
from domain.invoicing import LineDraft
from domain.lifecycles import InvoiceStatus
from domain.money import half_away_from_zero
from domain.proration import Billed
from domain.reckoning import Deduction, DiscountAmount, Rules, discounted
from domain.subscriptions import BillingMode
from models import Customer, Invoice, InvoiceItem, InvoiceLine, Subscription, SubscriptionItem
from services.aggregates import WholeSubscription
from services.base import Service, part
from services.coupons.deductions import Deductions, Redeemed
from services.usage.credited import Credited


@dataclass(frozen=True, slots=True)
class _Period:
    """A full period of one item, as reckoning sees a line."""

    amount: int
    product_id: str | None
    discounts: Sequence[str]
    discountable: bool = True
    price_id: str | None = None
    tax_rates: Sequence[str] = ()
    taxed_as: None = None


@dataclass(frozen=True, slots=True)
class Discounts:
    """What is known of the discounts of some subscriptions: those in force, and what they took off what was billed."""

    redeemed: Mapping[str, Redeemed] = field(default_factory=dict)
    inherited: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """By customer, those of their own, for subscriptions that have none."""
    billed: Mapping[str, Reduction] = field(default_factory=dict)
    """By item, what was taken off the line that billed its current period."""
    beyond: Mapping[str, Reduction | None] = field(default_factory=dict)
    """By item, what was taken off the line that billed more of its period than it has by now; absent without any."""
    taxed: Mapping[str, tuple[Mapping[str, Any], ...]] = field(default_factory=dict)
    """By item, how the line was taxed that billed its current period; absent while that waits for its invoice."""
    named: Sequence[str] | None = None
    """Those that subscriptions are thought of with, instead of their own and their customers'."""

    def as_taxed(self, lines: Iterable[LineDraft]) -> tuple[LineDraft, ...]:
        """These lines of changes, where those that give back give their tax back as it was asked for."""
        return tuple(
            replace(line, taxed_as=taxes)
            if line.calculation.method == UNUSED_TIME
            and (taxes := self.taxed.get(str(line.subscription_item_id))) is not None
            else line
            for line in lines
        )

    def given_back(self, row: Subscription, item: SubscriptionItem, billed: Billed, at: datetime) -> Reduction | None:
        """What a change does not give back of the time of an item."""
        if row.billing_mode == BillingMode.CLASSIC:
            return self.charged(row, [(item, billed)], at)[0]
        return self.billed.get(item.id)

    def charged_again(
        self, row: Subscription, billed: Sequence[tuple[SubscriptionItem, Billed]], at: datetime
    ) -> list[Reduction | None]:
        """What is not charged of a full period of each of these items for time after the end of what it has by now.

        With FLEXIBLE time that was given back is charged as it had been.
        """
        found = self.charged(row, billed, at)
        if row.billing_mode == BillingMode.CLASSIC:
            return found
        return [self.beyond.get(item.id, each) for (item, _), each in zip(billed, found, strict=True)]

    def charged(
        self, row: Subscription, billed: Sequence[tuple[SubscriptionItem, Billed]], at: datetime
    ) -> list[Reduction | None]:
        """What is not charged of a full period of each of these items, which share their subscription's discounts."""
        if not self.redeemed:
            return [None] * len(billed)
        periods = [
            _Period(
                calculation_of(each.price.rates, each.quantity, each.price.currency).amount,
                each.price.product_id,
                item.discounts,
            )
            for item, each in billed
        ]
        own = row.discounts or self.inherited.get(row.customer_id, ()) if self.named is None else self.named
        cuts = discounted(periods, Rules(self._in_force(row.currency, at), invoice_discounts=own))
        return [_reduction(period.amount, of_item) for period, of_item in zip(periods, cuts, strict=True)]

    def _in_force(self, currency: str, at: datetime) -> dict[str, Deduction]:
        lasting = {
            identifier: each.deduction(currency, at, None)
            for identifier, each in self.redeemed.items()
            if not each.is_once
        }
        return {identifier: deduction for identifier, deduction in lasting.items() if deduction is not None}


class DiscountedTime(Service):
    """Reads discounts for changes within periods."""

    deductions = part(Deductions)
    credited = part(Credited)

    async def of(
        self,
        wholes: Sequence[WholeSubscription],
        also: Iterable[str] = (),
        named: Sequence[Redeemed] | None = None,
    ) -> Discounts:
        """What is known of these subscriptions' discounts and `also` others; one statement where there are none.

        They are thought of with those `named`, which need not be stored.
        """
        heirs = {whole.row.customer_id for whole in wholes if whole.row.has_customer_discounts}
        inherited = {row.id: row.discounts for row in await self.gather(Customer, "id", heirs)}
        ids = {*also, *(each for whole in wholes for each in whole.row.discounts)}
        ids |= {each for whole in wholes for item in whole.items for each in item.row.discounts}
        ids |= {each for discounts in inherited.values() for each in discounts}
        redeemed = {each.discount.id: each for each in named or ()}
        redeemed = (await self.deductions.known(ids) if ids else {}) | redeemed
        items = {item.row.id: item.row for whole in wholes for item in whole.items}
        lines, credited = await self._billing(wholes, items)
        reductions = {line.id: _reduced(line, credited.get(line.id, 0)) for line in lines}
        billed = {str(line.subscription_item_id): line for line in lines}
        further = [line for line in lines if line.period_end > items[str(line.subscription_item_id)].current_period_end]
        return Discounts(
            redeemed,
            inherited,
            {item: each for item, line in billed.items() if (each := reductions[line.id]) is not None},
            {str(line.subscription_item_id): reductions[line.id] for line in further},
            {identifier: tuple(line.taxes) for identifier, line in billed.items() if isinstance(line, InvoiceLine)},
            None if named is None else [each.discount.id for each in named],
        )

    async def _billing(
        self, wholes: Sequence[WholeSubscription], items: Mapping[str, SubscriptionItem]
    ) -> tuple[list[InvoiceLine | InvoiceItem], Mapping[str, int]]:
        """What billed the current periods of these items, the last at the end: lines of invoices, and what waits.

        Void invoices do not count. With it, by line, what credit notes credited of its amount.
        """
        if not items:
            return [], {}
        ids = [whole.row.id for whole in wholes]
        since = min(item.current_period_start for item in items.values())
        invoices = await (
            self.mine(Invoice)
            .filter(subscription_id__in=ids, created_at__gte=since)
            .exclude(status=InvoiceStatus.VOID)
            .values_list("id", "pre_payment_credit_notes_amount", "post_payment_credit_notes_amount")
        )
        corrected = {str(each) for each, before, after in invoices if before or after}
        lines: list[InvoiceLine | InvoiceItem] = []
        lines += await self.gather(InvoiceLine, "invoice_id", [str(each) for each, *_ in invoices])
        having = [whole.row.id for whole in wholes if whole.row.has_pending_items]
        lines += await self.gather(InvoiceItem, "subscription_id", having, pending=True)
        billing = _billing_lines(items, lines)
        credited = await self.credited.of(
            line.id for line in billing if isinstance(line, InvoiceLine) and line.invoice_id in corrected
        )
        return billing, {line: sum(each.amount for each in parts) for line, parts in credited.items()}


def _billing_lines(
    items: Mapping[str, SubscriptionItem], lines: Iterable[InvoiceLine | InvoiceItem]
) -> list[InvoiceLine | InvoiceItem]:
    billing = [
        line
        for line in lines
        if (item := items.get(str(line.subscription_item_id))) is not None
        and line.calculation["method"] != UNUSED_TIME
        and _bills_end_of(item, line)
    ]
    return sorted(billing, key=lambda each: each.created_at)


def _bills_end_of(item: SubscriptionItem, line: InvoiceLine | InvoiceItem) -> bool:
    """Whether a line billed the current period to its end, or beyond where some was given back since."""
    if line.period_end == item.current_period_end:
        return True
    is_of_price = line.price_id == (item.invoiced_price_id or item.price_id)
    return is_of_price and item.current_period_start <= line.period_start and item.current_period_end < line.period_end


def _reduced(line: InvoiceLine | InvoiceItem, credited: int) -> Reduction | None:
    """What was taken off a line, within its amount or beside it, and what of the rest was `credited` with its share."""
    taken = Calculation.from_json(line.calculation).reduction
    if taken is None and not isinstance(line, InvoiceItem):
        taken = _reduction(line.amount, [DiscountAmount.from_json(each) for each in line.discount_amounts])
    if not credited:
        return taken
    taken = taken or Reduction(line.amount, ())
    return replace(taken, waived=half_away_from_zero(Fraction((taken.of - taken.off) * credited, line.amount)))


def _reduction(amount: int, cuts: Sequence[DiscountAmount]) -> Reduction | None:
    return Reduction(amount, tuple(cuts)) if cuts else None
