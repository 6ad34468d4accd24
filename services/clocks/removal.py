"""Removing what lives on a test clock: its customers, and everything that belongs to them."""

from collections.abc import Iterable, Sequence
from typing import Final

from models import (
    ActiveEntitlement,
    AgendaEntry,
    ApplicationFee,
    ApplicationFeeRefund,
    BalanceTransaction,
    BillingAlert,
    BillingAlertTrigger,
    Charge,
    CreditBalanceTransaction,
    CreditGrant,
    CreditNote,
    CreditNoteLine,
    Customer,
    CustomerBalanceTransaction,
    CustomerTaxId,
    DestinationPayment,
    Discount,
    Dispute,
    EntitlementSummary,
    Invoice,
    InvoiceItem,
    InvoiceLine,
    MeterEvent,
    OutOfBandPayment,
    PaymentIntent,
    PaymentMethod,
    Payout,
    PromotionCode,
    Quote,
    QuoteLine,
    Refund,
    SandboxOutcome,
    SetupIntent,
    Subscription,
    SubscriptionItem,
    SubscriptionSchedule,
    TestClock,
    Topup,
    Transfer,
    TransferReversal,
    UsageBucket,
    UsagePeriod,
    UsageValue,
)
from models.base import Owned
from services.base import Service, part
from services.price_migrations.working import Working
from services.rows import delete_by

_OF_CUSTOMERS: Final[Sequence[type[Owned]]] = (
    Quote, PaymentIntent, InvoiceItem, Invoice, SubscriptionSchedule, Subscription, SetupIntent, PaymentMethod,
    CustomerTaxId, Discount, PromotionCode, MeterEvent, UsageValue, UsageBucket, BillingAlertTrigger, BillingAlert,
    CustomerBalanceTransaction,
    ActiveEntitlement, CreditBalanceTransaction, CreditGrant,
)  # fmt: skip
"""What names its customer, in an order in which nothing is removed before what refers to it."""


class Removal(Service):
    """Deletes rows for good. Events stay: they tell what happened."""

    migrations = part(Working)

    async def remove(self, clock: TestClock) -> None:
        """The clock, its customers and all that is theirs, the movements on the books of all accounts included."""
        customers = [row.id for row in await self.mine(Customer).filter(test_clock_id=clock.id).only("id")]
        charges = await self._ids(Charge, "customer_id", customers)
        refunds = await self._ids(Refund, "charge_id", charges)
        disputes = await self._ids(Dispute, "charge_id", charges)
        setups = await self._ids(SetupIntent, "customer_id", customers)
        await self._delete(Refund, "id", refunds)
        await self._delete(Dispute, "id", disputes)
        await self._delete(Charge, "id", charges)
        invoices = await self._ids(Invoice, "customer_id", customers)
        await self._delete(InvoiceLine, "invoice_id", invoices)
        notes = await self._ids(CreditNote, "invoice_id", invoices)
        await self._delete(CreditNoteLine, "credit_note_id", notes)
        await self._delete(CreditNote, "id", notes)
        await self._delete(OutOfBandPayment, "invoice_id", invoices)
        await self._delete(QuoteLine, "quote_id", await self._ids(Quote, "customer_id", customers))
        subscriptions = await self._ids(Subscription, "customer_id", customers)
        await self._delete(SubscriptionItem, "subscription_id", subscriptions)
        await self._delete(UsagePeriod, "subscription_id", subscriptions)
        await self.migrations.forget(subscriptions)
        await self._delete(
            SandboxOutcome, "payment_method_id", await self._ids(PaymentMethod, "customer_id", customers)
        )
        for model in _OF_CUSTOMERS:
            await self._delete(model, "customer_id", customers)
        await self._delete(EntitlementSummary, "id", customers)
        await self._remove_between_accounts(clock)
        await self._delete(AgendaEntry, "subject_id", [*charges, *refunds, *disputes, *setups])
        await self._delete(Customer, "id", customers)
        await self._delete(TestClock, "id", [clock.id])

    async def _remove_between_accounts(self, clock: TestClock) -> None:
        """Money that lived by the clock, on whichever account it is: what belongs to a clock is nobody else's."""
        transfers = [row.id for row in await Transfer.filter(test_clock_id=clock.id).only("id")]
        fees = [row.id for row in await ApplicationFee.filter(test_clock_id=clock.id).only("id")]
        await delete_by(TransferReversal, "transfer_id", transfers)
        await delete_by(DestinationPayment, "source_transfer_id", transfers)
        await delete_by(Transfer, "id", transfers)
        await delete_by(ApplicationFeeRefund, "fee_id", fees)
        await delete_by(ApplicationFee, "id", fees)
        for model in (BalanceTransaction, Payout, Topup, AgendaEntry):
            await delete_by(model, "test_clock_id", [clock.id], livemode=clock.livemode)

    async def _ids(self, model: type[Owned], column: str, values: Iterable[str]) -> list[str]:
        return [row.id for row in await self.gather(model, column, values)]

    async def _delete(self, model: type[Owned], column: str, values: Iterable[str]) -> None:
        await delete_by(model, column, values, **self.ownership())
