"""One lazy reference per GraphQL type: how types of different modules name each other.

Plain assignments on purpose: PEP 695 aliases and module-qualified annotations break Strawberry's lazy types.
"""

from typing import TYPE_CHECKING, Annotated

import strawberry

if TYPE_CHECKING:
    from schema.accounts import Account
    from schema.accounts.persons import Person
    from schema.api_keys import ApiKey
    from schema.balances import BalanceTransaction
    from schema.catalog import Price, Product
    from schema.clocks import TestClock
    from schema.coupons import Coupon, Discount, PromotionCode
    from schema.credit_grants import CreditBalanceTransaction, CreditGrant
    from schema.credit_notes import CreditNote, CreditNoteLineItem
    from schema.customers import Customer, CustomerBalanceTransaction, CustomerTaxId, InvoiceCustomField
    from schema.customers.addresses import Address, AddressInput, Shipping
    from schema.disputes import Dispute
    from schema.entitlements import ActiveEntitlement, Feature, ProductFeature
    from schema.events import Event
    from schema.invoice_items import InvoiceItem
    from schema.invoices import Invoice, InvoiceLine
    from schema.payment_methods import PaymentMethod, SandboxOutcome, SetupIntent
    from schema.payments import Charge, PaymentIntent
    from schema.payouts import Payout, Topup
    from schema.payouts.external_accounts import ExternalAccount
    from schema.price_migrations import PriceMigration, PriceMigrationMember
    from schema.quotes import Quote, QuoteLineItem
    from schema.refunds import Refund
    from schema.schedules import SubscriptionSchedule
    from schema.subscriptions import Subscription, SubscriptionItem
    from schema.tax import TaxRate, TaxRegistration
    from schema.transfers import ApplicationFee, ApplicationFeeRefund, DestinationPayment, Transfer, TransferReversal
    from schema.usage import Meter
    from schema.usage.alerts import BillingAlert, BillingAlertTrigger
    from schema.usage.events import MeterEvent, MeterEventAdjustment, MeterEventVerdict
    from schema.usage.summaries import MeterEventSummary

