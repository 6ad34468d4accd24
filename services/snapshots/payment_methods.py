"""Payment methods and setup intents as Stripe shows them."""

from models import PaymentMethod, SetupIntent
from services.snapshots.shapes import Snapshot, billing_details_of, next_action_of, payment_error_of, seconds


def payment_method_snapshot(row: PaymentMethod) -> Snapshot:
    """A card: what may be known of it, never its number."""
    return {
        "id": row.id,
        "object": "payment_method",
        "allow_redisplay": "unspecified",
        "billing_details": billing_details_of(row.billing_details),
        "card": {
            "brand": row.brand,
            "checks": {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": None},
            "country": row.country,
            "display_brand": row.brand,
            "exp_month": row.exp_month,
            "exp_year": row.exp_year,
            "fingerprint": row.fingerprint,
            "funding": row.funding,
            "generated_from": None,
            "last4": row.last4,
            "networks": {"available": [row.brand], "preferred": None},
            "regulated_status": None,
            "three_d_secure_usage": {"supported": True},
            "wallet": None,
        },
        "created": seconds(row.created_at),
        "customer": row.customer_id,
        "customer_account": None,
        "livemode": row.livemode,
        "metadata": dict(row.metadata),
        "type": row.type,
    }


def setup_intent_snapshot(row: SetupIntent) -> Snapshot:
    """The set-up of a payment method for later charges."""
    return {
        "id": row.id,
        "object": "setup_intent",
        "allowed_payment_method_types": None,
        "application": None,
        "automatic_payment_methods": None,
        "cancellation_reason": row.cancellation_reason,
        "client_secret": row.client_secret,
        "created": seconds(row.created_at),
        "customer": row.customer_id,
        "customer_account": None,
        "description": row.description,
        "excluded_payment_method_types": None,
        "flow_directions": None,
        "last_setup_error": payment_error_of(row.last_error),
        "latest_attempt": None,
        "livemode": row.livemode,
        "managed_payments": None,
        "mandate": None,
        "metadata": dict(row.metadata),
        "next_action": next_action_of(row.next_action),
        "on_behalf_of": None,
        "payment_method": row.payment_method_id,
        "payment_method_configuration_details": None,
        "payment_method_options": {
            "card": {"mandate_options": None, "network": None, "request_three_d_secure": "automatic"}
        },
        "payment_method_types": ["card"],
        "single_use_mandate": None,
        "status": row.status,
        "usage": row.usage,
    }
