"""Prepaid credit in the API: grants, the journal of what becomes of them, and what is left."""

from datetime import datetime
from typing import Any

import strawberry

import models
from domain.credit_grants import (
    CreditBalanceTransactionType,
    CreditCause,
    CreditGrantCategory,
    CreditPriceType,
    DebitCause,
)
from domain.ids import Prefix
from domain.lifecycles import CreditGrantStatus
from schema.base import DIRECT, Node, Wrapping, column, computed, describe_enum, input_field, node_type, part_type
from schema.payloads import payload
from schema.refs import (
    CreditBalanceTransactionRef,
    CreditGrantRef,
    CustomerRef,
    InvoiceLineRef,
    InvoiceRef,
    PriceRef,
    TestClockRef,
)
from schema.relations import named, one
from schema.scalars import Currency, Metadata, MinorUnits

describe_enum(
    CreditGrantStatus,
    "Where a credit grant stands.",
    GRANTED="It pays once it is in force, as long as something is left.",
    EXPIRED="What was left of it is lost. Final.",
    VOIDED="It was taken back before anything of it was used. Final.",
)
describe_enum(
    CreditGrantCategory,
    "Whether the customer paid for credit.",
    PAID="Yes.",
    PROMOTIONAL="No; it is used before what was paid for.",
)
describe_enum(CreditPriceType, "A kind of prices that credit is for.", METERED="Those that bill what a meter counts.")
describe_enum(CreditBalanceTransactionType, "Whether prepaid credit came or went.", CREDIT="It came.", DEBIT="It went.")
describe_enum(
    CreditCause,
    "Why prepaid credit came.",
    CREDITS_APPLICATION_INVOICE_VOIDED="An invoice that had used it was voided.",
    CREDITS_GRANTED="It was granted.",
)
describe_enum(
    DebitCause,
    "Why prepaid credit went.",
    CREDITS_APPLIED="It paid a line of an invoice.",
    CREDITS_EXPIRED="Its time was over.",
    CREDITS_VOIDED="Its grant was voided.",
)


@part_type
class CreditMoney(Wrapping):
    """An amount of money."""

    value: MinorUnits = column("How much.")
    currency: Currency = column("What it is in.")


@part_type
class CreditAmount(Wrapping):
    """An amount of prepaid credit."""

    @computed("The amount as money.")
    def monetary(self) -> CreditMoney:
        """Credit is always money."""
        return CreditMoney.of(self.row)


def _credit_amount(value: int, currency: str) -> CreditAmount:
    return CreditAmount.of({"value": value, "currency": currency})


@part_type
class CreditGrantScope(Wrapping):
    """The prices that credit is for."""

    price_type: CreditPriceType | None = column("All prices of this kind; null where prices are named.")
    prices: list[PriceRef] = named("prices", Prefix.PRICE, "The prices; empty where their kind is named.")


@part_type
class CreditGrantApplicabilityConfig(Wrapping):
    """What credit is for."""

    @computed("The prices.")
    def scope(self) -> CreditGrantScope:
        """Reads through to the grant."""
        return CreditGrantScope.of(self.row)


@node_type(models.CreditGrant, kind="credit_grants", prefix=Prefix.CREDIT_GRANT)
class CreditGrant(Node):
    """Credit of a customer that pays lines of invoices, after discounts and before tax, when they are finalized."""

    created: datetime = column("When it was granted, by the customer's clock.", source="created_at")
    updated: datetime = column("When it was changed last.", source="updated_at")
    livemode: bool = column("Whether real money is meant.")
    customer: CustomerRef = one("customer_id", "Whose it is.")
    status: CreditGrantStatus = column("Where it stands.")
    name: str | None = column("What you call it.")
    category: CreditGrantCategory = column("Whether the customer paid for it.")
    priority: int = column("From 0 to 100; a lower one is drawn first.")
    effective_at: datetime = column("From when on it pays.")
    expires_at: datetime | None = column("From when on what is left is lost; null for never.")
    voided_at: datetime | None = column("When it was voided.")
    test_clock: TestClockRef | None = one("test_clock_id", "The customer's test clock, if they live by one.")
    metadata: Metadata = column("Labels of your own.")

    @computed("How much was granted; what is left says `creditBalanceSummary`.")
    def amount(self) -> CreditAmount:
        """Reads through to the grant."""
        return _credit_amount(self.row.amount, self.row.currency)

    @computed("What it is for.")
    def applicability_config(self) -> CreditGrantApplicabilityConfig:
        """Reads through to the grant."""
        return CreditGrantApplicabilityConfig.of(self.row)


