"""What would be invoiced: for the next renewal, or for a change that is only thought of. Nothing is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from domain.drafts import UNSET
from domain.errors import DomainError, ErrorCode
from domain.invoices import BillingReason
from domain.invoicing import InvoiceDraft, LineDraft, Settlement, invoice_draft_of, settled_with_balance
from domain.lifecycles import SUBSCRIPTION, SubscriptionStatus
from domain.sharing import Sharing
from domain.subscriptions import AnchorChange, ProrationBehavior
from models import Customer, InvoiceItem, Subscription, UsagePeriod
from services.aggregates import WholeSubscription
from services.base import Service, part
from services.coupons.deductions import Redeemed
from services.coupons.redemption import DiscountDraft
from services.customers import Customers
from services.invoices.draws import Draws
from services.invoices.items import InvoiceItems, line_of
from services.invoices.reckoning import Reckoning, Unreckoned
from services.invoices.sharing import Charged, InvoiceSharing
from services.subscriptions.discounts import SubscriptionDiscounts
from services.subscriptions.drafts import ItemChange, SubscriptionChange, SubscriptionDraft
from services.subscriptions.exchange import Exchanges
from services.subscriptions.first_preview import FirstPreviews, settlement_of
from services.subscriptions.item_changes import proration_of, touches_items
from services.subscriptions.metering import Metering
from services.subscriptions.period_agenda import current_period_end, due_items, ending_of
from services.subscriptions.rehearsal import rehearsed
from services.subscriptions.renewal import RENEWABLE, next_invoice, next_periods
from services.subscriptions.scheduled import ScheduledChanges
from services.subscriptions.wholes import WholeSubscriptions
from services.transactions import in_transaction

_DETAILS = {("items",), ("prorationBehavior",), ("prorationDate",), ("billingCycleAnchor",)}


@dataclass(frozen=True, slots=True)
class ChangeDetails:
    """The change of items that is thought of."""

    items: tuple[ItemChange, ...] = ()
    proration_behavior: ProrationBehavior = ProrationBehavior.CREATE_PRORATIONS
    proration_date: datetime | None = None
    billing_cycle_anchor: AnchorChange | None = None


@dataclass(frozen=True, slots=True)
class PreviewDraft:
    """A preview to be made: of what one subscription is invoiced next, or of the first invoice of a new one."""

    subscription: str | None = None
    new_subscription: SubscriptionDraft | None = None
    subscription_details: ChangeDetails = field(default_factory=ChangeDetails)
    discounts: tuple[DiscountDraft, ...] | None = None
    """What the invoice is to be thought of with, instead of the discounts of the subscription or the customer."""


@dataclass(frozen=True, slots=True)
class Preview:
    """An invoice that does not exist. Its lines are those that the real one would have."""

    subscription_id: str | None
    customer_id: str
    draft: InvoiceDraft
    settlement: Settlement
    period_start: datetime
    period_end: datetime
    sharing: Mapping[str, Any] | None = None
    """Who else would have a part in it."""

    @property
    def lines(self) -> Sequence[LineDraft]:
        """The lines in order."""
        return self.draft.lines


class Previews(Service):
    """Runs the drafting of renewals and changes without writing."""

    customers = part(Customers)
    wholes = part(WholeSubscriptions)
    exchanges = part(Exchanges)
    items = part(InvoiceItems)
    reckoning = part(Reckoning)
    draws = part(Draws)
    scheduled = part(ScheduledChanges)
    first = part(FirstPreviews)
    metering = part(Metering)
    discounts = part(SubscriptionDiscounts)
    sharing = part(InvoiceSharing)

    async def preview(self, draft: PreviewDraft) -> Preview:
        """The invoice of the change itself where it asks for the difference at once, else that of the next renewal.

        Of a new subscription it is the first that there will be. Prices that would be made for a change, and discounts
        of its items, are made for the time of the preview; nothing is redeemed.
        """
        if draft.new_subscription is not None:
            return await self._first(draft, draft.new_subscription)
        items = draft.subscription_details.items
        try:
            if all(item.price_data is None and item.discounts is UNSET for item in items):
                return await self._preview(draft)
            return await in_transaction(lambda: rehearsed(lambda: self._preview(draft)))
        except DomainError as error:
            raise _where_given(error) from None

    async def _preview(self, draft: PreviewDraft) -> Preview:
        row = await self.require(Subscription, _named(draft), "subscription")
        SUBSCRIPTION.refuse_unless(
            "preview", row.id, SubscriptionStatus(row.status), allowed=RENEWABLE_IN_ORDER, param="subscription"
        )
        [whole] = await self.wholes.of([row])
        at = (await self.presents([row.test_clock_id]))[row.test_clock_id]
        start, end = _passing(whole)
        details = draft.subscription_details
        lines, cut = list[LineDraft](), list[UsagePeriod]()
        change = SubscriptionChange(
            row.id,
            items=await self.exchanges.made_prices.named(details.items),
            proration_behavior=details.proration_behavior,
            proration_date=details.proration_date,
            billing_cycle_anchor=details.billing_cycle_anchor,
        )
        at_once, opens = False, True
        change = await self.discounts.change(whole, change, at)
        if row.scheduled_change and not touches_items(change) and ending_of(whole) is None:
            [whole] = (await self.scheduled.foreseen([whole], {row.test_clock_id: at})).wholes
        named = None if draft.discounts is None else await self.discounts.previewed(whole, change, draft.discounts, at)
        if touches_items(change):
            proration = proration_of(whole, change, at)
            plan = await self.exchanges.plan(whole, change.items, proration, at, redeemed=named)
            whole, lines, at_once, opens = plan.whole, plan.lines, plan.at_once, plan.opens_a_period
            cut = [each for each in plan.usage if not each.drafted]
            start, end = _passing(whole)
        if at_once:
            draft_at_once = invoice_draft_of((), row.currency, lines)
            return await self._settled(row, draft_at_once, (at, at), named, at_once=True, opens_a_period=opens)
        waiting = (await self.items.waiting_for([row], lock=False)).get(row.id, [])
        facts = await self.wholes.facts_of(item.price for item in whole.items)
        usage = await self.metering.foreseen([whole], cut)
        periods = next_periods(whole) if ending_of(whole) is None else ()
        following = next_invoice(whole, periods, facts, _lines(waiting) + lines, usage.of(row.id))
        _refuse_nothing(whole, following)
        return await self._settled(row, following, (start, end), named)

    async def _first(self, draft: PreviewDraft, wanted: SubscriptionDraft) -> Preview:
        if draft.discounts is not None:
            raise DomainError(
                ErrorCode.PARAMETERS_EXCLUSIVE,
                "A new subscription is previewed with its own discounts; give them in newSubscription.",
                "discounts",
            )
        if draft.subscription is not None or draft.subscription_details != ChangeDetails():
            raise DomainError(
                ErrorCode.PARAMETERS_EXCLUSIVE,
                "Preview either a subscription, with a change that is thought of, or a newSubscription.",
                "newSubscription",
            )
        try:
            plan, invoice = await self.first.planned(wanted)
        except DomainError as error:
            raise error.under("newSubscription") from None
        start, end = (plan.at, plan.at) if plan.invoice is not None else _passing(plan.whole)
        settlement, row = settlement_of(plan, invoice), plan.whole.row
        reason = BillingReason.SUBSCRIPTION_CREATE if plan.invoice is not None else BillingReason.SUBSCRIPTION_CYCLE
        shared = await self._shared(row, invoice, settlement, reason)
        return Preview(None, plan.payer.row.id, invoice, settlement, start, end, shared)

    async def _settled(
        self,
        row: Subscription,
        draft: InvoiceDraft,
        period: tuple[datetime, datetime],
        named: Sequence[Redeemed] | None,
        *,
        at_once: bool = False,
        opens_a_period: bool = True,
    ) -> Preview:
        start, end = period
        if named is not None:
            draft = replace(draft, discounts=tuple(each.discount.id for each in named))
        wanted = Unreckoned(draft, row, row.customer_id, end, named or ())
        [reckoned] = await self.reckoning.drafts([wanted])
        payers = await self.gather(Customer, "id", [row.customer_id])
        wanted = replace(wanted, draft=reckoned, waits=not at_once)
        [draft] = await self.draws.foreseen([wanted], payers)
        balances = await self.customers.balances_of([row.customer_id])
        settlement = settled_with_balance(draft.total, balances.get(row.customer_id, 0), draft.currency)
        reason = BillingReason.SUBSCRIPTION_CYCLE if opens_a_period else BillingReason.SUBSCRIPTION_UPDATE
        shared = await self._shared(row, draft, settlement, reason)
        return Preview(row.id, row.customer_id, draft, settlement, start, end, shared)

    async def _shared(
        self, row: Subscription, draft: InvoiceDraft, settlement: Settlement, reason: BillingReason
    ) -> Mapping[str, Any] | None:
        """Who else would have a part in the invoice, with the fee in minor units."""
        charged = Charged(settlement.amount_due, draft.total, draft.total_excluding_tax, reason)
        return (await self.sharing.foreseen(Sharing.from_json(row.sharing), row.application_id, charged)).as_json()


RENEWABLE_IN_ORDER = tuple(
    status for status in SubscriptionStatus if status in RENEWABLE or status is SubscriptionStatus.TRIALING
)


def _where_given(error: DomainError) -> DomainError:
    """The refusal of a change with the paths that the input of a preview has."""
    return DomainError.of(
        replace(each, param=("subscriptionDetails", *each.param)) if each.param[:1] in _DETAILS else each
        for each in error.problems
    )


def _passing(whole: WholeSubscription) -> tuple[datetime, datetime]:
    """The time that will have passed at the next renewal."""
    return max(item.row.current_period_start for item in due_items(whole)), current_period_end(whole)


def _refuse_nothing(whole: WholeSubscription, draft: InvoiceDraft) -> None:
    """Where the subscription ends with its period and nothing is left to be billed, no invoice follows."""
    last = ending_of(whole)
    if last is not None and not draft.lines:
        raise DomainError(
            ErrorCode.SUBSCRIPTION_UNEXPECTED_STATE,
            f"Subscription {whole.row.id} ends at {last:%Y-%m-%d %H:%M:%S} UTC, and nothing is left to be invoiced"
            " then; to preview another period, let it go on first.",
            "subscription",
        )


def _lines(waiting: Sequence[InvoiceItem]) -> list[LineDraft]:
    return [line_of(item) for item in waiting]


def _named(draft: PreviewDraft) -> str:
    if draft.subscription is None:
        raise DomainError(
            ErrorCode.PARAMETER_MISSING,
            "Name the subscription to preview, or a newSubscription.",
            "subscription",
        )
    return draft.subscription
