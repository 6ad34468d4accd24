"""What callers ask of payment intents."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from domain.drafts import UNSET, Unset
from domain.kinds import CaptureMethod, FutureUsage
from domain.sharing import Share


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPaymentIntent:
    """What a new payment intent starts with; `amount` in minor units. `confirm` tries it at once."""

    amount: int
    currency: str
    customer: str | None = None
    payment_method: str | None = None
    capture_method: CaptureMethod = CaptureMethod.AUTOMATIC
    setup_future_usage: FutureUsage | None = None
    description: str | None = None
    statement_descriptor: str | None = None
    receipt_email: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    confirm: bool = False
    off_session: bool = False
    application_fee_amount: int | None = None
    transfer_data: tuple[Share, ...] = ()
    on_behalf_of: str | None = None
    transfer_group: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentIntentChange:
    """What to change of a payment intent that was not confirmed yet."""

    amount: int | Unset = UNSET
    currency: str | Unset = UNSET
    customer: str | Unset = UNSET
    payment_method: str | Unset | None = UNSET
    setup_future_usage: FutureUsage | Unset | None = UNSET
    description: str | Unset | None = UNSET
    statement_descriptor: str | Unset | None = UNSET
    receipt_email: str | Unset | None = UNSET
    application_fee_amount: int | Unset | None = UNSET
    transfer_data: tuple[Share, ...] | Unset | None = UNSET
    transfer_group: str | Unset | None = UNSET
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """How a payment intent is to be tried. `client_secret` proves that a page may; a secret key needs none."""

    id: str
    payment_method: str | None = None
    off_session: bool = False
    setup_future_usage: FutureUsage | None = None
    receipt_email: str | None = None
    client_secret: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentIntentSearch:
    """Which payment intents a list shows."""

    customer: str | None = None
    transfer_group: str | None = None
    invoice: str | None = None
    status: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeSearch:
    """Which charges a list shows."""

    customer: str | None = None
    payment_intent: str | None = None
    transfer_group: str | None = None
    status: str | None = None
