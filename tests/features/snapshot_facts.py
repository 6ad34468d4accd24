"""What the subjects of the snapshot tests have in common."""

from datetime import UTC, datetime
from typing import Any

ANCHOR = datetime(2027, 1, 31, 10, tzinfo=UTC)
ANCHOR_SECONDS = 1_801_389_600  # 20 849 days of 86 400 s, and 10 h
NEXT = datetime(2027, 2, 28, 10, tzinfo=UTC)
NEXT_SECONDS = ANCHOR_SECONDS + 28 * 86_400

OWNER: dict[str, Any] = {"account_id": "acct_1", "livemode": False, "created_at": ANCHOR}
ADDRESS = {"line1": "1 Pixel St", "city": "Oakland", "state": "CA", "postal_code": "94607", "country": "US"}
ERROR = {"code": "card_declined", "decline_code": "insufficient_funds", "message": "No funds.", "charge": "ch_1"}
CARD: dict[str, Any] = {"brand": "visa", "last4": "4242", "exp_month": 12, "exp_year": 2034}
DECLINE = {
    "network_status": "declined_by_network",
    "reason": "insufficient_funds",
    "risk_level": "normal",
    "risk_score": 12,
    "seller_message": "The bank said no.",
    "type": "issuer_declined",
}
AGREED: dict[str, Any] = {
    "application_fee_percent": "12.5",
    "transfer_data": [{"destination": "acct_2", "amount_percent": "90"}],
    "on_behalf_of": "acct_2",
}
FEE = {"application_fee_amount": 425, "transfer_data": [{"destination": "acct_2", "amount": 425}]}
TAX_ID = {"type": "eu_vat", "value": "DE123456789"}
