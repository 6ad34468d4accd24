"""Invoice items in the API: amounts that the next invoice of a customer or a subscription takes up."""

from datetime import datetime
from decimal import Decimal

import strawberry

import models
from domain.calculations import Calculation
from domain.ids import Prefix
from domain.kinds import TaxBehavior
from schema.base import Node, Wrapping, column, computed, input_field, node_type, part_type
from schema.coupons import DiscountInput
from schema.payloads import payload
from schema.refs import (
    CustomerRef,
    DiscountRef,
    InvoiceItemRef,
    InvoiceRef,
    PriceRef,
    ProductRef,
    SubscriptionItemRef,
    SubscriptionRef,
    TaxRateRef,
    TestClockRef,
)
from schema.relations import named, one
from schema.scalars import INT_LIMIT, Currency, Json, Metadata, MinorUnits


@part_type
class InvoiceItemPeriod(Wrapping):
    """The time that an invoice item is for."""

    start: datetime = column("Its first moment.", source="period_start")
    end: datetime = column("The moment after its last.", source="period_end")


@node_type(models.InvoiceItem, kind="invoices", prefix=Prefix.INVOICE_ITEM)
class InvoiceItem(Node):
    """An amount that waits for the next invoice of its customer or subscription, or stands on one."""

    created: datetime = column("When it came to be, by the customer's clock.", source="created_at")
    customer: CustomerRef = one("customer_id", "Who is to pay.")
    subscription: SubscriptionRef | None = one(
        "subscription_id", "The subscription whose invoice takes it up; null lets any invoice of the customer do so."
    )
    subscription_item: SubscriptionItemRef | None = one(
        "subscription_item_id", "The item whose change caused it; null when that is gone."
    )
    invoice: InvoiceRef | None = one("invoice_id", "The invoice that it stands on; null while it waits.")
    application: strawberry.ID | None = column(
        "The platform that made it for its account; null where the account did so itself.", source="application_id"
    )
    pending: bool = column("Whether it waits for the next invoice.")
    description: str = column("What it is for.")
    amount: MinorUnits = column("How much it adds to the invoice; negative gives back.")
    currency: Currency = column("What the amount is in.")
    unit_amount_decimal: Decimal | None = column(
        "What one unit costs a period, in minor units with decimals, or one package of them; null with tiers."
    )
    price: PriceRef | None = one("price_id", "The price that it was computed from.")
    product: ProductRef | None = one("product_id", "What was sold.")
    discountable: bool = column("Whether discounts of its invoice apply to it.")
    discounts: list[DiscountRef] = named(
        "discounts", Prefix.DISCOUNT, "Its own discounts, which apply before those of its invoice."
    )
    tax_rates: list[TaxRateRef] = named(
        "tax_rates", Prefix.TAX_RATE, "Its own tax rates, instead of those of its invoice."
    )
    proration: bool = column("Whether it corrects a period that was billed before.")
    calculation: Json = column("How the amount came about, for a program: its inputs, the share of time, the rounding.")
    test_clock: TestClockRef | None = one("test_clock_id", "The customer's test clock, if they live by one.")
    metadata: Metadata = column("Labels of your own.")

    @computed("How many units it is for, without decimals; null beyond 2 147 483 647.")
    def quantity(self) -> int | None:
        """From the row, where an Int can say it."""
        return int(self.row.quantity) if abs(self.row.quantity) < INT_LIMIT else None

    @computed("How many units it is for, with the decimals that use may have.")
    def quantity_decimal(self) -> Decimal:
        """From the calculation."""
        return Decimal(self.row.calculation.get("quantity", self.row.quantity))

    @computed("The time that it is for.")
    def period(self) -> InvoiceItemPeriod:
        """Reads through to the item."""
        return InvoiceItemPeriod.of(self.row)

    @computed("How the amount came about, in words.")
    def explanation(self) -> str:
        """The calculation as a sentence."""
        return Calculation.from_json(self.row.calculation).explanation()


@strawberry.input(description="Which of a subscription's invoice items to show.")
class InvoiceItemPageFilter:
    """Arguments of `Subscription.invoiceItems`; its fields are columns."""

    pending: bool | None = input_field("Only those that wait for an invoice, or only those that do not.")


@strawberry.input(description="Which invoice items to list. What is not given is not asked.")
class InvoiceItemFilter:
    """Becomes `InvoiceItemSearch`."""

    customer: strawberry.ID | None = input_field("Only this customer's.")
    subscription: strawberry.ID | None = input_field("Only those of this subscription.")
    invoice: strawberry.ID | None = input_field("Only those that this invoice took up.")
    pending: bool | None = input_field("Only those that wait for an invoice, or only those that do not.")


