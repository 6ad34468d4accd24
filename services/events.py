"""What happened, told in the same transaction as the change itself.

Snapshots are taken when an event is recorded, so each shows its object right after its own change. The rows are
written together just before the commit: the account's counter is taken last and held until the commit, so numbers
grow by one in commit order, a rolled-back change uses none, and no reader ever sees a gap.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any, TypeVar

import orjson

from domain.errors import DomainError, ErrorCode
from domain.event_types import API_VERSION, EventType
from domain.ids import Prefix
from models import Event
from services.base import Service
from services.pages import Listing, Page, PageRequest, cut
from services.rows import insert_rows
from services.scope import Scope
from services.snapshots import Subject, row_of, snapshot_of
from services.transactions import Unit, current_unit, database, is_postgres

__all__ = ["CreatedSpan", "EventLog", "EventSearch", "Events", "Reaction", "Snapshot", "react_to"]

TYPES_MAX = 20
"""Patterns of types that one list may ask for, as Stripe's."""

Snapshot = dict[str, Any]
Reaction = Callable[[Scope, Sequence[Subject]], Awaitable[None]]
Concern = Callable[[Any, Snapshot], Any]
FOUND = TypeVar("FOUND")

_REACTIONS: dict[EventType, tuple[Reaction, ...]] = {}
_CHANGE_REACTIONS: "dict[EventType, dict[str, tuple[Concern, tuple[Callable[..., Awaitable[None]], ...]]]]" = {}


def react_to(type: EventType, *reactions: Reaction) -> None:
    """Let these follow every event of this type in its own transaction. Only `services/reactions.py` calls this."""
    _REACTIONS[type] = reactions


def react_to_change(type: EventType, attribute: str, *reactions: Reaction) -> None:
    """Let these follow every event of this type that tells of a change of an attribute (a path into the snapshot)."""
    path = attribute.split(".")

    def concerned(subject: Subject, former: Snapshot) -> Subject | None:
        return subject if _tells_of(former, path) else None

    _CHANGE_REACTIONS.setdefault(type, {})[attribute] = (concerned, reactions)


def react_to_concern(
    type: EventType,
    concern: Callable[[Any, Snapshot], FOUND | None],
    *reactions: Callable[[Scope, Sequence[FOUND]], Awaitable[None]],
) -> None:
    """Let these follow every event of this type of whose former values `concern` finds something; they are given that.

    It sees every event of the type, thousands in a group of renewals, and so reads no database.
    """
    _CHANGE_REACTIONS.setdefault(type, {})[concern.__name__] = (concern, reactions)


# Lists in the unit's state, because a savepoint that is rolled back brings those back as they were at its beginning.
_EVENTS = "events that are not written yet"
_WAITING = "subjects that reactions wait for"
_Waiting = tuple[str, tuple[Callable[..., Awaitable[None]], ...], Scope, Any]
"""Why these reactions follow, the reactions, and whom they are about."""


