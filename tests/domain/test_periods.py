"""Periods counted from the anchor."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import DomainError
from domain.periods import (
    INTERVAL_COUNT_MAX,
    Interval,
    Period,
    Recurrence,
    Share,
    boundary,
    full_period_until,
    next_boundary_after,
    period_at_once,
    period_containing,
    period_from,
    period_number,
    periods_since,
    recurrence_of,
)

MONTHLY = Recurrence(Interval.MONTH)
YEARLY = Recurrence(Interval.YEAR)

moments = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)).map(
    lambda moment: moment.replace(microsecond=0)
)
recurrences = st.sampled_from(list(Interval)).flatmap(
    lambda interval: st.builds(Recurrence, st.just(interval), st.integers(1, INTERVAL_COUNT_MAX[interval]))
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("anchor", "recurrence", "boundaries"),
    [
        ("2027-01-31T10:00", MONTHLY, ["2027-02-28T10:00", "2027-03-31T10:00", "2027-04-30T10:00", "2027-05-31T10:00"]),
        ("2028-01-31T10:00", MONTHLY, ["2028-02-29T10:00", "2028-03-31T10:00"]),
        ("2027-12-30T23:59:59", MONTHLY, ["2028-01-30T23:59:59", "2028-02-29T23:59:59", "2028-03-30T23:59:59"]),
        ("2028-02-29T10:00", YEARLY, ["2029-02-28T10:00", "2030-02-28T10:00", "2031-02-28T10:00", "2032-02-29T10:00"]),
        ("2027-11-30T00:00", Recurrence(Interval.MONTH, 3), ["2028-02-29T00:00", "2028-05-30T00:00"]),
        ("2027-01-31T10:00", Recurrence(Interval.WEEK, 2), ["2027-02-14T10:00", "2027-02-28T10:00"]),
        ("2027-12-31T10:00", Recurrence(Interval.DAY), ["2028-01-01T10:00", "2028-01-02T10:00"]),
    ],
)
def test_boundaries_are_counted_from_the_anchor(anchor: str, recurrence: Recurrence, boundaries: list[str]) -> None:
    found = [boundary(at(anchor), recurrence, n) for n in range(1, len(boundaries) + 1)]
    assert found == [at(text) for text in boundaries]


def test_boundary_zero_is_the_anchor_and_negative_ones_lie_before_it() -> None:
    anchor = at("2027-03-31T10:00")
    assert boundary(anchor, MONTHLY, 0) == anchor
    assert boundary(anchor, MONTHLY, -1) == at("2027-02-28T10:00")
    assert boundary(anchor, MONTHLY, -3) == at("2026-12-31T10:00")


@pytest.mark.parametrize(
    ("moment", "start", "end", "index"),
    [
        ("2027-01-31T10:00:00", "2027-01-31T10:00", "2027-02-28T10:00", 0),
        ("2027-02-28T09:59:59", "2027-01-31T10:00", "2027-02-28T10:00", 0),
        ("2027-02-28T10:00:00", "2027-02-28T10:00", "2027-03-31T10:00", 1),
        ("2027-03-30T12:00:00", "2027-02-28T10:00", "2027-03-31T10:00", 1),
        ("2027-01-31T09:59:59", "2026-12-31T10:00", "2027-01-31T10:00", -1),
    ],
)
def test_a_period_holds_its_start_but_not_its_end(moment: str, start: str, end: str, index: int) -> None:
    found = period_containing(at("2027-01-31T10:00"), MONTHLY, at(moment))
    assert found == Period(at(start), at(end), index)


@given(moments, recurrences, moments)
def test_every_moment_lies_in_exactly_the_period_that_is_found(
    anchor: datetime, recurrence: Recurrence, moment: datetime
) -> None:
    period = period_containing(anchor, recurrence, moment)
    assert period.start <= moment < period.end
    assert period_number(anchor, recurrence, period.index) == period
    assert next_boundary_after(anchor, recurrence, moment) == period.end


@given(moments, recurrences, st.integers(-200, 200))
def test_periods_never_drift(anchor: datetime, recurrence: Recurrence, index: int) -> None:
    start = boundary(anchor, recurrence, index)
    assert start.time() == anchor.time()
    assert period_containing(anchor, recurrence, start).index == index
    assert boundary(anchor, recurrence, index + 1) > start
    if recurrence.interval in {Interval.MONTH, Interval.YEAR}:
        # The anchor's day, or the last one of a month that does not have it.
        assert start.day == anchor.day or (start.day < anchor.day and (start + timedelta(days=1)).day == 1)


def test_a_stub_is_the_share_of_the_full_period_that_ends_at_the_anchor() -> None:
    start, anchor = at("2027-01-10T00:00"), at("2027-02-01T00:00")
    share = Share(22 * 86_400, 31 * 86_400)  # from 10 January of the 31 days since 1 January
    assert period_from(start, anchor, MONTHLY, -1) == Period(start, anchor, -1, share)
    assert period_from(anchor, anchor, MONTHLY, 0) == Period(anchor, at("2027-03-01T00:00"), 0)


def test_a_last_period_is_cut_where_the_subscription_ends() -> None:
    anchor, until = at("2027-01-31T10:00"), at("2027-03-14T10:00")
    share = Share(14 * 86_400, 31 * 86_400)  # from 28 February of the 31 days until 31 March
    assert period_from(anchor, anchor, MONTHLY, 1, until) == Period(at("2027-02-28T10:00"), until, 1, share)
    assert period_from(anchor, anchor, MONTHLY, 0, until).share is None


def test_time_that_has_passed_falls_into_natural_periods() -> None:
    start, anchor = at("2026-12-17T10:00"), at("2027-01-31T10:00")
    assert periods_since(start, anchor, MONTHLY, -1) == (
        Period(start, at("2026-12-31T10:00"), -2, Share(14 * 86_400, 31 * 86_400)),  # since 30 November it is 31 days
        Period(at("2026-12-31T10:00"), anchor, -1),
    )


@pytest.mark.parametrize(
    ("start", "end", "share"),
    [
        ("2027-01-15", "2027-02-01", Share(17 * 86_400, 31 * 86_400)),  # the month from 15 January has 31 days
        ("2027-02-15", "2027-03-01", Share(14 * 86_400, 28 * 86_400)),  # that from 15 February has 28
        ("2027-01-15", "2027-03-01", Share(14 * 86_400, 28 * 86_400, 1)),
        ("2027-01-15", "2027-03-15", Share(0, 31 * 86_400, 2)),
        ("2027-01-15", "2027-02-15", None),
    ],
)
def test_time_at_once_is_measured_from_its_own_start(start: str, end: str, share: Share | None) -> None:
    found = period_at_once(at(f"{start}T00:00"), at(f"{end}T00:00"), MONTHLY, -1)
    assert found.share == share


def test_the_full_period_of_a_part_is_found_by_its_end() -> None:
    anchor = at("2027-01-31T10:00")
    assert full_period_until(at("2027-02-28T10:00"), anchor, MONTHLY).index == 0
    assert full_period_until(at("2027-02-14T10:00"), anchor, MONTHLY).index == 0


@pytest.mark.parametrize(
    ("interval", "count", "most"),
    [
        (Interval.MONTH, 37, 36),
        (Interval.YEAR, 4, 3),
        (Interval.WEEK, 157, 156),
        (Interval.DAY, 1096, 1095),
        (Interval.DAY, 0, 1095),
    ],
)
def test_recurrences_span_at_most_three_years(interval: Interval, count: int, most: int) -> None:
    assert recurrence_of(interval, most) == Recurrence(interval, most)
    with pytest.raises(DomainError, match=f"Interval count {count} .* from 1 to {most}") as refusal:
        recurrence_of(interval, count, "recurring")
    assert refusal.value.problems[0].param == ("recurring", "intervalCount")
