"""The sandbox card network: speaks the gateway protocol, remembers nothing, needs no network and never waits."""

from gateways.outcomes import DisputeOutcome, Outcome, RefundOutcome
from gateways.protocol import (
    AuthorizeRequest,
    CaptureRequest,
    DisputeRequest,
    PaymentRequest,
    RefundRequest,
    SetupRequest,
    VoidRequest,
)
from gateways.sandbox.decisions import (
    outcome_of_capture,
    outcome_of_charge,
    outcome_of_refund,
    outcome_of_set_up,
    outcome_of_void,
)
from gateways.sandbox.disputes import verdict_on


class SandboxGateway:
    """The gateway of test mode. Every outcome is a function of the request alone, so `fetch` works it out again."""

    async def authorize(self, request: AuthorizeRequest) -> Outcome:
        """What the card's row or the request's script says. Error: `resource_missing` for an unknown token."""
        return outcome_of_charge(request)

    async def set_up(self, request: SetupRequest) -> Outcome:
        """Whether the card can be attached or set up. Error: `resource_missing` for an unknown token."""
        return outcome_of_set_up(request)

    async def capture(self, request: CaptureRequest) -> Outcome:
        """Success up to the held amount; the new reference stands for what was captured."""
        return outcome_of_capture(request)

    async def void(self, request: VoidRequest) -> Outcome:
        """Success."""
        return outcome_of_void(request)

    async def refund(self, request: RefundRequest) -> RefundOutcome:
        """The first answer; cards with a late ending have another for `fetch_refund`."""
        return outcome_of_refund(request, settled=False)

    async def fetch(self, request: PaymentRequest) -> Outcome:
        """The outcome of the request, whether it was made or not: it is the same."""
        match request:
            case AuthorizeRequest():
                return outcome_of_charge(request)
            case SetupRequest():
                return outcome_of_set_up(request)
            case CaptureRequest():
                return outcome_of_capture(request)
            case VoidRequest():
                return outcome_of_void(request)

    async def fetch_refund(self, request: RefundRequest) -> RefundOutcome:
        """How the refund ended: by the time anyone asks, the sandbox's banks have settled it."""
        return outcome_of_refund(request, settled=True)

    async def answer_dispute(self, request: DisputeRequest) -> DisputeOutcome:
        """What the evidence's text says, at once; any other is read for 60 days."""
        return verdict_on(request, settled=False)

    async def fetch_dispute(self, request: DisputeRequest) -> DisputeOutcome:
        """What the bank decided: by the time anyone asks, it has read the evidence."""
        return verdict_on(request, settled=True)
