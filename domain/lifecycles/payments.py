"""The lives of payments, and of what becomes of them afterwards."""

from enum import StrEnum

from domain.errors import ErrorCode
from domain.lifecycles.tables import Lifecycle, moves_of


class PaymentIntentStatus(StrEnum):
    """What a payment waits for, or how it ended."""

    REQUIRES_PAYMENT_METHOD = "requires_payment_method"
    REQUIRES_CONFIRMATION = "requires_confirmation"
    REQUIRES_ACTION = "requires_action"
    PROCESSING = "processing"
    REQUIRES_CAPTURE = "requires_capture"
    CANCELED = "canceled"
    SUCCEEDED = "succeeded"


class SetupIntentStatus(StrEnum):
    """What the set-up of a payment method waits for, or how it ended."""

    REQUIRES_PAYMENT_METHOD = "requires_payment_method"
    REQUIRES_CONFIRMATION = "requires_confirmation"
    REQUIRES_ACTION = "requires_action"
    CANCELED = "canceled"
    SUCCEEDED = "succeeded"


class ChargeStatus(StrEnum):
    """PENDING while the gateway has not answered; an authorized charge that awaits capture has SUCCEEDED."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class RefundStatus(StrEnum):
    """PENDING while the gateway has not answered; a refund may still fail after it succeeded."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class DisputeStatus(StrEnum):
    """Where a dispute stands; those that begin with WARNING are inquiries, for which no money was taken."""

    WARNING_NEEDS_RESPONSE = "warning_needs_response"
    WARNING_UNDER_REVIEW = "warning_under_review"
    WARNING_CLOSED = "warning_closed"
    NEEDS_RESPONSE = "needs_response"
    UNDER_REVIEW = "under_review"
    WON = "won"
    LOST = "lost"


_P = PaymentIntentStatus
_P_WAITING = [_P.REQUIRES_PAYMENT_METHOD, _P.REQUIRES_CONFIRMATION, _P.REQUIRES_ACTION]
_P_CONFIRMABLE = [*_P_WAITING, _P.PROCESSING]  # a card answers at once; what takes its time is processing in between
PAYMENT_INTENT = Lifecycle(
    noun="payment intent",
    code=ErrorCode.PAYMENT_INTENT_UNEXPECTED_STATE,
    initial=(_P.REQUIRES_PAYMENT_METHOD, _P.REQUIRES_CONFIRMATION),
    moves=moves_of(
        ("choose a payment method for", [_P.REQUIRES_PAYMENT_METHOD], _P.REQUIRES_CONFIRMATION),
        ("confirm", _P_WAITING, _P.PROCESSING),
        ("settle", _P_CONFIRMABLE, _P.SUCCEEDED),
        ("authorize", _P_CONFIRMABLE, _P.REQUIRES_CAPTURE),
        ("require action on", _P_CONFIRMABLE, _P.REQUIRES_ACTION),
        ("decline", _P_CONFIRMABLE, _P.REQUIRES_PAYMENT_METHOD),
        ("authenticate", [_P.REQUIRES_ACTION], _P.SUCCEEDED),
        ("capture", [_P.REQUIRES_CAPTURE], _P.SUCCEEDED),
        ("cancel", [*_P_WAITING, _P.REQUIRES_CAPTURE], _P.CANCELED),
    ),
)

_T = SetupIntentStatus
_T_WAITING = [_T.REQUIRES_PAYMENT_METHOD, _T.REQUIRES_CONFIRMATION, _T.REQUIRES_ACTION]
SETUP_INTENT = Lifecycle(
    noun="setup intent",
    code=ErrorCode.SETUP_INTENT_UNEXPECTED_STATE,
    initial=(_T.REQUIRES_PAYMENT_METHOD, _T.REQUIRES_CONFIRMATION),
    moves=moves_of(
        ("choose a payment method for", [_T.REQUIRES_PAYMENT_METHOD], _T.REQUIRES_CONFIRMATION),
        ("confirm", _T_WAITING, _T.SUCCEEDED),
        ("require action on", _T_WAITING, _T.REQUIRES_ACTION),
        ("decline", _T_WAITING, _T.REQUIRES_PAYMENT_METHOD),
        ("authenticate", [_T.REQUIRES_ACTION], _T.SUCCEEDED),
        ("cancel", _T_WAITING, _T.CANCELED),
    ),
)

_C = ChargeStatus
CHARGE = Lifecycle(
    noun="charge",
    code=ErrorCode.CHARGE_UNEXPECTED_STATE,
    initial=(_C.PENDING,),
    moves=moves_of(("settle", [_C.PENDING], _C.SUCCEEDED), ("decline", [_C.PENDING], _C.FAILED)),
)

_R = RefundStatus
REFUND = Lifecycle(
    noun="refund",
    code=ErrorCode.REFUND_UNEXPECTED_STATE,
    initial=(_R.PENDING,),
    moves=moves_of(
        ("settle", [_R.PENDING], _R.SUCCEEDED),
        ("fail", [_R.PENDING, _R.SUCCEEDED], _R.FAILED),
    ),
)

_D = DisputeStatus
DISPUTE = Lifecycle(
    noun="dispute",
    code=ErrorCode.DISPUTE_UNEXPECTED_STATE,
    initial=(_D.NEEDS_RESPONSE, _D.WARNING_NEEDS_RESPONSE),
    moves=moves_of(
        ("answer", [_D.NEEDS_RESPONSE], _D.UNDER_REVIEW),
        ("answer", [_D.WARNING_NEEDS_RESPONSE], _D.WARNING_UNDER_REVIEW),
        ("close", [_D.NEEDS_RESPONSE], _D.LOST),
        ("leave unanswered", [_D.NEEDS_RESPONSE], _D.LOST),
        ("lose", [_D.UNDER_REVIEW], _D.LOST),
        ("win", [_D.UNDER_REVIEW], _D.WON),
        ("escalate", [_D.WARNING_NEEDS_RESPONSE, _D.WARNING_UNDER_REVIEW], _D.NEEDS_RESPONSE),
        ("let rest", [_D.WARNING_NEEDS_RESPONSE, _D.WARNING_UNDER_REVIEW], _D.WARNING_CLOSED),
    ),
)
