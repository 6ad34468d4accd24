"""Subjects for the snapshot tests: prepaid credit and its journal, and alerts."""

from collections.abc import Callable
from typing import Any

import stripe
from stripe import StripeObject

from domain.event_types import EventType
from models import BillingAlert, BillingAlertTrigger, CreditBalanceTransaction, CreditGrant
from services.aggregates import WholeAlertTrigger
from services.snapshots import Subject
from tests.features.snapshot_facts import ANCHOR, NEXT, OWNER


def credit_grant(full: bool) -> CreditGrant:
    """50.00 USD for named prices that expired; bare, for metered ones."""
    more: dict[str, Any] = {
        "name": "Prepaid",
        "prices": ["price_1"],
        "expires_at": NEXT,
        "voided_at": NEXT,
        "test_clock_id": "clock_1",
        "metadata": {"deal": "7"},
    }
    return CreditGrant(
        id="credgr_1",
        updated_at=NEXT,
        customer_id="cus_1",
        status="granted",
        category="paid",
        amount=5000,
        currency="usd",
        priority=50,
        effective_at=ANCHOR,
        **OWNER,
        **(more if full else {"price_type": "metered"}),
    )


def credit_balance_transaction(full: bool) -> CreditBalanceTransaction:
    """15.00 USD that paid a line of an invoice; bare, the grant of them."""
    more: dict[str, Any] = {
        "cause": "credits_applied",
        "amount": -1500,
        "invoice_id": "in_1",
        "invoice_line_id": "il_1",
        "test_clock_id": "clock_1",
    }
    return CreditBalanceTransaction(
        id="cgtxn_1",
        credit_grant_id="credgr_1",
        customer_id="cus_1",
        currency="usd",
        effective_at=ANCHOR,
        **OWNER,
        **(more if full else {"cause": "credits_granted", "amount": 1500}),
    )


def alert_triggered(full: bool) -> WholeAlertTrigger:
    """A customer used 1 200 where 1 000 are watched; bare, of an alert for everybody."""
    alert = BillingAlert(
        id="alrt_1",
        title="Much",
        status="active",
        meter_id="mtr_1",
        gte=1000,
        customer_id="cus_1" if full else None,
        **OWNER,
    )
    row = BillingAlertTrigger(id="alrttr_1", alert_id="alrt_1", customer_id="cus_1", value="1200.5", **OWNER)
    return WholeAlertTrigger(row, alert)


CREDIT_KINDS: dict[str, tuple[Callable[[bool], Subject], type[StripeObject], EventType]] = {
    "credit_grant": (credit_grant, stripe.billing.CreditGrant, EventType.BILLING_CREDIT_GRANT_CREATED),
    "credit_balance_transaction": (
        credit_balance_transaction,
        stripe.billing.CreditBalanceTransaction,
        EventType.BILLING_CREDIT_BALANCE_TRANSACTION_CREATED,
    ),
    "alert_triggered": (alert_triggered, stripe.billing.AlertTriggered, EventType.BILLING_ALERT_TRIGGERED),
}
