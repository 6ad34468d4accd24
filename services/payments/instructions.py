"""What a gateway is to do with a charge, kept on the charge so that it can be asked again alike after a crash."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any, Self

from domain.errors import ErrorCode
from gateways.protocol import AuthorizeRequest, CaptureRequest, VoidRequest
from models import Charge
from models.base import Row

MoneyRequest = AuthorizeRequest | CaptureRequest | VoidRequest


class Step(StrEnum):
    """What is in the gateway's hands right now."""

    AUTHORIZE = "authorize"
    CAPTURE = "capture"
    VOID = "void"


@dataclass(frozen=True, slots=True)
class Errand:
    """For what a verb charges: the object that it answers with, and the idempotency claim that its answer joins.

    `action_code` is the refusal that the caller gets when the customer has to authenticate first; None when that is
    no refusal.
    """

    subject_model: str
    subject_id: str
    claim: str | None = None
    action_code: ErrorCode | None = None

    @classmethod
    def about(cls, subject: Row, claim: str | None, action_code: ErrorCode | None = None) -> Self:
        """The errand whose answer is this row."""
        return cls(type(subject).__name__, subject.id, claim, action_code)


@dataclass(frozen=True, slots=True, kw_only=True)
class Instruction:
    """What the gateway is told beyond the columns of the charge. `step` is None when nothing is in its hands.

    `homeless`: the charge was made for an object that comes to be only when the charge succeeds; found after a crash,
    the money goes back. `dispute`: what the gateway told of one with its answer, as JSON.
    """

    token: str
    capture: bool
    off_session: bool
    set_up: bool
    step: Step | None = Step.AUTHORIZE
    authenticated: bool | None = None
    scripted: str | None = None
    capture_amount: int | None = None
    test_clock_id: str | None = None
    homeless: bool = False
    subject_model: str | None = None
    subject_id: str | None = None
    claim: str | None = None
    action_code: str | None = None
    dispute: Mapping[str, Any] | None = None

    @classmethod
    def of(cls, charge: Charge) -> Self:
        """The instruction that is kept on the charge."""
        return cls(**charge.request)

    @property
    def errand(self) -> Errand | None:
        """The errand that waits for the charge, if one does."""
        if self.subject_model is None or self.subject_id is None:
            return None
        code = None if self.action_code is None else ErrorCode(self.action_code)
        return Errand(self.subject_model, self.subject_id, self.claim, code)

    def on(self, errand: Errand | None) -> Self:
        """The same instruction, carried out for this errand."""
        if errand is None:
            return self
        return replace(
            self,
            subject_model=errand.subject_model,
            subject_id=errand.subject_id,
            claim=errand.claim,
            action_code=errand.action_code,
        )

    def at_rest(self) -> Self:
        """The same instruction with nothing in the gateway's hands and nobody waiting."""
        return replace(
            self, step=None, capture_amount=None, subject_model=None, subject_id=None, claim=None, action_code=None
        )

    def stored(self) -> dict[str, Any]:
        """JSON for `Charge.request`, without what is as it is by default."""
        kept = {}
        for name, default in _DEFAULTS:
            value = getattr(self, name)
            if value is not default:
                kept[name] = value
        return kept


_DEFAULTS = tuple((each.name, each.default) for each in fields(Instruction))


def in_flight(charge: Charge) -> bool:
    """Whether the gateway was handed the charge and its answer is not recorded yet."""
    return charge.request.get("step", Step.AUTHORIZE) is not None


def request_of(charge: Charge) -> MoneyRequest:
    """What the gateway is asked now. The same charge in the same state gives the same request with the same key."""
    told = Instruction.of(charge)
    assert told.step is not None, f"nothing is in the gateway's hands for {charge.id}"
    if told.step == Step.AUTHORIZE:
        return AuthorizeRequest(
            attempt_id=charge.id,
            payment_method_token=told.token,
            amount_minor=charge.amount,
            currency=charge.currency,
            capture=told.capture,
            off_session=told.off_session,
            set_up_for_off_session=told.set_up,
            authenticated=told.authenticated,
            scripted=told.scripted,
            statement_descriptor=charge.statement_descriptor,
            description=charge.description,
        )
    assert charge.gateway_reference is not None, f"{charge.id} was never authorized"
    if told.step == Step.VOID:
        return VoidRequest(attempt_id=f"{charge.id}_void", reference=charge.gateway_reference)
    assert told.capture_amount is not None, f"the amount to capture of {charge.id} is not known"
    return CaptureRequest(
        attempt_id=f"{charge.id}_capture", reference=charge.gateway_reference, amount_minor=told.capture_amount
    )
