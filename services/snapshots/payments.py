"""Payment intents and charges as Stripe shows them."""

from collections.abc import Mapping
from typing import Any

from domain.lifecycles import ChargeStatus
from domain.sharing import Sharing, amounts_of
from models import Charge, PaymentIntent
from services.aggregates import WholeCharge
from services.snapshots.shapes import (
    Snapshot,
    application_of,
    billing_details_of,
    next_action_of,
    payment_error_of,
    seconds,
)

_INTENT_WITHOUT = dict.fromkeys(
    (
        "allowed_payment_method_types",
        "automatic_payment_methods",
        "customer_account",
        "excluded_payment_method_types",
        "managed_payments",
        "payment_method_configuration_details",
        "payment_record",
        "processing",
        "review",
        "shipping",
        "source",
        "statement_descriptor_suffix",
    )
)
"""Fields of Stripe's that belong to what we do not do; null as on an object that does not use it."""


def payment_intent_snapshot(row: PaymentIntent) -> Snapshot:
    """The wish to be paid one amount (minor units) once; the attempts at it are charges."""
    return {
        **_INTENT_WITHOUT,
        **_sharing(row),
        "id": row.id,
        "object": "payment_intent",
        "amount": row.amount,
        "amount_capturable": row.amount_capturable,
        "amount_details": {"tip": {}},
        "amount_received": row.amount_received,
        "application": application_of(row),
        "canceled_at": seconds(row.canceled_at),
        "cancellation_reason": row.cancellation_reason,
        "capture_method": row.capture_method,
        "client_secret": row.client_secret,
        "confirmation_method": "automatic",
        "created": seconds(row.created_at),
        "currency": row.currency,
        "customer": row.customer_id,
        "description": row.description,
        "last_payment_error": payment_error_of(row.last_error),
        "latest_charge": row.latest_charge_id,
        "livemode": row.livemode,
        "metadata": dict(row.metadata),
        "next_action": next_action_of(row.next_action),
        "payment_details": _payment_details(row),
        "payment_method": row.payment_method_id,
        "payment_method_options": {
            "card": {
                "installments": None,
                "mandate_options": None,
                "network": None,
                "request_three_d_secure": "automatic",
            }
        },
        "payment_method_types": ["card"],
        "receipt_email": row.receipt_email,
        "setup_future_usage": row.setup_future_usage,
        "statement_descriptor": row.statement_descriptor,
        "status": row.status,
    }


def _payment_details(row: PaymentIntent) -> Snapshot | None:
    """The one place where Stripe's payment intent names the invoice that it pays."""
    if row.invoice_id is None:
        return None
    return {"customer_reference": row.customer_id, "order_reference": row.invoice_id}


_CHARGE_WITHOUT = dict.fromkeys(
    (
        "failure_balance_transaction",
        "receipt_email",
        "receipt_number",
        "receipt_url",
        "review",
        "shipping",
        "source",
        "source_transfer",
        "statement_descriptor_suffix",
    )
)
"""Fields of Stripe's that belong to what we do not do; null as on an object that does not use it."""


def charge_snapshot(charge: WholeCharge) -> Snapshot:
    """One attempt to take money, with what has been given back of it (minor units)."""
    row = charge.row
    return {
        **_CHARGE_WITHOUT,
        **_sharing(row),
        "id": row.id,
        "object": "charge",
        "amount": row.amount,
        "amount_captured": row.amount_captured,
        "amount_refunded": charge.amount_refunded,
        "application": application_of(row),
        "application_fee": row.application_fee_id,
        "authorization_code": row.card.get("authorization_code"),
        "balance_transaction": row.balance_transaction_id,
        "billing_details": billing_details_of(row.card.get("billing_details") or {}),
        "calculated_statement_descriptor": row.statement_descriptor,
        "captured": row.captured,
        "created": seconds(row.created_at),
        "currency": row.currency,
        "customer": row.customer_id,
        "description": row.description,
        "disputed": row.dispute_id is not None,
        "failure_code": row.failure_code,
        "failure_message": row.failure_message,
        "fraud_details": {},
        "livemode": row.livemode,
        "metadata": dict(row.metadata),
        "outcome": _outcome(row),
        "paid": row.status == ChargeStatus.SUCCEEDED,
        "payment_intent": row.payment_intent_id,
        "payment_method": row.payment_method_id,
        "payment_method_details": {"card": _card(row), "type": "card"},
        "radar_options": {},
        "refunded": row.captured and charge.amount_refunded >= row.amount_captured,
        "statement_descriptor": row.statement_descriptor,
        "status": row.status,
    }


_UNSHARED: Snapshot = {"application_fee_amount": None, "on_behalf_of": None, "transfer_data": None}


def _sharing(row: PaymentIntent | Charge) -> Snapshot:
    """Who else has a part in it. Stripe knows one destination: of several the first is shown."""
    if row.sharing is None:
        return {**_UNSHARED, "transfer_group": row.transfer_group}
    sharing = Sharing.from_json(row.sharing)
    transfer_data = None
    if sharing.shares:
        [first] = sharing.shares[:1]
        amount = None if first.is_whole else amounts_of([first], row.amount)[0]
        transfer_data = {"amount": amount, "destination": first.destination}
    return {
        "application_fee_amount": sharing.application_fee_amount,
        "on_behalf_of": sharing.on_behalf_of,
        "transfer_data": transfer_data,
        "transfer_group": row.transfer_group,
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
        "reason": known("reason") or row.decline_code,
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
