"""How long an answer is kept under its key."""

from datetime import timedelta

from models import IdempotencyRecord, TestClock
from prorata.database import connected
from services.clocks import ClockDraft, Clocks
from services.idempotency import Performed, forget_expired, performed
from services.scope import IdempotentCall, Scope
from tests.features.scopes import NOON, StandingClock, founded_scope

CALL = IdempotentCall(key="once", path="clock", mutation="testClockCreate", fingerprint="1")


async def created(scope: Scope) -> Performed[TestClock]:
    """A clock made under the key."""
    return await performed(scope, CALL, lambda under: Clocks(under).create(ClockDraft(NOON)))


async def test_answer_is_replayed_for_24_hours_and_then_made_anew(database_url: str) -> None:
    clock = StandingClock()
    async with connected(database_url):
        scope = await founded_scope(clock)
        first = await created(scope)

        clock.at = NOON + timedelta(hours=23, minutes=59)
        replayed = await created(scope)
        clock.at = NOON + timedelta(hours=24)
        anew = await created(scope)

        assert (replayed.replayed, replayed.answer.id) == (True, first.answer.id)
        assert not anew.replayed and anew.answer.id != first.answer.id


async def test_expired_answers_are_removed_and_others_kept(database_url: str) -> None:
    async with connected(database_url):
        scope = await founded_scope()
        await created(scope)

        assert await forget_expired(NOON + timedelta(hours=23)) == 0
        assert await forget_expired(NOON + timedelta(hours=24)) == 1
        assert await IdempotencyRecord.all().count() == 0


async def test_two_fields_of_one_document_have_answers_of_their_own(database_url: str) -> None:
    async with connected(database_url):
        scope = await founded_scope()
        first = await created(scope)
        other = IdempotentCall(key="once", path="other", mutation="testClockCreate", fingerprint="1")

        second = await performed(scope, other, lambda under: Clocks(under).create(ClockDraft(NOON)))

        assert not second.replayed and second.answer.id != first.answer.id