@strawberry.input(description="Something that is charged once with the first invoice: so many units of a price.")
class AddInvoiceItemInput:
    """Becomes `OneTimeDraft`."""

    price: strawberry.ID = input_field("An active one-time price in the currency of the subscription.")
    quantity: int | None = input_field("How many units; 1 by default.")
    unit_amount: MinorUnits | None = input_field(
        "What the customer chose to pay for a unit, with a price that has `customUnitAmount`; its preset by default."
        " A schedule takes no such price."
    )
    discounts: list[DiscountInput] | None = input_field("Discounts of it alone, in order; at most 20.")
    tax_rates: list[strawberry.ID] | None = input_field(
        "Its own tax rates, at most five, instead of those of the subscription."
    )


@strawberry.input(description="A price made for one invoice item alone; nobody else can buy by it.")
class InvoiceItemPriceDataInput:
    """Becomes `InlinePriceDraft`."""

    product: strawberry.ID = input_field("The product that is sold.")
    currency: Currency = input_field("What it is charged in.")
    unit_amount: MinorUnits | None = input_field("What one unit costs; or give `unitAmountDecimal`.")
    unit_amount_decimal: Decimal | None = input_field("The same with up to twelve decimals of a minor unit.")
    tax_behavior: TaxBehavior | None = input_field("Whether tax is in the amount already; UNSPECIFIED by default.")
    metadata: Metadata | None = input_field("Labels of your own for the price.")


@strawberry.input(description="The time that an amount is for.")
class InvoiceItemPeriodInput:
    """Becomes `SpanDraft`."""

    start: datetime = input_field("Its first moment.")
    end: datetime = input_field("The moment after its last; not before `start`.")


@strawberry.input(
    description="What the next invoice of a customer or a subscription is to have, or a draft at once: `amount`, "
    "`price` or `priceData`."
)
class InvoiceItemCreateInput:
    """Becomes `InvoiceItemDraft`."""

    customer: strawberry.ID | None = input_field(
        "Who is to pay; their next invoice takes it up, whatever that is for. Not needed with the other two."
    )
    subscription: strawberry.ID | None = input_field(
        "The subscription whose next invoice alone takes it up; it must not have ended."
    )
    invoice: strawberry.ID | None = input_field("A draft that it is put on at once.")
    currency: Currency | None = input_field(
        "What the amount is in; the subscription's or the draft's, else the customer's by default."
    )
    amount: MinorUnits | None = input_field("What it adds; negative gives back.")
    price: strawberry.ID | None = input_field("Or an active one-time price.")
    price_data: InvoiceItemPriceDataInput | None = input_field("Or a price that is made for it.")
    quantity: int | None = input_field("How many units of the price; 1 by default.")
    unit_amount: MinorUnits | None = input_field(
        "What the customer chose to pay for a unit, with a price that has `customUnitAmount`; its preset by default."
    )
    description: str | None = input_field("What the customer reads, at most 500 characters.")
    period: InvoiceItemPeriodInput | None = input_field("The time that it is for; the moment of its making by default.")
    discounts: list[DiscountInput] | None = input_field("Discounts of it alone, in order; at most 20.")
    discountable: bool | None = input_field("Whether discounts apply to it; true by default.")
    tax_rates: list[strawberry.ID] | None = input_field(
        "Its own tax rates, at most five, instead of those of its invoice. They go before automatic tax of the invoice "
        "that takes it up; where it is known that there will be automatic tax, they are refused."
    )
    metadata: Metadata | None = input_field("Labels of your own.")


@strawberry.input(description="What changes about an invoice item that waits. What is not mentioned stays.")
class InvoiceItemUpdateInput:
    """Becomes `InvoiceItemChange`."""

    id: strawberry.ID = input_field("The invoice item; it has to be pending.")
    amount: strawberry.Maybe[MinorUnits | None] = input_field("What it adds, unless a price or a proration says that.")
    description: strawberry.Maybe[str | None] = input_field("What the customer reads, at most 500 characters.")
    discounts: strawberry.Maybe[list[DiscountInput] | None] = input_field(
        "All the discounts of it from now on, at most 20; null takes them away."
    )
    discountable: strawberry.Maybe[bool | None] = input_field("Whether discounts apply to it.")
    tax_rates: strawberry.Maybe[list[strawberry.ID] | None] = input_field(
        "Its own tax rates, at most five; null goes back to those of its invoice."
    )
    metadata: strawberry.Maybe[Metadata | None] = input_field("Labels of your own.")


@strawberry.input(description="Which invoice item is dropped.")
class InvoiceItemDeleteInput:
    """Names the item."""

    id: strawberry.ID = input_field("The invoice item; it has to be pending.")


InvoiceItemCreatePayload = payload(
    "invoiceItemCreate", invoice_item=(InvoiceItemRef, "The item that waits or is on its draft; null when refused.")
)
InvoiceItemUpdatePayload = payload("invoiceItemUpdate", invoice_item=(InvoiceItemRef, "The item; null when refused."))
InvoiceItemDeletePayload = payload(
    "invoiceItemDelete", invoice_item=(InvoiceItemRef, "The item as it was; null when refused.")
)
