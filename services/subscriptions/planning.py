"""Finding out whether a subscription can be made, and what it will first cost. Nothing of it is written yet."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.checks import checked, checked_where_given
from domain.currencies import CHARGE_AMOUNT_MAX, format_minor
from domain.errors import DomainError, ErrorCode, Problems
from domain.ids import Prefix
from domain.invoices import CollectionMethod
from domain.invoicing import InvoiceDraft, PriceFacts, invoice_draft_of, settled_with_balance, trial_draft_of
from domain.lifecycles import LIVING, InvoiceStatus, QuoteStatus
from domain.metadata import merged_metadata
from domain.periods import Period, period_number
from domain.subscriptions import ITEMS_MAX, MissingPaymentMethod, PaymentBehavior, cancellation_requested
from domain.texts import text_within
from domain.trials import trial_end_of
from models import Customer, Invoice, InvoiceItem, PaymentMethod, Price, Product, Quote, Subscription, SubscriptionItem
from services.aggregates import PricedItem, WholeSubscription
from services.base import Service, part
from services.catalog import Catalog
from services.customers import Customers
from services.invoices.finalization import Finalization, Payer
from services.invoices.items import InvoiceItems, line_of
from services.invoices.manual_items import ManualItems
from services.payment_methods import PaymentMethods
from services.subscriptions.drafts import ItemDraft, SubscriptionDraft
from services.subscriptions.wholes import WholeSubscriptions, billed_items, recurrence_of_price

DESCRIPTION_LENGTH_MAX = 500


@dataclass(frozen=True, slots=True)
class Plan:
    """A subscription that was found sound and has not been written: its rows, and what they will first cost."""

    draft: SubscriptionDraft
    payer: Payer
    whole: WholeSubscription
    invoice: InvoiceDraft
    amount_due: int
    method: PaymentMethod | None
    at: datetime
    once: Sequence[InvoiceItem] = ()
    """What is charged once, with the first invoice."""


class Planning(Service):
    """Checks what was asked for and works out the first invoice."""

    catalog = part(Catalog)
    customers = part(Customers)
    methods = part(PaymentMethods)
    wholes = part(WholeSubscriptions)
    finalization = part(Finalization)
    invoice_items = part(InvoiceItems)
    manual_items = part(ManualItems)

    async def plan(self, draft: SubscriptionDraft) -> Plan:
        """Check everything that was asked for, all problems together, and work out the first invoice."""
        problems = Problems()
        payer = await self._payer(draft.customer, problems)
        prices = await self._prices(draft.items, problems)
        _check_words(draft, problems)
        method = await self._method(draft, payer, problems)
        problems.raise_any()
        assert payer is not None, "nobody to pay is a problem"
        customer = payer.row
        at = await self.present(customer.test_clock_id)
        _check_prices(prices, await self.currency_in_force(customer, prices), problems)
        problems.raise_any()
        whole = self._rows(draft, customer, prices, at)
        facts = await self.wholes.facts_of(prices)
        once = await self._charged_once(draft, whole.row, at)
        invoice = _first_invoice(whole, facts, once)
        _refuse_beyond_a_charge(invoice)
        due = 0
        if whole.row.trial_end is not None:
            _refuse_at_first(draft)
            invoice = _free(whole, facts)
        else:
            due = settled_with_balance(invoice.total, payer.balance, invoice.currency).amount_due
        _require_method(method, draft, due)
        if method is not None and draft.default_payment_method is not None:
            whole.row.default_payment_method_id = method.id
        return Plan(draft, payer, whole, invoice, due, method, at, once)

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

    async def _prices(self, items: Sequence[ItemDraft], problems: Problems) -> list[Price]:
        """The prices of the items, in order; inline ones are made now."""
        if not 1 <= len(items) <= ITEMS_MAX:
            problems.add(
                ErrorCode.PARAMETER_INVALID,
                f"{len(items)} items were given; a subscription has 1 to {ITEMS_MAX}.",
                "items",
            )
            return []
        known = {price.id: price for price in await self.gather(Price, "id", [item.price for item in items])}
        products = {price.product_id for price in known.values()}
        archived = {product.id for product in await self.gather(Product, "id", products, active=False)}
        prices = []
        for index, item in enumerate(items):
            try:
                prices.append(await self._price(item, known, archived))
            except DomainError as error:
                problems.add_from(error, "items", str(index))
            if item.quantity < 0:
                problems.add(
                    ErrorCode.PARAMETER_INVALID_INTEGER,
                    f"Quantity {item.quantity} is negative; it would have to be 0 or more.",
                    "items", str(index), "quantity",
                )  # fmt: skip
        return prices

    async def _charged_once(self, draft: SubscriptionDraft, row: Subscription, at: datetime) -> list[InvoiceItem]:
        """The items of one-time prices, not stored yet."""
        if len(draft.add_invoice_items) > ITEMS_MAX:
            raise DomainError(
                ErrorCode.PARAMETER_INVALID,
                f"{len(draft.add_invoice_items)} invoice items were given; at most {ITEMS_MAX} can be added.",
                "addInvoiceItems",
            )
        lines = [
            await self.manual_items.charged_once(row, wanted, at, "addInvoiceItems", str(index))
            for index, wanted in enumerate(draft.add_invoice_items)
        ]
        return self.invoice_items.made(row, lines, at)

    async def currency_in_force(self, customer: Customer, prices: Sequence[Price]) -> str | None:
        """The one currency of the customer, as long as something is in it; None when these prices may decide it.

        That is a subscription, an open quote, an unpaid invoice or a balance.
        """
        if customer.currency is None or all(price.currency == customer.currency for price in prices):
            return customer.currency
        living = self.mine(Subscription).filter(customer_id=customer.id, status__in=LIVING)
        unpaid = (InvoiceStatus.DRAFT, InvoiceStatus.OPEN)
        invoices = self.mine(Invoice).filter(customer_id=customer.id, status__in=unpaid)
        quotes = self.mine(Quote).filter(customer_id=customer.id, status=QuoteStatus.OPEN)
        balances = await self.customers.balances_of([customer.id])
        if balances.get(customer.id):
            return customer.currency
        for found in (living, invoices, quotes):
            if await found.exists():
                return customer.currency
        return None

    async def _price(self, item: ItemDraft, known: Mapping[str, Price], archived: Collection[str]) -> Price:
        if item.price is not None and item.price_data is not None:
            raise DomainError(
                ErrorCode.PARAMETERS_EXCLUSIVE, "An item has either a price or priceData, not both.", "priceData"
            )
        if item.price_data is not None:
            return await self.catalog.inline_price(item.price_data)
        if item.price is None:
            raise DomainError(ErrorCode.PARAMETER_MISSING, "An item needs a price, or priceData to make one.", "price")
        if item.price not in known:
            raise DomainError(ErrorCode.RESOURCE_MISSING, f"No such price: '{item.price}'.", "price")
        price = known[item.price]
        if not price.active and not item.price_made:
            raise DomainError(
                ErrorCode.PRICE_INACTIVE,
                f"Price {price.id} is archived and takes no new subscriptions; choose an active price.",
                "price",
            )
        if price.product_id in archived:
            raise DomainError(
                ErrorCode.PRODUCT_INACTIVE,
                f"Product {price.product_id} of price {price.id} is archived and takes no new subscriptions; activate"
                " it or choose another.",
                "price",
            )
        return price

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

    def _rows(
        self, draft: SubscriptionDraft, customer: Customer, prices: Sequence[Price], at: datetime
    ) -> WholeSubscription:
        recurrence = recurrence_of_price(prices[0])
        assert recurrence is not None, "only recurring prices pass the checks"
        trial_end = trial_end_of(draft.trial_period_days, draft.trial_end, at)
        period = period_number(at, recurrence, 0) if trial_end is None else Period(at, trial_end, -1)
        row = Subscription.made(
            id=self.new_id(Prefix.SUBSCRIPTION),
            created_at=at,
            customer_id=customer.id,
            currency=prices[0].currency,
            collection_method=CollectionMethod.CHARGE_AUTOMATICALLY,
            billing_cycle_anchor=trial_end or at,
            anchor_cycle=0 if trial_end is None else 1,
            trial_start=None if trial_end is None else at,
            trial_end=trial_end,
            trial_missing_payment_method=_missing_payment_method(draft),
            start_date=at,
            cancel_at_period_end=draft.cancel_at_period_end,
            cancel_at=period.end if draft.cancel_at_period_end else None,
            canceled_at=at if draft.cancel_at_period_end else None,
            cancellation_details=cancellation_requested({}) if draft.cancel_at_period_end else {},
            billing_mode=draft.billing_mode,
            description=draft.description,
            metadata=merged_metadata({}, draft.metadata),
            test_clock_id=customer.test_clock_id,
            **self.ownership(),
        )
        items = [self._item(row, item, price, period) for item, price in zip(draft.items, prices, strict=True)]
        return WholeSubscription(row, items)

    def _item(self, row: Subscription, draft: ItemDraft, price: Price, period: Period) -> PricedItem:
        item = SubscriptionItem.made(
            id=self.new_id(Prefix.SUBSCRIPTION_ITEM),
            created_at=row.created_at,
            subscription_id=row.id,
            price_id=price.id,
            quantity=draft.quantity,
            current_period_start=period.start,
            current_period_end=period.end,
            metadata=merged_metadata({}, draft.metadata),
            **self.ownership(),
        )
        return PricedItem(item, price)


def _check_words(draft: SubscriptionDraft, problems: Problems) -> None:
    """The description, and metadata of the subscription and of its items."""
    checked_where_given(problems, text_within, draft.description, DESCRIPTION_LENGTH_MAX, "description")
    checked(problems, merged_metadata, {}, draft.metadata)
    for index, item in enumerate(draft.items):
        checked(problems, merged_metadata, {}, item.metadata, ("items", str(index), "metadata"))


def _missing_payment_method(draft: SubscriptionDraft) -> MissingPaymentMethod:
    settings = draft.trial_settings
    return MissingPaymentMethod.CREATE_INVOICE if settings is None else settings.end_behavior.missing_payment_method


def _refuse_at_first(draft: SubscriptionDraft) -> None:
    """The first invoice of a trial asks for nothing."""
    if draft.add_invoice_items:
        raise DomainError(
            ErrorCode.PARAMETERS_EXCLUSIVE,
            "A trial begins with an invoice of nothing, to which nothing can be added; leave out addInvoiceItems or"
            " the trial, or create an invoice item for the first invoice after the trial.",
            "addInvoiceItems",
        )


def _check_prices(prices: Sequence[Price], in_force: str | None, problems: Problems) -> None:
    """All recur alike and are in one currency, which is the one in force for the customer when there is one."""
    first = prices[0]
    currency = in_force or first.currency
    seen: set[str] = set()
    for index, price in enumerate(prices):
        where = ("items", str(index), "price")
        if price.interval is None:
            problems.add(
                ErrorCode.PARAMETER_INVALID,
                f"Price {price.id} is charged once; a subscription takes recurring prices.",
                *where,
            )
        elif recurrence_of_price(price) != recurrence_of_price(first):
            problems.add(
                ErrorCode.PARAMETER_INVALID,
                f"Price {price.id} recurs every {price.interval_count} {price.interval}, the first one every"
                f" {first.interval_count} {first.interval}; all prices of a subscription recur alike.",
                *where,
            )
        if price.currency != currency:
            whose = "the customer is billed in" if in_force else "the first price is in"
            problems.add(
                ErrorCode.CURRENCY_MISMATCH,
                f"Price {price.id} is in {price.currency}, but {whose} {currency}.",
                *where,
            )
        if price.id in seen:
            problems.add(
                ErrorCode.PARAMETER_INVALID,
                f"Price {price.id} is there twice; give it once with the sum of the quantities.",
                *where,
            )
        seen.add(price.id)


def _require_method(method: PaymentMethod | None, draft: SubscriptionDraft, amount_due: int) -> None:
    if method is None and amount_due > 0 and draft.payment_behavior is not PaymentBehavior.DEFAULT_INCOMPLETE:
        raise DomainError(
            ErrorCode.RESOURCE_MISSING,
            f"Customer {draft.customer} has no default payment method to charge. Attach one and make it the default,"
            " name one as defaultPaymentMethod, or create with paymentBehavior DEFAULT_INCOMPLETE.",
            "defaultPaymentMethod",
        )


def _refuse_beyond_a_charge(invoice: InvoiceDraft) -> None:
    """Every period has to be charged as a whole, whatever credit may help with the first one."""
    if invoice.total > CHARGE_AMOUNT_MAX:
        most = format_minor(CHARGE_AMOUNT_MAX, invoice.currency)
        raise DomainError(
            ErrorCode.AMOUNT_TOO_LARGE,
            f"A period would cost {invoice.total} {invoice.currency}; the most that can be charged is"
            f" {CHARGE_AMOUNT_MAX} {invoice.currency} ({most}).",
            "items",
        )


def _first_invoice(
    whole: WholeSubscription, facts: Mapping[str, PriceFacts], once: Sequence[InvoiceItem]
) -> InvoiceDraft:
    """What a period costs, and what is sold once with it."""
    lines = [line_of(item) for item in once]
    return invoice_draft_of(billed_items(whole.items, facts, _first_period(whole)), whole.row.currency, lines)


def _free(whole: WholeSubscription, facts: Mapping[str, PriceFacts]) -> InvoiceDraft:
    """What a trial costs instead."""
    return trial_draft_of(billed_items(whole.items, facts, _first_period(whole)), whole.row.currency)


def _first_period(whole: WholeSubscription) -> Period:
    first = whole.items[0].row
    return Period(first.current_period_start, first.current_period_end, 0)