class Events(Service):
    """Records events. Use within a transaction only."""

    async def react(self) -> None:
        """Let everything follow that the events recorded so far bring about, group by group, until nothing more does.

        Runs by itself before the commit; a verb that answers with what follows calls it, then reads its rows again.
        """
        unit = current_unit()
        assert unit is not None, "reactions belong to a transaction"
        await _react(unit)

    def snapshot(self, subject: Subject) -> Snapshot:
        """The object as handlers written for Stripe expect it; take one before a change to tell what it changed."""
        return snapshot_of(subject)

    def record(
        self,
        type: EventType,
        subject: Subject,
        *,
        at: datetime,
        before: Snapshot | None = None,
        about: str | None = None,
    ) -> None:
        """Tell that `type` happened to the subject at `at` of its clock; `before` is its snapshot from before.

        With `before`, the event carries the former values of what differs, and nothing is recorded when nothing does.
        `about` names the connected account that an event of its platform is about.
        """
        data = snapshot_of(subject)
        previous = None if before is None else _former_values(before, data)
        if previous != {}:
            self._tell(type, subject, at, data, previous, about)

    def record_all(self, types: Iterable[EventType], subject: Subject, *, at: datetime) -> None:
        """Tell that several things happened to the subject at once, in order."""
        data = snapshot_of(subject)
        for each in types:
            self._tell(each, subject, at, data, None)

    def _tell(
        self,
        type: EventType,
        subject: Subject,
        at: datetime,
        data: Snapshot,
        previous: Snapshot | None,
        about: str | None = None,
    ) -> None:
        unit = current_unit()
        assert unit is not None, f"{type} recorded outside a transaction"
        scope = self.scope
        events: list[Event] = unit.state(_EVENTS, list)
        if not events:
            unit.before_commit(lambda: _finish(unit))
        events.append(
            Event.made(
                id=self.new_id(Prefix.EVENT),
                created_at=at,
                written_at=scope.clock.now() if scope.on_clock is None else at,
                type=type,
                object_id=_object_id(data, subject),
                object_type=data["object"],
                data=_as_written(data),
                previous_attributes=None if previous is None else _as_written(previous),
                api_version=API_VERSION,
                connected_account_id=about if scope.account_id == scope.platform_id else scope.account_id,
                request_id=scope.request_id,
                idempotency_key=scope.idempotency_key,
                **self.ownership(),
            )
        )
        if type in _REACTIONS:
            _waiting(unit).append((type, _REACTIONS[type], scope, subject))
        if previous is not None and type in _CHANGE_REACTIONS:
            for cause, (concern, followers) in _CHANGE_REACTIONS[type].items():
                found = concern(subject, previous)
                if found is not None:
                    _waiting(unit).append((f"{type} {cause}", followers, scope, found))


def _object_id(data: Snapshot, subject: Subject) -> str:
    """The id that the object has in its snapshot; an upcoming invoice has none, a summary is a customer's.

    A coupon's may be in use in the other mode too, so that its events go by the id of its row. A balance has none.
    """
    if data["object"] == "balance":
        return f"balance_{row_of(subject).id}"
    if "id" in data and data["object"] != "coupon":
        return str(data["id"])
    return f"upcoming_{row_of(subject).id}" if data["object"] == "invoice" else row_of(subject).id


def _as_written(snapshot: Snapshot) -> orjson.Fragment:
    """A snapshot as the text that is stored: a group of renewals holds eight thousand of them until its commit."""
    return orjson.Fragment(orjson.dumps(snapshot))


async def _react(unit: Unit) -> None:
    """Take waiting groups in the order in which their first event was recorded; reactions may add more."""
    while waiting := _waiting(unit):
        _, reactions, scope, _ = waiting[0]
        group = [each for each in waiting if _group_of(each) == _group_of(waiting[0])]
        waiting[:] = [each for each in waiting if _group_of(each) != _group_of(group[0])]
        for reaction in reactions:
            await reaction(scope, [subject for _, _, _, subject in group])


def _waiting(unit: Unit) -> list[_Waiting]:
    return unit.state(_WAITING, list)


def _group_of(waiting: _Waiting) -> tuple[str, str, bool]:
    cause, _, scope, _ = waiting
    return cause, scope.account_id, scope.livemode


def _tells_of(former: Snapshot, attribute: Sequence[str]) -> bool:
    """Whether the attribute is among the former values."""
    known: Any = former
    for name in attribute:
        if not isinstance(known, dict) or name not in known:
            return False
        known = known[name]
    return True


def _former_values(before: Snapshot, after: Snapshot) -> Snapshot:
    """What `before` said of every attribute that now reads otherwise; nested objects are compared by their members."""
    former: Snapshot = {}
    for name in before.keys() | after.keys():
        old, new = before.get(name), after.get(name)
        if old == new:
            continue
        if isinstance(old, dict) and isinstance(new, dict) and "object" not in old:
            former[name] = _former_values(old, new)
        else:
            former[name] = old
    return former


async def _finish(unit: Unit) -> None:
    """Let follow what follows, then number and insert all events of the transaction, per object and per account."""
    await _react(unit)
    events: list[Event] = unit.state(_EVENTS, list)
    for account_id, livemode in sorted({(event.account_id, event.livemode) for event in events}):
        of_account = [event for event in events if event.account_id == account_id and event.livemode == livemode]
        await _number_by_account(of_account)
        # Under the account's counter nobody else numbers events of these objects.
        await _number_by_object(of_account)
    await insert_rows(events)


