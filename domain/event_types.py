"""The types of event, named as Stripe names them, and the version of Stripe's API whose shapes they carry."""

from enum import StrEnum
from typing import Final

from domain.keys import Resource

API_VERSION = "2026-10-28.endive"


RESOURCES_BY_OBJECT: Final = {
    "account": Resource.ACCOUNTS,
    "application": Resource.ACCOUNTS,
    "capability": Resource.ACCOUNTS,
    "person": Resource.ACCOUNTS,
    "application_fee": Resource.APPLICATION_FEES,
    "balance": Resource.BALANCES,
    "bank_account": Resource.PAYOUTS,
    "billing.alert_triggered": Resource.USAGE,
    "billing.meter": Resource.USAGE,
    "billing.credit_balance_transaction": Resource.CREDIT_GRANTS,
    "billing.credit_grant": Resource.CREDIT_GRANTS,
    "card": Resource.PAYOUTS,
    "charge": Resource.PAYMENTS,
    "coupon": Resource.COUPONS,
    "credit_note": Resource.CREDIT_NOTES,
    "customer": Resource.CUSTOMERS,
    "dispute": Resource.DISPUTES,
    "entitlements.active_entitlement_summary": Resource.ENTITLEMENTS,
    "discount": Resource.COUPONS,
    "invoice": Resource.INVOICES,
    "payment_intent": Resource.PAYMENTS,
    "payment_method": Resource.PAYMENT_METHODS,
    "payout": Resource.PAYOUTS,
    "price": Resource.CATALOG,
    "product": Resource.CATALOG,
    "promotion_code": Resource.COUPONS,
    "quote": Resource.QUOTES,
    "refund": Resource.REFUNDS,
    "setup_intent": Resource.PAYMENT_METHODS,
    "subscription": Resource.SUBSCRIPTIONS,
    "subscription_schedule": Resource.SUBSCRIPTIONS,
    "tax_id": Resource.CUSTOMERS,
    "tax_rate": Resource.TAX,
    "transfer": Resource.TRANSFERS,
    "invoiceitem": Resource.INVOICES,
    "invoice_payment": Resource.INVOICES,
    "topup": Resource.PAYOUTS,
    "test_helpers.test_clock": Resource.CLOCKS,
}
"""What a restricted key must be granted to read of such an object, by the `object` of its snapshot."""