AccountRef = Annotated["Account", strawberry.lazy("schema.accounts")]
ActiveEntitlementRef = Annotated["ActiveEntitlement", strawberry.lazy("schema.entitlements")]
AddressInputRef = Annotated["AddressInput", strawberry.lazy("schema.customers.addresses")]
AddressRef = Annotated["Address", strawberry.lazy("schema.customers.addresses")]
ApiKeyRef = Annotated["ApiKey", strawberry.lazy("schema.api_keys")]
ApplicationFeeRef = Annotated["ApplicationFee", strawberry.lazy("schema.transfers")]
ApplicationFeeRefundRef = Annotated["ApplicationFeeRefund", strawberry.lazy("schema.transfers")]
BalanceTransactionRef = Annotated["BalanceTransaction", strawberry.lazy("schema.balances")]
BillingAlertRef = Annotated["BillingAlert", strawberry.lazy("schema.usage.alerts")]
BillingAlertTriggerRef = Annotated["BillingAlertTrigger", strawberry.lazy("schema.usage.alerts")]
ChargeRef = Annotated["Charge", strawberry.lazy("schema.payments")]
CouponRef = Annotated["Coupon", strawberry.lazy("schema.coupons")]
CreditBalanceTransactionRef = Annotated["CreditBalanceTransaction", strawberry.lazy("schema.credit_grants")]
CreditGrantRef = Annotated["CreditGrant", strawberry.lazy("schema.credit_grants")]
CreditNoteRef = Annotated["CreditNote", strawberry.lazy("schema.credit_notes")]
CreditNoteLineItemRef = Annotated["CreditNoteLineItem", strawberry.lazy("schema.credit_notes")]
CustomerRef = Annotated["Customer", strawberry.lazy("schema.customers")]
CustomerBalanceTransactionRef = Annotated["CustomerBalanceTransaction", strawberry.lazy("schema.customers")]
CustomerTaxIdRef = Annotated["CustomerTaxId", strawberry.lazy("schema.customers")]
EventRef = Annotated["Event", strawberry.lazy("schema.events")]
ExternalAccountRef = Annotated["ExternalAccount", strawberry.lazy("schema.payouts.external_accounts")]
FeatureRef = Annotated["Feature", strawberry.lazy("schema.entitlements")]
InvoiceRef = Annotated["Invoice", strawberry.lazy("schema.invoices")]
InvoiceCustomFieldRef = Annotated["InvoiceCustomField", strawberry.lazy("schema.customers")]
InvoiceItemRef = Annotated["InvoiceItem", strawberry.lazy("schema.invoice_items")]
InvoiceLineRef = Annotated["InvoiceLine", strawberry.lazy("schema.invoices")]
MeterRef = Annotated["Meter", strawberry.lazy("schema.usage")]
MeterEventAdjustmentRef = Annotated["MeterEventAdjustment", strawberry.lazy("schema.usage.events")]
MeterEventRef = Annotated["MeterEvent", strawberry.lazy("schema.usage.events")]
MeterEventSummaryRef = Annotated["MeterEventSummary", strawberry.lazy("schema.usage.summaries")]
MeterEventVerdictRef = Annotated["MeterEventVerdict", strawberry.lazy("schema.usage.events")]
PaymentIntentRef = Annotated["PaymentIntent", strawberry.lazy("schema.payments")]
PaymentMethodRef = Annotated["PaymentMethod", strawberry.lazy("schema.payment_methods")]
PersonRef = Annotated["Person", strawberry.lazy("schema.accounts.persons")]
PayoutRef = Annotated["Payout", strawberry.lazy("schema.payouts")]
PriceRef = Annotated["Price", strawberry.lazy("schema.catalog")]
PriceMigrationRef = Annotated["PriceMigration", strawberry.lazy("schema.price_migrations")]
PriceMigrationMemberRef = Annotated["PriceMigrationMember", strawberry.lazy("schema.price_migrations")]
ProductFeatureRef = Annotated["ProductFeature", strawberry.lazy("schema.entitlements")]
ProductRef = Annotated["Product", strawberry.lazy("schema.catalog")]
DisputeRef = Annotated["Dispute", strawberry.lazy("schema.disputes")]
DiscountRef = Annotated["Discount", strawberry.lazy("schema.coupons")]
PromotionCodeRef = Annotated["PromotionCode", strawberry.lazy("schema.coupons")]
QuoteRef = Annotated["Quote", strawberry.lazy("schema.quotes")]
QuoteLineItemRef = Annotated["QuoteLineItem", strawberry.lazy("schema.quotes")]
RefundRef = Annotated["Refund", strawberry.lazy("schema.refunds")]
SandboxOutcomeRef = Annotated["SandboxOutcome", strawberry.lazy("schema.payment_methods")]
SetupIntentRef = Annotated["SetupIntent", strawberry.lazy("schema.payment_methods")]
ShippingRef = Annotated["Shipping", strawberry.lazy("schema.customers.addresses")]
SubscriptionRef = Annotated["Subscription", strawberry.lazy("schema.subscriptions")]
SubscriptionItemRef = Annotated["SubscriptionItem", strawberry.lazy("schema.subscriptions")]
SubscriptionScheduleRef = Annotated["SubscriptionSchedule", strawberry.lazy("schema.schedules")]
TaxRateRef = Annotated["TaxRate", strawberry.lazy("schema.tax")]
TaxRegistrationRef = Annotated["TaxRegistration", strawberry.lazy("schema.tax")]
TopupRef = Annotated["Topup", strawberry.lazy("schema.payouts")]
TestClockRef = Annotated["TestClock", strawberry.lazy("schema.clocks")]
DestinationPaymentRef = Annotated["DestinationPayment", strawberry.lazy("schema.transfers")]
TransferRef = Annotated["Transfer", strawberry.lazy("schema.transfers")]
TransferReversalRef = Annotated["TransferReversal", strawberry.lazy("schema.transfers")]
