"""Moving all subscribers of one price to another: what becomes of each of them."""

from enum import StrEnum


class MemberStatus(StrEnum):
    """How far a subscription of a price migration is."""

    PENDING = "pending"
    MIGRATED = "migrated"
    """It has the new price, or will have it with its next period where that was asked."""
    SKIPPED = "skipped"


class SkipReason(StrEnum):
    """Why a subscription was left as it was."""

    STATUS = "status"
    """It is neither active nor past due."""
    CHANGED_MEANWHILE = "changed_meanwhile"
    """It does not have the old price any more."""
    CHANGE_WAITS = "change_waits"
    """Another change of its items waits for the end of its period."""
    SCHEDULED = "scheduled"
    """It follows a schedule, which decides about its items."""
    MADE_BY_ANOTHER = "made_by_another"
    """The platform that asked for it did not make it, and the account by itself has to move it."""
    CHANGE_REFUSED = "change_refused"
    """It could not be billed (it has the new price beside the old one, a period would cost too much), would begin a new
    period, or has items of several intervals where the change is to wait for the end of a period."""
