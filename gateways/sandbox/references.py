"""The sandbox's names for payments. A name carries the facts that a later request needs: the sandbox has no memory."""

from dataclasses import dataclass

_MARK = "sandbox"


@dataclass(frozen=True, slots=True)
class SandboxReference:
    """A payment or refund: the attempt that made it, its card, and its amount in minor units (0 for a set-up).

    Written as `sandbox:ch_123:pm_card_visa:1500`, at most 120 characters.
    """

    attempt_id: str
    token: str
    amount_minor: int

    def __str__(self) -> str:
        return f"{_MARK}:{self.attempt_id}:{self.token}:{self.amount_minor}"

    @classmethod
    def parse(cls, text: str) -> "SandboxReference":
        """The reference that `text` names; ValueError when another gateway made it."""
        parts = text.split(":")
        if len(parts) != 4 or parts[0] != _MARK:
            raise ValueError(
                f"{text!r} is not a reference of the sandbox; those read sandbox:<attempt>:<card>:<amount>."
            )
        return cls(attempt_id=parts[1], token=parts[2], amount_minor=int(parts[3]))
