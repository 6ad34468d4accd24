"""Payment intents and charges as Stripe shows them."""

from collections.abc import Mapping
from typing import Any

from domain.lifecycles import ChargeStatus
from models import Charge, PaymentIntent
from services.aggregates import WholeCharge
from services.snapshots.shapes import Snapshot, billing_details_of, next_action_of, payment_error_of, seconds


def payment_intent_snapshot(row: PaymentIntent) -> Snapshot:
    """The wish to be paid one amount (minor units) once; the attempts at it are charges."""
    return {
        "id": row.id,
        "object": "payment_intent",
        "amount": row.amount,
        "amount_capturable": row.amount_capturable,
        "amount_details": {"tip": {}},
        "amount_received": row.amount_received,
        "application": None,
        "application_fee_amount": None,
        "automatic_payment_methods": None,
        "canceled_at": seconds(row.canceled_at),
        "cancellation_reason": row.cancellation_reason,
        "capture_method": row.capture_method,
        "client_secret": row.client_secret,
        "confirmation_method": "automatic",
        "created": seconds(row.created_at),
        "currency": row.currency,
        "customer": row.customer_id,
        "customer_account": None,
        "description": row.description,
        "excluded_payment_method_types": None,
        "last_payment_error": payment_error_of(row.last_error),
        "latest_charge": row.latest_charge_id,
        "livemode": row.livemode,
        "metadata": dict(row.metadata),
        "next_action": next_action_of(row.next_action),
        "on_behalf_of": None,
        "payment_details": _payment_details(row),
        "payment_method": row.payment_method_id,
        "payment_method_configuration_details": None,
        "payment_method_options": {
            "card": {
                "installments": None,
                "mandate_options": None,
                "network": None,
                "request_three_d_secure": "automatic",
            }
        },
        "payment_method_types": ["card"],
        "processing": None,
        "receipt_email": row.receipt_email,
        "review": None,
        "setup_future_usage": row.setup_future_usage,
        "shipping": None,
        "source": None,
        "statement_descriptor": row.statement_descriptor,
        "statement_descriptor_suffix": None,
        "status": row.status,
        "transfer_data": None,
        "transfer_group": None,
    }


def _payment_details(row: PaymentIntent) -> Snapshot | None:
    """The one place where Stripe's payment intent names the invoice that it pays."""
    if row.invoice_id is None:
        return None
    return {"customer_reference": row.customer_id, "order_reference": row.invoice_id}


def charge_snapshot(charge: WholeCharge) -> Snapshot:
    """One attempt to take money, with what has been given back of it (minor units)."""
    row = charge.row
    return {
        "id": row.id,
        "object": "charge",
        "amount": row.amount,
        "amount_captured": row.amount_captured,
        "amount_refunded": charge.amount_refunded,
        "application": None,
        "application_fee": None,
        "application_fee_amount": None,
        "balance_transaction": row.balance_transaction_id,
        "billing_details": billing_details_of(row.card.get("billing_details") or {}),
        "calculated_statement_descriptor": row.statement_descriptor,
        "captured": row.captured,
        "created": seconds(row.created_at),
        "currency": row.currency,
        "customer": row.customer_id,
        "description": row.description,
        "disputed": False,
        "failure_balance_transaction": None,
        "failure_code": row.failure_code,
        "failure_message": row.failure_message,
        "fraud_details": {},
        "livemode": row.livemode,
        "metadata": dict(row.metadata),
        "on_behalf_of": None,
        "outcome": _outcome(row),
        "paid": row.status == ChargeStatus.SUCCEEDED,
        "payment_intent": row.payment_intent_id,
        "payment_method": row.payment_method_id,
        "payment_method_details": {"card": _card(row), "type": "card"},
        "radar_options": {},
        "receipt_email": None,
        "receipt_number": None,
        "receipt_url": None,
        "refunded": row.captured and charge.amount_refunded >= row.amount_captured,
        "review": None,
        "shipping": None,
        "source": None,
        "source_transfer": None,
        "statement_descriptor": row.statement_descriptor,
        "statement_descriptor_suffix": None,
        "status": row.status,
        "transfer_data": None,
        "transfer_group": None,
    }


def _outcome(row: Charge) -> Snapshot | None:
    """What the network answered; None while it has not."""
    if row.outcome is None:
        return None
    known = row.outcome.get
    return {
        "advice_code": known("advice_code"),
        "network_advice_code": known("network_advice_code"),
        "network_decline_code": known("network_decline_code"),
        "network_status": known("network_status"),
        "reason": known("reason", row.decline_code),
        "risk_level": known("risk_level"),
        "risk_score": known("risk_score"),
        "rule": None,
        "seller_message": known("seller_message"),
        "type": known("type", "authorized" if row.failure_code is None else "issuer_declined"),
    }


def _card(row: Charge) -> Snapshot:
    """The card as it was when charged."""
    known = row.card.get
    authorized = row.status == ChargeStatus.SUCCEEDED
    return {
        "amount_authorized": row.amount if authorized else None,
        "authorization_code": known("authorization_code"),
        "brand": known("brand"),
        "checks": _checks(known("checks") or {}),
        "country": known("country"),
        "exp_month": known("exp_month"),
        "exp_year": known("exp_year"),
        "extended_authorization": {"status": "disabled"},
        "fingerprint": known("fingerprint"),
        "funding": known("funding"),
        "incremental_authorization": {"status": "unavailable"},
        "installments": None,
        "last4": known("last4"),
        "mandate": None,
        "multicapture": {"status": "unavailable"},
        "network": known("brand"),
        "network_token": {"used": False},
        "network_transaction_id": None,
        "overcapture": {"maximum_amount_capturable": row.amount, "status": "unavailable"},
        "regulated_status": None,
        "three_d_secure": None,
        "wallet": None,
    }


def _checks(checks: Mapping[str, Any]) -> Snapshot:
    """What the issuer said of the details handed in with the card."""
    return {
        "address_line1_check": checks.get("address_line1_check"),
        "address_postal_code_check": checks.get("address_postal_code_check"),
        "cvc_check": checks.get("cvc_check"),
    }
