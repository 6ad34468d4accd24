"""Invoice items by hand: what is to be charged or given back, with the next invoice or on a draft."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from domain.calculations import calculation_of
from domain.checks import checked_where_given
from domain.currencies import currency_of
from domain.drafts import UNSET, Unset, given
from domain.errors import DomainError, ErrorCode, Problems
from domain.event_types import EventType
from domain.lifecycles import LIVING, SUBSCRIPTION, SubscriptionStatus
from domain.metadata import merged_metadata
from domain.pricing import Rates
from domain.texts import text_within
from models import Account, Customer, InvoiceItem, Subscription
from services.base import Service, part
from services.coupons.redemption import DiscountDraft
from services.customers import Customers
from services.events import Events
from services.idempotency import transactional
from services.invoices.currency import CustomerCurrency
from services.invoices.discounts import InvoiceDiscounts, ItemDiscounts
from services.invoices.items import InvoiceItems
from services.invoices.lines import DraftLines
from services.invoices.one_time import DESCRIPTION_LENGTH_MAX, ChargeDraft, OneTimeCharges, chargeable_once
from services.rows import delete_by, fetch_by, update_rows
from services.tax import NamedRates, TaxRatesNamed

_CHANGED = (
    "amount", "unit_amount_decimal", "calculation", "description", "metadata", "tax_rates", "discounts", "discountable",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceItemDraft(ChargeDraft):
    """Something to wait for the next invoice of `subscription` or `customer`, or to stand on the draft `invoice`."""

    customer: str | None = None
    subscription: str | None = None
    invoice: str | None = None
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class InvoiceItemChange:
    """What is to change about an item that waits; absent fields stay."""

    id: str
    amount: int | Unset = UNSET
    description: str | Unset = UNSET
    tax_rates: tuple[str, ...] | Unset | None = UNSET
    discounts: tuple[DiscountDraft, ...] | Unset | None = UNSET
    discountable: bool | Unset = UNSET
    metadata: Mapping[str, str] | Unset | None = UNSET


class ManualItems(Service):
    """The verbs on invoice items."""

    events = part(Events)
    items = part(InvoiceItems)
    lines = part(DraftLines)
    charges = part(OneTimeCharges)
    customers = part(Customers)
    currency = part(CustomerCurrency)
    tax_rates = part(TaxRatesNamed)
    discounts = part(InvoiceDiscounts)

    @transactional
    async def create(self, draft: InvoiceItemDraft) -> InvoiceItem:
        """Let something wait for the next invoice, or put it on a draft. Event `invoiceitem.created`.

        Without a subscription the next invoice of the customer takes it up, whatever that is for.
        """
        if draft.invoice is not None:
            return await self._on_draft(draft)
        customer, subscription = await self._owners(draft)
        at = await self.present(customer.test_clock_id)
        currency = await self._currency(draft, customer, subscription)
        automatic = subscription is not None and subscription.automatic_tax
        line = await self.charges.line(draft, currency, at, preferred=customer.currency, automatic_tax=automatic)
        await self.currency.decide(customer, line.currency, at)
        subscription_id = None if subscription is None else subscription.id
        item = self.items.made_for(customer.id, customer.test_clock_id, line, at, subscription_id)
        await self.discounts.give_item(item, customer.id, ItemDiscounts(draft.discounts, at))
        await self.items.store([item])
        await self.items.expect([item])
        return item

    @transactional
    async def update(self, change: InvoiceItemChange) -> InvoiceItem:
        """Change an item that waits. What a change of the subscription caused keeps its amount."""
        item = await self._waiting(change.id)
        if change.amount is not UNSET:
            if item.proration or item.price_id is not None:
                why = "was prorated" if item.proration else f"comes of price {item.price_id}"
                raise DomainError(
                    ErrorCode.PARAMETER_INVALID,
                    f"The amount of {item.id} {why} and stays; delete the item and create another.",
                    "amount",
                )
            amount = chargeable_once(change.amount)
            item.amount, item.unit_amount_decimal = amount, str(amount)
            item.calculation = calculation_of(Rates(Decimal(amount)), 1, item.currency).as_json()
        if change.description is not UNSET:
            item.description = text_within(change.description, DESCRIPTION_LENGTH_MAX, "description")
        if change.metadata is not UNSET:
            item.metadata = merged_metadata(item.metadata, change.metadata or {})
        if change.tax_rates is not UNSET:
            wanted = change.tax_rates or ()
            automatic = bool(wanted) and await self._is_taxed_by_place(item)
            await self.tax_rates.checked(NamedRates(wanted, ("taxRates",), item.tax_rates, automatic))
            item.tax_rates = list(wanted)
        if change.discounts is not UNSET:
            own = ItemDiscounts(change.discounts or (), await self.present(item.test_clock_id))
            await self.discounts.give_item(item, item.customer_id, own)
        item.discountable = given(change.discountable, item.discountable)
        await update_rows([item], _CHANGED)
        return item

    @transactional
    async def delete(self, identifier: str) -> InvoiceItem:
        """Drop an item that waits. Event `invoiceitem.deleted`."""
        item = await self._waiting(identifier)
        at = await self.present(item.test_clock_id)
        await delete_by(InvoiceItem, "id", [item.id], **self.ownership())
        self.events.record(EventType.INVOICEITEM_DELETED, item, at=at)
        return item

    async def _on_draft(self, draft: InvoiceItemDraft) -> InvoiceItem:
        assert draft.invoice is not None, "a draft is named"
        item = await self.lines.add_item(draft.invoice, draft)
        problems = Problems()
        for name, said, known in (
            ("customer", draft.customer, item.customer_id),
            ("subscription", draft.subscription, item.subscription_id),
            ("currency", checked_where_given(problems, currency_of, draft.currency), item.currency),
        ):
            if said not in (None, known):
                problems.add(
                    ErrorCode.PARAMETER_INVALID, f"The {name} of invoice {draft.invoice} is {known}, not {said}.", name
                )
        problems.raise_any()
        return item

    async def _owners(self, draft: InvoiceItemDraft) -> tuple[Customer, Subscription | None]:
        """Who is to pay and, where it is said, the subscription, both held."""
        if draft.subscription is None:
            if draft.customer is None:
                raise DomainError(
                    ErrorCode.PARAMETER_MISSING,
                    "It has to be said whose invoice the item waits for: name the customer, their subscription, or a"
                    " draft as invoice.",
                    "customer",
                )
            return await self.customers.living(draft.customer, "customer"), None
        found = await self.require(Subscription, draft.subscription, "subscription")
        if draft.customer not in (None, found.customer_id):
            raise DomainError(
                ErrorCode.PARAMETER_INVALID,
                f"Subscription {found.id} is customer {found.customer_id}'s, not {draft.customer}'s.",
                "customer",
            )
        customer = await self.lock(Customer, found.customer_id)
        row = await self.lock(Subscription, draft.subscription, "subscription", whoever_made_it=True)
        SUBSCRIPTION.refuse_unless("bill", row.id, SubscriptionStatus(row.status), allowed=LIVING, param="subscription")
        return customer, row

    async def _currency(
        self, draft: InvoiceItemDraft, customer: Customer, subscription: Subscription | None
    ) -> str | None:
        """What the item has to be in; None lets its price say it."""
        said = None if draft.currency is None else currency_of(draft.currency)
        if subscription is not None:
            if said not in (None, subscription.currency):
                raise DomainError(
                    ErrorCode.CURRENCY_MISMATCH,
                    f"Subscription {subscription.id} is billed in {subscription.currency}, not in {said}.",
                    "currency",
                )
            return subscription.currency
        if said is not None or draft.amount is None:
            return said
        return await default_currency(self, customer)

    async def _is_taxed_by_place(self, item: InvoiceItem) -> bool:
        """Whether the item waits for an invoice of a subscription with automatic tax."""
        if item.subscription_id is None:
            return False
        subscription = await self.find(Subscription, item.subscription_id)
        return subscription is not None and subscription.automatic_tax

    async def _waiting(self, identifier: str) -> InvoiceItem:
        """The item, held; refused once an invoice took it up."""
        item = await self.lock(InvoiceItem, identifier)
        if not item.pending:
            raise DomainError(
                ErrorCode.PARAMETER_INVALID,
                f"Invoice item {item.id} is on invoice {item.invoice_id} already; only one that waits can be changed."
                " While that is a draft, invoiceUpdateLines and invoiceRemoveLines change its lines.",
                "id",
            )
        await self.present(item.test_clock_id)
        return item


async def default_currency(service: Service, customer: Customer) -> str:
    """What a customer is billed in where nothing says otherwise: their currency, or else the account's."""
    if customer.currency is not None:
        return customer.currency
    [account] = await fetch_by(Account, "id", [service.scope.account_id])
    return account.default_currency
