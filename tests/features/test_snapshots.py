"""Snapshots against the official `stripe` package: its type hints say what every object must look like."""

import dataclasses
import hashlib
import hmac
import json
import time
import typing
from decimal import Decimal
from typing import Any

import pytest
import stripe
from tortoise import Tortoise
from tortoise.context import TortoiseContext

from domain.event_types import API_VERSION, EventType
from models import Event
from services.snapshots import Subject, row_of, snapshot_of
from services.snapshots.envelope import event_body
from tests.features import snapshot_invoices
from tests.features import snapshot_subjects as subjects
from tests.features.snapshot_facts import ANCHOR_SECONDS, NEXT, NEXT_SECONDS, OWNER, TAX_ID
from tests.features.snapshot_subjects import KINDS
from tests.stripe_types import declared, mismatches

OURS = frozenset(
    f"{kind}.{name}"
    for kind in ("invoice", "upcoming")
    for name in ("paid", "application_fee_amount", "transfer_data", "transfer_failure_reason")
)
"""Keys beyond Stripe's declarations, on purpose."""

LEFT_OUT = {
    # Where money is sent has events of its own; groups are those of Stripe's pricing.
    "account": {"external_accounts", "groups"},
    # Parts of the law of single countries, and what is asked of the account as a whole.
    "person": {
        *("additional_tos_acceptances", "address_kana", "address_kanji", "first_name_kana", "first_name_kanji"),
        *("full_name_aliases", "future_requirements", "gender", "id_number_secondary_provided", "last_name_kana"),
        *("last_name_kanji", "maiden_name", "political_exposure", "registered_address", "requirements"),
        "us_cfpb_data",
    },
    # Given only to those who expand them, or only by accounts with the feature.
    "customer": {"cash_balance", "invoice_credit_balance", "sources", "subscriptions", "tax_ids"},
    "charge": {"level3", "refunds", "transfer"},
    "destination_payment": {"level3", "refunds", "transfer"},
    # Only what somebody has a use for who is paid out by bank.
    "balance": {"instant_available", "issuing", "refund_and_dispute_prefunding"},
    "topup": {"initiated_by", "payment_method", "payment_method_options"},
    "bank_account": {"customer"},
    "card": {"customer", "description", "iin", "issuer", "networks"},
    "invoice": {"confirmation_secret", "payments"},
    "upcoming": {"confirmation_secret", "id", "payments"},  # It does not exist yet.
    "setup_intent": {"attach_to_self"},
    "quote": {"line_items"},
    "invoiceitem": {"frozen_fields", "invoicing_rules"},
    "payment_intent": {"hooks"},
    # Refunds remember their charge, not who paid it and how; the others belong to refunds that are no card's.
    "refund": {"customer", "customer_account", "description", "instructions_email", "next_action", "payment_method"},
}


@pytest.fixture(autouse=True, scope="module")
def _rows_without_a_database() -> None:
    """Relations get their columns only once the models were put together, which here leaves no trace of a database."""
    with TortoiseContext():
        Tortoise.init_models(["models"], "models")


def _event(subject: Subject, event_type: EventType, previous: dict[str, Any] | None = None) -> Event:
    data = snapshot_of(subject)
    return Event(
        id="evt_1",
        type=event_type,
        object_id=data.get("id", "upcoming_in_1"),
        object_type=data["object"],
        data=data,
        previous_attributes=previous,
        api_version=API_VERSION,
        request_id="req_1",
        sequence=7,
        object_sequence=2,
        written_at=NEXT,
        **OWNER,
    )


@pytest.mark.parametrize("full", [True, False], ids=["full", "bare"])
@pytest.mark.parametrize("kind", KINDS)
def test_snapshot_is_what_the_stripe_package_declares(kind: str, full: bool) -> None:
    make, cls, _ = KINDS[kind]

    expected = ["upcoming.id: required by Invoice, and absent"] if kind == "upcoming" else []
    assert mismatches(snapshot_of(make(full)), cls, kind, OURS) == expected


