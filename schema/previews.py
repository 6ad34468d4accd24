"""Previews in the API: invoices that do not exist, with the lines that the real ones would have."""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

import strawberry

from domain.reckoning_in_words import steps_in_words
from domain.subscriptions import AnchorChange, ProrationBehavior
from schema.base import Wrapping, column, computed, input_field, part_type
from schema.coupons import DiscountAmount, DiscountInput
from schema.credit_grants import PretaxCreditAmount
from schema.payloads import payload
from schema.refs import AccountRef, CustomerRef, PriceRef, ProductRef, SubscriptionRef
from schema.relations import one
from schema.scalars import INT_LIMIT, Currency, MinorUnits
from schema.subscriptions import SubscriptionCreateInput, SubscriptionItemChangeInput
from schema.tax import InvoiceAutomaticTax, TaxAmount
from schema.transfers import TransferData, application_fee_amount, on_behalf_of, transfer_data


@part_type
class InvoicePreviewPeriod(Wrapping):
    """The time that a line would bill for."""

    start: datetime = column("Its first moment.", source="period_start")
    end: datetime = column("The moment after its last.", source="period_end")


@part_type
class InvoicePreviewLine(Wrapping):
    """One amount that the invoice would ask for."""

    description: str = column("What it is for.")
    amount: MinorUnits = column("How much it adds to the invoice; negative gives back.")
    currency: Currency = column("What the amount is in.")
    unit_amount_decimal: Decimal | None = column(
        "What one unit costs, in minor units with decimals; null with tiers.", source="unit_amount"
    )
    price: PriceRef | None = one("price_id", "The price that it is computed from.")
    product: ProductRef | None = one("product_id", "What is sold.")
    proration: bool = column("Whether it corrects a period that was billed before.")

    @computed("How many units are billed, without decimals; null beyond 2 147 483 647.")
    def quantity(self) -> int | None:
        """From the row, where an Int can say it."""
        return int(self.row.quantity) if abs(self.row.quantity) < INT_LIMIT else None

    @computed("How many units are billed, with the decimals that use may have.")
    def quantity_decimal(self) -> Decimal:
        """From the calculation."""
        return Decimal(self.row.calculation.quantity)

    @computed("The time that it bills for.")
    def period(self) -> InvoicePreviewPeriod:
        """Reads through to the line."""
        return InvoicePreviewPeriod.of(self.row)

    @computed("What prepaid credit would pay of it.")
    def pretax_credit_amounts(self) -> list[PretaxCreditAmount]:
        """As foreseen."""
        return [PretaxCreditAmount.of(each.as_json()) for each in self.row.credits]

    @computed("How the amount comes about, in words.")
    def explanation(self) -> str:
        """The calculation as a sentence."""
        line = self.row
        discounts = [each.as_json() for each in line.discount_amounts]
        draws = [each.as_json() for each in line.credits]
        taxes = [each.as_json() for each in line.taxes]
        how = str(line.calculation.explanation())
        return how + steps_in_words(line.amount, discounts, taxes, line.currency, draws)

    @computed("What each discount takes off it, in order.")
    def discount_amounts(self) -> list[DiscountAmount]:
        """As worked out."""
        return [DiscountAmount.of(each.as_json()) for each in self.row.discount_amounts]

    @computed("What each tax rate comes to on it.")
    def taxes(self) -> list[TaxAmount]:
        """As worked out."""
        return [TaxAmount.of(each.as_json()) for each in self.row.taxes]


