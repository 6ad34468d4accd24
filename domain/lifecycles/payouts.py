"""The lives of money that leaves for a bank or comes from one, and of the accounts there."""

from enum import StrEnum

from domain.errors import ErrorCode
from domain.lifecycles.tables import Lifecycle, moves_of


class PayoutStatus(StrEnum):
    """PENDING until the bank has it; a payout that FAILED or was CANCELED has its money back in the balance."""

    PENDING = "pending"
    IN_TRANSIT = "in_transit"
    PAID = "paid"
    FAILED = "failed"
    CANCELED = "canceled"


class TopupStatus(StrEnum):
    """Whether money that was called in has come."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"


class ExternalAccountStatus(StrEnum):
    """What is known of a bank account or debit card; nothing is paid out to one that is ERRORED."""

    NEW = "new"
    VALIDATED = "validated"
    ERRORED = "errored"


_P = PayoutStatus
PAYOUT = Lifecycle(
    noun="payout",
    code=ErrorCode.PAYOUT_UNEXPECTED_STATE,
    initial=(_P.PENDING,),
    moves=moves_of(
        ("send", [_P.PENDING], _P.IN_TRANSIT),
        ("arrive", [_P.IN_TRANSIT], _P.PAID),
        ("fail", [_P.IN_TRANSIT], _P.FAILED),
        ("cancel", [_P.PENDING], _P.CANCELED),
    ),
)
_T = TopupStatus
TOPUP = Lifecycle(
    noun="top-up",
    code=ErrorCode.PAYOUT_UNEXPECTED_STATE,
    initial=(_T.PENDING,),
    moves=moves_of(("succeed", [_T.PENDING], _T.SUCCEEDED)),
)
_X = ExternalAccountStatus
EXTERNAL_ACCOUNT = Lifecycle(
    noun="external account",
    code=ErrorCode.BANK_ACCOUNT_UNUSABLE,
    initial=(_X.NEW, _X.VALIDATED),
    moves=moves_of(("fail", [_X.NEW, _X.VALIDATED], _X.ERRORED)),
)
