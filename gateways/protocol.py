"""The one protocol that every gateway speaks, and the frozen requests it is handed.

Every request carries `attempt_id`, the id of the row that was committed before the call: it is the idempotency key.
A gateway asked twice with one key moves money once and answers the same. After a crash, `fetch` tells what became
of the request, so that no crash point charges twice or forgets a charge.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from gateways.outcomes import DisputeOutcome, Outcome, RefundOutcome


class SetupPurpose(StrEnum):
    """Why a card is verified: to lie in a customer's file, or to be charged while the customer is away."""

    ATTACH = "attach"
    OFF_SESSION = "off_session"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizeRequest:
    """A wish to charge `amount_minor` of `currency` (minor units, lower-case code), now or at a later capture.

    `off_session`: the customer is away and cannot act. `set_up_for_off_session`: the card was set up for such
    charges before. `authenticated`: None before 3-D Secure was tried, then whether the customer passed it.
    `scripted`: the outcome that a tester wrote for this charge; only the sandbox heeds it.
    """

    attempt_id: str
    payment_method_token: str
    amount_minor: int
    currency: str
    capture: bool
    off_session: bool
    set_up_for_off_session: bool
    authenticated: bool | None
    scripted: str | None = None
    statement_descriptor: str | None = None
    description: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        assert self.amount_minor > 0, f"A charge needs an amount above 0, not {self.amount_minor}."


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupRequest:
    """A wish to verify a card without charging it. A card that lies in a file is never asked for 3-D Secure."""

    attempt_id: str
    payment_method_token: str
    purpose: SetupPurpose
    authenticated: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureRequest:
    """A wish to take `amount_minor`, all or a part, of what `reference` holds; the rest is released."""

    attempt_id: str
    reference: str
    amount_minor: int

    def __post_init__(self) -> None:
        assert self.amount_minor > 0, f"A capture needs an amount above 0, not {self.amount_minor}."


@dataclass(frozen=True, slots=True, kw_only=True)
class VoidRequest:
    """A wish to release the whole authorization that `reference` names."""

    attempt_id: str
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundRequest:
    """A wish to give back `amount_minor` (minor units of the charge's currency) of the charge `reference`."""

    attempt_id: str
    reference: str
    amount_minor: int

    def __post_init__(self) -> None:
        assert self.amount_minor > 0, f"A refund needs an amount above 0, not {self.amount_minor}."


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeRequest:
    """An answer to the dispute `reference`: texts by Stripe's names, or, `accepted`, that the seller lets it be."""

    attempt_id: str
    reference: str
    evidence: Mapping[str, str] = field(default_factory=dict, hash=False)
    is_inquiry: bool = False
    accepted: bool = False


PaymentRequest = AuthorizeRequest | SetupRequest | CaptureRequest | VoidRequest


class Gateway(Protocol):
    """A network that moves money. Outcomes are values; what is raised is a fault, and the attempt stays open."""

    async def authorize(self, request: AuthorizeRequest) -> Outcome:
        """Charge, or hold the amount when `request.capture` is false."""
        ...

    async def set_up(self, request: SetupRequest) -> Outcome:
        """Verify a card for a customer's file or for later charges; moves no money."""
        ...

    async def capture(self, request: CaptureRequest) -> Outcome:
        """Take held money. Above what was authorized it is declined with `amount_too_large`."""
        ...

    async def void(self, request: VoidRequest) -> Outcome:
        """Release held money."""
        ...

    async def refund(self, request: RefundRequest) -> RefundOutcome:
        """Give money back. Above what was charged it fails with `amount_too_large`."""
        ...

    async def fetch(self, request: PaymentRequest) -> Outcome | None:
        """What became of this request; None when the gateway never saw its key."""
        ...

    async def fetch_refund(self, request: RefundRequest) -> RefundOutcome | None:
        """What became of this refund by now; None when the gateway never saw its key."""
        ...

    async def answer_dispute(self, request: DisputeRequest) -> DisputeOutcome:
        """Hand evidence in, or accept the dispute. Whether money moves is the bank's to say, now or later."""
        ...

    async def fetch_dispute(self, request: DisputeRequest) -> DisputeOutcome | None:
        """What the bank has decided by now; None when the gateway never saw this answer."""
        ...
