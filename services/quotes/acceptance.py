"""Accepting quotes: what they offer comes to be in the same transaction, and is collected like anything new."""

from collections.abc import Sequence
from datetime import datetime

from domain.errors import DomainError, ErrorCode
from domain.event_types import EventType
from domain.invoices import CollectionMethod
from domain.lifecycles import QUOTE, QuoteStatus
from domain.periods import Interval
from domain.sharing import Sharing
from domain.subscriptions import BillingMode
from domain.taxes import AutomaticTaxDraft, liability_of
from models import Quote, QuoteLine
from services.base import Service, Settled, part
from services.events import Events
from services.invoices.finalization import Payer
from services.invoices.one_time import OneTimeDraft
from services.invoices.sellers import Sellers
from services.payments import Attempts, Prepared, Wish
from services.quotes.discounts import QuoteDiscounts, drafts_of
from services.quotes.expiry import Expiry
from services.quotes.lines import QuoteLines, Sold
from services.quotes.one_off import OneOffInvoices
from services.quotes.refusals import told_of_the_quote
from services.rows import update_rows
from services.schedules.creation import ScheduleCreation
from services.schedules.drafts import DurationDraft, PhaseDraft, ScheduleDraft
from services.subscriptions.creation import Creation
from services.subscriptions.drafts import Agreed, ItemDraft, SubscriptionDraft
from services.subscriptions.planning import Planning


class Acceptance(Service):
    """Turns open quotes into subscriptions, schedules and invoices."""

    events = part(Events)
    lines = part(QuoteLines)
    discounts = part(QuoteDiscounts)
    expiry = part(Expiry)
    planning = part(Planning)
    creation = part(Creation)
    one_off = part(OneOffInvoices)
    schedules = part(ScheduleCreation)
    attempts = part(Attempts)
    sellers = part(Sellers)

    async def accept(self, identifier: str) -> Settled[Quote]:
        """The quote is ACCEPTED together with what comes of it, whose first invoice is collected at once or sent.

        That is a subscription, or an invoice when nothing recurs.

        A decline is committed and answered beside the quote. Of parallel calls one accepts, the others are refused.
        """
        return await self.attempts.carried_out(lambda: self._accepting(identifier))

    async def _accepting(self, identifier: str) -> Prepared[Quote]:
        """Within the first transaction: what is offered is written, and the quote says so."""
        seen = await self.require(Quote, identifier)
        at = await self.present(seen.test_clock_id)
        with told_of_the_quote():
            payer = await self.planning.payer(seen.customer_id)  # Held before the quote, as by every verb on both.
        quote = await self.lock(Quote, identifier)
        QUOTE.refuse_unless("accept", quote.id, QuoteStatus(quote.status))
        _refuse_expired(quote, at)
        await self.sellers.refuse_gone(quote)
        with told_of_the_quote():
            lines = await self.lines.of(quote)
            sold = await self.lines.refuse_unsold(lines)
            await self.discounts.refuse_deleted(quote, lines)
            wishes = await self._fulfilled(quote, lines, sold, payer, at)
        quote.status = QUOTE.move(quote.id, QuoteStatus(quote.status), QuoteStatus.ACCEPTED)
        quote.accepted_at = at
        await update_rows([quote], ("status", "accepted_at", "subscription_id", "schedule_id", "invoice_id"))
        await self.expiry.drop([quote])
        self.events.record(EventType.QUOTE_ACCEPTED, quote, at=at)
        return Prepared(subject=quote, wishes=wishes)

    async def _fulfilled(
        self, quote: Quote, lines: Sequence[QuoteLine], sold: Sequence[Sold], payer: Payer, at: datetime
    ) -> Sequence[Wish]:
        """What is offered comes to be, and the quote knows it (in memory); the payments that this asks for."""
        if all(each.price.interval is None for each in sold):
            invoiced = await self.one_off.begin(quote, lines, sold, payer, at)
            quote.invoice_id = invoiced.subject.id
            return invoiced.wishes
        if quote.effective_date is not None and quote.effective_date > at:
            scheduled = await self.schedules.create(_schedule_of(quote, sold, quote.effective_date))
            quote.schedule_id = scheduled.id
            return ()
        subscribed = await self.creation.begin(_subscription_of(quote, sold))
        quote.subscription_id = subscribed.subject.id
        return subscribed.wishes


def _refuse_expired(quote: Quote, at: datetime) -> None:
    """Its expiry is due, though nobody came to it yet."""
    if quote.expires_at <= at:
        raise DomainError(
            ErrorCode.QUOTE_UNEXPECTED_STATE,
            f"Quote {quote.id} expired at {quote.expires_at:%Y-%m-%d %H:%M:%S} UTC; make a new one.",
            "id",
        )


def _schedule_of(quote: Quote, sold: Sequence[Sold], start: datetime) -> ScheduleDraft:
    """A schedule that begins later: its one phase is the first period, or the trial, and then it lets go."""
    wanted, agreed = _subscription_of(quote, sold), _agreed(quote)
    days = quote.trial_period_days
    phase = PhaseDraft(
        items=wanted.items,
        add_invoice_items=wanted.add_invoice_items,
        default_tax_rates=wanted.default_tax_rates,
        trial=days is not None,
        duration=None if days is None else DurationDraft(Interval.DAY, days),
        description=wanted.description,
        metadata=wanted.metadata,
        discounts=wanted.discounts,
        application_fee_percent=agreed.sharing.application_fee_percent,
        transfer_data=agreed.sharing.shares,
        on_behalf_of=agreed.sharing.on_behalf_of,
    )
    return ScheduleDraft(
        customer=quote.customer_id,
        start_date=start,
        phases=(phase,),
        billing_mode=wanted.billing_mode,
        currency=quote.currency,
        agreed=agreed,
    )


def _subscription_of(quote: Quote, sold: Sequence[Sold]) -> SubscriptionDraft:
    """What recurs becomes an item each, what is charged once is added to the first invoice."""
    recurring = [each for each in sold if each.price.interval is not None]
    once = [each for each in sold if each.price.interval is None]
    return SubscriptionDraft(
        customer=quote.customer_id,
        currency=quote.currency,
        items=tuple(
            ItemDraft(
                price=each.price.id,
                quantity=each.quantity,
                price_made=each.price_made,
                tax_rates=each.tax_rates,
                discounts=each.discounts,
            )
            for each in recurring
        ),
        add_invoice_items=tuple(
            OneTimeDraft(
                each.price.id, each.quantity, each.price_made, tax_rates=each.tax_rates, discounts=each.discounts
            )
            for each in once
        ),
        default_tax_rates=tuple(quote.default_tax_rates),
        automatic_tax=AutomaticTaxDraft(enabled=quote.automatic_tax, liability=liability_of(quote.tax_liability_id)),
        discounts=drafts_of(quote.discounts),
        trial_period_days=quote.trial_period_days,
        collection_method=CollectionMethod(quote.collection_method),
        days_until_due=quote.days_until_due,
        billing_mode=BillingMode(quote.billing_mode),
        description=quote.subscription_description,
        metadata=quote.subscription_metadata,
        agreed=_agreed(quote),
    )


def _agreed(quote: Quote) -> Agreed:
    """Who has a part in what comes of the quote, and which platform makes that."""
    return Agreed(Sharing.from_json(quote.sharing), quote.application_id)
