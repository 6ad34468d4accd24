"""What callers ask of transfers and application fees."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from domain.drafts import UNSET, Unset


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTransfer:
    """Minor units to be sent to another account, of a charge or of what is available in a world."""

    amount: int
    currency: str
    destination: str
    source_transaction: str | None = None
    transfer_group: str | None = None
    description: str | None = None
    test_clock: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferChange:
    """What to change of a transfer."""

    description: str | Unset | None = UNSET
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReversal:
    """What is to come back of a transfer: minor units, None for all that is left."""

    transfer: str
    amount: int | None = None
    refund_application_fee: bool = False
    description: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFeeRefund:
    """What a platform gives back of a fee: minor units, None for all that is left."""

    fee: str
    amount: int | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
