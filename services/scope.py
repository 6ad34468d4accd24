"""For whom, in which mode, by whom and at what time something is done. Handed down explicitly; nothing is ambient."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from domain.event_types import RESOURCES_BY_OBJECT
from domain.ids import IdMint
from domain.sharing import Stand
from gateways.registry import Gateways


class Clock(Protocol):
    """Where time comes from; `prorata/clock.py` is the only one that reads the system's."""

    def now(self) -> datetime:
        """The present in UTC, cut to the second."""
        ...

    def ticks(self) -> int:
        """Microseconds since the epoch, for ids that sort by creation."""
        ...


class ActorKind(StrEnum):
    """Who acts: the bearer of a key, or the program itself (the worker, the command line)."""

    SECRET_KEY = "secret_key"  # noqa: S105 - the name of a kind
    RESTRICTED_KEY = "restricted_key"
    PUBLISHABLE_KEY = "publishable_key"
    SYSTEM = "system"


class Access(StrEnum):
    """How far a restricted key reaches into one kind of object."""

    NONE = "none"
    READ = "read"
    WRITE = "write"


@dataclass(frozen=True, slots=True)
class Policy:
    """What the bearer of a key may do, by kind of object (`customers`, `subscriptions`: the stems of the house)."""

    default: Access = Access.NONE
    grants: Mapping[str, Access] = field(default_factory=dict)
    operations: frozenset[str] = frozenset()
    """Fields of Query and Mutation, by their GraphQL names, that are allowed whatever the kind is granted."""
    active_only: frozenset[str] = frozenset()
    """Kinds of which archived objects stay hidden."""

    def allows(self, kind: str, access: Access) -> bool:
        """True when objects of this kind may be read, or written (which includes reading)."""
        granted = self.grants.get(kind, self.default)
        return granted is Access.WRITE or granted is access

    def permits(self, operation: str, kind: str, access: Access) -> bool:
        """True when this field of Query or Mutation may be used: by the kind's grant, or named by itself."""
        return operation in self.operations or self.allows(kind, access)

    def objects_told_of(self) -> tuple[str, ...] | None:
        """The objects whose events may be read, by the `object` of their snapshots; None when all may be.

        An event shows its object whole: to read of it takes the grant of its kind as well.
        """
        if self.default is not Access.NONE and not self.grants:
            return None
        readable = (name for name, kind in RESOURCES_BY_OBJECT.items() if self.allows(kind, Access.READ))
        return tuple(readable)

    def sees_active_only(self, kind: str) -> bool:
        """True when archived objects of this kind are to be left out."""
        return kind in self.active_only


EVERYTHING = Policy(default=Access.WRITE)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who is behind a change, for events and the audit trail."""

    kind: ActorKind
    key_id: str | None = None


@dataclass(frozen=True, slots=True)
class IdempotentCall:
    """One mutation field under an `Idempotency-Key`; `path` is its response key, `fingerprint` hashes its input."""

    key: str
    path: str
    mutation: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Scope:
    """The frozen circumstances of one request or one agenda group; to act otherwise, copy it with `replace`."""

    account_id: str
    platform_id: str
    livemode: bool
    clock: Clock
    ids: IdMint
    gateways: Gateways
    actor: Actor
    policy: Policy = EVERYTHING
    request_id: str | None = None
    idempotency_key: str | None = None
    call: IdempotentCall | None = None
    application_id: str | None = None
    """The platform whose key acts for the account; None where the account acts by itself."""
    of_the_agenda: bool = False
    """Whether time causes what is done in it, and nobody asked for it."""
    on_clock: str | None = None
    """The test clock whose advance this scope carries out; `clock` then tells that clock's time."""

    @property
    def stand(self) -> Stand:
        """Where the payments stand that are asked for in it."""
        return Stand(self.account_id, self.platform_id, self.application_id)

    def maker_beside(self, application_id: str | None) -> str | None:
        """Who makes what belongs to something that this application made: whoever asks, or else the same."""
        return application_id if self.of_the_agenda else self.application_id

    def calling(self, call: IdempotentCall | None) -> "Scope":
        """The same scope while one mutation field runs under an idempotency key."""
        return replace(self, call=call)
