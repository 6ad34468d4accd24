"""What may be asked of a payment intent: every rule is tried, and what they refuse is reported together."""

from dataclasses import replace
from typing import Any

from domain.checks import checked, checked_where_given
from domain.currencies import chargeable, currency_of
from domain.descriptors import statement_descriptor
from domain.drafts import UNSET, given
from domain.errors import ErrorCode, Problems
from domain.kinds import FutureUsage
from domain.metadata import merged_metadata
from domain.texts import email_of, text_within
from models import PaymentIntent
from services.payments.drafts import NewPaymentIntent, PaymentIntentChange

DESCRIPTION_LENGTH_MAX = 1000


def checked_intent(draft: NewPaymentIntent) -> NewPaymentIntent:
    """The draft with its texts in their stored form; all problems of it together."""
    problems = Problems()
    currency = checked(problems, currency_of, draft.currency)
    if currency is not None:
        checked(problems, chargeable, draft.amount, currency)
    texts = _texts(draft, problems)
    metadata = checked(problems, merged_metadata, {}, draft.metadata)
    if draft.off_session and not draft.confirm:
        problems.add(
            ErrorCode.PARAMETER_UNKNOWN,
            "`offSession` says how a payment is tried; send it together with `confirm: true`.",
            "offSession",
        )
    if draft.off_session and draft.setup_future_usage is FutureUsage.OFF_SESSION:
        problems.add(
            ErrorCode.PARAMETERS_EXCLUSIVE,
            "A card is set up for later use with the customer present; leave out `offSession` or `setupFutureUsage`.",
            "setupFutureUsage",
        )
    if draft.confirm and draft.payment_method is None:
        problems.add(
            ErrorCode.PARAMETER_MISSING, "A payment that is confirmed at once needs a payment method.", "paymentMethod"
        )
    problems.raise_any()
    assert currency is not None and metadata is not None
    return replace(draft, currency=currency, metadata=metadata, **texts)


def changed(intent: PaymentIntent, change: PaymentIntentChange) -> tuple[str, ...]:
    """Change the intent in memory; the columns that may differ now. All problems of the change together."""
    problems = Problems()
    _refuse_what_is_the_invoices(intent, change, problems)
    wanted = given(change.currency, intent.currency)
    currency = checked(problems, currency_of, wanted)
    amount = given(change.amount, intent.amount)
    if currency is not None and (change.amount is not UNSET or change.currency is not UNSET):
        checked(problems, chargeable, amount, currency)
    texts = {name: value for name, value in _texts(change, problems).items() if value is not UNSET}
    metadata = checked(problems, merged_metadata, intent.metadata, change.metadata)
    problems.raise_any()
    columns: dict[str, Any] = texts | {"amount": amount, "currency": currency, "metadata": metadata}
    columns["customer_id"] = given(change.customer, intent.customer_id)
    columns["setup_future_usage"] = given(change.setup_future_usage, intent.setup_future_usage)
    for name, value in columns.items():
        setattr(intent, name, value)
    return tuple(columns)


def _refuse_what_is_the_invoices(intent: PaymentIntent, change: PaymentIntentChange, problems: Problems) -> None:
    if intent.invoice_id is None:
        return
    for name in ("amount", "currency", "customer"):
        if getattr(change, name) is not UNSET:
            problems.add(
                ErrorCode.PAYMENT_INTENT_UNEXPECTED_STATE,
                f"The {name} of {intent.id} is that of invoice {intent.invoice_id} and cannot be changed here.",
                name,
            )


def _texts(draft: NewPaymentIntent | PaymentIntentChange, problems: Problems) -> dict[str, Any]:
    return {
        "description": checked_where_given(
            problems, text_within, draft.description, DESCRIPTION_LENGTH_MAX, "description"
        ),
        "statement_descriptor": checked_where_given(problems, statement_descriptor, draft.statement_descriptor),
        "receipt_email": checked_where_given(problems, email_of, draft.receipt_email, "receiptEmail"),
    }
