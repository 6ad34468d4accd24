"""The lives of what is sold and billed."""

from enum import StrEnum

from domain.alerts import AlertStatus
from domain.errors import ErrorCode
from domain.lifecycles.tables import Lifecycle, moves_of


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


_S = SubscriptionStatus
SUBSCRIPTION = Lifecycle(
    noun="subscription",
    code=ErrorCode.SUBSCRIPTION_UNEXPECTED_STATE,
    initial=(_S.INCOMPLETE, _S.TRIALING, _S.ACTIVE),
    moves=moves_of(
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
    moves=moves_of(
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
    moves=moves_of(
        ("finalize", [_I.DRAFT], _I.OPEN),
        ("mark as uncollectible", [_I.OPEN], _I.UNCOLLECTIBLE),
        ("pay", [_I.OPEN, _I.UNCOLLECTIBLE], _I.PAID),
        ("void", [_I.OPEN, _I.UNCOLLECTIBLE], _I.VOID),
    ),
)

_Q = QuoteStatus
QUOTE = Lifecycle(
    noun="quote",
    code=ErrorCode.QUOTE_UNEXPECTED_STATE,
    initial=(_Q.DRAFT,),
    moves=moves_of(
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
    moves=moves_of(("complete", [_G.RUNNING], _G.COMPLETED), ("cancel", [_G.RUNNING], _G.CANCELED)),
)

_N = CreditNoteStatus
CREDIT_NOTE = Lifecycle(
    noun="credit note",
    code=ErrorCode.CREDIT_NOTE_UNEXPECTED_STATE,
    initial=(_N.ISSUED,),
    moves=moves_of(("void", [_N.ISSUED], _N.VOID)),
)

_E = CreditGrantStatus
CREDIT_GRANT = Lifecycle(
    noun="credit grant",
    code=ErrorCode.CREDIT_GRANT_UNEXPECTED_STATE,
    initial=(_E.GRANTED,),
    moves=moves_of(("expire", [_E.GRANTED], _E.EXPIRED), ("void", [_E.GRANTED], _E.VOIDED)),
)

ALERT = Lifecycle(
    noun="alert",
    code=ErrorCode.ALERT_UNEXPECTED_STATE,
    initial=(AlertStatus.ACTIVE,),
    moves=moves_of(
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
    moves=moves_of(("deactivate", [_M.ACTIVE], _M.INACTIVE), ("reactivate", [_M.INACTIVE], _M.ACTIVE)),
)

_K = TestClockStatus
TEST_CLOCK = Lifecycle(
    noun="test clock",
    code=ErrorCode.TEST_CLOCK_UNEXPECTED_STATE,
    initial=(_K.READY,),
    moves=moves_of(
        ("advance", [_K.READY], _K.ADVANCING),
        ("arrive", [_K.ADVANCING], _K.READY),
        ("break", [_K.ADVANCING], _K.INTERNAL_FAILURE),
    ),
)
