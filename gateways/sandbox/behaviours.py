"""How a sandbox card behaves, put together from a few independent traits."""

from dataclasses import dataclass
from enum import StrEnum

from gateways.outcomes import CardChecks, RiskLevel
from gateways.sandbox.declines import DeclineCode


class Authentication(StrEnum):
    """When a card wants 3-D Secure; with BREAKS_DOWN the customer is never asked and the request declines."""

    NEVER = "never"
    ALWAYS = "always"
    UNLESS_SET_UP = "unless_set_up"
    ON_SESSION_ONLY = "on_session_only"
    BREAKS_DOWN = "breaks_down"


class RefundCourse(StrEnum):
    """How a refund to a card goes."""

    AT_ONCE = "at_once"
    PENDING_THEN_SUCCEEDS = "pending_then_succeeds"
    SUCCEEDS_THEN_FAILS = "succeeds_then_fails"


class DisputeCourse(StrEnum):
    """What a cardholder does after a charge."""

    FRAUDULENT = "fraudulent"
    PRODUCT_NOT_RECEIVED = "product_not_received"
    INQUIRY = "inquiry"


_NOTHING_CHECKED = CardChecks()


@dataclass(frozen=True, slots=True)
class Behaviour:
    """The traits of one card; without any it is verified, charged and refunded without ado.

    `decline` is what a charge meets once authentication is out of the way; with `declines_at_set_up` the card cannot
    be attached either. `blocked`: the payment never reaches the issuer. `available_at_once`: the money skips the
    pending balance. `dispute`: whoever has the card disputes every charge that comes in, once it was captured.
    """

    authentication: Authentication = Authentication.NEVER
    decline: DeclineCode | None = None
    declines_at_set_up: bool = False
    blocked: bool = False
    refund: RefundCourse = RefundCourse.AT_ONCE
    risk_level: RiskLevel = RiskLevel.NORMAL
    checks: CardChecks = _NOTHING_CHECKED
    available_at_once: bool = False
    dispute: DisputeCourse | None = None

    def charge_wants_authentication(self, *, off_session: bool, set_up: bool) -> bool:
        """Whether a charge needs 3-D Secure, given whether the customer is away and the card was set up before."""
        match self.authentication:
            case Authentication.NEVER | Authentication.BREAKS_DOWN:
                return False
            case Authentication.UNLESS_SET_UP:
                return not set_up
            case Authentication.ON_SESSION_ONLY:
                return not off_session
            case Authentication.ALWAYS:
                return True

    @property
    def set_up_wants_authentication(self) -> bool:
        """Whether setting the card up for charges without the customer needs 3-D Secure."""
        return self.authentication in {Authentication.ALWAYS, Authentication.UNLESS_SET_UP}
