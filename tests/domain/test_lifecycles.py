"""The tables of moves, and what they refuse."""

import re
from enum import StrEnum

import pytest

from domain.errors import DomainError, ErrorCode
from domain.fates import InvoiceFate, subscription_status_after, subscription_status_at_start
from domain.lifecycles import (
    INVOICE,
    LIFECYCLES,
    SUBSCRIPTION,
    TEST_CLOCK,
    InvoiceStatus,
    Lifecycle,
    SubscriptionStatus,
    TestClockStatus,
)

S = SubscriptionStatus
F = InvoiceFate


@pytest.mark.parametrize("table", LIFECYCLES, ids=lambda table: table.noun)
def test_every_status_of_a_table_can_be_reached(table: Lifecycle[StrEnum]) -> None:
    reached = set(table.initial)
    for _ in table.moves:
        reached |= {move.after for move in table.moves if move.before in reached}
    assert reached == set(type(table.initial[0]))


@pytest.mark.parametrize("table", LIFECYCLES, ids=lambda table: table.noun)
def test_every_verb_leads_from_a_status_to_one_other(table: Lifecycle[StrEnum]) -> None:
    pairs = [(move.verb, move.before) for move in table.moves]
    assert len(set(pairs)) == len(pairs)


def test_a_move_of_the_table_gives_the_new_status() -> None:
    assert SUBSCRIPTION.move("sub_1", S.ACTIVE, S.PAST_DUE) is S.PAST_DUE


@pytest.mark.parametrize(("before", "after"), [(S.CANCELED, S.ACTIVE), (S.ACTIVE, S.INCOMPLETE), (S.ACTIVE, S.ACTIVE)])
def test_an_impossible_move_is_our_own_mistake(before: SubscriptionStatus, after: SubscriptionStatus) -> None:
    with pytest.raises(AssertionError, match=f"subscription sub_1 cannot go from {before} to {after}"):
        SUBSCRIPTION.move("sub_1", before, after)


def test_a_status_read_from_a_row_as_text_moves_like_its_enum() -> None:
    assert INVOICE.move("in_1", "draft", InvoiceStatus.OPEN) is InvoiceStatus.OPEN  # type: ignore[arg-type]


def test_a_refusal_names_the_status_and_those_that_would_do() -> None:
    message = "Subscription sub_1 is canceled; to end the trial of it, it would have to be trialing."
    with pytest.raises(DomainError, match=re.escape(message)) as refusal:
        SUBSCRIPTION.refuse_unless("end the trial of", "sub_1", S.CANCELED)
    assert refusal.value.problems[0].code is ErrorCode.SUBSCRIPTION_UNEXPECTED_STATE
    assert refusal.value.problems[0].param == ("id",)


def test_a_verb_that_moves_nothing_names_its_statuses_itself() -> None:
    INVOICE.refuse_unless("send", "in_1", InvoiceStatus.OPEN, allowed=[InvoiceStatus.OPEN])
    with pytest.raises(DomainError, match=re.escape("Invoice in_1 is draft; to send it, it would have to be open.")):
        INVOICE.refuse_unless("send", "in_1", InvoiceStatus.DRAFT, allowed=[InvoiceStatus.OPEN], param="invoice")


def test_an_unknown_verb_is_our_own_mistake() -> None:
    with pytest.raises(AssertionError, match="'explode'"):
        INVOICE.refuse_unless("explode", "in_1", InvoiceStatus.OPEN)


def test_final_statuses_have_ended() -> None:
    assert [status for status in S if SUBSCRIPTION.ended(status)] == [S.INCOMPLETE_EXPIRED, S.CANCELED]
    assert [status for status in InvoiceStatus if INVOICE.ended(status)] == [InvoiceStatus.PAID, InvoiceStatus.VOID]
    assert TEST_CLOCK.ended(TestClockStatus.INTERNAL_FAILURE)


@pytest.mark.parametrize(
    ("fate", "status"),
    [(F.PAID, S.ACTIVE), (F.FAILED, S.INCOMPLETE), (F.REQUIRES_ACTION, S.INCOMPLETE), (F.AWAITED, S.INCOMPLETE)],
)
def test_a_subscription_starts_active_only_when_paid(fate: InvoiceFate, status: SubscriptionStatus) -> None:
    assert subscription_status_at_start(fate) is status


@pytest.mark.parametrize(
    ("status", "fate", "after"),
    [
        (S.INCOMPLETE, F.PAID, S.ACTIVE),
        (S.INCOMPLETE, F.FAILED, S.INCOMPLETE),
        (S.INCOMPLETE, F.REQUIRES_ACTION, S.INCOMPLETE),
        (S.INCOMPLETE, F.AWAITED, S.INCOMPLETE),
        (S.INCOMPLETE, None, S.INCOMPLETE_EXPIRED),
        (S.INCOMPLETE, F.GIVEN_UP, S.ACTIVE),
        (S.ACTIVE, F.GIVEN_UP, S.ACTIVE),
        (S.PAST_DUE, F.GIVEN_UP, S.PAST_DUE),
        (S.PAUSED, F.GIVEN_UP, S.ACTIVE),
        (S.ACTIVE, F.PAID, S.ACTIVE),
        (S.ACTIVE, F.FAILED, S.PAST_DUE),
        (S.ACTIVE, F.REQUIRES_ACTION, S.PAST_DUE),
        (S.ACTIVE, F.AWAITED, S.ACTIVE),
        (S.ACTIVE, None, S.ACTIVE),
        (S.PAST_DUE, F.PAID, S.ACTIVE),
        (S.PAST_DUE, F.FAILED, S.PAST_DUE),
        (S.PAST_DUE, F.AWAITED, S.PAST_DUE),
        (S.TRIALING, F.PAID, S.TRIALING),  # the invoice of nothing
        (S.TRIALING, F.FAILED, S.TRIALING),  # from before a trial that was put in
        (S.TRIALING, None, S.TRIALING),
        (S.PAUSED, None, S.PAUSED),  # its resumption was voided, or is not what was paid
        (S.PAUSED, F.AWAITED, S.PAUSED),
        (S.PAUSED, F.FAILED, S.PAUSED),
        (S.PAUSED, F.PAID, S.ACTIVE),
        (S.CANCELED, F.PAID, S.CANCELED),
        (S.INCOMPLETE_EXPIRED, F.PAID, S.INCOMPLETE_EXPIRED),
    ],
)
def test_the_status_follows_the_latest_invoice(
    status: SubscriptionStatus, fate: InvoiceFate | None, after: SubscriptionStatus
) -> None:
    assert subscription_status_after(status, fate) is after
    if after is not status:
        SUBSCRIPTION.move("sub_1", status, after)
