"""Subjects for the snapshot tests: every kind, with everything known or with nothing but the necessary."""

from collections.abc import Callable
from typing import Any

import stripe
from stripe import StripeObject

from domain.event_types import EventType
from models import (
    ActiveEntitlement,
    Charge,
    Customer,
    CustomerTaxId,
    EntitlementSummary,
    Meter,
    OutOfBandPayment,
    PaymentIntent,
    PaymentMethod,
    Price,
    Product,
    Quote,
    Refund,
    SetupIntent,
    Subscription,
    SubscriptionItem,
    TaxRate,
    TestClock,
)
from services.aggregates import (
    PricedItem,
    WholeCharge,
    WholeCustomer,
    WholeEntitlements,
    WholeInvoicePayment,
    WholeSubscription,
)
from services.snapshots import Subject
from tests.features.snapshot_accounts import ACCOUNT_KINDS
from tests.features.snapshot_coupons import coupon, discount, promotion_code
from tests.features.snapshot_credit_grants import CREDIT_KINDS
from tests.features.snapshot_credit_notes import credit_note
from tests.features.snapshot_disputes import dispute
from tests.features.snapshot_facts import ADDRESS, AGREED, ANCHOR, CARD, DECLINE, ERROR, NEXT, OWNER
from tests.features.snapshot_invoices import invoice, invoice_item, upcoming
from tests.features.snapshot_payouts import PAYOUT_KINDS
from tests.features.snapshot_schedules import schedule
from tests.features.snapshot_transfers import TRANSFER_KINDS


def customer(full: bool) -> WholeCustomer:
    """A customer with credit."""
    more: dict[str, Any] = {
        "email": "ada@example.com",
        "address": ADDRESS,
        "shipping": {"address": ADDRESS, "name": "Ada", "phone": "+1"},
        "preferred_locales": ["de"],
        "currency": "usd",
        "invoice_custom_fields": [{"name": "PO", "value": "7"}],
        "default_payment_method_id": "pm_1",
        "test_clock_id": "clock_1",
        "metadata": {"plan": "basic"},
    }
    return WholeCustomer(Customer(id="cus_1", invoice_prefix="ABC", **OWNER, **(more if full else {})), balance=-250)


def tax_id(full: bool) -> CustomerTaxId:
    """A tax number."""
    country = "DE" if full else None
    return CustomerTaxId(id="txi_1", customer_id="cus_1", type="eu_vat", value="DE123456789", country=country, **OWNER)


def product(full: bool) -> Product:
    """A product."""
    more = {"images": ["https://x.test/1.png"], "marketing_features": ["Fast"], "tax_code": "txcd_10000000"}
    return Product(id="prod_1", name="Basic", updated_at=NEXT, **OWNER, **(more if full else {}))


def price(full: bool = True) -> Price:
    """A monthly price with tiers, in two currencies; bare, a one-time price of a twentieth of a cent."""
    tiers = [{"up_to": 5, "unit_amount_decimal": "1500", "flat_amount_decimal": None}]
    tiers += [{"up_to": None, "unit_amount_decimal": "0.5", "flat_amount_decimal": "700"}]
    option = {"unit_amount": None, "unit_amount_decimal": None, "tiers": tiers, "tax_behavior": "unspecified"}
    more: dict[str, Any] = {
        "type": "recurring",
        "interval": "month",
        "interval_count": 1,
        "usage_type": "licensed",
        "billing_scheme": "tiered",
        "tiers_mode": "volume",
        "tiers": tiers,
        "currency_options": {"eur": {**option, "custom_unit_amount": None}},
        "lookup_key": "basic",
    }
    less = {"type": "one_time", "unit_amount_decimal": "0.05"}
    return Price(
        id="price_1",
        product_id="prod_1",
        currency="usd",
        **OWNER,
        **(more if full else less),
    )


def payment_method(full: bool) -> PaymentMethod:
    """A card."""
    more = {"customer_id": "cus_1", "country": "US", "billing_details": {"address": ADDRESS, "name": "Ada"}}
    return PaymentMethod(
        id="pm_1",
        type="card",
        token="tok",
        funding="credit",
        fingerprint="ab",
        **CARD,
        **OWNER,
        **(more if full else {}),
    )


def setup_intent(full: bool) -> SetupIntent:
    """A set-up that waits for authentication."""
    more = {"next_action": "three_d_secure", "last_error": ERROR, "payment_method_id": "pm_1", "customer_id": "cus_1"}
    return SetupIntent(
        id="seti_1",
        status="requires_action",
        usage="off_session",
        client_secret="seti_1_secret_x",
        **OWNER,
        **(more if full else {}),
    )


SHARING = {
    "application_fee_amount": 123,
    "transfer_data": [{"destination": "acct_2", "amount_percent": "12.5"}, {"destination": "acct_3"}],
    "on_behalf_of": "acct_2",
}


