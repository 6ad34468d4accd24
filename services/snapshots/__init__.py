"""Every object that events tell of, in the REST shape of Stripe's pinned API version.

A snapshot is plain JSON: snake_case names, whole unix seconds, minor units, ids in place of related objects. It reads
nothing but what it is handed, so that a group of renewals takes thousands of them without a query.
"""

from collections.abc import Callable
from typing import Any, TypeAlias

from models import (
    CreditBalanceTransaction,
    CreditGrant,
    CustomerTaxId,
    ExternalAccount,
    InvoiceItem,
    Meter,
    PaymentIntent,
    PaymentMethod,
    Payout,
    Person,
    Price,
    Product,
    Quote,
    Refund,
    SetupIntent,
    SubscriptionSchedule,
    TaxRate,
    TestClock,
    Topup,
)
from models.base import Row
from services.aggregates import (
    UpcomingInvoice,
    WholeAccount,
    WholeAlertTrigger,
    WholeApplication,
    WholeApplicationFee,
    WholeBalance,
    WholeCapability,
    WholeCharge,
    WholeCoupon,
    WholeCreditNote,
    WholeCustomer,
    WholeDestinationPayment,
    WholeDiscount,
    WholeDispute,
    WholeEntitlements,
    WholeInvoice,
    WholeInvoicePayment,
    WholePromotionCode,
    WholeSubscription,
    WholeTransfer,
)
from services.snapshots.accounts import (
    account_snapshot,
    application_snapshot,
    capability_snapshot,
    person_snapshot,
)
from services.snapshots.catalog import price_snapshot, product_snapshot
from services.snapshots.clocks import clock_snapshot
from services.snapshots.coupons import coupon_snapshot, discount_snapshot, promotion_code_snapshot
from services.snapshots.credit_grants import credit_balance_transaction_snapshot, credit_grant_snapshot
from services.snapshots.credit_notes import credit_note_snapshot
from services.snapshots.customers import customer_snapshot, tax_id_snapshot
from services.snapshots.disputes import dispute_snapshot
from services.snapshots.entitlements import entitlements_snapshot
from services.snapshots.invoice_items import invoice_item_snapshot
from services.snapshots.invoice_payments import invoice_payment_snapshot
from services.snapshots.invoices import invoice_snapshot, upcoming_snapshot
from services.snapshots.payment_methods import payment_method_snapshot, setup_intent_snapshot
from services.snapshots.payments import charge_snapshot, payment_intent_snapshot
from services.snapshots.payouts import (
    balance_snapshot,
    external_account_snapshot,
    payout_snapshot,
    topup_snapshot,
)
from services.snapshots.quotes import quote_snapshot
from services.snapshots.refunds import refund_snapshot
from services.snapshots.schedules import schedule_snapshot
from services.snapshots.shapes import Snapshot
from services.snapshots.subscriptions import subscription_snapshot
from services.snapshots.tax import tax_rate_snapshot
from services.snapshots.transfers import (
    application_fee_snapshot,
    destination_payment_snapshot,
    transfer_snapshot,
)
from services.snapshots.usage import alert_triggered_snapshot, meter_snapshot

__all__ = ["Snapshot", "Subject", "row_of", "snapshot_of"]

Whole: TypeAlias = (
    WholeAccount
    | WholeCapability
    | WholeApplication
    | WholeCustomer
    | WholeBalance
    | WholeCharge
    | WholeSubscription
    | WholeInvoice
    | UpcomingInvoice
    | WholeInvoicePayment
    | WholeCreditNote
    | WholeEntitlements
    | WholeAlertTrigger
    | WholeCoupon
    | WholePromotionCode
    | WholeDiscount
    | WholeTransfer
    | WholeDestinationPayment
    | WholeApplicationFee
    | WholeDispute
)
Single: TypeAlias = (
    Person
    | CustomerTaxId
    | Product
    | Price
    | PaymentMethod
    | SetupIntent
    | PaymentIntent
    | Refund
    | Payout
    | Topup
    | ExternalAccount
    | InvoiceItem
    | Quote
    | CreditGrant
    | CreditBalanceTransaction
    | SubscriptionSchedule
    | Meter
    | TaxRate
    | TestClock
)
Subject: TypeAlias = Whole | Single
"""What an event can be about: a row, together with what belongs to it where its snapshot shows that."""

_SNAPSHOTS: dict[type, Callable[[Any], Snapshot]] = {
    WholeAccount: account_snapshot,
    WholeCapability: capability_snapshot,
    WholeApplication: application_snapshot,
    Person: person_snapshot,
    WholeAlertTrigger: alert_triggered_snapshot,
    WholeCustomer: customer_snapshot,
    CustomerTaxId: tax_id_snapshot,
    Product: product_snapshot,
    Price: price_snapshot,
    PaymentMethod: payment_method_snapshot,
    SetupIntent: setup_intent_snapshot,
    PaymentIntent: payment_intent_snapshot,
    WholeCharge: charge_snapshot,
    Refund: refund_snapshot,
    WholeDispute: dispute_snapshot,
    WholeBalance: balance_snapshot,
    Payout: payout_snapshot,
    Topup: topup_snapshot,
    ExternalAccount: external_account_snapshot,
    WholeSubscription: subscription_snapshot,
    SubscriptionSchedule: schedule_snapshot,
    WholeInvoice: invoice_snapshot,
    UpcomingInvoice: upcoming_snapshot,
    WholeInvoicePayment: invoice_payment_snapshot,
    WholeCreditNote: credit_note_snapshot,
    WholeEntitlements: entitlements_snapshot,
    InvoiceItem: invoice_item_snapshot,
    Quote: quote_snapshot,
    WholeCoupon: coupon_snapshot,
    WholePromotionCode: promotion_code_snapshot,
    WholeDiscount: discount_snapshot,
    CreditGrant: credit_grant_snapshot,
    CreditBalanceTransaction: credit_balance_transaction_snapshot,
    TaxRate: tax_rate_snapshot,
    Meter: meter_snapshot,
    TestClock: clock_snapshot,
    WholeTransfer: transfer_snapshot,
    WholeDestinationPayment: destination_payment_snapshot,
    WholeApplicationFee: application_fee_snapshot,
}


def row_of(subject: Subject) -> Row:
    """The row that the subject is or is built around."""
    return subject if isinstance(subject, Row) else subject.row


def snapshot_of(subject: Subject) -> Snapshot:
    """The subject as it is now, in Stripe's shape; later changes of the row do not reach the snapshot."""
    return _SNAPSHOTS[type(subject)](subject)
