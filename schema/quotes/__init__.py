"""Quotes in the API: offers that customers may accept."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import strawberry

import models
from domain.calculations import Calculation
from domain.ids import Prefix
from domain.invoices import CollectionMethod
from domain.lifecycles import QuoteStatus
from domain.periods import Interval
from domain.quotes import LINES_MAX
from domain.reckoning_in_words import steps_in_words
from domain.subscriptions import BillingMode
from schema.base import Node, Wrapping, column, computed, describe_enum, input_field, node_type, part_type
from schema.coupons import PlannedDiscount, PlannedDiscountAmount, planned_discounts
from schema.papers import paper
from schema.refs import (
    AccountRef,
    CustomerRef,
    InvoiceRef,
    PriceRef,
    QuoteLineItemRef,
    QuoteRef,
    SubscriptionRef,
    SubscriptionScheduleRef,
    TaxRateRef,
    TestClockRef,
)
from schema.relations import many, named, one
from schema.scalars import Currency, Json, Metadata, MinorUnits
from schema.tax import InvoiceAutomaticTax, TaxAmount, automatic_tax, tax_amounts
from schema.transfers import (
    TransferData,
    application_fee_amount,
    application_fee_percent,
    on_behalf_of,
    transfer_data,
)

describe_enum(
    QuoteStatus,
    "Where a quote stands.",
    DRAFT="It is being prepared; what it offers may still change.",
    OPEN="It has its number and may be accepted; what it offers stays.",
    ACCEPTED="What it offered has come to be. Final.",
    CANCELED="It was withdrawn, replaced by a revision, or expired. Final.",
)


@part_type
class QuoteTotalDetails(Wrapping):
    """What lies between a subtotal and its total."""

    amount_discount: MinorUnits = column("What discounts take off.")

    amount_tax: MinorUnits = column("What tax comes to, on top or within.")


def _details(discount: int, taxes: list[dict[str, Any]]) -> QuoteTotalDetails:
    return QuoteTotalDetails.of({"amount_discount": discount, "amount_tax": sum(each["amount"] for each in taxes)})


def _discount(row: Any) -> int:
    return sum(each["amount"] for each in row.total_discount_amounts)


@part_type
class QuoteUpfront(Wrapping):
    """What the first invoice asks for."""

    amount_subtotal: MinorUnits = column("Before discounts and taxes.", source="upfront_subtotal")
    amount_total: MinorUnits = column("After discounts and taxes.", source="upfront_total")

    @computed("What lies between the two.")
    def total_details(self) -> QuoteTotalDetails:
        """Worked out with them."""
        row = self.row
        at_once = row.upfront_subtotal == row.amount_subtotal
        return _details(_discount(row), row.total_taxes) if at_once else _details(0, [])


@part_type
class QuoteRecurring(Wrapping):
    """What every period costs."""

    amount_subtotal: MinorUnits = column("Before discounts and taxes.", source="recurring_subtotal")
    amount_total: MinorUnits = column("After taxes and those discounts that never end.", source="recurring_total")
    interval: Interval = column("The unit of a period.")
    interval_count: int = column("How many units a period has.")

    @computed("What lies between the two amounts.")
    def total_details(self) -> QuoteTotalDetails:
        """Worked out with them."""
        return _details(self.row.recurring_discount, self.row.recurring_taxes)


@part_type
class QuoteComputed(Wrapping):
    """What the customer will be charged, by when."""

    @computed("With the first invoice. During a trial that is nothing for what recurs.")
    def upfront(self) -> QuoteUpfront:
        """Reads through to the quote."""
        return QuoteUpfront.of(self.row)

    @computed("In every period; null when nothing on the quote recurs.")
    def recurring(self) -> QuoteRecurring | None:
        """Reads through to the quote."""
        return None if self.row.interval is None else QuoteRecurring.of(self.row)


@part_type
class QuoteSubscriptionData(Wrapping):
    """What the subscription will be like that comes of a quote."""

    trial_period_days: int | None = column("For how many days nothing is charged for what recurs; null without trial.")
    effective_date: datetime | None = column("When it is to begin; null is on acceptance.")
    billing_mode: BillingMode = column("By which rules later changes are prorated.")
    description: str | None = column("What the customer may read about it.", source="subscription_description")
    metadata: Metadata = column("Its labels.", source="subscription_metadata")


@part_type
class QuoteInvoiceSettings(Wrapping):
    """How the invoices are that come of a quote."""

    days_until_due: int | None = column("How many days a sent one may take; null where the customer is charged.")


@part_type
class QuoteFromQuote(Wrapping):
    """What a quote was copied from."""

    quote: QuoteRef = one("from_quote_id", "The other quote.")
    is_revision: bool = column("Whether it takes that quote's place once it is finalized.")


@part_type
class QuoteStatusTransitions(Wrapping):
    """When a quote came to its statuses."""

    finalized_at: datetime | None = column("When it was finalized.")
    accepted_at: datetime | None = column("When it was accepted.")
    canceled_at: datetime | None = column("When it was canceled or expired.")


@node_type(models.Quote, kind="quotes", prefix=Prefix.QUOTE)
class Quote(Node):
    """An offer to a customer: once accepted, it becomes a subscription, or an invoice when nothing on it recurs."""

    created: datetime = column("When it was made, by the customer's clock.", source="created_at")
    livemode: bool = column("Whether real money is meant.")
    status: QuoteStatus = column("Where it stands.")
    number: str | None = column(
        "What it is called, given when it is finalized: `QT`, the customer's prefix, which of their quotes it is, and "
        "its revision."
    )
    customer: CustomerRef = one("customer_id", "To whom it is made.")
    currency: Currency = column("What its amounts are in.")
    line_items: list[QuoteLineItemRef] = many(
        "quote_id", f"What is offered, at most {LINES_MAX} lines in order.", order="position", limit=LINES_MAX
    )
    amount_subtotal: MinorUnits = column("The sum of its lines before discounts and taxes.")
    amount_total: MinorUnits = column("The sum of its lines after discounts and taxes.")
    default_tax_rates: list[TaxRateRef] = named(
        "default_tax_rates", Prefix.TAX_RATE, "The tax rates of lines that have none of their own."
    )
    automatic_tax: InvoiceAutomaticTax = automatic_tax(InvoiceAutomaticTax)
    total_taxes: list[TaxAmount] = tax_amounts("total_taxes", "What each tax rate comes to, over all lines.")
    discounts: list[PlannedDiscount] = planned_discounts(
        "What is redeemed on acceptance for all that it offers, in the order in which it applies."
    )
    application: strawberry.ID | None = column(
        "The platform that made it for its account; null where the account did so itself.", source="application_id"
    )
    application_fee_amount: MinorUnits | None = application_fee_amount(
        "What a platform has of the invoice that comes of it; null where something recurs."
    )
    application_fee_percent: Decimal | None = application_fee_percent(
        "Which percentage a platform has of the subscription that comes of it."
    )
    transfer_data: list[TransferData] = transfer_data("What other accounts receive of what comes of it, in order.")
    on_behalf_of: AccountRef | None = on_behalf_of()
    collection_method: CollectionMethod = column("How the invoices are collected that come of it.")
    header: str | None = column("What stands above it.")
    description: str | None = column("What the customer reads about it.")
    footer: str | None = column("What stands below it.")
    pdf: str | None = paper("Where everyone who has this address can read it as a PDF; null until it is finalized.")
    expires_at: datetime = column("When it is canceled by itself, unless it is accepted before.")
    subscription: SubscriptionRef | None = one(
        "subscription_id", "What came of it, if anything on it recurs; null until then."
    )
    invoice: InvoiceRef | None = one("invoice_id", "What came of it when nothing on it recurs; null until then.")
    subscription_schedule: SubscriptionScheduleRef | None = one(
        "schedule_id", "What came of it when its subscription begins later; null until then."
    )
    test_clock: TestClockRef | None = one("test_clock_id", "The customer's test clock, if they live by one.")
    metadata: Metadata = column("Labels of your own.")

    @computed("What each discount takes off, over all lines.")
    def total_discount_amounts(self) -> list[PlannedDiscountAmount]:
        """As worked out with the lines."""
        return [PlannedDiscountAmount.of(dict(each)) for each in self.row.total_discount_amounts]

    @computed("What lies between the subtotal and the total.")
    def total_details(self) -> QuoteTotalDetails:
        """Worked out with them."""
        return _details(_discount(self.row), self.row.total_taxes)

    @computed("What the customer will be charged at first, and what each period.", name="computed")
    def computation(self) -> QuoteComputed:
        """Reads through to the quote."""
        return QuoteComputed.of(self.row)

    @computed("What the subscription will be like.")
    def subscription_data(self) -> QuoteSubscriptionData:
        """Reads through to the quote."""
        return QuoteSubscriptionData.of(self.row)

    @computed("How the invoices will be.")
    def invoice_settings(self) -> QuoteInvoiceSettings:
        """Reads through to the quote."""
        return QuoteInvoiceSettings.of(self.row)

    @computed("What it was copied from; null when it was not.")
    def from_quote(self) -> QuoteFromQuote | None:
        """Reads through to the quote."""
        return None if self.row.from_quote_id is None else QuoteFromQuote.of(self.row)

    @computed("When it came to its statuses.")
    def status_transitions(self) -> QuoteStatusTransitions:
        """Reads through to the quote."""
        return QuoteStatusTransitions.of(self.row)


@node_type(models.QuoteLine, kind="quotes", prefix=Prefix.QUOTE_LINE)
class QuoteLineItem(Node):
    """So many units of one price, as they are offered."""

    quote: QuoteRef = one("quote_id", "The quote it stands on.")
    price: PriceRef = one("price_id", "What one unit costs, and how often; one-time prices are charged once.")
    quantity: int = column("How many units.")
    description: str = column("What it is for.")
    amount_subtotal: MinorUnits = column("What it comes to before discounts and taxes: once, or each period.")
    amount_total: MinorUnits = column("What it comes to after discounts and taxes.")
    tax_rates: list[TaxRateRef] = named(
        "tax_rates", Prefix.TAX_RATE, "Its own tax rates, instead of those of the quote."
    )
    taxes: list[TaxAmount] = tax_amounts("taxes", "What each tax rate comes to on it.")
    discounts: list[PlannedDiscount] = planned_discounts(
        "What is redeemed on acceptance for this line alone; applies before what is for the whole quote."
    )
    currency: Currency = column("What the amounts are in.")
    calculation: Json = column("How the amount came about, for a program.")

    @computed("What discounts take off it.")
    def amount_discount(self) -> MinorUnits:
        """Worked out with the amounts."""
        return MinorUnits(sum(each["amount"] for each in self.row.discount_amounts))

    @computed("What each discount takes off it, in order.")
    def discount_amounts(self) -> list[PlannedDiscountAmount]:
        """As worked out with the quote."""
        return [PlannedDiscountAmount.of(dict(each)) for each in self.row.discount_amounts]

    @computed("How the amount came about, in words.")
    def explanation(self) -> str:
        """The calculation as a sentence."""
        row = self.row
        how = Calculation.from_json(row.calculation).explanation()
        return how + steps_in_words(row.amount_subtotal, row.discount_amounts, row.taxes, row.currency)


@strawberry.input(description="Which of a customer's quotes to show.")
class QuotePageFilter:
    """Arguments of `Customer.quotes`; its fields are columns."""

    status: list[QuoteStatus] | None = input_field("Only those in one of these statuses.")


@strawberry.input(description="Which quotes to list. What is not given is not asked.")
class QuoteFilter:
    """Becomes `QuoteSearch`."""

    customer: strawberry.ID | None = input_field("Only this customer's.")
    status: QuoteStatus | None = input_field("Only those in this status.")
