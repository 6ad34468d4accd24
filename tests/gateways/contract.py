"""What every gateway has to be given to prove the contract in `test_contract.py`, and the requests it is asked.

A new gateway adds one `Subject` to `SUBJECTS`.
"""

from dataclasses import dataclass, replace

from gateways.outcomes import Outcome, Succeeded
from gateways.protocol import (
    AuthorizeRequest,
    CaptureRequest,
    Gateway,
    PaymentRequest,
    RefundRequest,
    SetupPurpose,
    SetupRequest,
    VoidRequest,
)
from gateways.sandbox import SandboxGateway


@dataclass(frozen=True)
class Subject:
    """A gateway with an instrument for each way that a payment can go."""

    name: str
    gateway: Gateway
    good: str
    declining: str
    authenticating: str


SUBJECTS = (
    Subject(
        name="sandbox",
        gateway=SandboxGateway(),
        good="pm_card_visa",
        declining="pm_card_chargeCustomerFail",
        authenticating="pm_card_authenticationRequired",
    ),
)


def charge(token: str, **changes: object) -> AuthorizeRequest:
    """A charge of 15.00 USD with the customer present."""
    request = AuthorizeRequest(
        attempt_id="ch_1",
        payment_method_token=token,
        amount_minor=1500,
        currency="usd",
        capture=True,
        off_session=False,
        set_up_for_off_session=False,
        authenticated=None,
    )
    return replace(request, **changes)  # type: ignore[arg-type]


def set_up(
    token: str, purpose: SetupPurpose = SetupPurpose.OFF_SESSION, *, authenticated: bool | None = None
) -> SetupRequest:
    """A verification of a card."""
    return SetupRequest(attempt_id="seti_1", payment_method_token=token, purpose=purpose, authenticated=authenticated)


def attach(token: str) -> SetupRequest:
    """A verification of a card that is only to lie in the customer's file."""
    return set_up(token, SetupPurpose.ATTACH)


def capture(reference: str, amount_minor: int) -> CaptureRequest:
    """A capture of `amount_minor`."""
    return CaptureRequest(attempt_id="cap_1", reference=reference, amount_minor=amount_minor)


def void(reference: str) -> VoidRequest:
    """A release of a hold."""
    return VoidRequest(attempt_id="void_1", reference=reference)


def refund(reference: str, amount_minor: int) -> RefundRequest:
    """A refund of `amount_minor`."""
    return RefundRequest(attempt_id="re_1", reference=reference, amount_minor=amount_minor)


async def perform(gateway: Gateway, request: PaymentRequest) -> Outcome:
    """Hand a request to the method of the gateway that it is meant for."""
    match request:
        case AuthorizeRequest():
            return await gateway.authorize(request)
        case SetupRequest():
            return await gateway.set_up(request)
        case CaptureRequest():
            return await gateway.capture(request)
        case VoidRequest():
            return await gateway.void(request)


async def charged(subject: Subject, **changes: object) -> Succeeded:
    """A charge of the good instrument, which must succeed."""
    outcome = await subject.gateway.authorize(charge(subject.good, **changes))
    assert isinstance(outcome, Succeeded)
    return outcome
