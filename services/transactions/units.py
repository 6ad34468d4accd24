"""Units of work: begin, join, commit, roll back, and what hangs on them.

One outermost `transaction()` is one unit; every `transaction()` inside it joins it. A unit belongs to the task that
opened it. Whatever happens at whatever await point, its connection is rolled back and given back.
"""

import asyncio
import copy
import dataclasses
import inspect
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextvars import ContextVar
from types import TracebackType
from typing import Any, Literal, Protocol, TypeAlias, TypeVar, cast

from tortoise.context import TortoiseContext, require_context
from tortoise.exceptions import OperationalError, TransactionManagementError
from tortoise.models import Model
from tortoise.queryset import QuerySet

T = TypeVar("T")
MODEL = TypeVar("MODEL", bound=Model)

Dialect: TypeAlias = Literal["sqlite", "postgres"]
Record: TypeAlias = Mapping[str, Any]
BeforeCommit: TypeAlias = Callable[[], Awaitable[None]]
AfterCommit: TypeAlias = Callable[[], Awaitable[None] | None]

_log = logging.getLogger(__name__)


class DatabaseBusy(OperationalError):
    """The database gave way to somebody else: nothing was written, the whole unit may be run again."""


class TransactionFailed(TransactionManagementError):
    """The unit can no longer be committed, because something in it failed and was passed over."""


class ForeignTask(TransactionManagementError):
    """A task uses a unit of work that another task opened."""


class Session(Protocol):
    """One connection with an open transaction. `writes` grows with each statement that is not a plain read."""

    writes: int
    failed: BaseException | None

    async def query(self, sql: str, values: Sequence[Any] = ()) -> tuple[int, Sequence[Any]]:
        """Rows affected (or returned) and the records."""
        ...

    async def query_many(self, sql: str, rows: Sequence[Sequence[Any]]) -> int:
        """Run one statement for each row of values; SQLite tells how many rows they affected together."""
        ...

    async def script(self, sql: str) -> None:
        """Run statements without values."""
        ...

    async def commit(self) -> asyncio.CancelledError | None:
        """Commit and give the connection back; a cancellation that came meanwhile is handed over, not raised."""
        ...

    async def rollback(self) -> None:
        """Roll back and give the connection back; does nothing when that is done already."""
        ...


class Database(Protocol):
    """A client of Tortoise that begins transactions for this module alone."""

    dialect: Dialect

    async def begin(self) -> Session:
        """A connection of its own with a transaction open for writing."""
        ...

    async def query(self, sql: str, values: Sequence[Any] = ()) -> tuple[int, Sequence[Any]]:
        """Rows affected (or returned) and the records: in the running unit, else wherever reads or writes go."""
        ...


_databases: dict[TortoiseContext, Database] = {}
"""The database of the last context: Tortoise looks it up in five steps, and a mutation asks a hundred times."""
_current: ContextVar["Unit | None"] = ContextVar("unit", default=None)
_unfinished_hooks: set[asyncio.Task[None]] = set()


class Unit:
    """One transaction and what is to happen at its end."""

    __slots__ = ("_abandoned", "_after", "_before", "_closed", "_owner", "_session", "_state")

    def __init__(self, session: Session, owner: asyncio.Task[Any] | None) -> None:
        self._session = session
        self._owner = owner
        self._closed = False
        self._abandoned: BaseException | None = None
        self._before: deque[BeforeCommit] = deque()
        self._after: list[AfterCommit] = []
        self._state: dict[object, Any] = {}

    def before_commit(self, hook: BeforeCommit) -> None:
        """Run `hook` inside the transaction, last of all; a hook may add further hooks."""
        self._before.append(hook)

    def after_commit(self, hook: AfterCommit) -> None:
        """Run `hook` once the transaction is durable, outside it; its errors are logged and change nothing."""
        self._after.append(hook)

    def state(self, key: object, factory: Callable[[], T]) -> T:
        """The value kept under `key` for the length of this unit, made by `factory` when first asked for.

        A savepoint that is rolled back brings back the containers as they were at its beginning; ask anew each time.
        """
        if key not in self._state:
            self._state[key] = factory()
        return cast(T, self._state[key])

    def session(self) -> Session:
        """The connection, for the task that opened the unit and as long as no statement has failed."""
        if self._closed or asyncio.current_task() is not self._owner:
            raise ForeignTask(
                "A task that was started inside a transaction used the database. Await the work in the task that "
                "opened the transaction, or start the task from unit.after_commit()."
            )
        if self._session.failed is not None:
            raise TransactionFailed(
                f"An earlier statement of this transaction failed ({self._session.failed}). "
                "A statement that may fail, such as an insert that may collide, belongs in `async with savepoint():`."
            )
        return self._session

    async def _commit(self) -> asyncio.CancelledError | None:
        if self._abandoned is not None:
            raise TransactionFailed(
                f"A part of this transaction wrote rows and then failed ({self._abandoned!r}), and the error was "
                "caught. Let it pass, or put the part in `async with savepoint():`."
            )
        while self._before:
            await self._before.popleft()()
        self.session()
        return await self._session.commit()

    async def _end(self, error: BaseException | None) -> asyncio.CancelledError | None:
        try:
            if error is None:
                return await self._commit()
            return None
        finally:
            self._closed = True
            _current.set(None)
            await self._session.rollback()

    async def _run_after_commit(self) -> None:
        for hook in self._after:
            try:
                outcome = hook()
                if inspect.isawaitable(outcome):
                    await outcome
            except Exception:
                # The rows are committed: a failing hook must not look like a failed transaction.
                _log.exception("A hook after commit failed: %r", hook)


