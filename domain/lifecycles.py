"""The life of every noun that has a status: which moves there are, and the verb that causes each.

Every change of a status goes through here. A service asks `refuse_unless` whether the caller may do a verb now, and
takes the new status from `move`; a move that stands in no table is a mistake of this program.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeVar

from domain.alerts import AlertStatus
from domain.errors import DomainError, ErrorCode


class SubscriptionStatus(StrEnum):
    """Where a subscription stands; CANCELED and INCOMPLETE_EXPIRED are final."""

    INCOMPLETE = "incomplete"
    INCOMPLETE_EXPIRED = "incomplete_expired"
    TRIALING = "trialing"
    ACTIVE = "active"
    PAST_DUE = "past_due"
    UNPAID = "unpaid"
    CANCELED = "canceled"
    PAUSED = "paused"


class SubscriptionScheduleStatus(StrEnum):
    """Where a schedule stands. It is COMPLETED for the moment between its last phase and its release."""

    NOT_STARTED = "not_started"
    ACTIVE = "active"
    COMPLETED = "completed"
    RELEASED = "released"
    CANCELED = "canceled"


class InvoiceStatus(StrEnum):
    """Where an invoice stands; only a DRAFT may still change its amounts."""

    DRAFT = "draft"
    OPEN = "open"
    PAID = "paid"
    UNCOLLECTIBLE = "uncollectible"
    VOID = "void"


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


class QuoteStatus(StrEnum):
    """Where a quote stands; only a DRAFT may still change what it offers."""

    DRAFT = "draft"
    OPEN = "open"
    ACCEPTED = "accepted"
    CANCELED = "canceled"


class PriceMigrationStatus(StrEnum):
    """Whether subscribers are being moved from one price to another."""

    RUNNING = "running"
    COMPLETED = "completed"
    CANCELED = "canceled"


class CreditNoteStatus(StrEnum):
    """Whether a credit note counts; VOID is final."""

    ISSUED = "issued"
    VOID = "void"


class CreditGrantStatus(StrEnum):
    """Whether a grant can be drawn once it is in force; EXPIRED and VOIDED are final."""

    GRANTED = "granted"
    EXPIRED = "expired"
    VOIDED = "voided"


class MeterStatus(StrEnum):
    """Whether a meter counts; an INACTIVE one refuses events."""

    ACTIVE = "active"
    INACTIVE = "inactive"


class TestClockStatus(StrEnum):
    """Whether a test clock stands still, moves, or broke."""

    __test__ = False  # pytest would collect a class of this name

    READY = "ready"
    ADVANCING = "advancing"
    INTERNAL_FAILURE = "internal_failure"


Status = TypeVar("Status", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Move(Generic[Status]):
    """One allowed change: the verb that causes it, and the statuses before and after."""

    verb: str
    before: Status
    after: Status


@dataclass(frozen=True, slots=True)
class Lifecycle(Generic[Status]):
    """All that may happen to the status of one noun."""

    noun: str
    code: ErrorCode
    initial: tuple[Status, ...]
    moves: tuple[Move[Status], ...]
    _pairs: frozenset[tuple[Status, Status]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Keep the pairs of the table by themselves: a group of renewals asks for thousands of moves."""
        object.__setattr__(self, "_pairs", frozenset((each.before, each.after) for each in self.moves))

    def move(self, subject: str, before: Status, after: Status) -> Status:
        """`after`, when the table has that move; `subject` is the id. Anything else is an AssertionError."""
        if (before, after) not in self._pairs:
            raise AssertionError(f"{self.noun} {subject} cannot go from {before} to {after}")
        return after

    def statuses_for(self, verb: str) -> tuple[Status, ...]:
        """The statuses in which `verb` can be done, in the order of the table."""
        found = tuple(dict.fromkeys(each.before for each in self.moves if each.verb == verb))
        if not found:
            raise AssertionError(f"no {self.noun} is ever the subject of '{verb}'")
        return found

    def refuse_unless(
        self,
        verb: str,
        subject: str,
        status: Status,
        *,
        allowed: Collection[Status] | None = None,
        param: str | tuple[str, ...] = "id",
    ) -> None:
        """Refuse `verb` (as in "finalize") for the object with id `subject` unless its status allows it.

        The allowed statuses are those of the table; `allowed` names them for a verb that moves no status.
        """
        fitting = self.statuses_for(verb) if allowed is None else tuple(allowed)
        if status not in fitting:
            raise DomainError(
                self.code,
                f"{self.noun.capitalize()} {subject} is {status}; to {verb} it, it would have to be"
                f" {' or '.join(fitting)}.",
                param,
            )

    def ended(self, status: Status) -> bool:
        """Whether nothing can change this status any more."""
        return all(each.before != status for each in self.moves)


