"""What a gateway's answer means for a charge and its payment intent. Rows are changed in memory; nothing is written."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from domain.errors import ErrorCode, Problem
from domain.event_types import EventType
from domain.lifecycles import CHARGE, PAYMENT_INTENT, ChargeStatus, PaymentIntentStatus
from gateways.outcomes import ActionKind, Advice, Declined, NetworkAnswer, Outcome, RequiresAction, Succeeded
from models import Charge, PaymentIntent
from services.payments.instructions import Instruction, Step

CHARGE_FIELDS = (
    "status", "captured", "amount_captured", "failure_code", "failure_message", "decline_code", "outcome", "card",
    "gateway_reference", "balance_transaction_id", "request",
)  # fmt: skip
"""What an answer may change of a charge."""
SHARED_FIELDS = ("application_fee_id", "transfer_failure_reason")
"""What else it may change of one that others have a part in."""
INTENT_FIELDS = (
    "status", "amount_received", "amount_capturable", "latest_charge_id", "payment_method_id", "next_action",
    "last_error", "canceled_at", "succeeded_at",
)  # fmt: skip
"""What an answer may change of its payment intent."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What followed from one answer: the events in order, and the refusal that the caller is told."""

    charge: Charge
    intent: PaymentIntent
    told: Instruction
    at: datetime
    charge_event: EventType | None = None
    intent_event: EventType | None = None
    problem: Problem | None = None
    available_at_once: bool = False
    disputed: bool = False
    """Whether the gateway told with its answer that the charge is disputed."""

    @property
    def succeeded(self) -> bool:
        """Whether money came in with this answer."""
        return self.intent_event is EventType.PAYMENT_INTENT_SUCCEEDED


Rule: TypeAlias = Callable[[Charge, PaymentIntent, Instruction, Outcome, datetime], Effect]


def apply(charge: Charge, intent: PaymentIntent, outcome: Outcome, at: datetime) -> Effect:
    """Change both rows as the answer to what the charge's instruction asked for; `at` is the time on their clock."""
    told = Instruction.of(charge)
    assert told.step is not None, f"nothing is in the gateway's hands for {charge.id}"
    charge.request = told.at_rest().stored()
    return _RULES[Step(told.step)](charge, intent, told, outcome, at)


def _authorized(charge: Charge, intent: PaymentIntent, told: Instruction, outcome: Outcome, at: datetime) -> Effect:
    match outcome:
        case Succeeded():
            return _approved(charge, intent, told, outcome, at)
        case RequiresAction(kind=kind):
            return _awaiting(charge, intent, told, kind, at)
        case Declined() if outcome.code is ErrorCode.AUTHENTICATION_REQUIRED and intent.invoice_id is not None:
            # An invoice that is charged with the customer away waits for them to authenticate (spec 03).
            return _awaiting(charge, intent, told, ActionKind.THREE_D_SECURE, at)
        case Declined():
            return _declined(charge, intent, told, outcome, at)
    raise AssertionError(f"{outcome} is no answer to a charge")


def _approved(charge: Charge, intent: PaymentIntent, told: Instruction, outcome: Succeeded, at: datetime) -> Effect:
    charge.status = CHARGE.move(charge.id, ChargeStatus(charge.status), ChargeStatus.SUCCEEDED)
    charge.gateway_reference = outcome.reference
    _note(charge, outcome.network)
    intent.latest_charge_id = charge.id
    intent.last_error = intent.next_action = None
    if told.capture:
        _take(charge, intent, charge.amount, at)
        event = EventType.PAYMENT_INTENT_SUCCEEDED
    else:
        _move(intent, PaymentIntentStatus.REQUIRES_CAPTURE)
        intent.amount_capturable = charge.amount
        event = EventType.PAYMENT_INTENT_AMOUNT_CAPTURABLE_UPDATED
    return _taken(charge, intent, told, outcome, at, (EventType.CHARGE_SUCCEEDED, event))


def _awaiting(charge: Charge, intent: PaymentIntent, told: Instruction, kind: ActionKind, at: datetime) -> Effect:
    """The charge stays pending: once the customer has acted, the same one is sent again."""
    _move(intent, PaymentIntentStatus.REQUIRES_ACTION)
    intent.next_action = kind.value
    intent.last_error = None
    problem = None if told.errand is None else action_problem(told.errand.action_code)
    return Effect(charge, intent, told, at, None, EventType.PAYMENT_INTENT_REQUIRES_ACTION, problem)