@pytest.mark.parametrize("kind", KINDS)
def test_fields_left_out_are_those_that_stripe_leaves_out(kind: str) -> None:
    make, cls, _ = KINDS[kind]

    absent = declared(cls).keys() - snapshot_of(make(True)).keys() - {"deleted", "presentment_details"}

    if kind == "payment_method":  # It names only the type that it is of.
        assert not absent & {"card", "billing_details"}
    else:
        assert absent == LEFT_OUT.get(kind, set())


@pytest.mark.parametrize("full", [True, False], ids=["full", "bare"])
@pytest.mark.parametrize("kind", KINDS)
def test_stripe_verifies_the_event_and_builds_its_typed_object(kind: str, full: bool) -> None:
    make, cls, event_type = KINDS[kind]
    body = json.dumps(event_body(_event(make(full), event_type)))
    now = int(time.time())
    signature = hmac.new(b"whsec_1", f"{now}.{body}".encode(), hashlib.sha256).hexdigest()

    event = stripe.Webhook.construct_event(body, f"t={now},v1={signature}", "whsec_1")

    assert (event.type, event.api_version, event.created) == (event_type, stripe.api_version, ANCHOR_SECONDS)
    assert isinstance(event.data.object, cls)
    assert event.data.object.to_dict(for_json=True) == snapshot_of(make(full))


@pytest.mark.parametrize("kind", KINDS)
def test_snapshot_survives_being_stored_as_json(kind: str) -> None:
    data = snapshot_of(KINDS[kind][0](True))

    assert json.loads(json.dumps(data)) == data


def test_every_subject_has_a_snapshot() -> None:
    shown = {type(make(True)) for make, _, _ in KINDS.values()}

    assert shown == set(typing.get_args(Subject))


def test_row_of_a_whole_is_the_row_it_is_built_around() -> None:
    whole, single = snapshot_invoices.invoice(True), subjects.refund(True)

    assert row_of(whole) is whole.row
    assert row_of(single) is single


def test_customer_tells_balance_and_clock() -> None:
    customer: Any = stripe.Customer.construct_from(snapshot_of(subjects.customer(True)), None)

    assert customer.balance == -250
    assert customer.test_clock == "clock_1"
    assert customer.invoice_settings.default_payment_method == "pm_1"
    assert customer.invoice_settings.custom_fields[0].name == "PO"
    assert customer.shipping.address.line2 is None


def test_subscription_items_carry_period_and_whole_price() -> None:
    subscription: Any = stripe.Subscription.construct_from(snapshot_of(subjects.subscription(True)), None)
    item = subscription["items"].data[0]

    assert isinstance(item, stripe.SubscriptionItem)
    assert (item.current_period_start, item.current_period_end) == (ANCHOR_SECONDS, NEXT_SECONDS)
    assert isinstance(item.price, stripe.Price)
    assert [(tier.unit_amount, tier.unit_amount_decimal) for tier in item.price.tiers or ()] == [
        (1500, Decimal(1500)),
        (None, Decimal("0.5")),
    ]
    assert (item.plan.tiers_mode, item.plan.interval) == ("volume", "month")
    assert (subscription.status, subscription.cancel_at) == ("active", NEXT_SECONDS)


def test_paid_invoice_says_so_and_has_nothing_left_to_pay() -> None:
    invoice = snapshot_of(snapshot_invoices.invoice(True))

    assert invoice["paid"] is True
    assert (invoice["amount_due"], invoice["amount_paid"], invoice["amount_remaining"]) == (4250, 4250, 0)
    assert invoice["amount_paid_off_stripe"] == 0
    assert invoice["status_transitions"]["paid_at"] == ANCHOR_SECONDS
    assert invoice["customer_tax_ids"] == [TAX_ID]


def test_open_invoice_is_unpaid() -> None:
    invoice = snapshot_of(snapshot_invoices.invoice(False))

    assert invoice["paid"] is False
    assert invoice["amount_remaining"] == 4250
    assert invoice["parent"] is None


