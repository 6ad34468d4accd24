"""What customers may use by what they are subscribed to: in which states of a subscription, and what features may be.

Spec 04: active entitlements follow the subscription while it is ACTIVE, TRIALING or, unless a setting says otherwise,
PAST_DUE. Collection that is paused is no state of its own and takes nothing.
"""

from typing import Final

from domain.lifecycles import SubscriptionStatus

NAME_LENGTH_MAX: Final = 80
LOOKUP_KEY_LENGTH_MAX: Final = 80

_ALWAYS: Final = frozenset({SubscriptionStatus.ACTIVE, SubscriptionStatus.TRIALING})


def entitling_statuses(*, past_due_entitles: bool) -> frozenset[SubscriptionStatus]:
    """The states in which a subscription gives its customer the features of its products."""
    return _ALWAYS | {SubscriptionStatus.PAST_DUE} if past_due_entitles else _ALWAYS