def payment_intent(full: bool) -> PaymentIntent:
    """A payment of 15.00 USD whose last attempt failed."""
    more = {
        "next_action": "three_d_secure",
        "last_error": ERROR,
        "invoice_id": "in_1",
        "customer_id": "cus_1",
        "latest_charge_id": "ch_1",
        "setup_future_usage": "off_session",
        "cancellation_reason": "abandoned",
        "canceled_at": NEXT,
        "application_id": "acct_1",
        "sharing": SHARING,
        "transfer_group": "group_1",
    }
    return PaymentIntent(
        id="pi_1",
        amount=1500,
        currency="usd",
        status="requires_payment_method",
        capture_method="automatic",
        client_secret="pi_1_secret_x",
        **OWNER,
        **(more if full else {}),
    )


def charge(full: bool) -> WholeCharge:
    """A declined charge of 15.00 USD; bare, one that is not answered yet."""
    more = {
        "status": "failed",
        "failure_code": "card_declined",
        "failure_message": "No funds.",
        "decline_code": "insufficient_funds",
        "outcome": DECLINE,
        "customer_id": "cus_1",
        "application_id": "acct_1",
        "application_fee_id": "fee_1",
        "sharing": SHARING,
        "transfer_group": "group_1",
    }
    row = Charge(
        id="ch_1",
        payment_intent_id="pi_1",
        payment_method_id="pm_1",
        amount=1500,
        currency="usd",
        card=CARD,
        **OWNER,
        **(more if full else {"status": "pending"}),
    )
    return WholeCharge(row, amount_refunded=0)


def refund(full: bool) -> Refund:
    """A refund of 5.00 USD."""
    more = {"reason": "requested_by_customer", "balance_transaction_id": "txn_1", "metadata": {"why": "late"}}
    return Refund(
        id="re_1",
        charge_id="ch_1",
        payment_intent_id="pi_1",
        amount=500,
        currency="usd",
        status="succeeded",
        **OWNER,
        **(more if full else {}),
    )


def subscription(full: bool) -> WholeSubscription:
    """Three seats of the monthly price."""
    more: dict[str, Any] = {
        "cancel_at": NEXT,
        "canceled_at": ANCHOR,
        "cancellation_details": {"reason": "cancellation_requested", "feedback": "unused"},
        "latest_invoice_id": "in_1",
        "test_clock_id": "clock_1",
        "pause_behavior": "void",
        "pause_resumes_at": NEXT,
        "trial_start": ANCHOR,
        "trial_end": NEXT,
        "days_until_due": 10,
        "billing_mode_updated_at": ANCHOR,
        "pending_invoice_id": "in_1",
        "application_id": "acct_0",
        "sharing": AGREED,
        "pending_update": {"anchor": None, "expires_at": int(NEXT.timestamp()), "subscription_items": []},
    }
    row = Subscription(
        id="sub_1",
        customer_id="cus_1",
        status="active",
        currency="usd",
        collection_method="charge_automatically",
        billing_cycle_anchor=ANCHOR,
        start_date=ANCHOR,
        **OWNER,
        **(more if full else {}),
    )
    item = SubscriptionItem(
        id="si_1",
        subscription_id="sub_1",
        price_id="price_1",
        quantity=3,
        current_period_start=ANCHOR,
        current_period_end=NEXT,
        **OWNER,
    )
    return WholeSubscription(row, [PricedItem(item, price())])


SUN = {"coupon": "coupon_1", "identifier": "SUN", "promotion_code": None}


def quote(full: bool) -> Quote:
    """An offer of 45.00 USD a month and 50.00 USD once, 10 % less, accepted; bare, a draft of one charge."""
    more: dict[str, Any] = {
        "number": "QT-ABC-0001-2",
        "sequence": 1,
        "revision": 2,
        "recurring_subtotal": 4500,
        "recurring_total": 4050,
        "recurring_discount": 450,
        "discounts": [SUN],
        "total_discount_amounts": [{**SUN, "amount": 950, "percent_off": "10"}],
        "interval": "month",
        "interval_count": 1,
        "header": "Hello",
        "trial_period_days": 14,
        "subscription_metadata": {"deal": "7"},
        "from_quote_id": "qt_0",
        "is_revision": True,
        "finalized_at": ANCHOR,
        "accepted_at": ANCHOR,
        "subscription_id": "sub_1",
        "invoice_id": "in_1",
        "days_until_due": 14,
        "effective_date": NEXT,
        "schedule_id": "sub_sched_1",
        "test_clock_id": "clock_1",
        "application_id": "acct_0",
        "sharing": {**AGREED, "application_fee_amount": 10},
    }
    return Quote(
        id="qt_1",
        customer_id="cus_1",
        status="accepted" if full else "draft",
        currency="usd",
        amount_subtotal=9500,
        amount_total=8550 if full else 9500,
        upfront_subtotal=9500,
        upfront_total=8550 if full else 9500,
        collection_method="charge_automatically",
        billing_mode="flexible" if full else "classic",
        expires_at=NEXT,
        **OWNER,
        **(more if full else {}),
    )


