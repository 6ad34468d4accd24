"""Making quotes: from lines, or as a copy of another."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from domain.checks import checked, checked_where_given
from domain.errors import DomainError, ErrorCode, Problems
from domain.event_types import EventType
from domain.ids import Prefix
from domain.invoices import CollectionMethod, days_until_due, refuse_terms_of_sending
from domain.lifecycles import QUOTE, QuoteStatus
from domain.metadata import merged_metadata
from domain.quotes import HEADER_LENGTH_MAX, TEXT_LENGTH_MAX, expiry_of
from domain.taxes import is_enabled, liable_of, rates_beside_automatic_tax
from domain.texts import text_within
from domain.trials import trial_end_of
from models import Customer, Quote
from services.base import Service, part
from services.events import Events
from services.quotes.discounts import drafts_of
from services.quotes.drafts import FromQuote, QuoteDraft, SubscriptionData
from services.quotes.expiry import Expiry
from services.quotes.lines import Buyer, Offer, QuoteLines, Sold, apply_totals, kept
from services.quotes.sharing import QuoteSharing, refuse_above_total
from services.rows import insert_rows
from services.subscriptions.planning import Planning
from services.tax import NamedRates, TaxRatesNamed
from services.tax.liabilities import TaxLiabilities


class Making(Service):
    """Writes new quotes down."""

    events = part(Events)
    lines = part(QuoteLines)
    expiry = part(Expiry)
    planning = part(Planning)
    tax_rates = part(TaxRatesNamed)
    sharing = part(QuoteSharing)
    liabilities = part(TaxLiabilities)

    async def make(self, draft: QuoteDraft) -> Quote:
        """A new draft. Event `quote.created`."""
        if draft.from_quote is not None:
            return await self._copied(draft, draft.from_quote)
        problems = Problems()
        customer = await self._customer(draft.customer, problems)
        if customer is None:
            problems.raise_any()
        assert customer is not None, "nobody to quote is a problem"
        at = await self.present(customer.test_clock_id)
        expires_at = checked(problems, expiry_of, draft.expires_at, at)
        data = draft.subscription_data or SubscriptionData()
        check_words(draft, problems)
        check_subscription_data(data, at, problems)
        days = None if draft.invoice_settings is None else draft.invoice_settings.days_until_due
        check_terms(draft.collection_method, days, problems)
        metadata = checked(problems, merged_metadata, {}, draft.metadata)
        await self.tax_rates.check(problems, NamedRates(draft.default_tax_rates, ("defaultTaxRates",)))
        automatic, liable = is_enabled(draft.automatic_tax), liable_of(draft.automatic_tax)
        named = draft.default_tax_rates or any(each.tax_rates for each in draft.line_items)
        check_tax(problems, automatic=automatic, rates=bool(named), later=data.effective_date is not None)
        await self.liabilities.check(draft.automatic_tax, problems)
        sold = await self.lines.sold(draft.line_items, problems)
        await self.sharing.check(draft.sharing, problems, recurs=recurs_any(sold))
        problems.raise_any()
        assert expires_at is not None, "an expiry that cannot be is a problem"
        refuse_later(data.effective_date, draft.collection_method, sold)
        buyer = Buyer(customer, at, tuple(draft.default_tax_rates), automatic, draft.discounts, liable)
        offer = await self._offer(customer, sold, data.trial_period_days, buyer)
        return await self._written(
            customer,
            offer,
            at,
            expires_at=expires_at,
            collection_method=draft.collection_method,
            days_until_due=days,
            default_tax_rates=list(draft.default_tax_rates),
            automatic_tax=automatic,
            tax_liability_id=liable,
            header=draft.header,
            footer=draft.footer,
            description=draft.description,
            metadata=metadata,
            trial_period_days=data.trial_period_days,
            effective_date=data.effective_date,
            billing_mode=data.billing_mode,
            subscription_description=data.description,
            subscription_metadata=merged_metadata({}, data.metadata),
            sharing=draft.sharing.as_json(),
        )

    async def _copied(self, draft: QuoteDraft, wanted: FromQuote) -> Quote:
        """A draft with all that another quote offers; as its revision, it will take its number."""
        if replace(draft, from_quote=None, expires_at=None) != QuoteDraft():
            raise DomainError(
                ErrorCode.PARAMETERS_EXCLUSIVE,
                "A copy takes everything but expiresAt from the other quote; change it afterwards by quoteUpdate.",
                "fromQuote",
            )
        source = await self.require(Quote, wanted.quote, "fromQuote", "quote")
        if wanted.is_revision:
            status = QuoteStatus(source.status)
            QUOTE.refuse_unless("revise", source.id, status, allowed=(QuoteStatus.OPEN,), param=("fromQuote", "quote"))
        problems = Problems()
        customer = await self._customer(source.customer_id, problems)
        problems.raise_any()
        assert customer is not None, "nobody to quote is a problem"
        at = await self.present(customer.test_clock_id)
        expires_at = expiry_of(draft.expires_at, at)
        wishes = [replace(kept(line), id=None) for line in await self.lines.of(source)]
        sold = await self.lines.sold(wishes, problems)
        problems.raise_any()
        named = drafts_of(source.discounts)
        rates, liable = tuple(source.default_tax_rates), source.tax_liability_id
        buyer = Buyer(customer, at, rates, source.automatic_tax, named, liable)
        offer = await self._offer(customer, sold, source.trial_period_days, buyer)
        columns: dict[str, Any] = {name: getattr(source, name) for name in _COPIED}
        return await self._written(
            customer,
            offer,
            at,
            expires_at=expires_at,
            from_quote_id=source.id,
            is_revision=wanted.is_revision,
            sequence=source.sequence if wanted.is_revision else None,
            sharing=self.sharing.copied(source),
            **columns,
        )

    async def _customer(self, identifier: str | None, problems: Problems) -> Customer | None:
        if identifier is None:
            message = "A quote needs a customer and line items, or fromQuote to copy another."
            problems.add(ErrorCode.PARAMETER_MISSING, message, "customer")
            return None
        customer = await self.find(Customer, identifier)
        if customer is None or customer.deleted_at is not None:
            was = f"No such customer: '{identifier}'." if customer is None else f"Customer {identifier} was deleted."
            problems.add(ErrorCode.RESOURCE_MISSING, was, "customer")
            return None
        return customer

    async def _offer(self, customer: Customer, sold: list[Sold], trial_days: int | None, buyer: Buyer) -> Offer:
        in_force = await self.planning.currency_in_force(customer, {each.price.currency for each in sold})
        offer = await self.lines.offer(sold, buyer, in_force, trialing=trial_days is not None)
        refuse_other_currency(offer, in_force, "lineItems")
        return offer

    async def _written(self, customer: Customer, offer: Offer, at: datetime, **columns: Any) -> Quote:
        quote = Quote.made(
            id=self.new_id(Prefix.QUOTE),
            created_at=at,
            customer_id=customer.id,
            status=QuoteStatus.DRAFT,
            test_clock_id=customer.test_clock_id,
            application_id=self.scope.application_id,
            **columns,
            **self.ownership(),
        )
        apply_totals(quote, offer)
        refuse_above_total(quote)
        await insert_rows([quote])
        await insert_rows(self.lines.rows(quote, offer))
        await self.expiry.plan(quote, at)
        self.events.record(EventType.QUOTE_CREATED, quote, at=at)
        return quote


_COPIED = (
    "collection_method", "days_until_due", "header", "footer", "description", "metadata", "trial_period_days",
    "effective_date", "billing_mode", "subscription_description", "subscription_metadata", "default_tax_rates",
    "automatic_tax", "tax_liability_id",
)  # fmt: skip


def recurs_any(sold: Sequence[Sold]) -> bool:
    """Whether anything that is offered recurs, so that a subscription comes of it."""
    return any(each.price.interval is not None for each in sold)


def check_tax(problems: Problems, *, automatic: bool, rates: bool, later: bool) -> None:
    """Tax is worked out by where the customer is, or asked for by rates; a schedule knows rates alone."""
    if automatic and rates:
        problems.add_from(rates_beside_automatic_tax())
    if automatic and later:
        problems.add(
            ErrorCode.PARAMETERS_EXCLUSIVE,
            "What begins later is taxed by rates; leave out automaticTax or effectiveDate.",
            "automaticTax",
        )


def check_words(draft: Any, problems: Problems) -> None:
    """Header, footer and description of a draft or a change."""
    checked_where_given(problems, text_within, draft.header, HEADER_LENGTH_MAX, "header")
    checked_where_given(problems, text_within, draft.footer, TEXT_LENGTH_MAX, "footer")
    checked_where_given(problems, text_within, draft.description, TEXT_LENGTH_MAX, "description")


def check_subscription_data(data: Any, at: datetime, problems: Problems) -> None:
    """What is said of the subscription to come, in a draft or a change."""
    below = Problems()
    checked_where_given(below, text_within, data.description, TEXT_LENGTH_MAX, "description")
    checked_where_given(below, _trial, data.trial_period_days, at)
    checked_where_given(below, _labels, data.metadata)
    try:
        below.raise_any()
    except DomainError as error:
        problems.add_from(error, "subscriptionData")


def check_terms(method: CollectionMethod, days: int | None, problems: Problems) -> None:
    """Whether and when invoices are due."""
    sent = method is CollectionMethod.SEND_INVOICE
    try:
        (days_until_due if sent else refuse_terms_of_sending)(days)
    except DomainError as error:
        problems.add_from(error, "invoiceSettings")


def refuse_later(start: datetime | None, method: CollectionMethod, sold: Sequence[Sold]) -> None:
    """Refuse a later beginning of what cannot begin later."""
    if start is None:
        return
    if all(each.price.interval is None for each in sold):
        why = "Nothing on the quote recurs, so no subscription begins; leave out effectiveDate or add what does."
    elif method is CollectionMethod.SEND_INVOICE:
        why = "A subscription that begins later is charged automatically; leave out effectiveDate or SEND_INVOICE."
    else:
        return
    raise DomainError(ErrorCode.PARAMETERS_EXCLUSIVE, why, ("subscriptionData", "effectiveDate"))


def refuse_other_currency(offer: Offer, in_force: str | None, *param: str) -> None:
    """A customer is billed in one currency while anything of theirs is in force."""
    if in_force is not None and offer.currency != in_force:
        raise DomainError(
            ErrorCode.CURRENCY_MISMATCH,
            f"The quote is in {offer.currency}, but the customer is billed in {in_force}.",
            param,
        )


def _trial(days: int, at: datetime) -> None:
    trial_end_of(days, None, at)


def _labels(metadata: Mapping[str, str]) -> None:
    merged_metadata({}, metadata)