def _moves(*rows: tuple[str, Collection[Status], Status]) -> tuple[Move[Status], ...]:
    """One move for each status before, row by row."""
    return tuple(Move(verb, before, after) for verb, befores, after in rows for before in befores)


_S = SubscriptionStatus
SUBSCRIPTION = Lifecycle(
    noun="subscription",
    code=ErrorCode.SUBSCRIPTION_UNEXPECTED_STATE,
    initial=(_S.INCOMPLETE, _S.TRIALING, _S.ACTIVE),
    moves=_moves(
        ("activate", [_S.INCOMPLETE], _S.ACTIVE),
        ("expire", [_S.INCOMPLETE], _S.INCOMPLETE_EXPIRED),
        ("fall behind", [_S.ACTIVE, _S.PAUSED], _S.PAST_DUE),
        ("give up on", [_S.PAST_DUE], _S.UNPAID),
        ("catch up", [_S.PAST_DUE, _S.UNPAID], _S.ACTIVE),
        ("begin a trial of", [_S.ACTIVE], _S.TRIALING),
        ("end the trial of", [_S.TRIALING], _S.ACTIVE),
        ("pause", [_S.ACTIVE, _S.PAST_DUE, _S.UNPAID], _S.PAUSED),
        ("pause instead of billing", [_S.TRIALING], _S.PAUSED),
        ("resume", [_S.PAUSED], _S.ACTIVE),
        ("cancel", [_S.INCOMPLETE, _S.TRIALING, _S.ACTIVE, _S.PAST_DUE, _S.UNPAID, _S.PAUSED], _S.CANCELED),
    ),
)

LIVING = tuple(status for status in _S if not SUBSCRIPTION.ended(status))
"""The statuses of subscriptions that have not ended."""

_H = SubscriptionScheduleStatus
SUBSCRIPTION_SCHEDULE = Lifecycle(
    noun="subscription schedule",
    code=ErrorCode.SUBSCRIPTION_SCHEDULE_UNEXPECTED_STATE,
    initial=(_H.NOT_STARTED, _H.ACTIVE),
    moves=_moves(
        ("start", [_H.NOT_STARTED], _H.ACTIVE),
        ("complete", [_H.ACTIVE], _H.COMPLETED),
        ("let go after", [_H.COMPLETED], _H.RELEASED),
        ("release", [_H.NOT_STARTED, _H.ACTIVE], _H.RELEASED),
        ("cancel", [_H.NOT_STARTED, _H.ACTIVE], _H.CANCELED),
    ),
)

SCHEDULES_LIVING = (_H.NOT_STARTED, _H.ACTIVE)
"""The statuses of schedules that still have something to do."""

_I = InvoiceStatus
INVOICE = Lifecycle(
    noun="invoice",
    code=ErrorCode.INVOICE_UNEXPECTED_STATE,
    initial=(_I.DRAFT,),
    moves=_moves(
        ("finalize", [_I.DRAFT], _I.OPEN),
        ("mark as uncollectible", [_I.OPEN], _I.UNCOLLECTIBLE),
        ("pay", [_I.OPEN, _I.UNCOLLECTIBLE], _I.PAID),
        ("void", [_I.OPEN, _I.UNCOLLECTIBLE], _I.VOID),
    ),
)

