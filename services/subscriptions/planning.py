"""Finding out whether a subscription can be made, and what it will first cost. Nothing of it is written yet."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from domain.checks import checked, checked_where_given
from domain.currencies import CHARGE_AMOUNT_MAX, format_minor
from domain.errors import DomainError, ErrorCode, Problems
from domain.invoices import CollectionMethod, days_until_due, refuse_terms_of_sending
from domain.invoicing import InvoiceDraft, LineDraft, PriceFacts, invoice_draft_of, settled_with_balance, trial_draft_of
from domain.metadata import merged_metadata
from domain.metering import Span, Tally, usage_line
from domain.periods import Period
from domain.subscriptions import ITEMS_MAX, BillingMode, PaymentBehavior
from domain.taxes import AutomaticTaxStatus, automatic_tax_problem, rates_beside_automatic_tax
from domain.texts import text_within
from models import Customer, InvoiceItem, PaymentMethod, Price, Subscription
from services.aggregates import WholeSubscription
from services.base import Service, part
from services.coupons.deductions import Redeemed
from services.customers import Customers
from services.invoices.currency import CustomerCurrency
from services.invoices.draws import Draws
from services.invoices.finalization import Finalization, Payer
from services.invoices.items import InvoiceItems, line_of
from services.invoices.one_time import OneTimeCharges, OneTimeDraft
from services.invoices.reckoning import Reckoning, Unreckoned
from services.payment_methods import PaymentMethods
from services.subscriptions.beginnings import Beginnings, Begun
from services.subscriptions.discounts import SubscriptionDiscounts
from services.subscriptions.drafts import SubscriptionDraft
from services.subscriptions.item_checks import check_recurrences
from services.subscriptions.metering import Metering
from services.subscriptions.sharing import SubscriptionSharing
from services.subscriptions.threshold_rules import ThresholdRules
from services.subscriptions.thresholds import thresholds_column
from services.subscriptions.wanted_items import WantedItems, check_prices, with_amounts
from services.subscriptions.wholes import WholeSubscriptions, billed_items
from services.tax import NamedRates, TaxRatesNamed
from services.tax.liabilities import TaxLiabilities

DESCRIPTION_LENGTH_MAX = 500


@dataclass(frozen=True, slots=True)
class Plan:
    """A subscription that was found sound and has not been written: its rows, and what they will first cost."""

    draft: SubscriptionDraft
    payer: Payer
    whole: WholeSubscription
    invoice: InvoiceDraft | None
    """None where nothing is billed until the anchor."""
    amount_due: int
    method: PaymentMethod | None
    at: datetime
    once: Sequence[InvoiceItem] = ()
    """What is charged once, with the first invoice."""
    waiting: Sequence[InvoiceItem] = ()
    """What waited for any invoice of the customer, and is taken up by this one."""
    redeemed: Sequence[Redeemed] = ()
    """Its discounts and those of its items, not stored."""

    @property
    def takes_up(self) -> bool:
        """Whether the first invoice takes up what waits for any: that of a trial asks for nothing."""
        return self.invoice is not None and self.whole.row.trial_end is None

    @property
    def sent(self) -> bool:
        """Whether the customer is sent the invoices, so that nothing waits for a payment."""
        return self.draft.collection_method is CollectionMethod.SEND_INVOICE

    @property
    def waits(self) -> bool:
        """Whether the first invoice is a draft for the usual time, as one that is sent and that of a schedule are."""
        return self.sent or self.draft.scheduled


class Planning(Service):
    """Checks what was asked for and works out the first invoice."""

    wanted = part(WantedItems)
    beginnings = part(Beginnings)
    customers = part(Customers)
    methods = part(PaymentMethods)
    wholes = part(WholeSubscriptions)
    finalization = part(Finalization)
    invoice_items = part(InvoiceItems)
    one_time = part(OneTimeCharges)
    draws = part(Draws)
    reckoning = part(Reckoning)
    tax_rates = part(TaxRatesNamed)
    currency = part(CustomerCurrency)
    discounts = part(SubscriptionDiscounts)
    metering = part(Metering)
    threshold_rules = part(ThresholdRules)
    sharing = part(SubscriptionSharing)
    liabilities = part(TaxLiabilities)

    async def plan(self, draft: SubscriptionDraft) -> Plan:
        """Check everything that was asked for, all problems together, and work out the first invoice."""
        problems = Problems()
        payer = await self._payer(draft.customer, problems)
        prices = await self.wanted.prices(draft.items, problems)
        _check_words(draft, problems)
        _check_tax(draft, problems)
        method = await self._method(draft, payer, problems)
        await self.tax_rates.check(problems, *_named_rates(draft))
        await self.sharing.check(draft, problems)
        if draft.agreed is None:
            await self.liabilities.check(draft.automatic_tax, problems)
        problems.raise_any()
        assert payer is not None, "nobody to pay is a problem"
        customer = payer.row
        at = await self.present(customer.test_clock_id)
        in_force = await self.currency_in_force(customer, _wanted_currencies(draft, prices))
        currency = _check_currency(draft, prices, in_force, problems)
        draft = replace(draft, items=with_amounts(draft.items, prices, currency, problems))
        paths = [("items", str(index), "price") for index in range(len(prices))]
        check_recurrences(draft.billing_mode, prices, paths, problems)
        problems.raise_any()
        thresholds = thresholds_column(draft.billing_thresholds)
        begun = self.beginnings.begun(draft, customer, prices, currency, at)
        await self.metering.not_again(begun.whole, at)
        whole = begun.whole
        whole.row.billing_thresholds = None if thresholds is None else dict(thresholds)
        await self.threshold_rules.refuse_unfit(whole, "billingThresholds")
        facts = await self.wholes.facts_of(prices)
        once = await self._charged_once(draft, whole.row, at)
        redeemed = await self.discounts.planned(draft, whole, customer, facts, once, at)
        waiting = [] if whole.row.trial_end is not None else await self.invoice_items.waiting_of(customer)
        invoice = _first_invoice(begun, facts, once, waiting)
        if invoice is None and whole.row.cycle >= 0:  # What is used in the first cycle is billed by the next.
            whole.row.cycle, whole.row.anchor_cycle = whole.row.cycle - 1, whole.row.anchor_cycle - 1
        if invoice is not None:
            [invoice] = await self.reckoning.drafts([Unreckoned(invoice, whole.row, customer.id, at, redeemed)])
            _refuse_untaxed(invoice, draft)
        _refuse_beyond_a_charge(begun, facts, invoice)
        due = 0
        if whole.row.trial_end is not None:
            _refuse_at_first(draft)
        elif invoice is not None:
            wanted = Unreckoned(invoice, whole.row, customer.id, at, redeemed)
            [drawn] = await self.draws.foreseen([wanted], [customer])
            due = settled_with_balance(drawn.total, payer.balance, drawn.currency).amount_due
        _require_method(method, draft, due)
        if method is not None and draft.default_payment_method is not None:
            whole.row.default_payment_method_id = method.id
        return Plan(draft, payer, whole, invoice, due, method, at, once, waiting, redeemed)

    async def payer(self, customer_id: str) -> Payer:
        """The customer, held; refused when there is none or they were deleted."""
        found = await self.finalization.payers([customer_id])
        if not found:
            raise DomainError(ErrorCode.RESOURCE_MISSING, f"No such customer: '{customer_id}'.", "customer")
        if found[0].row.deleted_at is not None:
            message = f"Customer {customer_id} was deleted and cannot subscribe."
            raise DomainError(ErrorCode.RESOURCE_MISSING, message, "customer")
        return found[0]

    async def _payer(self, customer_id: str, problems: Problems) -> Payer | None:
        try:
            return await self.payer(customer_id)
        except DomainError as error:
            problems.add_from(error)
            return None

    async def _charged_once(self, draft: SubscriptionDraft, row: Subscription, at: datetime) -> list[InvoiceItem]:
        """The items of one-time prices, not stored yet."""
        if len(draft.add_invoice_items) > ITEMS_MAX:
            raise DomainError(
                ErrorCode.PARAMETER_INVALID,
                f"{len(draft.add_invoice_items)} invoice items were given; at most {ITEMS_MAX} can be added.",
                "addInvoiceItems",
            )
        lines = [
            await self._once(wanted, row.currency, at, "addInvoiceItems", str(index))
            for index, wanted in enumerate(draft.add_invoice_items)
        ]
        return self.invoice_items.made(row, lines, at)

    async def currency_in_force(self, customer: Customer, wanted: Collection[str]) -> str | None:
        """The one currency of the customer, as long as something is in it; None when what is wanted may decide it."""
        return await self.currency.in_force(customer, wanted)

    async def _once(self, wanted: OneTimeDraft, currency: str, at: datetime, *param: str) -> LineDraft:
        price = await self.one_time.price(wanted.price, *param, made=wanted.price_made)
        line = await self.one_time.of_price(
            price, wanted.quantity, currency, at, *param, unit_amount=wanted.unit_amount
        )
        return replace(line, tax_rates=tuple(wanted.tax_rates))

    async def _method(self, draft: SubscriptionDraft, payer: Payer | None, problems: Problems) -> PaymentMethod | None:
        """The subscription's own payment method, or else the customer's default for invoices."""
        if payer is None:
            return None
        customer = payer.row
        if draft.default_payment_method is not None:
            try:
                return await self.methods.usable(draft.default_payment_method, customer, "defaultPaymentMethod")
            except DomainError as error:
                problems.add_from(error)
                return None
        if customer.default_payment_method_id is None:
            return None
        return await self.find(PaymentMethod, customer.default_payment_method_id)


def _check_words(draft: SubscriptionDraft, problems: Problems) -> None:
    """The description, and metadata of the subscription and of its items."""
    checked_where_given(problems, text_within, draft.description, DESCRIPTION_LENGTH_MAX, "description")
    checked(problems, merged_metadata, {}, draft.metadata)
    sent = draft.collection_method is CollectionMethod.SEND_INVOICE
    checked(problems, days_until_due if sent else refuse_terms_of_sending, draft.days_until_due)
    for index, item in enumerate(draft.items):
        checked(problems, merged_metadata, {}, item.metadata, ("items", str(index), "metadata"))


def _named_rates(draft: SubscriptionDraft) -> Iterator[NamedRates]:
    """The tax rates that are named, with their paths; what was agreed upon before may be archived since."""
    agreed = draft.default_tax_rates if draft.scheduled else ()
    yield NamedRates(draft.default_tax_rates, ("defaultTaxRates",), agreed)
    for index, item in enumerate(draft.items):
        agreed = item.tax_rates if item.price_made else ()
        yield NamedRates(item.tax_rates, ("items", str(index), "taxRates"), agreed)
    for index, once in enumerate(draft.add_invoice_items):
        agreed = once.tax_rates if once.price_made else ()
        yield NamedRates(once.tax_rates, ("addInvoiceItems", str(index), "taxRates"), agreed)


def _check_tax(draft: SubscriptionDraft, problems: Problems) -> None:
    """Tax is worked out by where the customer is, or asked for by rates that are named."""
    if draft.automatic_tax is None or not draft.automatic_tax.enabled:
        return
    of_items = any(item.tax_rates for item in draft.items)
    if draft.default_tax_rates or of_items or any(once.tax_rates for once in draft.add_invoice_items):
        problems.add_from(rates_beside_automatic_tax())


def _refuse_untaxed(invoice: InvoiceDraft, draft: SubscriptionDraft) -> None:
    """Without knowing where the customer is nothing begins; what waits as a draft need not have its tax yet."""
    status = invoice.automatic_tax_status
    waits = draft.scheduled or draft.collection_method is CollectionMethod.SEND_INVOICE
    if status is AutomaticTaxStatus.FAILED and waits:
        return
    problem = automatic_tax_problem(status, draft.customer, "automaticTax")
    if problem is not None:
        raise DomainError.of([problem])


def _refuse_at_first(draft: SubscriptionDraft) -> None:
    """The first invoice of a trial asks for nothing."""
    if draft.add_invoice_items:
        raise DomainError(
            ErrorCode.PARAMETERS_EXCLUSIVE,
            "A trial begins with an invoice of nothing, to which nothing can be added; leave out addInvoiceItems or"
            " the trial, or create an invoice item for the first invoice after the trial.",
            "addInvoiceItems",
        )


def _require_method(method: PaymentMethod | None, draft: SubscriptionDraft, amount_due: int) -> None:
    if draft.collection_method is CollectionMethod.SEND_INVOICE:
        return
    if method is None and amount_due > 0 and draft.payment_behavior is not PaymentBehavior.DEFAULT_INCOMPLETE:
        raise DomainError(
            ErrorCode.RESOURCE_MISSING,
            f"Customer {draft.customer} has no default payment method to charge. Attach one and make it the default,"
            " name one as defaultPaymentMethod, or create with paymentBehavior DEFAULT_INCOMPLETE.",
            "defaultPaymentMethod",
        )


def _wanted_currencies(draft: SubscriptionDraft, prices: Sequence[Price]) -> set[str]:
    return {price.currency for price in prices} if draft.currency is None else {draft.currency}


def _check_currency(draft: SubscriptionDraft, prices: Sequence[Price], in_force: str | None, problems: Problems) -> str:
    """What the subscription is billed in: the customer's currency, or what was asked for, or the first price's own."""
    currency = in_force or draft.currency or prices[0].currency
    if draft.currency not in (None, currency):
        problems.add(
            ErrorCode.CURRENCY_MISMATCH,
            f"The customer is billed in {in_force}, so that the subscription cannot be in {draft.currency}.",
            "currency",
        )
    asked = "the subscription is to be in" if draft.currency else "the first price is in"
    check_prices(prices, currency, "the customer is billed in" if in_force else asked, problems)
    return currency


def _refuse_beyond_a_charge(begun: Begun, facts: Mapping[str, PriceFacts], first: InvoiceDraft | None) -> None:
    """Every period has to be charged as a whole, and so has the first invoice, whatever credit may help with that."""
    now = begun.beginnings[0].current
    items = billed_items(begun.whole.items, facts, Period(now.start, now.end, now.index), begun.whole.row.currency)
    for what, draft in (("A period", invoice_draft_of(items, begun.whole.row.currency)), ("The first invoice", first)):
        if draft is not None and draft.total > CHARGE_AMOUNT_MAX:
            most = format_minor(CHARGE_AMOUNT_MAX, draft.currency)
            raise DomainError(
                ErrorCode.AMOUNT_TOO_LARGE,
                f"{what} would cost {draft.total} {draft.currency}; the most that can be charged is"
                f" {CHARGE_AMOUNT_MAX} {draft.currency} ({most}).",
                "items",
            )


def _first_invoice(
    begun: Begun, facts: Mapping[str, PriceFacts], once: Sequence[InvoiceItem], waiting: Sequence[InvoiceItem]
) -> InvoiceDraft | None:
    """What waited for any invoice and what is sold once, then all that is billed at first, item by item.

    None where nothing but what waited would be on it.
    """
    row = begun.whole.row
    billed = [
        line
        for item, beginning in zip(begun.whole.items, begun.beginnings, strict=True)
        for period in beginning.billed
        for line in billed_items([item], facts, period, row.currency)
    ]
    usage = _usage_of_nothing(begun, facts) if row.billing_mode == BillingMode.CLASSIC else []
    if row.trial_end is not None:
        trial = trial_draft_of(billed, row.currency)
        return replace(trial, lines=(*trial.lines, *usage)) if billed or usage else None
    if not billed and not once and not usage:
        return None
    return invoice_draft_of(billed, row.currency, [line_of(item) for item in (*waiting, *once)], usage)


def _usage_of_nothing(begun: Begun, facts: Mapping[str, PriceFacts]) -> list[LineDraft]:
    """The lines of metered items on a first invoice of CLASSIC: nothing was used yet."""
    row, lines = begun.whole.row, []
    for item, beginning in zip(begun.whole.items, begun.beginnings, strict=True):
        price = facts[item.price.id].agreed(row.currency, None) if item.row.metered_since is not None else None
        for period in beginning.billed if price is not None else ():
            assert price is not None, f"item {item.row.id} bills a quantity"
            span = Span("", item.row.id, period.start, period.end, Decimal(0))
            lines.append(replace(usage_line(price, Tally(span, Decimal(0))), usage_period_id=None))
    return lines