class EventType(StrEnum):
    """What can be told to have happened."""

    ACCOUNT_UPDATED = "account.updated"
    ACCOUNT_APPLICATION_AUTHORIZED = "account.application.authorized"
    ACCOUNT_APPLICATION_DEAUTHORIZED = "account.application.deauthorized"
    CAPABILITY_UPDATED = "capability.updated"
    PERSON_CREATED = "person.created"
    PERSON_UPDATED = "person.updated"
    PERSON_DELETED = "person.deleted"
    APPLICATION_FEE_CREATED = "application_fee.created"
    APPLICATION_FEE_REFUNDED = "application_fee.refunded"
    ACCOUNT_EXTERNAL_ACCOUNT_CREATED = "account.external_account.created"
    ACCOUNT_EXTERNAL_ACCOUNT_UPDATED = "account.external_account.updated"
    ACCOUNT_EXTERNAL_ACCOUNT_DELETED = "account.external_account.deleted"
    BALANCE_AVAILABLE = "balance.available"
    BILLING_ALERT_TRIGGERED = "billing.alert.triggered"
    BILLING_CREDIT_BALANCE_TRANSACTION_CREATED = "billing.credit_balance_transaction.created"
    BILLING_CREDIT_GRANT_CREATED = "billing.credit_grant.created"
    BILLING_CREDIT_GRANT_UPDATED = "billing.credit_grant.updated"
    CUSTOMER_CREATED = "customer.created"
    CUSTOMER_UPDATED = "customer.updated"
    CUSTOMER_DELETED = "customer.deleted"
    CUSTOMER_DISCOUNT_CREATED = "customer.discount.created"
    CUSTOMER_DISCOUNT_UPDATED = "customer.discount.updated"
    CUSTOMER_DISCOUNT_DELETED = "customer.discount.deleted"
    CUSTOMER_TAX_ID_CREATED = "customer.tax_id.created"
    CUSTOMER_TAX_ID_DELETED = "customer.tax_id.deleted"
    CUSTOMER_SUBSCRIPTION_CREATED = "customer.subscription.created"
    CUSTOMER_SUBSCRIPTION_UPDATED = "customer.subscription.updated"
    CUSTOMER_SUBSCRIPTION_DELETED = "customer.subscription.deleted"
    CUSTOMER_SUBSCRIPTION_PAUSED = "customer.subscription.paused"
    CUSTOMER_SUBSCRIPTION_RESUMED = "customer.subscription.resumed"
    CUSTOMER_SUBSCRIPTION_PENDING_UPDATE_APPLIED = "customer.subscription.pending_update_applied"
    CUSTOMER_SUBSCRIPTION_PENDING_UPDATE_EXPIRED = "customer.subscription.pending_update_expired"
    CUSTOMER_SUBSCRIPTION_TRIAL_WILL_END = "customer.subscription.trial_will_end"
    SUBSCRIPTION_SCHEDULE_ABORTED = "subscription_schedule.aborted"
    SUBSCRIPTION_SCHEDULE_CANCELED = "subscription_schedule.canceled"
    SUBSCRIPTION_SCHEDULE_COMPLETED = "subscription_schedule.completed"
    SUBSCRIPTION_SCHEDULE_CREATED = "subscription_schedule.created"
    SUBSCRIPTION_SCHEDULE_EXPIRING = "subscription_schedule.expiring"
    SUBSCRIPTION_SCHEDULE_RELEASED = "subscription_schedule.released"
    SUBSCRIPTION_SCHEDULE_UPDATED = "subscription_schedule.updated"
    PRODUCT_CREATED = "product.created"
    PRODUCT_UPDATED = "product.updated"
    PRODUCT_DELETED = "product.deleted"
    PRICE_CREATED = "price.created"
    PRICE_UPDATED = "price.updated"
    PAYMENT_CREATED = "payment.created"
    PAYMENT_METHOD_ATTACHED = "payment_method.attached"
    PAYMENT_METHOD_DETACHED = "payment_method.detached"
    PAYMENT_METHOD_UPDATED = "payment_method.updated"
    SETUP_INTENT_CREATED = "setup_intent.created"
    SETUP_INTENT_REQUIRES_ACTION = "setup_intent.requires_action"
    SETUP_INTENT_SUCCEEDED = "setup_intent.succeeded"
    SETUP_INTENT_SETUP_FAILED = "setup_intent.setup_failed"
    SETUP_INTENT_CANCELED = "setup_intent.canceled"
    PAYMENT_INTENT_CREATED = "payment_intent.created"
    PAYMENT_INTENT_REQUIRES_ACTION = "payment_intent.requires_action"
    PAYMENT_INTENT_AMOUNT_CAPTURABLE_UPDATED = "payment_intent.amount_capturable_updated"
    PAYMENT_INTENT_SUCCEEDED = "payment_intent.succeeded"
    PAYMENT_INTENT_PAYMENT_FAILED = "payment_intent.payment_failed"
    PAYMENT_INTENT_CANCELED = "payment_intent.canceled"
    CHARGE_SUCCEEDED = "charge.succeeded"
    CHARGE_FAILED = "charge.failed"
    CHARGE_CAPTURED = "charge.captured"
    CHARGE_UPDATED = "charge.updated"
    CHARGE_REFUNDED = "charge.refunded"
    CHARGE_DISPUTE_CREATED = "charge.dispute.created"
    CHARGE_DISPUTE_UPDATED = "charge.dispute.updated"
    CHARGE_DISPUTE_FUNDS_WITHDRAWN = "charge.dispute.funds_withdrawn"
    CHARGE_DISPUTE_FUNDS_REINSTATED = "charge.dispute.funds_reinstated"
    CHARGE_DISPUTE_CLOSED = "charge.dispute.closed"
    REFUND_CREATED = "refund.created"
    REFUND_UPDATED = "refund.updated"
    REFUND_FAILED = "refund.failed"
    INVOICE_CREATED = "invoice.created"
    INVOICE_UPCOMING = "invoice.upcoming"
    INVOICE_UPDATED = "invoice.updated"
    INVOICE_DELETED = "invoice.deleted"
    INVOICE_FINALIZED = "invoice.finalized"
    INVOICE_FINALIZATION_FAILED = "invoice.finalization_failed"
    INVOICE_SENT = "invoice.sent"
    INVOICE_WILL_BE_DUE = "invoice.will_be_due"
    INVOICE_OVERDUE = "invoice.overdue"
    INVOICE_PAID = "invoice.paid"
    INVOICE_PAYMENT_SUCCEEDED = "invoice.payment_succeeded"
    INVOICE_PAYMENT_FAILED = "invoice.payment_failed"
    INVOICE_PAYMENT_ACTION_REQUIRED = "invoice.payment_action_required"
    INVOICE_MARKED_UNCOLLECTIBLE = "invoice.marked_uncollectible"
    INVOICE_OVERPAID = "invoice.overpaid"
    INVOICE_VOIDED = "invoice.voided"
    INVOICE_PAYMENT_PAID = "invoice_payment.paid"
    CREDIT_NOTE_CREATED = "credit_note.created"
    CREDIT_NOTE_UPDATED = "credit_note.updated"
    CREDIT_NOTE_VOIDED = "credit_note.voided"
    INVOICEITEM_CREATED = "invoiceitem.created"
    INVOICEITEM_DELETED = "invoiceitem.deleted"
    QUOTE_CREATED = "quote.created"
    QUOTE_FINALIZED = "quote.finalized"
    QUOTE_ACCEPTED = "quote.accepted"
    QUOTE_CANCELED = "quote.canceled"
    QUOTE_WILL_EXPIRE = "quote.will_expire"
    COUPON_CREATED = "coupon.created"
    COUPON_UPDATED = "coupon.updated"
    COUPON_DELETED = "coupon.deleted"
    PROMOTION_CODE_CREATED = "promotion_code.created"
    PROMOTION_CODE_UPDATED = "promotion_code.updated"
    TAX_RATE_CREATED = "tax_rate.created"
    TAX_RATE_UPDATED = "tax_rate.updated"
    BILLING_METER_CREATED = "billing.meter.created"
    BILLING_METER_UPDATED = "billing.meter.updated"
    BILLING_METER_DEACTIVATED = "billing.meter.deactivated"
    BILLING_METER_REACTIVATED = "billing.meter.reactivated"
    ENTITLEMENTS_ACTIVE_ENTITLEMENT_SUMMARY_UPDATED = "entitlements.active_entitlement_summary.updated"
    TRANSFER_CREATED = "transfer.created"
    TRANSFER_UPDATED = "transfer.updated"
    TRANSFER_REVERSED = "transfer.reversed"
    PAYOUT_CREATED = "payout.created"
    PAYOUT_UPDATED = "payout.updated"
    PAYOUT_PAID = "payout.paid"
    PAYOUT_FAILED = "payout.failed"
    PAYOUT_CANCELED = "payout.canceled"
    TOPUP_CREATED = "topup.created"
    TOPUP_SUCCEEDED = "topup.succeeded"
    TEST_CLOCK_CREATED = "test_helpers.test_clock.created"
    TEST_CLOCK_ADVANCING = "test_helpers.test_clock.advancing"
    TEST_CLOCK_READY = "test_helpers.test_clock.ready"
    TEST_CLOCK_DELETED = "test_helpers.test_clock.deleted"
    TEST_CLOCK_INTERNAL_FAILURE = "test_helpers.test_clock.internal_failure"