async def _number_by_account(events: Sequence[Event]) -> None:
    """Take the next numbers of one account and mode, and hold its counter until the commit."""
    account_id, livemode = events[0].account_id, events[0].livemode
    key = f"{account_id}:{'live' if livemode else 'test'}"
    row = [key, account_id, livemode, len(events)]
    [counter] = (await database().query(_COUNT_ON[is_postgres()], row))[1]
    for event, number in zip(events, range(counter["value"] - len(events) + 1, counter["value"] + 1), strict=True):
        event.sequence = number


async def _number_by_object(events: Sequence[Event]) -> None:
    """Count on from the last event of each object; an object born in this transaction has none before."""
    born = {event.object_id for event in events if event.type.endswith(".created")}
    known = sorted({event.object_id for event in events} - born)
    last: dict[str, int] = {}
    if known:
        among = known if is_postgres() else orjson.dumps(known).decode()
        found = (await database().query(_LAST_BY_OBJECT[is_postgres()], [events[0].account_id, among]))[1]
        last = {row["object_id"]: row["last"] for row in found}
    for event in events:
        event.object_sequence = last[event.object_id] = last.get(event.object_id, 0) + 1


_COUNT_ON = {
    postgres: "INSERT INTO event_counters (id, account_id, livemode, value) VALUES "
    f"{values} ON CONFLICT (id) DO UPDATE SET value = event_counters.value + excluded.value RETURNING value"
    for postgres, values in ((False, "(?, ?, ?, ?)"), (True, "($1, $2, $3, $4)"))
}
_LAST_BY_OBJECT = {
    postgres: "SELECT object_id, MAX(object_sequence) AS last FROM events"
    f" WHERE account_id = {account} AND object_id {among} GROUP BY object_id"
    for postgres, account, among in (
        (False, "?", "IN (SELECT value FROM json_each(?))"),
        (True, "$1", "= ANY($2::varchar[])"),
    )
}


@dataclass(frozen=True, slots=True)
class CreatedSpan:
    """Moments of the objects' clocks between bounds, as far as those are given."""

    gte: datetime | None = None
    gt: datetime | None = None
    lte: datetime | None = None
    lt: datetime | None = None


@dataclass(frozen=True, slots=True)
class EventSearch:
    """Which events to list; a `*` within one of the types stands for any text."""

    types: Sequence[str] | None = None
    object_id: str | None = None
    created: CreatedSpan = CreatedSpan()


class EventLog(Service):
    """Reads events. They are in order of their sequence, which is the order in which they were committed."""

    def matching(self, search: EventSearch) -> Listing:
        """The events that a list shows, of objects that the key may read; at most 20 types may be asked for."""
        found = self.mine(Event)
        objects = self.scope.policy.objects_told_of()
        if objects is not None:
            found = found.filter(object_type__in=objects)
        if search.types is not None:
            _refuse_many(search.types)
            found = found.filter(type__in=types_like(search.types))
        if search.object_id is not None:
            found = found.filter(object_id=search.object_id)
        bounds = {name: getattr(search.created, name) for name in ("gte", "gt", "lte", "lt")}
        return found.filter(**{f"created_at__{name}": at for name, at in bounds.items() if at is not None})

    async def page(self, listing: Listing, request: PageRequest) -> Page[Event]:
        """The page that is asked for, newest first by sequence. A cursor whose event is gone lies before all others."""
        after, before = await self._place(request.after), await self._place(request.before)
        if request.after is not None:
            listing = listing.filter(sequence__lt=after or 0)
        if before is not None:
            listing = listing.filter(sequence__gt=before)
        order = "sequence" if request.backwards else "-sequence"
        return cut(await listing.order_by(order).limit(request.size + 1), request)

    async def _place(self, identifier: str | None) -> int | None:
        event = None if identifier is None else await self.find(Event, identifier)
        return None if event is None else event.sequence


def _refuse_many(types: Sequence[str]) -> None:
    if len(types) > TYPES_MAX:
        raise DomainError(
            ErrorCode.PARAMETER_LIST_TOO_LONG, f"{len(types)} types were given; there may be {TYPES_MAX}.", "types"
        )


def types_like(patterns: Iterable[str]) -> list[EventType]:
    """The event types that match one of the patterns."""
    wanted = tuple(patterns)
    return [each for each in EventType if any(fnmatchcase(each, pattern) for pattern in wanted)]