def _declined(charge: Charge, intent: PaymentIntent, told: Instruction, outcome: Declined, at: datetime) -> Effect:
    charge.status = CHARGE.move(charge.id, ChargeStatus(charge.status), ChargeStatus.FAILED)
    charge.failure_code = outcome.code.value
    charge.failure_message = outcome.message
    charge.decline_code = outcome.decline_code
    _note(charge, outcome.network, outcome.advice)
    _move(intent, PaymentIntentStatus.REQUIRES_PAYMENT_METHOD)
    intent.last_error = error_of(outcome) | {"charge": charge.id, "payment_method": charge.payment_method_id}
    intent.latest_charge_id = charge.id
    intent.payment_method_id = intent.next_action = None
    events = EventType.CHARGE_FAILED, EventType.PAYMENT_INTENT_PAYMENT_FAILED
    return Effect(charge, intent, told, at, *events, problem_of(outcome))


def _captured(charge: Charge, intent: PaymentIntent, told: Instruction, outcome: Outcome, at: datetime) -> Effect:
    if isinstance(outcome, Declined):  # The hold stands; only the caller hears of it.
        return Effect(charge, intent, told, at, problem=problem_of(outcome))
    assert isinstance(outcome, Succeeded) and told.capture_amount is not None, f"{outcome} is no answer to a capture"
    charge.gateway_reference = outcome.reference
    _take(charge, intent, told.capture_amount, at)
    return _taken(charge, intent, told, outcome, at, (EventType.CHARGE_CAPTURED, EventType.PAYMENT_INTENT_SUCCEEDED))


def _taken(
    charge: Charge,
    intent: PaymentIntent,
    told: Instruction,
    outcome: Succeeded,
    at: datetime,
    events: tuple[EventType, EventType],
) -> Effect:
    """What follows from a yes; that somebody disputes the charge is kept on it until it is written down."""
    disputed = outcome.dispute is not None
    if outcome.dispute is not None:
        charge.request = charge.request | {"dispute": outcome.dispute.as_json()}
    return Effect(charge, intent, told, at, *events, available_at_once=outcome.available_at_once, disputed=disputed)


def _voided(charge: Charge, intent: PaymentIntent, told: Instruction, outcome: Outcome, at: datetime) -> Effect:
    if isinstance(outcome, Declined):
        return Effect(charge, intent, told, at, problem=problem_of(outcome))
    _move(intent, PaymentIntentStatus.CANCELED)
    intent.amount_capturable = 0
    intent.canceled_at = at
    return Effect(charge, intent, told, at, None, EventType.PAYMENT_INTENT_CANCELED)


_RULES: dict[Step, Rule] = {Step.AUTHORIZE: _authorized, Step.CAPTURE: _captured, Step.VOID: _voided}


def _take(charge: Charge, intent: PaymentIntent, amount: int, at: datetime) -> None:
    """The money is ours."""
    charge.captured = True
    charge.amount_captured = intent.amount_received = amount
    intent.amount_capturable = 0
    intent.succeeded_at = at
    _move(intent, PaymentIntentStatus.SUCCEEDED)


def _move(intent: PaymentIntent, after: PaymentIntentStatus) -> None:
    intent.status = PAYMENT_INTENT.move(intent.id, PaymentIntentStatus(intent.status), after)


def _note(charge: Charge, network: NetworkAnswer, advice: Advice | None = None) -> None:
    """Keep what the network said beside yes or no."""
    charge.outcome = {
        "network_status": network.status.value,
        "type": network.type.value,
        "seller_message": network.seller_message,
        "reason": network.reason,
        "risk_level": network.risk_level.value,
        "risk_score": network.risk_score,
        "advice_code": None if advice is None else advice.value,
    }
    checks = {
        "cvc_check": network.checks.cvc,
        "address_line1_check": network.checks.address_line1,
        "address_postal_code_check": network.checks.address_postal_code,
    }
    charge.card = charge.card | {"authorization_code": network.authorization_code, "checks": checks}


def error_of(outcome: Declined) -> dict[str, Any]:
    """What an intent remembers of a refusal."""
    return {
        "type": outcome.code.type.value,
        "code": outcome.code.value,
        "decline_code": outcome.decline_code,
        "message": outcome.message,
        "advice_code": None if outcome.advice is None else outcome.advice.value,
    }


def problem_of(outcome: Declined) -> Problem:
    """What the caller is told of a refusal."""
    return Problem(outcome.code, outcome.message, decline_code=outcome.decline_code)


def problem_with(charge: Charge, errand_code: ErrorCode | None) -> Problem | None:
    """What a caller is told of a charge that somebody else settled meanwhile."""
    if charge.failure_code is not None:
        return Problem(ErrorCode(charge.failure_code), charge.failure_message or "", decline_code=charge.decline_code)
    return action_problem(errand_code) if charge.status == ChargeStatus.PENDING else None


def action_problem(code: ErrorCode | None) -> Problem | None:
    """What the caller is told when the customer has to act first; None when that is no refusal."""
    if code is None:
        return None
    return Problem(code, "The payment needs the customer to authenticate before it can go on.")