@part_type
class CreditApplication(Wrapping):
    """The line of an invoice that prepaid credit paid."""

    invoice: InvoiceRef = one("invoice_id", "The invoice.")
    invoice_line_item: InvoiceLineRef = one("invoice_line_id", "Its line.")


@part_type
class CreditBalanceCredit(Wrapping):
    """Prepaid credit that came."""

    type: CreditCause = column("Why.", source="cause")

    @computed("How much.")
    def amount(self) -> CreditAmount:
        """Reads through to the line of the journal."""
        return _credit_amount(self.row.amount, self.row.currency)

    @computed("What had used it, where an invoice was voided; null otherwise.")
    def credits_application_invoice_voided(self) -> CreditApplication | None:
        """Reads through to the line of the journal."""
        voided = self.row.cause == CreditCause.CREDITS_APPLICATION_INVOICE_VOIDED
        return CreditApplication.of(self.row) if voided else None


@part_type
class CreditBalanceDebit(Wrapping):
    """Prepaid credit that went."""

    type: DebitCause = column("Why.", source="cause")

    @computed("How much.")
    def amount(self) -> CreditAmount:
        """Reads through to the line of the journal, which is negative."""
        return _credit_amount(-self.row.amount, self.row.currency)

    @computed("What it paid; null where it paid nothing.")
    def credits_applied(self) -> CreditApplication | None:
        """Reads through to the line of the journal."""
        return CreditApplication.of(self.row) if self.row.cause == DebitCause.CREDITS_APPLIED else None


@node_type(models.CreditBalanceTransaction, kind="credit_grants", prefix=Prefix.CREDIT_BALANCE_TRANSACTION)
class CreditBalanceTransaction(Node):
    """One line of the journal of a credit grant. It never changes; what is left of the grant is the sum."""

    created: datetime = column("When it was written, by the customer's clock.", source="created_at")
    effective_at: datetime = column("When it takes effect.")
    livemode: bool = column("Whether real money is meant.")
    credit_grant: CreditGrantRef = one("credit_grant_id", "The grant.")
    test_clock: TestClockRef | None = one("test_clock_id", "The customer's test clock, if they live by one.")

    @computed("Whether credit came or went.")
    def type(self) -> CreditBalanceTransactionType:
        """The sign of its amount."""
        gives = self.row.amount > 0
        return CreditBalanceTransactionType.CREDIT if gives else CreditBalanceTransactionType.DEBIT

    @computed("What came; null where credit went.")
    def credit(self) -> CreditBalanceCredit | None:
        """Reads through to the row."""
        return CreditBalanceCredit.of(self.row) if self.row.amount > 0 else None

    @computed("What went; null where credit came.")
    def debit(self) -> CreditBalanceDebit | None:
        """Reads through to the row."""
        return None if self.row.amount > 0 else CreditBalanceDebit.of(self.row)


@part_type
class PretaxCreditAmount(Wrapping):
    """What a credit grant pays of a line or an invoice, after discounts and before tax."""

    amount: MinorUnits = column("How much.")
    credit_grant: CreditGrantRef = one("credit_grant", "The grant.")
    credit_balance_transaction: CreditBalanceTransactionRef | None = one(
        "credit_balance_transaction", "The line of its journal; null in previews, which draw nothing."
    )


def pretax_credit_amounts(source: str, description: str) -> Any:
    """A field for what a row says in the column `source` that prepaid credit paid."""

    def resolve(wrapped: Any, _info: Any) -> list[PretaxCreditAmount]:
        return [PretaxCreditAmount.of(each) for each in getattr(wrapped.row, source)]

    return strawberry.field(description=description, metadata={DIRECT: resolve})


@part_type
class CreditBalance(Wrapping):
    """What is left in one currency."""

    @computed("What can be drawn now.")
    def available_balance(self) -> CreditAmount:
        """Of the grants in force."""
        return _credit_amount(self.row.available, self.row.currency)

    @computed("What the journals sum to, with grants that are not in force yet.")
    def ledger_balance(self) -> CreditAmount:
        """Of all grants."""
        return _credit_amount(self.row.ledger, self.row.currency)