def invoice_payment(full: bool) -> WholeInvoicePayment:
    """The payment of the open invoice; bare, 10.00 USD that came elsewhere."""
    asking = invoice(False).row
    if full:
        return WholeInvoicePayment(payment_intent(True), asking)
    payment = OutOfBandPayment(id="inpay_1", invoice_id="in_1", amount=1000, currency="usd", **OWNER)
    return WholeInvoicePayment(payment, asking)


def tax_rate(full: bool) -> TaxRate:
    """German VAT that automatic tax made; bare, a fraction of a per cent that was made by hand."""
    more = {"country": "DE", "jurisdiction": "Germany", "tax_type": "vat", "origin": "embedded", "description": "VAT"}
    percentage = "19" if full else "0.375"
    return TaxRate(
        id="txr_1", display_name="VAT", percentage=percentage, inclusive=False, **OWNER, **(more if full else {})
    )


def meter(full: bool) -> Meter:
    """A meter of gigabytes that was put to rest; bare, one that counts calls."""
    more = {"status": "inactive", "deactivated_at": NEXT} if full else {"status": "active"}
    return Meter(
        id="mtr_1",
        updated_at=NEXT,
        display_name="Gigabytes",
        event_name="gigabytes",
        formula="sum" if full else "count",
        customer_key="stripe_customer_id",
        value_key="value",
        **OWNER,
        **more,
    )


def clock(full: bool) -> TestClock:
    """A clock on its way; bare, one that stands still."""
    more = {"name": "one year", "status": "advancing", "target_at": NEXT}
    return TestClock(id="clock_1", frozen_at=ANCHOR, **OWNER, **(more if full else {"status": "ready"}))


def entitlements(full: bool) -> WholeEntitlements:
    """What a customer may use, or nothing."""
    held = ActiveEntitlement(id="ent_1", customer_id="cus_1", feature_id="feat_1", lookup_key="export", **OWNER)
    return WholeEntitlements(EntitlementSummary(id="cus_1", **OWNER), [held] if full else [])


KINDS: dict[str, tuple[Callable[[bool], Subject], type[StripeObject], EventType]] = {
    "customer": (customer, stripe.Customer, EventType.CUSTOMER_CREATED),
    "tax_id": (tax_id, stripe.TaxId, EventType.CUSTOMER_TAX_ID_CREATED),
    "product": (product, stripe.Product, EventType.PRODUCT_CREATED),
    "price": (price, stripe.Price, EventType.PRICE_CREATED),
    "payment_method": (payment_method, stripe.PaymentMethod, EventType.PAYMENT_METHOD_ATTACHED),
    "setup_intent": (setup_intent, stripe.SetupIntent, EventType.SETUP_INTENT_CREATED),
    "payment_intent": (payment_intent, stripe.PaymentIntent, EventType.PAYMENT_INTENT_CREATED),
    "charge": (charge, stripe.Charge, EventType.CHARGE_FAILED),
    "dispute": (dispute, stripe.Dispute, EventType.CHARGE_DISPUTE_CREATED),
    "refund": (refund, stripe.Refund, EventType.REFUND_CREATED),
    **ACCOUNT_KINDS,
    **CREDIT_KINDS,
    "subscription": (subscription, stripe.Subscription, EventType.CUSTOMER_SUBSCRIPTION_CREATED),
    "schedule": (schedule, stripe.SubscriptionSchedule, EventType.SUBSCRIPTION_SCHEDULE_CREATED),
    "invoice": (invoice, stripe.Invoice, EventType.INVOICE_CREATED),
    "upcoming": (upcoming, stripe.Invoice, EventType.INVOICE_UPCOMING),
    "invoiceitem": (invoice_item, stripe.InvoiceItem, EventType.INVOICEITEM_CREATED),
    "quote": (quote, stripe.Quote, EventType.QUOTE_ACCEPTED),
    "invoice_payment": (invoice_payment, stripe.InvoicePayment, EventType.INVOICE_PAYMENT_PAID),
    "credit_note": (credit_note, stripe.CreditNote, EventType.CREDIT_NOTE_CREATED),
    "coupon": (coupon, stripe.Coupon, EventType.COUPON_CREATED),
    "promotion_code": (promotion_code, stripe.PromotionCode, EventType.PROMOTION_CODE_CREATED),
    "discount": (discount, stripe.Discount, EventType.CUSTOMER_DISCOUNT_CREATED),
    "tax_rate": (tax_rate, stripe.TaxRate, EventType.TAX_RATE_CREATED),
    "meter": (meter, stripe.billing.Meter, EventType.BILLING_METER_CREATED),
    "entitlements": (
        entitlements,
        stripe.entitlements.ActiveEntitlementSummary,
        EventType.ENTITLEMENTS_ACTIVE_ENTITLEMENT_SUMMARY_UPDATED,
    ),
    **TRANSFER_KINDS,
    **PAYOUT_KINDS,
    "test_clock": (clock, stripe.test_helpers.TestClock, EventType.TEST_CLOCK_CREATED),
}
