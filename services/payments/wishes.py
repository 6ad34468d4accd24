"""What callers hand in: payments that they wish to be tried, and what they answer with afterwards."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from domain.errors import ErrorCode, Problem
from domain.lifecycles import ChargeStatus
from domain.sharing import Sharing
from models import Charge, PaymentIntent, PaymentMethod
from models.base import Row
from services.payments.instructions import Errand, Instruction

SUBJECT = TypeVar("SUBJECT", bound=Row)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """One payment intent to be tried with one payment method at `at` of its customer's clock.

    A stored intent is held by the caller's transaction; one that is not stored yet is stored with its charge.
    `homeless`: what the charge is for comes to be only when it succeeds; found after a crash, the money goes back.
    """

    intent: PaymentIntent
    payment_method: PaymentMethod
    at: datetime
    off_session: bool
    test_clock_id: str | None = None
    homeless: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared(Generic[SUBJECT]):
    """What the first transaction of a charging verb leaves: the object it answers with, and what the gateway is to do.

    `wishes` are payments to be tried anew; `charges` are those already written whose next step was set.
    `action_code` is the refusal when the customer has to authenticate, None when that is no refusal. `problem` is told
    beside the object where nothing is to be done.
    """

    subject: SUBJECT
    wishes: Sequence[Wish] = ()
    charges: Sequence[Charge] = ()
    action_code: ErrorCode | None = None
    problem: Problem | None = None


def charge_of(
    wish: Wish, identifier: str, scripted: str | None, errand: Errand | None, descriptor: str | None, **ownership: Any
) -> Charge:
    """The pending attempt at a wish, with what its gateway must be told. Not written yet.

    `descriptor` is what the card statement says where the intent says nothing.
    """
    intent, method = wish.intent, wish.payment_method
    told = Instruction(
        token=method.token,
        capture=intent.capture_method == "automatic",
        off_session=wish.off_session,
        set_up=method.set_up_at is not None,
        scripted=scripted,
        test_clock_id=wish.test_clock_id,
        homeless=wish.homeless,
    )
    return Charge.made(
        id=identifier,
        created_at=wish.at,
        payment_intent_id=intent.id,
        customer_id=intent.customer_id,
        payment_method_id=method.id,
        invoice_id=intent.invoice_id,
        amount=intent.amount,
        currency=intent.currency,
        status=ChargeStatus.PENDING,
        card=card_shown(method),
        statement_descriptor=intent.statement_descriptor or descriptor,
        description=intent.description,
        metadata=intent.metadata,
        sharing=intent.sharing,
        transfer_group=intent.transfer_group or group_of(intent),
        application_id=intent.application_id,
        request=told.on(errand).stored(),
        **ownership,
    )


def seller_of(wish: Wish) -> str | None:
    """The account on whose behalf it is charged; None where that is the one that charges."""
    sharing = wish.intent.sharing
    return None if sharing is None else sharing.get("on_behalf_of")


def group_of(intent: PaymentIntent) -> str | None:
    """What its charge and its transfers are found by together; None where nothing is transferred with it."""
    return f"group_{intent.id}" if Sharing.from_json(intent.sharing).shares else None


def card_shown(method: PaymentMethod) -> dict[str, Any]:
    """The card as it is now, to be kept with a charge."""
    return {
        "brand": method.brand,
        "last4": method.last4,
        "exp_month": method.exp_month,
        "exp_year": method.exp_year,
        "country": method.country,
        "funding": method.funding,
        "fingerprint": method.fingerprint,
        "billing_details": method.billing_details,
    }