@part_type
class CreditBalanceSummary(Wrapping):
    """What is left of a customer's prepaid credit."""

    customer: CustomerRef = one("customer_id", "Whose it is.")

    @computed("What is left, by currency of the grants.")
    def balances(self) -> list[CreditBalance]:
        """As the service summed it up."""
        return [CreditBalance.of(each) for each in self.row.balances]


@strawberry.input(description="An amount of money.")
class CreditMonetaryInput:
    """Becomes `MonetaryDraft`."""

    value: MinorUnits = input_field("How much; 1 or more.")
    currency: Currency = input_field("What it is in; only invoices in this currency are paid.")


@strawberry.input(description="How much credit.")
class CreditGrantAmountInput:
    """Becomes `CreditAmountDraft`."""

    monetary: CreditMonetaryInput = input_field("The amount as money.")


@strawberry.input(description="The prices that credit is for: all of a kind, or those that are named.")
class CreditScopeInput:
    """Becomes `CreditScopeDraft`."""

    price_type: CreditPriceType | None = input_field("All prices of this kind.")
    prices: list[strawberry.ID] | None = input_field("These prices, at most 20; they need not be metered.")


@strawberry.input(description="What credit is for.")
class CreditGrantApplicabilityConfigInput:
    """Becomes `ApplicabilityDraft`."""

    scope: CreditScopeInput = input_field("The prices.")


@strawberry.input(description="New credit of a customer.")
class CreditGrantCreateInput:
    """Becomes `CreditGrantDraft`."""

    customer: strawberry.ID = input_field("Whose it is.")
    amount: CreditGrantAmountInput = input_field("How much is granted.")
    applicability_config: CreditGrantApplicabilityConfigInput = input_field("What it is for.")
    category: CreditGrantCategory = input_field("Whether the customer paid for it.")
    effective_at: datetime | None = input_field("From when on it pays; now by default.")
    expires_at: datetime | None = input_field("From when on what is left is lost; never by default.")
    name: str | None = input_field("What you call it; at most 100 characters.")
    priority: int | None = input_field("From 0, which is drawn first, to 100; 50 by default.")
    metadata: Metadata | None = input_field("Labels of your own.")


@strawberry.input(description="What changes about credit. What is not mentioned stays.")
class CreditGrantUpdateInput:
    """Becomes `CreditGrantChange`."""

    id: strawberry.ID = input_field("The grant.")
    expires_at: strawberry.Maybe[datetime | None] = input_field("When it expires, which lies ahead; null for never.")
    metadata: Metadata | None = input_field("Labels of your own, merged into what is there.")


@strawberry.input(description="Which credit is to expire now.")
class CreditGrantExpireInput:
    """Names the grant."""

    id: strawberry.ID = input_field("The grant.")


@strawberry.input(description="Which credit is taken back.")
class CreditGrantVoidInput:
    """Names the grant."""

    id: strawberry.ID = input_field("The grant, of which nothing was used.")


@strawberry.input(description="Which grants to list. What is not given is not asked.")
class CreditGrantFilter:
    """Becomes `CreditGrantSearch`."""

    customer: strawberry.ID | None = input_field("Only this customer's.")


@strawberry.input(description="Which lines of journals to list. What is not given is not asked.")
class CreditBalanceTransactionFilter:
    """Becomes `CreditBalanceTransactionSearch`."""

    customer: strawberry.ID | None = input_field("Only this customer's.")
    credit_grant: strawberry.ID | None = input_field("Only those of this grant.")


@strawberry.input(one_of=True, description="Of which grants to sum up what is left.")
class CreditBalanceSummaryFilter:
    """Becomes `CreditBalanceFilter`."""

    credit_grant: strawberry.ID | None = input_field("Of this grant alone.")
    applicability_scope: CreditScopeInput | None = input_field(
        "Of those that are for this kind of prices, or for any of these prices."
    )


CreditGrantCreatePayload = payload("creditGrantCreate", credit_grant=(CreditGrantRef, "The new grant."))
CreditGrantUpdatePayload = payload("creditGrantUpdate", credit_grant=CreditGrantRef)
CreditGrantExpirePayload = payload("creditGrantExpire", credit_grant=(CreditGrantRef, "The grant, EXPIRED."))
CreditGrantVoidPayload = payload("creditGrantVoid", credit_grant=(CreditGrantRef, "The grant, VOIDED."))