_P = PaymentIntentStatus
_P_WAITING = [_P.REQUIRES_PAYMENT_METHOD, _P.REQUIRES_CONFIRMATION, _P.REQUIRES_ACTION]
_P_CONFIRMABLE = [*_P_WAITING, _P.PROCESSING]  # a card answers at once; what takes its time is processing in between
PAYMENT_INTENT = Lifecycle(
    noun="payment intent",
    code=ErrorCode.PAYMENT_INTENT_UNEXPECTED_STATE,
    initial=(_P.REQUIRES_PAYMENT_METHOD, _P.REQUIRES_CONFIRMATION),
    moves=_moves(
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
    moves=_moves(
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
    moves=_moves(("settle", [_C.PENDING], _C.SUCCEEDED), ("decline", [_C.PENDING], _C.FAILED)),
)

_R = RefundStatus
REFUND = Lifecycle(
    noun="refund",
    code=ErrorCode.REFUND_UNEXPECTED_STATE,
    initial=(_R.PENDING,),
    moves=_moves(
        ("settle", [_R.PENDING], _R.SUCCEEDED),
        ("fail", [_R.PENDING, _R.SUCCEEDED], _R.FAILED),
    ),
)

_Q = QuoteStatus
QUOTE = Lifecycle(
    noun="quote",
    code=ErrorCode.QUOTE_UNEXPECTED_STATE,
    initial=(_Q.DRAFT,),
    moves=_moves(
        ("finalize", [_Q.DRAFT], _Q.OPEN),
        ("accept", [_Q.OPEN], _Q.ACCEPTED),
        ("cancel", [_Q.DRAFT, _Q.OPEN], _Q.CANCELED),
    ),
)

_G = PriceMigrationStatus
PRICE_MIGRATION = Lifecycle(
    noun="price migration",
    code=ErrorCode.PRICE_MIGRATION_UNEXPECTED_STATE,
    initial=(_G.RUNNING,),
    moves=_moves(("complete", [_G.RUNNING], _G.COMPLETED), ("cancel", [_G.RUNNING], _G.CANCELED)),
)

_N = CreditNoteStatus
CREDIT_NOTE = Lifecycle(
    noun="credit note",
    code=ErrorCode.CREDIT_NOTE_UNEXPECTED_STATE,
    initial=(_N.ISSUED,),
    moves=_moves(("void", [_N.ISSUED], _N.VOID)),
)

_E = CreditGrantStatus
CREDIT_GRANT = Lifecycle(
    noun="credit grant",
    code=ErrorCode.CREDIT_GRANT_UNEXPECTED_STATE,
    initial=(_E.GRANTED,),
    moves=_moves(("expire", [_E.GRANTED], _E.EXPIRED), ("void", [_E.GRANTED], _E.VOIDED)),
)

ALERT = Lifecycle(
    noun="alert",
    code=ErrorCode.ALERT_UNEXPECTED_STATE,
    initial=(AlertStatus.ACTIVE,),
    moves=_moves(
        ("deactivate", [AlertStatus.ACTIVE], AlertStatus.INACTIVE),
        ("activate", [AlertStatus.INACTIVE], AlertStatus.ACTIVE),
        ("archive", [AlertStatus.ACTIVE, AlertStatus.INACTIVE], AlertStatus.ARCHIVED),
    ),
)

_M = MeterStatus
METER = Lifecycle(
    noun="meter",
    code=ErrorCode.METER_UNEXPECTED_STATE,
    initial=(_M.ACTIVE,),
    moves=_moves(("deactivate", [_M.ACTIVE], _M.INACTIVE), ("reactivate", [_M.INACTIVE], _M.ACTIVE)),
)

_K = TestClockStatus
TEST_CLOCK = Lifecycle(
    noun="test clock",
    code=ErrorCode.TEST_CLOCK_UNEXPECTED_STATE,
    initial=(_K.READY,),
    moves=_moves(
        ("advance", [_K.READY], _K.ADVANCING),
        ("arrive", [_K.ADVANCING], _K.READY),
        ("break", [_K.ADVANCING], _K.INTERNAL_FAILURE),
    ),
)

LIFECYCLES = (
    SUBSCRIPTION,
    SUBSCRIPTION_SCHEDULE,
    INVOICE,
    PAYMENT_INTENT,
    SETUP_INTENT,
    CHARGE,
    REFUND,
    CREDIT_NOTE,
    CREDIT_GRANT,
    QUOTE,
    PRICE_MIGRATION,
    METER,
    ALERT,
    TEST_CLOCK,
)
