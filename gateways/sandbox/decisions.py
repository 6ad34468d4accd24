"""What the sandbox decides: pure functions from a request to its outcome.

There is no memory: the same request has the same outcome at any time and in any process, so that a request whose
answer was lost in a crash can simply be asked again.
"""

import hashlib

from domain.errors import ErrorCode
from gateways.outcomes import (
    ActionKind,
    AnswerType,
    CardChecks,
    Declined,
    NetworkAnswer,
    NetworkStatus,
    Outcome,
    Processing,
    RefundFailed,
    RefundFailure,
    RefundOutcome,
    RefundSucceeded,
    RequiresAction,
    RiskLevel,
    Succeeded,
)
from gateways.protocol import (
    AuthorizeRequest,
    CaptureRequest,
    RefundRequest,
    SetupPurpose,
    SetupRequest,
    VoidRequest,
)
from gateways.sandbox.behaviours import Authentication, Behaviour, RefundCourse
from gateways.sandbox.catalogue import sandbox_token
from gateways.sandbox.declines import (
    RISK_SCORES,
    DeclineCode,
    blocked_as_too_risky,
    declined,
    failed_authentication,
    too_large,
)
from gateways.sandbox.disputes import notice_of
from gateways.sandbox.references import SandboxReference
from gateways.sandbox.scripts import ScriptedOutcome
from gateways.sandbox.tokens import PLAIN


def outcome_of_charge(request: AuthorizeRequest) -> Outcome:
    """How this charge ends: by failed 3-D Secure first, then by its script, then by its card."""
    behaviour = sandbox_token(request.payment_method_token).behaviour
    if request.authenticated is False:
        return failed_authentication(ErrorCode.PAYMENT_INTENT_AUTHENTICATION_FAILURE)
    if request.scripted is not None:
        return _scripted(request, ScriptedOutcome(request.scripted))
    if behaviour.authentication is Authentication.BREAKS_DOWN:
        return declined(DeclineCode.GENERIC_DECLINE)
    wants_authentication = behaviour.charge_wants_authentication(
        off_session=request.off_session, set_up=request.set_up_for_off_session
    )
    if wants_authentication and not request.authenticated:
        return _unauthenticated(off_session=request.off_session)
    if behaviour.blocked:
        return blocked_as_too_risky()
    if behaviour.decline is not None:
        return declined(behaviour.decline, risk_level=behaviour.risk_level, checks=behaviour.checks)
    return _charged(request, behaviour)


def outcome_of_set_up(request: SetupRequest) -> Outcome:
    """How this verification ends. A card that declines every charge at the bank declines it too."""
    behaviour = sandbox_token(request.payment_method_token).behaviour
    if request.authenticated is False:
        return failed_authentication(ErrorCode.SETUP_INTENT_AUTHENTICATION_FAILURE)
    if behaviour.decline is not None and behaviour.declines_at_set_up:
        return declined(behaviour.decline)
    off_session = request.purpose is SetupPurpose.OFF_SESSION
    if off_session and behaviour.authentication is Authentication.BREAKS_DOWN:
        return declined(DeclineCode.GENERIC_DECLINE)
    if off_session and behaviour.set_up_wants_authentication and not request.authenticated:
        return _unauthenticated(off_session=False)
    reference = SandboxReference(request.attempt_id, request.payment_method_token, 0)
    return Succeeded(str(reference), _approval("The card was verified.", request.attempt_id))


def outcome_of_capture(request: CaptureRequest) -> Outcome:
    """Success with a reference for the captured amount, or a decline above the amount that is held."""
    held = SandboxReference.parse(request.reference)
    if request.amount_minor > held.amount_minor:
        return too_large(request.amount_minor, held.amount_minor)
    behaviour = sandbox_token(held.token).behaviour
    captured = SandboxReference(held.attempt_id, held.token, request.amount_minor)
    network = _approval("Payment complete.", held.attempt_id, behaviour)
    notice = notice_of(held.attempt_id, behaviour, authenticated=False)
    return Succeeded(str(captured), network, behaviour.available_at_once, notice)


def outcome_of_void(request: VoidRequest) -> Outcome:
    """Success: the hold is released."""
    held = SandboxReference.parse(request.reference)
    return Succeeded(request.reference, _approval("The authorization was released.", held.attempt_id))


def outcome_of_refund(request: RefundRequest, *, settled: bool) -> RefundOutcome:
    """How this refund ends; `settled` says that the network had the time to finish what it began."""
    charge = SandboxReference.parse(request.reference)
    if request.amount_minor > charge.amount_minor:
        message = f"Refund of {request.amount_minor} exceeds the {charge.amount_minor} that were charged."
        return RefundFailed(RefundFailure.AMOUNT_TOO_LARGE, message)
    reference = str(SandboxReference(request.attempt_id, charge.token, request.amount_minor))
    match sandbox_token(charge.token).behaviour.refund:
        case RefundCourse.AT_ONCE:
            return RefundSucceeded(reference)
        case RefundCourse.PENDING_THEN_SUCCEEDS:
            return RefundSucceeded(reference) if settled else Processing(reference)
        case RefundCourse.SUCCEEDS_THEN_FAILS:
            if not settled:
                return RefundSucceeded(reference, settles_later=True)
            return RefundFailed(RefundFailure.EXPIRED_OR_CANCELED_CARD, "The customer's bank sent the refund back.")


def _scripted(request: AuthorizeRequest, script: ScriptedOutcome) -> Outcome:
    if script is ScriptedOutcome.SUCCEED or (
        script is ScriptedOutcome.AUTHENTICATION_REQUIRED and request.authenticated
    ):
        return _charged(request, PLAIN)
    if script is ScriptedOutcome.AUTHENTICATION_REQUIRED and not request.off_session:
        return RequiresAction(ActionKind.THREE_D_SECURE)
    return declined(DeclineCode(script.value))


def _unauthenticated(*, off_session: bool) -> Declined | RequiresAction:
    if off_session:
        return declined(DeclineCode.AUTHENTICATION_REQUIRED)
    return RequiresAction(ActionKind.THREE_D_SECURE)


def _charged(request: AuthorizeRequest, behaviour: Behaviour) -> Succeeded:
    reference = SandboxReference(request.attempt_id, request.payment_method_token, request.amount_minor)
    message = "Payment complete." if request.capture else "Payment authorized, waiting for its capture."
    network = _approval(message, request.attempt_id, behaviour)
    notice = None
    if request.capture:  # What is only held, nobody disputes yet.
        notice = notice_of(request.attempt_id, behaviour, authenticated=request.authenticated is True)
    return Succeeded(str(reference), network, behaviour.available_at_once, notice)


def _approval(seller_message: str, attempt_id: str, behaviour: Behaviour | None = None) -> NetworkAnswer:
    risk_level = behaviour.risk_level if behaviour else RiskLevel.NOT_ASSESSED
    return NetworkAnswer(
        status=NetworkStatus.APPROVED_BY_NETWORK,
        type=AnswerType.AUTHORIZED,
        seller_message=seller_message,
        risk_level=risk_level,
        risk_score=RISK_SCORES.get(risk_level),
        authorization_code=_authorization_code(attempt_id),
        checks=behaviour.checks if behaviour else CardChecks(),
    )


def _authorization_code(attempt_id: str) -> str:
    """Six digits, drawn from the attempt's id so that they are the same each time it is asked."""
    digest = hashlib.sha256(attempt_id.encode()).digest()
    return f"{int.from_bytes(digest[:8]) % 1_000_000:06d}"
