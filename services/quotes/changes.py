"""Changing quotes: drafts in whatever they offer, open ones in their expiry."""

from collections.abc import Sequence
from datetime import datetime

from domain.checks import checked
from domain.drafts import UNSET, Unset, given
from domain.errors import ErrorCode, Problems
from domain.invoices import CollectionMethod
from domain.lifecycles import QUOTE, QuoteStatus
from domain.metadata import merged_metadata
from domain.quotes import expiry_of
from domain.sharing import Sharing
from models import Customer, Quote, QuoteLine
from services.base import Service, part
from services.coupons.redemption import DiscountDraft
from services.quotes.discounts import drafts_of
from services.quotes.drafts import QuoteChange, QuoteLineChange, QuoteLineDraft, SubscriptionDataChange
from services.quotes.expiry import Expiry
from services.quotes.lines import TOTALS, Buyer, QuoteLines, Sold, apply_totals, kept
from services.quotes.making import (
    check_subscription_data,
    check_tax,
    check_terms,
    check_words,
    recurs_any,
    refuse_later,
    refuse_other_currency,
)
from services.quotes.sharing import QuoteSharing, refuse_above_total
from services.rows import delete_by, insert_rows, update_rows
from services.subscriptions.planning import Planning
from services.tax import NamedRates, TaxRatesNamed
from services.tax.liabilities import TaxLiabilities

_REWORDABLE = (QuoteStatus.DRAFT,)
_STANDING = (QuoteStatus.DRAFT, QuoteStatus.OPEN)


class Changes(Service):
    """Carries changes out."""

    lines = part(QuoteLines)
    expiry = part(Expiry)
    planning = part(Planning)
    tax_rates = part(TaxRatesNamed)
    sharing = part(QuoteSharing)
    liabilities = part(TaxLiabilities)

    async def change(self, change: QuoteChange) -> Quote:
        """Change what was mentioned. Stripe has no event for it."""
        seen = await self.require(Quote, change.id)
        at = await self.present(seen.test_clock_id)
        quote = await self.lock(Quote, change.id)
        allowed = _REWORDABLE if change.rewords else _STANDING
        QUOTE.refuse_unless("change", quote.id, QuoteStatus(quote.status), allowed=allowed)
        data = change.subscription_data or SubscriptionDataChange()
        problems = Problems()
        check_words(change, problems)
        check_subscription_data(data, at, problems)
        method, days = _terms(quote, change)
        check_terms(method, days, problems)
        if change.expires_at is not UNSET:
            checked(problems, expiry_of, change.expires_at, at)
        labels = {} if change.metadata is UNSET or change.metadata is None else change.metadata
        metadata = checked(problems, merged_metadata, quote.metadata, labels)
        before = await self.lines.of(quote)
        wanted = _wanted(before, change, problems)
        sold = await self.lines.sold(wanted, problems) if change.rewords and wanted is not None else []
        await self._set_tax(quote, change, wanted or (), problems)
        await self._set_sharing(quote, change, sold, problems)
        problems.raise_any()
        assert metadata is not None, "labels that cannot be are a problem"
        quote.metadata = {} if change.metadata is None else metadata
        quote.header = given(change.header, quote.header)
        quote.footer = given(change.footer, quote.footer)
        quote.description = given(change.description, quote.description)
        quote.collection_method, quote.days_until_due = method, days
        _apply(quote, data)
        if change.rewords:
            await self._offered_anew(quote, sold, _discounts(change.discounts, quote), at)
        if change.expires_at is not UNSET:
            quote.expires_at = change.expires_at
            await self.expiry.plan(quote, at)
        refuse_above_total(quote)
        await update_rows([quote], _CHANGED)
        return quote

    async def _set_sharing(self, quote: Quote, change: QuoteChange, sold: Sequence[Sold], problems: Problems) -> None:
        """Who has a part in what comes of it (in memory); a platform decides about quotes that it made."""
        if change.shares:
            self.refuse_foreign_work(quote)
        if change.rewords and sold:
            former = Sharing.from_json(quote.sharing)
            sharing = change.sharing_over(former)
            await self.sharing.check(sharing, problems, recurs=recurs_any(sold), agreed=former)
            quote.sharing = sharing.as_json()

    async def _set_tax(
        self, quote: Quote, change: QuoteChange, wanted: Sequence[QuoteLineDraft], problems: Problems
    ) -> None:
        """How the quote is taxed (in memory)."""
        if change.default_tax_rates is not UNSET:
            rates_wanted = list(change.default_tax_rates or ())
            named = NamedRates(rates_wanted, ("defaultTaxRates",), quote.default_tax_rates)
            await self.tax_rates.check(problems, named)
            quote.default_tax_rates = rates_wanted
        if change.automatic_tax is not UNSET:
            await self.liabilities.check(change.automatic_tax, problems)
            quote.automatic_tax = change.automatic_tax.enabled
            if change.automatic_tax.liability is not None:
                quote.tax_liability_id = change.automatic_tax.liable
        rates = bool(quote.default_tax_rates) or any(each.tax_rates for each in wanted)
        starts = UNSET if change.subscription_data is None else change.subscription_data.effective_date
        later = given(starts, quote.effective_date) is not None
        check_tax(problems, automatic=quote.automatic_tax, rates=rates, later=later)

    async def _offered_anew(
        self, quote: Quote, sold: Sequence[Sold], discounts: tuple[DiscountDraft, ...], at: datetime
    ) -> None:
        """The quote offers these lines, and comes to what they do."""
        refuse_later(quote.effective_date, CollectionMethod(quote.collection_method), sold)
        customer = await self.require(Customer, quote.customer_id, "customer")
        in_force = await self.planning.currency_in_force(customer, {each.price.currency for each in sold})
        rates, liable = tuple(quote.default_tax_rates), quote.tax_liability_id
        buyer = Buyer(customer, at, rates, quote.automatic_tax, discounts, liable)
        offer = await self.lines.offer(sold, buyer, in_force, trialing=quote.trial_period_days is not None)
        refuse_other_currency(offer, in_force, "lineItems")
        apply_totals(quote, offer)
        await delete_by(QuoteLine, "quote_id", [quote.id], **self.ownership())
        await insert_rows(self.lines.rows(quote, offer))


