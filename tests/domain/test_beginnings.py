"""Where subscriptions begin: in which period they are, from where they count, and what is billed at first."""

from datetime import UTC, datetime

import pytest

from domain.beginnings import AnchorConfig, Terms, anchor_of, beginning_of, free_until
from domain.periods import Interval, Recurrence

MONTHLY = Recurrence(Interval.MONTH)
QUARTERLY = Recurrence(Interval.MONTH, 3)
YEARLY = Recurrence(Interval.YEAR)


def at(day: str, hour: int = 10) -> datetime:
    return datetime.fromisoformat(day).replace(hour=hour, tzinfo=UTC)


NOW = at("2027-01-31")


@pytest.mark.parametrize(
    ("config", "recurrence", "anchor"),
    [
        (AnchorConfig(15), MONTHLY, at("2027-02-15")),
        (AnchorConfig(31), MONTHLY, at("2027-03-31")),  # the boundary before it is 28 February
        (AnchorConfig(30), MONTHLY, at("2027-03-30")),
        (AnchorConfig(31, hour=12), MONTHLY, at("2027-01-31", 12)),  # two hours on
        (AnchorConfig(31), QUARTERLY, at("2027-05-31")),  # 28 February, then the 31st of May
        (AnchorConfig(1, month=6), MONTHLY, at("2027-06-01")),
        (AnchorConfig(29, month=2), YEARLY, at("2028-02-29")),
        (AnchorConfig(31, month=2), YEARLY, at("2028-02-29")),  # as close as February comes
    ],
)
def test_anchor_is_a_day_of_the_config_that_exists(
    config: AnchorConfig, recurrence: Recurrence, anchor: datetime
) -> None:
    assert anchor_of(config, recurrence, NOW) == anchor


def test_without_terms_the_first_period_begins_now() -> None:
    found = beginning_of(Terms(NOW, MONTHLY))
    assert (found.anchor, found.cycle, found.anchor_cycle) == (NOW, 0, 0)
    assert (found.current.end, found.current.share) == (at("2027-02-28"), None)
    assert found.billed == (found.current,)


def test_a_stub_is_cycle_zero_and_the_anchor_cycle_one() -> None:
    found = beginning_of(Terms(NOW, MONTHLY, anchor=at("2027-02-15")))
    assert (found.cycle, found.anchor_cycle, found.current.end) == (0, 1, at("2027-02-15"))


def test_a_free_stub_counts_no_cycle() -> None:
    found = beginning_of(Terms(NOW, MONTHLY, anchor=at("2027-02-15"), prorated=False))
    assert (found.cycle, found.anchor_cycle, found.billed) == (-1, 0, ())


def test_after_a_trial_the_stub_is_a_cycle_unless_it_is_free() -> None:
    anchor, trial_end = at("2027-02-15"), at("2027-02-10")
    billed = beginning_of(Terms(NOW, MONTHLY, anchor=anchor, trial_end=trial_end))
    free = beginning_of(Terms(NOW, MONTHLY, anchor=anchor, trial_end=trial_end, prorated=False))
    assert (billed.anchor_cycle, free.anchor_cycle) == (2, 1)
    assert free_until(trial_end, anchor, MONTHLY, billed.cycle + 1 - billed.anchor_cycle) is None
    assert free_until(trial_end, anchor, MONTHLY, free.cycle + 1 - free.anchor_cycle) == anchor


@pytest.mark.parametrize(("at_once", "periods"), [(False, 2), (True, 1)])
def test_time_that_has_passed_is_billed_in_periods_or_at_once(at_once: bool, periods: int) -> None:
    found = beginning_of(Terms(NOW, MONTHLY, backdated_to=at("2026-12-17"), at_once=at_once))
    assert len(found.billed) == periods + 1
    assert (found.billed[0].start, found.billed[-1]) == (at("2026-12-17"), found.current)


def test_an_end_cuts_the_first_period_only_where_prorated() -> None:
    cut = beginning_of(Terms(NOW, MONTHLY, cancel_at=at("2027-02-14")))
    whole = beginning_of(Terms(NOW, MONTHLY, cancel_at=at("2027-02-14"), prorated=False))
    assert (cut.current.end, whole.current.end) == (at("2027-02-14"), at("2027-02-28"))
