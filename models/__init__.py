"""What is remembered. A model that is not imported here is not registered."""

from models.accounts import Account, ApiKey, Person
from models.agenda import AgendaEntry
from models.alerts import BillingAlert, BillingAlertTrigger
from models.balances import BalanceTransaction
from models.catalog import Price, Product, ProductImage
from models.clocks import TestClock
from models.coupons import Coupon, Discount, PromotionCode
from models.credit_grants import CreditBalanceTransaction, CreditGrant
from models.credit_notes import CreditNote, CreditNoteLine
from models.customers import Customer, CustomerBalanceTransaction, CustomerTaxId
from models.disputes import Dispute
from models.entitlements import ActiveEntitlement, EntitlementSummary, Feature, ProductFeature
from models.events import Event, EventCounter
from models.idempotency import IdempotencyRecord
from models.invoices import Invoice, InvoiceCounter, InvoiceItem, InvoiceLine, OutOfBandPayment
from models.payment_methods import PaymentMethod, SandboxOutcome, SetupIntent
from models.payments import Charge, PaymentIntent
from models.payouts import ExternalAccount, Payout, Topup
from models.price_migrations import PriceMigration, PriceMigrationMember
from models.quotes import Quote, QuoteLine
from models.refunds import Refund
from models.schedules import SubscriptionSchedule
from models.subscriptions import Subscription, SubscriptionItem
from models.tax import TaxRate, TaxRegistration
from models.transfers import ApplicationFee, ApplicationFeeRefund, DestinationPayment, Transfer, TransferReversal
from models.usage import Meter, MeterEvent, UsageBucket, UsagePeriod, UsageValue

__all__ = [
    "Account",
    "ActiveEntitlement",
    "AgendaEntry",
    "ApiKey",
    "ApplicationFee",
    "ApplicationFeeRefund",
    "BalanceTransaction",
    "BillingAlert",
    "BillingAlertTrigger",
    "Charge",
    "Coupon",
    "CreditBalanceTransaction",
    "CreditGrant",
    "CreditNote",
    "CreditNoteLine",
    "Customer",
    "CustomerBalanceTransaction",
    "CustomerTaxId",
    "DestinationPayment",
    "Discount",
    "Dispute",
    "EntitlementSummary",
    "Event",
    "EventCounter",
    "ExternalAccount",
    "Feature",
    "IdempotencyRecord",
    "Invoice",
    "InvoiceCounter",
    "InvoiceItem",
    "InvoiceLine",
    "Meter",
    "MeterEvent",
    "OutOfBandPayment",
    "PaymentIntent",
    "PaymentMethod",
    "Payout",
    "Person",
    "Price",
    "PriceMigration",
    "PriceMigrationMember",
    "Product",
    "ProductFeature",
    "ProductImage",
    "PromotionCode",
    "Quote",
    "QuoteLine",
    "Refund",
    "SandboxOutcome",
    "SetupIntent",
    "Subscription",
    "SubscriptionItem",
    "SubscriptionSchedule",
    "TaxRate",
    "TaxRegistration",
    "TestClock",
    "Topup",
    "Transfer",
    "TransferReversal",
    "UsageBucket",
    "UsagePeriod",
    "UsageValue",
]