@part_type
class InvoicePreview(Wrapping):
    """An invoice that does not exist: what it would ask for if it were made now."""

    customer: CustomerRef = one("customer_id", "Who would pay.")
    subscription: SubscriptionRef | None = one(
        "subscription_id", "The subscription that would be billed; null for one that does not exist yet."
    )
    period_start: datetime = column("Beginning of the time that will have passed; its lines look ahead.")
    period_end: datetime = column("End of that time.")
    application_fee_amount: MinorUnits | None = application_fee_amount("What a platform would have of it.")
    transfer_data: list[TransferData] = transfer_data("What other accounts would receive of its payment, in order.")
    on_behalf_of: AccountRef | None = on_behalf_of("The account that would sell; null where the one that charges does.")

    @computed("What all its amounts are in.")
    def currency(self) -> Currency:
        """The subscription's."""
        return Currency(self.row.draft.currency)

    @computed("What it would ask for, line by line.")
    def lines(self) -> list[InvoicePreviewLine]:
        """As drafted."""
        return [InvoicePreviewLine.of(each) for each in self.row.lines]

    @computed("The sum of the lines.")
    def subtotal(self) -> MinorUnits:
        """As drafted."""
        return MinorUnits(self.row.draft.subtotal)

    @computed("Whether tax would be worked out from where the customer is.")
    def automatic_tax(self) -> InvoiceAutomaticTax:
        """As drafted; a draft without tax need not say so."""
        draft = self.row.draft
        return InvoiceAutomaticTax.of(replace(draft, automatic_tax=bool(draft.automatic_tax)))

    @computed("What each discount takes off, over all lines.")
    def total_discount_amounts(self) -> list[DiscountAmount]:
        """As drafted."""
        return [DiscountAmount.of(each.as_json()) for each in self.row.draft.total_discount_amounts]

    @computed("What each tax rate comes to, over all lines.")
    def total_taxes(self) -> list[TaxAmount]:
        """As drafted."""
        return [TaxAmount.of(each.as_json()) for each in self.row.draft.total_taxes]

    @computed("What would be asked for, without tax.")
    def total_excluding_tax(self) -> MinorUnits:
        """As drafted."""
        return MinorUnits(self.row.draft.total_excluding_tax)

    @computed("What prepaid credit would pay, line by line.")
    def total_pretax_credit_amounts(self) -> list[PretaxCreditAmount]:
        """As foreseen."""
        return [PretaxCreditAmount.of(each.as_json()) for each in self.row.draft.credits]

    @computed("What would be asked for before the customer's balance is set against it.")
    def total(self) -> MinorUnits:
        """As drafted."""
        return MinorUnits(self.row.draft.total)

    @computed("The customer's balance now; negative is credit.")
    def starting_balance(self) -> MinorUnits:
        """As it stands."""
        return MinorUnits(self.row.settlement.starting_balance)

    @computed("The customer's balance after it.")
    def ending_balance(self) -> MinorUnits:
        """As it would be."""
        return MinorUnits(self.row.settlement.ending_balance)

    @computed("What would remain to be paid once the balance is set against it.")
    def amount_due(self) -> MinorUnits:
        """As it would be settled."""
        return MinorUnits(self.row.settlement.amount_due)


@strawberry.input(description="A change of items that is thought of.")
class InvoicePreviewSubscriptionDetailsInput:
    """Becomes `ChangeDetails`."""

    items: list[SubscriptionItemChangeInput] | None = input_field("The items that would change; the others stay.")
    proration_behavior: ProrationBehavior | None = input_field(
        "What would become of the difference; CREATE_PRORATIONS by default. ALWAYS_INVOICE previews the invoice of the"
        " change itself."
    )
    proration_date: datetime | None = input_field(
        "From when the difference would count; now by default. Give the same date to `subscriptionUpdate`."
    )
    billing_cycle_anchor: AnchorChange | None = input_field("NOW would count periods from now on.")


@strawberry.input(description="What to preview: the next renewal, a change, or the beginning of a new subscription.")
class InvoiceCreatePreviewInput:
    """Becomes `PreviewDraft`."""

    subscription: strawberry.ID | None = input_field(
        "The subscription; it has to be TRIALING, ACTIVE, PAST_DUE or UNPAID. Or give `newSubscription`."
    )
    new_subscription: SubscriptionCreateInput | None = input_field(
        "What `subscriptionCreate` would be given. No payment method is needed, and nothing is tried."
    )
    subscription_details: InvoicePreviewSubscriptionDetailsInput | None = input_field(
        "The change; without it the next renewal is previewed."
    )
    discounts: list[DiscountInput] | None = input_field(
        "The discounts to reckon the invoice with, instead of those of the subscription and the customer; an empty "
        "list for none. Nothing is redeemed. Those of a new subscription stand in `newSubscription`."
    )


@dataclass(frozen=True, slots=True)
class Previewed:
    """What the payload shows."""

    invoice_preview: InvoicePreview


InvoiceCreatePreviewPayload = payload(
    "invoiceCreatePreview", invoice_preview=(InvoicePreview, "The invoice as it would be; null when refused.")
)