_CHANGED = (
    "collection_method", "days_until_due", "header", "footer", "description", "metadata", "trial_period_days",
    "effective_date", "subscription_description", "subscription_metadata", "expires_at", "default_tax_rates",
    "automatic_tax", "tax_liability_id", "sharing", *TOTALS,
)  # fmt: skip


def _terms(quote: Quote, change: QuoteChange) -> tuple[CollectionMethod, int | None]:
    """How invoices will be collected. What is charged automatically from now on is due on no later day."""
    method = given(change.collection_method, CollectionMethod(quote.collection_method))
    days = UNSET if change.invoice_settings is None else change.invoice_settings.days_until_due
    stays = quote.days_until_due if method is CollectionMethod.SEND_INVOICE else None
    return method, given(days, stays)


def _apply(quote: Quote, data: SubscriptionDataChange) -> None:
    quote.trial_period_days = given(data.trial_period_days, quote.trial_period_days)
    quote.effective_date = given(data.effective_date, quote.effective_date)
    quote.subscription_description = given(data.description, quote.subscription_description)
    if data.metadata is not UNSET:
        quote.subscription_metadata = merged_metadata({}, data.metadata or {})


def _wanted(before: Sequence[QuoteLine], change: QuoteChange, problems: Problems) -> list[QuoteLineDraft] | None:
    """The lines as they are to be: those that are named, or all there were; None when one is not there."""
    if change.line_items is UNSET:
        return [kept(line) for line in before]
    by_id = {line.id: line for line in before}
    wanted = []
    for index, each in enumerate(change.line_items):
        if each.id is not None and each.id not in by_id:
            message = f"The quote has no line item '{each.id}', or it was named before."
            problems.add(ErrorCode.RESOURCE_MISSING, message, "lineItems", str(index), "id")
            continue
        wanted.append(_line(each, by_id.pop(each.id) if each.id is not None else None))
    return wanted if len(wanted) == len(change.line_items) else None


def _line(change: QuoteLineChange, line: QuoteLine | None) -> QuoteLineDraft:
    if line is None:
        rates = _rates(change, ())
        own = _discounts(change.discounts, None)
        return QuoteLineDraft(
            change.price, change.price_data, given(change.quantity, 1), tax_rates=rates, discounts=own
        )
    same = change.price is None and change.price_data is None
    return QuoteLineDraft(
        price=line.price_id if same else change.price,
        price_data=change.price_data,
        quantity=given(change.quantity, line.quantity),
        id=line.id,
        price_made=same and line.price_made,
        tax_rates=_rates(change, line.tax_rates),
        tax_rates_kept=tuple(line.tax_rates),
        discounts=_discounts(change.discounts, line),
    )


def _rates(change: QuoteLineChange, otherwise: Sequence[str]) -> tuple[str, ...]:
    """The tax rates that a line is to have."""
    return tuple(otherwise if change.tax_rates is UNSET else change.tax_rates or ())


def _discounts(
    wanted: tuple[DiscountDraft, ...] | Unset | None, before: Quote | QuoteLine | None
) -> tuple[DiscountDraft, ...]:
    """What is to be redeemed from now on: what was asked for, or what stays."""
    if wanted is UNSET:
        return () if before is None else drafts_of(before.discounts)
    return wanted or ()