def test_invoice_line_names_price_item_and_period() -> None:
    invoice: Any = stripe.Invoice.construct_from(snapshot_of(snapshot_invoices.invoice(True)), None)
    line: Any = invoice.lines.data[0]

    assert [type(each) for each in invoice.lines.data] == [stripe.InvoiceLineItem]
    assert invoice.lines["total_count"] == 1
    assert invoice.parent.subscription_details.subscription == "sub_1"
    assert (line.amount, line.quantity, line.pricing.unit_amount_decimal) == (4500, 3, Decimal(1500))
    assert (line.pricing.price_details.price, line.pricing.price_details.product) == ("price_1", "prod_1")
    assert line.parent.subscription_item_details.subscription_item == "si_1"
    assert (line.period.start, line.period.end) == (ANCHOR_SECONDS, NEXT_SECONDS)


def test_decline_is_told_by_charge_and_intent() -> None:
    charge, intent = snapshot_of(subjects.charge(True)), snapshot_of(subjects.payment_intent(True))

    assert (charge["paid"], charge["failure_code"]) == (False, "card_declined")
    assert charge["outcome"]["reason"] == "insufficient_funds"
    assert charge["payment_method_details"]["card"]["last4"] == "4242"
    assert intent["last_payment_error"]["decline_code"] == "insufficient_funds"
    assert intent["latest_charge"] == "ch_1"
    assert intent["payment_details"]["order_reference"] == "in_1"


@pytest.mark.parametrize(("given_back", "refunded"), [(0, False), (500, False), (1500, True)])
def test_charge_is_refunded_once_all_of_it_was_given_back(given_back: int, refunded: bool) -> None:
    charge = subjects.charge(False)
    charge.row.status, charge.row.captured, charge.row.amount_captured = "succeeded", True, 1500

    told = snapshot_of(dataclasses.replace(charge, amount_refunded=given_back))

    assert (told["amount_refunded"], told["refunded"], told["paid"]) == (given_back, refunded, True)


def test_later_changes_of_a_row_do_not_reach_its_snapshot() -> None:
    customer = subjects.customer(True)
    before = snapshot_of(customer)

    customer.row.metadata["plan"] = "premium"

    assert before["metadata"] == {"plan": "basic"}


def test_envelope_tells_former_values_only_after_a_change() -> None:
    created = event_body(_event(subjects.product(True), EventType.PRODUCT_CREATED))
    updated = event_body(_event(subjects.product(True), EventType.PRODUCT_UPDATED, {"name": "Base"}))

    assert "previous_attributes" not in created["data"]
    assert updated["data"]["previous_attributes"] == {"name": "Base"}
    assert updated["request"] == {"id": "req_1", "idempotency_key": None}
    assert (updated["sequence"], updated["object_sequence"]) == (7, 2)


def test_envelope_names_the_connected_account_that_is_concerned() -> None:
    own, connected = (_event(subjects.product(True), EventType.PRODUCT_CREATED) for _ in range(2))
    connected.connected_account_id = "acct_2"

    assert "account" not in event_body(own)
    assert event_body(connected)["account"] == "acct_2"


def test_checker_finds_the_wrong_the_absent_and_the_undeclared() -> None:
    refund = {**snapshot_of(subjects.refund(True)), "amount": "500", "reason": "boredom", "mood": "good"}
    del refund["currency"]

    assert sorted(line.split(":")[0] for line in mismatches(refund, stripe.Refund, "refund")) == [
        "refund.amount",
        "refund.currency",
        "refund.mood",
        "refund.reason",
    ]


def test_parts_of_others_are_told_as_stripe_does() -> None:
    subscription: Any = stripe.Subscription.construct_from(snapshot_of(subjects.subscription(True)), None)
    told = snapshot_of(snapshot_invoices.invoice(True))

    assert (subscription.application, subscription.application_fee_percent) == ("ca_t0", 12.5)
    assert subscription.transfer_data.to_dict() == {"amount_percent": 90.0, "destination": "acct_2"}
    assert subscription.on_behalf_of == "acct_2"
    assert told["application_fee_amount"] == 425
    assert told["transfer_data"] == {"amount": 425, "destination": "acct_2"}
