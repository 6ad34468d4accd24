"""Which gateway moves the money of a mode."""

from dataclasses import dataclass, field
from datetime import timedelta

from domain.errors import DomainError, ErrorCode
from gateways.protocol import Gateway
from gateways.sandbox import SandboxGateway
from gateways.tax import EmbeddedCalculator, TaxCalculator


@dataclass(frozen=True, slots=True)
class Gateways:
    """The gateways of the program: the sandbox in test mode, and in live mode the configured one, if there is one."""

    test: Gateway
    live: Gateway | None = None
    grace: timedelta = timedelta(seconds=60)
    """How long whoever called a gateway has to record its answer; after that the worker asks what became of it."""
    tax: TaxCalculator = field(default_factory=EmbeddedCalculator)
    """Who works tax out."""

    @classmethod
    def standard(cls, *, live: Gateway | None = None) -> "Gateways":
        """The sandbox for test mode beside what is configured for live mode."""
        return cls(test=SandboxGateway(), live=live)

    def for_mode(self, livemode: bool) -> Gateway:
        """The gateway of this mode. Error: `gateway_not_configured` in live mode without one."""
        if not livemode:
            return self.test
        if self.live is None:
            raise DomainError(
                ErrorCode.GATEWAY_NOT_CONFIGURED,
                "No payment gateway is configured for live mode, so no card can be verified, charged or refunded. "
                "Configure one, or use a test key.",
            )
        return self.live
