"""Subjects for the snapshot tests: invoices and what becomes one."""

from typing import Any

from models import Invoice, InvoiceItem, InvoiceLine
from services.aggregates import UpcomingInvoice, WholeInvoice
from tests.features.snapshot_facts import ADDRESS, ANCHOR, FEE, NEXT, OWNER, TAX_ID

FAILURE = {"code": "amount_too_large", "type": "invalid_request_error", "message": "Too much."}

DRAW = {"credit_grant": "credgr_1", "amount": 250, "credit_balance_transaction": "cgtxn_1"}


def line(full: bool) -> InvoiceLine:
    """One line of 45.00 USD."""
    more: dict[str, Any] = {
        "price_id": "price_1",
        "product_id": "prod_1",
        "subscription_item_id": "si_1",
        "pretax_credits": [DRAW],
    }
    return InvoiceLine(
        id="il_1",
        invoice_id="in_1",
        position=0,
        description="3 × Basic",
        amount=4500,
        currency="usd",
        quantity=3,
        unit_amount_decimal="1500",
        period_start=ANCHOR,
        period_end=NEXT,
        **OWNER,
        **(more if full else {}),
    )


def invoice(full: bool) -> WholeInvoice:
    """A paid invoice of 45.00 USD less 2.50 prepaid credit; bare, a draft that could not be finalized."""
    more: dict[str, Any] = {
        "subscription_id": "sub_1",
        "number": "ABC-0001",
        "customer_snapshot": {"name": "Ada", "address": ADDRESS, "tax_exempt": "none", "tax_ids": [TAX_ID]},
        "amount_paid": 4250,
        "pretax_credits": [DRAW],
        "due_date": NEXT,
        "statement_descriptor": "PHOTO HOST",
        "finalized_at": ANCHOR,
        "paid_at": ANCHOR,
        "test_clock_id": "clock_1",
        "application_id": "acct_0",
        "sharing": FEE,
        "transfer_failure_reason": "account_disconnected",
    }
    row = Invoice(
        id="in_1",
        customer_id="cus_1",
        status="paid" if full else "draft",
        currency="usd",
        billing_reason="subscription_create" if full else "manual",
        collection_method="charge_automatically",
        period_start=ANCHOR,
        period_end=ANCHOR,
        subtotal=4500,
        total=4250 if full else 4500,
        total_excluding_tax=4250 if full else 4500,
        starting_balance=0 if full else -250,
        amount_due=4250,
        **OWNER,
        **(more if full else {"last_finalization_error": FAILURE}),
    )
    return WholeInvoice(row, [line(full)])


def upcoming(full: bool) -> UpcomingInvoice:
    """An invoice that is announced."""
    whole = invoice(full)
    return UpcomingInvoice(whole.row, whole.lines)


def invoice_item(full: bool) -> InvoiceItem:
    """What is given back for half a period; bare, an amount written by hand."""
    more = {
        "price_id": "price_1",
        "product_id": "prod_1",
        "subscription_id": "sub_1",
        "subscription_item_id": "si_1",
        "proration": True,
        "invoice_id": "in_1",
        "test_clock_id": "clock_1",
    }
    return InvoiceItem(
        id="ii_1",
        customer_id="cus_1",
        description="Unused time on 1 × Basic",
        amount=-750,
        currency="usd",
        quantity=1,
        unit_amount_decimal="1500",
        period_start=ANCHOR,
        period_end=NEXT,
        **OWNER,
        **(more if full else {}),
    )
