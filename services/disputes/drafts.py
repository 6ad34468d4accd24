"""What callers hand in about disputes."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from domain.disputes import DisputeReason, EvidenceDraft
from domain.lifecycles import DisputeStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxDispute:
    """A dispute that a tester plays: `amount` minor units of a charge (None: all that was not given back)."""

    charge: str
    reason: DisputeReason = DisputeReason.FRAUDULENT
    amount: int | None = None
    is_inquiry: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeChange:
    """What is said to a dispute. `submit`: hand it in (None: when there is evidence in the change)."""

    evidence: EvidenceDraft | None = None
    submit: bool | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeSearch:
    """Which disputes a list shows."""

    charge: str | None = None
    payment_intent: str | None = None
    status: DisputeStatus | None = None