class _Transaction:
    """The context manager behind `transaction()`."""

    __slots__ = ("_joined", "_unit", "_writes")

    _unit: Unit
    _joined: bool
    _writes: int

    async def __aenter__(self) -> Unit:
        unit = _current.get()
        self._joined = unit is not None
        if unit is None:
            session = await database().begin()
            unit = Unit(session, asyncio.current_task())
            _current.set(unit)
        self._unit = unit
        self._writes = unit.session().writes
        return unit

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        unit = self._unit
        if self._joined:
            if error is not None and unit._session.writes != self._writes and unit._abandoned is None:
                unit._abandoned = error
            return
        interruption = await unit._end(error)
        if error is None and unit._after:
            hooks = asyncio.ensure_future(unit._run_after_commit())
            _unfinished_hooks.add(hooks)
            hooks.add_done_callback(_unfinished_hooks.discard)
            if interruption is None:
                # A caller that is cancelled here leaves at once; the hooks still run to their end.
                await asyncio.shield(hooks)
        if interruption is not None:
            raise interruption


class _Savepoint:
    """The context manager behind `savepoint()`."""

    __slots__ = ("_abandoned", "_after", "_before", "_name", "_session", "_state", "_unit", "_writes")

    async def __aenter__(self) -> Unit:
        self._unit = unit = _required_unit("savepoint()")
        self._session = unit.session()
        self._writes = self._session.writes
        self._abandoned = unit._abandoned
        self._before = len(unit._before)
        self._after = len(unit._after)
        self._state = _copied(unit._state)
        self._name = f"prorata_{self._writes}"
        await self._session.script(f"SAVEPOINT {self._name}")
        return unit

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        session, unit = self._session, self._unit
        if error is not None and not isinstance(error, Exception):
            return  # A cancelled task rolls back its whole unit anyway.
        failure = session.failed
        if error is None and failure is None:
            await session.script(f"RELEASE SAVEPOINT {self._name}")
            return
        session.failed = None
        await session.script(f"ROLLBACK TO SAVEPOINT {self._name}")
        await session.script(f"RELEASE SAVEPOINT {self._name}")
        session.writes = self._writes
        unit._abandoned = self._abandoned
        unit._state = self._state
        del unit._after[self._after :]
        while len(unit._before) > self._before:
            unit._before.pop()
        if error is None:
            raise TransactionFailed(
                f"A statement failed inside this savepoint ({failure}) and its error was caught inside. "
                "Catch it around the savepoint."
            )


def transaction() -> _Transaction:
    """A unit of work for `async with`: the outermost begins and ends it, those inside join it.

    Raises `DatabaseBusy` when the database stays taken; nothing is written then. An error that leaves an inner
    block after that block wrote rows makes the unit impossible to commit, even if it is caught further out.
    """
    return _Transaction()


def savepoint() -> _Savepoint:
    """A part of a unit that may fail alone: an error that leaves the block undoes the block and can be caught."""
    return _Savepoint()


def current_unit() -> Unit | None:
    """The unit that the running code is in, or None."""
    return _current.get()


def _copied(value: Any) -> Any:
    """Containers and mutable dataclasses copied all the way down, everything else (rows above all) as it is."""
    if isinstance(value, dict):
        return {key: _copied(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set)) and not hasattr(value, "_fields"):
        return type(value)(_copied(item) for item in value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        copied = copy.copy(value)
        if not copied.__dataclass_params__.frozen:  # type: ignore[attr-defined]
            for field in dataclasses.fields(copied):
                setattr(copied, field.name, _copied(getattr(copied, field.name)))
        return copied
    return value


def _required_unit(what: str) -> Unit:
    unit = _current.get()
    if unit is None:
        raise TransactionManagementError(f"{what} needs a transaction around it: `async with transaction():`.")
    return unit


def is_postgres() -> bool:
    """True when the connected database is PostgreSQL, False when it is SQLite."""
    return database().dialect == "postgres"


def for_update(queryset: QuerySet[MODEL], *, skip_locked: bool = False) -> QuerySet[MODEL]:
    """The query with its rows locked until the unit ends (`FOR NO KEY UPDATE`; nothing on SQLite, with one writer)."""
    _required_unit("for_update()")
    return queryset.select_for_update(no_key=True, skip_locked=skip_locked)


def database() -> Database:
    """The connected database. Raises `RuntimeError` before `prorata.database.connect`."""
    context = require_context()
    known = _databases.get(context)
    if known is None:
        _databases.clear()
        known = _databases[context] = cast(Database, context.db())
    return known


async def settled(work: asyncio.Future[Any]) -> asyncio.CancelledError | None:
    """Wait for `work` to end, whatever happens; gives the cancellation that came meanwhile, or None."""
    interruption: asyncio.CancelledError | None = None
    while not work.done():
        try:
            await asyncio.wait((work,))
        except asyncio.CancelledError as cancelled:
            interruption = cancelled
    return interruption


def failure_of(work: asyncio.Future[Any]) -> BaseException | None:
    """Why `work`, which has ended, has no result; None when it has one."""
    # At the end of a program the loop cancels every task, those that finish a transaction too.
    return asyncio.CancelledError() if work.cancelled() else work.exception()
