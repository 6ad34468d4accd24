"""Subjects for the snapshot tests: transfers, what arrives of them, and the fees of platforms."""

from collections.abc import Callable
from typing import Any

import stripe
from stripe import StripeObject

from domain.event_types import EventType
from models import ApplicationFee, ApplicationFeeRefund, DestinationPayment, Transfer, TransferReversal
from services.aggregates import WholeApplicationFee, WholeDestinationPayment, WholeTransfer
from services.snapshots import Subject
from tests.features.snapshot_facts import OWNER


def transfer(full: bool) -> WholeTransfer:
    """10.00 USD of a charge of which 4.00 came back with a refund; bare, of the balance."""
    more: dict[str, Any] = {
        "source_charge_id": "ch_1",
        "transfer_group": "group_pi_1",
        "description": "Share",
        "balance_transaction_id": "txn_1",
        "test_clock_id": "clock_1",
        "metadata": {"deal": "7"},
    }
    row = Transfer(
        id="tr_1",
        amount=1000,
        currency="usd",
        destination_id="acct_2",
        destination_payment_id="py_1",
        **OWNER,
        **(more if full else {}),
    )
    back = TransferReversal(
        id="trr_1",
        transfer_id="tr_1",
        amount=400,
        currency="usd",
        source_refund_id="re_1",
        balance_transaction_id="txn_2",
        destination_balance_transaction_id="txn_3",
        **OWNER,
    )
    return WholeTransfer(row, (back,) if full else ())


def destination_payment(full: bool) -> WholeDestinationPayment:
    """10.00 USD that arrived, of which the platform kept 1.23."""
    more: dict[str, Any] = {"application_fee_id": "fee_1", "balance_transaction_id": "txn_1", "description": "Share"}
    row = DestinationPayment(
        id="py_1", amount=1000, currency="usd", source_transfer_id="tr_1", **OWNER, **(more if full else {})
    )
    return WholeDestinationPayment(row, 400, 123) if full else WholeDestinationPayment(row)


def application_fee(full: bool) -> WholeApplicationFee:
    """1.23 USD of what arrived by a transfer, of which 0.50 was given back; bare, of a direct charge."""
    more: dict[str, Any] = {"destination_payment_id": "py_1", "balance_transaction_id": "txn_1"}
    row = ApplicationFee(
        id="fee_1",
        amount=123,
        currency="usd",
        charged_account_id="acct_2",
        charge_id="ch_1",
        **OWNER,
        **(more if full else {}),
    )
    back = ApplicationFeeRefund(
        id="fr_1", fee_id="fee_1", amount=50, currency="usd", balance_transaction_id="txn_2", **OWNER
    )
    return WholeApplicationFee(row, (back,) if full else ())


TRANSFER_KINDS: dict[str, tuple[Callable[[bool], Subject], type[StripeObject], EventType]] = {
    "transfer": (transfer, stripe.Transfer, EventType.TRANSFER_CREATED),
    "destination_payment": (destination_payment, stripe.Charge, EventType.PAYMENT_CREATED),
    "application_fee": (application_fee, stripe.ApplicationFee, EventType.APPLICATION_FEE_CREATED),
}
