"""Invoice items by hand: what is to be charged or given back beside the periods of a subscription."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from domain.currencies import CHARGE_AMOUNT_MAX
from domain.drafts import UNSET, Unset
from domain.errors import DomainError, ErrorCode
from domain.event_types import EventType
from domain.invoicing import LineDraft, PriceFacts, calculation_of, line_description
from domain.lifecycles import LIVING, SUBSCRIPTION, SubscriptionStatus
from domain.metadata import merged_metadata
from domain.texts import text_within
from models import InvoiceItem, Price, Product, Subscription
from services.base import Service, part
from services.events import Events
from services.idempotency import transactional
from services.invoices.items import InvoiceItems
from services.rows import delete_by, update_rows

DESCRIPTION_LENGTH_MAX = 500
QUANTITY_MAX = 10**9


@dataclass(frozen=True, slots=True)
class OneTimeDraft:
    """Something that is charged once: so many units of a one-time price.

    `price_made` tells that the price was made for this purchase before, and so never was active.
    """

    price: str
    quantity: int = 1
    price_made: bool = False


@dataclass(frozen=True, slots=True)
class InvoiceItemDraft:
    """An item to wait for the next invoice of `subscription`: an amount (negative gives back), or a one-time price."""

    subscription: str
    amount: int | None = None
    price: str | None = None
    quantity: int = 1
    description: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class InvoiceItemChange:
    """What is to change about an item that waits; absent fields stay."""

    id: str
    amount: int | Unset = UNSET
    description: str | Unset = UNSET
    metadata: Mapping[str, str] | Unset | None = UNSET


class ManualItems(Service):
    """The verbs on invoice items."""

    events = part(Events)
    items = part(InvoiceItems)

    @transactional
    async def create(self, draft: InvoiceItemDraft) -> InvoiceItem:
        """Let something wait for the next invoice. Event `invoiceitem.created`."""
        row = await self.lock(Subscription, draft.subscription, "subscription")
        SUBSCRIPTION.refuse_unless("bill", row.id, SubscriptionStatus(row.status), allowed=LIVING, param="subscription")
        at = await self.present(row.test_clock_id)
        [item] = self.items.made(row, [await self._line(draft, row, at)], at)
        item.metadata = merged_metadata({}, draft.metadata)
        await self.items.store([item])
        row.has_pending_items = True
        await update_rows([row], ("has_pending_items",))
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
            amount = _within(change.amount)
            item.amount, item.unit_amount_decimal = amount, str(amount)
            item.calculation = calculation_of(Decimal(amount), 1, item.currency).as_json()
        if change.description is not UNSET:
            item.description = text_within(change.description, DESCRIPTION_LENGTH_MAX, "description")
        if change.metadata is not UNSET:
            item.metadata = merged_metadata(item.metadata, change.metadata or {})
        columns = ("amount", "unit_amount_decimal", "calculation", "description", "metadata")
        await update_rows([item], columns)
        return item

    @transactional
    async def delete(self, identifier: str) -> InvoiceItem:
        """Drop an item that waits. Event `invoiceitem.deleted`."""
        item = await self._waiting(identifier)
        at = await self.present(item.test_clock_id)
        await delete_by(InvoiceItem, "id", [item.id], **self.ownership())
        self.events.record(EventType.INVOICEITEM_DELETED, item, at=at)
        others = self.mine(InvoiceItem).filter(subscription_id=item.subscription_id, pending=True)
        if not await others.exists():
            await self.mine(Subscription).filter(id=item.subscription_id).update(has_pending_items=False)
        return item

    async def charged_once(self, row: Subscription, wanted: OneTimeDraft, at: datetime, *param: str) -> LineDraft:
        """The line of a one-time price; refused when it cannot be billed to the subscription."""
        price = await self.find(Price, wanted.price)
        if price is None:
            raise DomainError(ErrorCode.RESOURCE_MISSING, f"No such price: '{wanted.price}'.", (*param, "price"))
        _refuse_unfit(price, wanted, row.currency, param)
        product = await self.require(Product, price.product_id)
        facts = PriceFacts(price.id, product.id, product.name, price.currency, Decimal(price.unit_amount_decimal), None)
        calculation = calculation_of(facts.unit_amount, wanted.quantity, price.currency)
        _within(calculation.amount)
        return LineDraft(
            description=line_description(facts, wanted.quantity),
            amount=calculation.amount,
            currency=price.currency,
            quantity=wanted.quantity,
            unit_amount=facts.unit_amount,
            price_id=price.id,
            product_id=product.id,
            subscription_item_id=None,
            period_start=at,
            period_end=at,
            calculation=calculation,
        )

    async def _line(self, draft: InvoiceItemDraft, row: Subscription, at: datetime) -> LineDraft:
        if (draft.amount is None) == (draft.price is None):
            raise DomainError(
                ErrorCode.PARAMETERS_EXCLUSIVE if draft.price else ErrorCode.PARAMETER_MISSING,
                "An invoice item has either an amount or a price.",
                "amount",
            )
        said = draft.description and text_within(draft.description, DESCRIPTION_LENGTH_MAX, "description")
        if draft.price is not None:
            line = await self.charged_once(row, OneTimeDraft(draft.price, draft.quantity), at)
            return replace(line, description=said or line.description)
        assert draft.amount is not None, "an item without a price was found to have an amount"
        amount = _within(draft.amount)
        return LineDraft(
            description=said or "Invoice item",
            amount=amount,
            currency=row.currency,
            quantity=1,
            unit_amount=Decimal(amount),
            price_id=None,
            product_id=None,
            subscription_item_id=None,
            period_start=at,
            period_end=at,
            calculation=calculation_of(Decimal(amount), 1, row.currency),
        )

    async def _waiting(self, identifier: str) -> InvoiceItem:
        """The item, its subscription held so that no renewal takes it up meanwhile."""
        found = await self.require(InvoiceItem, identifier)
        await self.lock(Subscription, found.subscription_id)
        item = await self.lock(InvoiceItem, identifier)
        if not item.pending:
            raise DomainError(
                ErrorCode.PARAMETER_INVALID,
                f"Invoice item {item.id} is on invoice {item.invoice_id} already; only one that waits can be changed.",
                "id",
            )
        await self.present(item.test_clock_id)
        return item


def _refuse_unfit(price: Price, wanted: OneTimeDraft, currency: str, param: tuple[str, ...]) -> None:
    if not price.active and not wanted.price_made:
        raise DomainError(
            ErrorCode.PRICE_INACTIVE, f"Price {price.id} is archived; choose an active price.", (*param, "price")
        )
    if price.interval is not None:
        raise DomainError(
            ErrorCode.PARAMETER_INVALID,
            f"Price {price.id} recurs; what is charged once takes a one-time price.",
            (*param, "price"),
        )
    if price.currency != currency:
        raise DomainError(
            ErrorCode.CURRENCY_MISMATCH,
            f"Price {price.id} is in {price.currency}, the subscription in {currency}.",
            (*param, "price"),
        )
    if not 0 <= wanted.quantity <= QUANTITY_MAX:
        raise DomainError(
            ErrorCode.PARAMETER_INVALID_INTEGER,
            f"Quantity {wanted.quantity} is not possible; it would have to be from 0 to {QUANTITY_MAX}.",
            (*param, "quantity"),
        )


def _within(amount: int) -> int:
    if abs(amount) > CHARGE_AMOUNT_MAX:
        raise DomainError(
            ErrorCode.AMOUNT_TOO_LARGE,
            f"Amount {amount} is too large; it would have to be from -{CHARGE_AMOUNT_MAX} to {CHARGE_AMOUNT_MAX}.",
            "amount",
        )
    return amount
