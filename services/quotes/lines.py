"""The lines of quotes: whether they can be sold, and what they come to."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from domain.currencies import CHARGE_AMOUNT_MAX, format_minor
from domain.errors import DomainError, ErrorCode, Problems
from domain.ids import Prefix
from domain.invoicing import InvoiceDraft, LineDraft, invoice_draft_of
from domain.quotes import LINES_MAX, QUANTITY_MAX, QuotedLine, QuoteTotals, quoted_line, totals_of
from models import Customer, Price, Product, Quote, QuoteLine
from services.base import Service, part
from services.catalog import Catalog
from services.catalog.rates import is_offered_in, recurrence_of_price, refuse_chosen
from services.coupons.redemption import DiscountDraft
from services.invoices.reckoning import Reckoning, Unreckoned
from services.quotes.discounts import Bargain, Bargained, QuoteDiscounts, drafts_of, named
from services.quotes.drafts import QuoteLineDraft
from services.subscriptions.wholes import WholeSubscriptions, is_metered
from services.tax import NamedRates, TaxRatesNamed

_AT = "lineItems"


@dataclass(frozen=True, slots=True)
class Sold:
    """A line that can be sold: its price, how many units, its discounts, and the id it keeps if it has one."""

    price: Price
    quantity: int
    price_made: bool
    line_id: str | None = None
    tax_rates: tuple[str, ...] = ()
    discounts: tuple[DiscountDraft, ...] = ()


@dataclass(frozen=True, slots=True)
class Buyer:
    """To whom and when something is offered, how it is taxed, and with which discounts on all of it."""

    customer: Customer
    at: datetime
    default_tax_rates: tuple[str, ...] = ()
    automatic_tax: bool = False
    discounts: tuple[DiscountDraft, ...] = ()
    tax_liability_id: str | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """What was found sound: the lines in order, as sold and as quoted, and what they come to."""

    sold: Sequence[Sold]
    quoted: Sequence[QuotedLine]
    totals: QuoteTotals
    taxed: InvoiceDraft
    """All lines with their discounts and tax."""
    recurring: InvoiceDraft
    """Those that recur alone, with the discounts that never end."""
    currency: str
    bargained: Bargained


class QuoteLines(Service):
    """Checks lines, works them out and writes them."""

    catalog = part(Catalog)
    wholes = part(WholeSubscriptions)
    reckoning = part(Reckoning)
    tax_rates = part(TaxRatesNamed)
    discounts = part(QuoteDiscounts)

    async def of(self, quote: Quote) -> list[QuoteLine]:
        """The lines of a quote, in order."""
        lines = await self.gather(QuoteLine, "quote_id", [quote.id], order=("position",))
        named = {rate for line in lines for rate in line.tax_rates}
        await self.tax_rates.known.by_id(named.union(quote.default_tax_rates))
        return lines

    async def sold(self, wanted: Sequence[QuoteLineDraft], problems: Problems) -> list[Sold]:
        """What is wanted, as far as it can be sold together; inline prices are made now. Problems are noted."""
        if not 1 <= len(wanted) <= LINES_MAX:
            problems.add(
                ErrorCode.PARAMETER_INVALID,
                f"{len(wanted)} line items were given; a quote has 1 to {LINES_MAX}.",
                _AT,
            )
            return []
        known = {price.id: price for price in await self.gather(Price, "id", [each.price for each in wanted])}
        products = {price.product_id for price in known.values()}
        archived = {product.id for product in await self.gather(Product, "id", products, active=False)}
        sold = []
        for index, each in enumerate(wanted):
            try:
                price = await self._price(each, known, archived)
                made = each.price_made or each.price_data is not None
                sold.append(Sold(price, _quantity(each), made, each.id, tuple(each.tax_rates), each.discounts))
            except DomainError as error:
                problems.add_from(error, _AT, str(index))
        await self.tax_rates.check(
            problems,
            *(
                NamedRates(each.tax_rates, (_AT, str(index), "taxRates"), each.tax_rates_kept)
                for index, each in enumerate(wanted)
            ),
        )
        if len(sold) == len(wanted):
            _check_together(sold, problems)
        return sold

    async def offer(self, sold: Sequence[Sold], buyer: Buyer, in_force: str | None, *, trialing: bool) -> Offer:
        """What these come to, in the currency that is `in_force` for the customer where they are offered in it.

        Refused when no card could be charged with it, a trial begins with an amount, or a discount could not be
        redeemed.
        """
        currency = sold[0].price.currency
        if in_force is not None and all(is_offered_in(each.price, in_force) for each in sold):
            currency = in_force
        facts = await self.wholes.facts_of(each.price for each in sold)
        quoted = [quoted_line(facts[each.price.id].agreed(currency, None), each.quantity) for each in sold]
        totals = totals_of(quoted, trialing=trialing)
        bargained = await self._bargained(sold, quoted, currency, buyer)
        taxed, recurring = await self._reckoned(sold, quoted, currency, buyer, bargained)
        _refuse_beyond_a_charge(max(totals.amount, taxed.total), currency)
        if trialing and any(line.recurrence is None for line in quoted):
            raise DomainError(
                ErrorCode.PARAMETERS_EXCLUSIVE,
                "A trial begins with an invoice of nothing, to which no one-time price can be added; leave out the"
                " one-time prices or trialPeriodDays.",
                ("subscriptionData", "trialPeriodDays"),
            )
        return Offer(sold, quoted, totals, taxed, recurring, currency, bargained)

    async def refuse_unredeemable(self, quote: Quote, sold: Sequence[Sold], customer: Customer, at: datetime) -> None:
        """Refuse discounts of the quote that could not be redeemed any more; no statement without any."""
        buyer = Buyer(customer, at, discounts=drafts_of(quote.discounts))
        if buyer.discounts or any(each.discounts for each in sold):
            facts = await self.wholes.facts_of(each.price for each in sold)
            quoted = [quoted_line(facts[each.price.id].agreed(quote.currency, None), each.quantity) for each in sold]
            await self._bargained(sold, quoted, quote.currency, buyer)

    async def _bargained(
        self, sold: Sequence[Sold], quoted: Sequence[QuotedLine], currency: str, buyer: Buyer
    ) -> Bargained:
        bargain = Bargain(buyer.customer, buyer.at, buyer.discounts, [each.discounts for each in sold])
        draft = _draft_of(list(zip(sold, quoted, strict=True)), currency, buyer)
        return await self.discounts.bargained(bargain, draft.lines, currency)

    async def _reckoned(
        self,
        sold: Sequence[Sold],
        quoted: Sequence[QuotedLine],
        currency: str,
        buyer: Buyer,
        bargained: Bargained,
    ) -> list[InvoiceDraft]:
        """All lines, and those that recur, as invoices would have them; no statement of what they do not have."""
        pairs = list(zip(sold, quoted, strict=True))
        draft = bargained.on(_draft_of(pairs, currency, buyer))
        each_period = [line for line, one in zip(draft.lines, quoted, strict=True) if one.recurrence is not None]
        period = replace(
            invoice_draft_of((), currency, each_period),
            discounts=draft.discounts,
            default_tax_rates=draft.default_tax_rates,
            automatic_tax=draft.automatic_tax,
            tax_liability_id=draft.tax_liability_id,
        )
        recurring = bargained.lasting_on(period)
        customer_id = buyer.customer.id
        return await self.reckoning.drafts(
            [Unreckoned(each, None, customer_id, buyer.at, bargained.all) for each in (draft, recurring)]
        )

    def rows(self, quote: Quote, offer: Offer) -> list[QuoteLine]:
        """The lines of an offer, not stored yet."""
        return [
            QuoteLine.made(
                id=sold.line_id or self.new_id(Prefix.QUOTE_LINE),
                created_at=quote.created_at,
                quote_id=quote.id,
                position=position,
                price_id=sold.price.id,
                price_made=sold.price_made,
                quantity=sold.quantity,
                description=line.description,
                amount_subtotal=line.amount,
                amount_total=_total_of(taxed),
                tax_rates=list(sold.tax_rates),
                taxes=[each.as_json() for each in taxed.taxes],
                discounts=[named(each) for each in offer.bargained.of_lines[position]],
                discount_amounts=offer.bargained.amounts(taxed.discount_amounts),
                currency=offer.currency,
                calculation=line.calculation.as_json(),
                **self.ownership(),
            )
            for position, (sold, line, taxed) in enumerate(
                zip(offer.sold, offer.quoted, offer.taxed.lines, strict=True)
            )
        ]

    async def refuse_unsold(self, lines: Sequence[QuoteLine]) -> list[Sold]:
        """The lines of a quote with their prices; refused when something on them is not sold any more."""
        problems = Problems()
        sold = await self.sold([kept(line) for line in lines], problems)
        problems.raise_any()
        return sold

    async def _price(self, wanted: QuoteLineDraft, known: Mapping[str, Price], archived: Collection[str]) -> Price:
        if wanted.price is not None and wanted.price_data is not None:
            raise DomainError(
                ErrorCode.PARAMETERS_EXCLUSIVE, "A line item has either a price or priceData, not both.", "priceData"
            )
        if wanted.price_data is not None:
            return _without_usage(await self.catalog.inline_price(wanted.price_data))
        if wanted.price is None:
            raise DomainError(
                ErrorCode.PARAMETER_MISSING, "A line item needs a price, or priceData to make one.", "price"
            )
        if wanted.price not in known:
            raise DomainError(ErrorCode.RESOURCE_MISSING, f"No such price: '{wanted.price}'.", "price")
        price = known[wanted.price]
        if not price.active and not wanted.price_made:
            message = f"Price {price.id} is archived and is not sold any more; choose an active price."
            raise DomainError(ErrorCode.PRICE_INACTIVE, message, "price")
        refuse_chosen(price)
        if price.product_id in archived:
            raise DomainError(
                ErrorCode.PRODUCT_INACTIVE,
                f"Product {price.product_id} of price {price.id} is archived and is not sold any more; activate it or"
                " choose another.",
                "price",
            )
        return _without_usage(price)


def _without_usage(price: Price) -> Price:
    """What a quote comes to is agreed upon before anything is used."""
    if is_metered(price):
        raise DomainError(
            ErrorCode.PARAMETER_INVALID,
            f"Price {price.id} bills what meter {price.meter_id} counts, and a quote takes none of that; put it onto"
            " the subscription once that is there.",
            "price",
        )
    return price


def kept(line: QuoteLine) -> QuoteLineDraft:
    """A line as it stands, to be offered again."""
    rates = tuple(line.tax_rates)
    return QuoteLineDraft(
        price=line.price_id,
        quantity=line.quantity,
        id=line.id,
        price_made=line.price_made,
        tax_rates=rates,
        tax_rates_kept=rates,
        discounts=drafts_of(line.discounts),
    )


def apply_totals(quote: Quote, offer: Offer) -> None:
    """The quote comes to what its lines do (in memory)."""
    totals = offer.totals
    quote.currency = offer.currency
    taxed, recurring = offer.taxed, offer.recurring
    trialing = totals.upfront != totals.amount
    quote.amount_subtotal, quote.amount_total = totals.amount, taxed.total
    quote.upfront_subtotal, quote.upfront_total = totals.upfront, 0 if trialing else taxed.total
    quote.recurring_subtotal = totals.recurring
    quote.recurring_total = None if totals.recurring is None else recurring.total
    quote.total_taxes = [each.as_json() for each in taxed.total_taxes]
    quote.discounts = [named(each) for each in offer.bargained.own]
    quote.total_discount_amounts = offer.bargained.amounts(taxed.total_discount_amounts)
    quote.recurring_discount = sum(each.amount for each in recurring.total_discount_amounts)
    quote.recurring_taxes = [each.as_json() for each in recurring.total_taxes]
    quote.automatic_tax_status = taxed.automatic_tax_status
    quote.interval = None if totals.recurrence is None else totals.recurrence.interval
    quote.interval_count = None if totals.recurrence is None else totals.recurrence.interval_count


TOTALS = (
    "currency", "amount_subtotal", "amount_total", "upfront_subtotal", "upfront_total", "recurring_subtotal",
    "recurring_total", "interval", "interval_count", "total_taxes", "recurring_taxes", "automatic_tax_status",
    "discounts", "total_discount_amounts", "recurring_discount",
)  # fmt: skip


def _draft_of(pairs: Sequence[tuple[Sold, QuotedLine]], currency: str, buyer: Buyer) -> InvoiceDraft:
    """These lines as an invoice would have them, without tax yet."""
    lines = tuple(
        LineDraft(
            description=line.description,
            amount=line.amount,
            currency=currency,
            quantity=sold.quantity,
            unit_amount=None,
            price_id=sold.price.id,
            product_id=sold.price.product_id,
            subscription_item_id=None,
            period_start=buyer.at,
            period_end=buyer.at,
            calculation=line.calculation,
            tax_rates=sold.tax_rates,
        )
        for sold, line in pairs
    )
    draft = invoice_draft_of((), currency, lines)
    return replace(
        draft,
        discounts=(),
        default_tax_rates=buyer.default_tax_rates,
        automatic_tax=buyer.automatic_tax,
        tax_liability_id=buyer.tax_liability_id,
    )


def _total_of(line: LineDraft) -> int:
    """What a line comes to with the tax on top."""
    cuts = sum(each.amount for each in line.discount_amounts)
    return line.amount - cuts + sum(each.amount for each in line.taxes if not each.rule.inclusive)


def _quantity(wanted: QuoteLineDraft) -> int:
    if not 0 <= wanted.quantity <= QUANTITY_MAX:
        raise DomainError(
            ErrorCode.PARAMETER_INVALID_INTEGER,
            f"Quantity {wanted.quantity} is not possible; it would have to be from 0 to {QUANTITY_MAX}.",
            "quantity",
        )
    return wanted.quantity


def _check_together(sold: Sequence[Sold], problems: Problems) -> None:
    """One currency; what recurs recurs alike, each price once."""
    first = sold[0].price
    recurring = next((each.price for each in sold if each.price.interval is not None), None)
    seen: set[str] = set()
    for index, price in enumerate(each.price for each in sold):
        where = (_AT, str(index), "price")
        if price.currency != first.currency:
            problems.add(
                ErrorCode.CURRENCY_MISMATCH,
                f"Price {price.id} is in {price.currency}, but the first price is in {first.currency}.",
                *where,
            )
        if price.interval is None or recurring is None:
            continue
        if recurrence_of_price(price) != recurrence_of_price(recurring):
            problems.add(
                ErrorCode.PARAMETER_INVALID,
                f"Price {price.id} recurs every {price.interval_count} {price.interval}, the first recurring one every"
                f" {recurring.interval_count} {recurring.interval}; all that recurs on a quote recurs alike.",
                *where,
            )
        if price.id in seen:
            message = f"Price {price.id} is there twice; give it once with the sum of the quantities."
            problems.add(ErrorCode.PARAMETER_INVALID, message, *where)
        seen.add(price.id)


def _refuse_beyond_a_charge(amount: int, currency: str) -> None:
    """The first invoice of a trial asks for nothing, but each period after it is charged as a whole."""
    if amount > CHARGE_AMOUNT_MAX:
        most = format_minor(CHARGE_AMOUNT_MAX, currency)
        raise DomainError(
            ErrorCode.AMOUNT_TOO_LARGE,
            f"The quote comes to {amount} {currency}; the most that can be charged is {CHARGE_AMOUNT_MAX}"
            f" {currency} ({most}).",
            _AT,
        )
