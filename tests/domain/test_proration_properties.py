"""What holds for every change of every item at every second: sums, reversals, bounds, and paying for the time used."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from domain.invoicing import BilledItem, LineDraft, PriceFacts, invoice_draft_of, line_draft_of
from domain.money import half_away_from_zero
from domain.periods import Interval, Recurrence
from domain.pricing import Rates
from domain.proration import Billed, Exchange, prorated

START = datetime(2027, 1, 31, 10, tzinfo=UTC)
Standing = Billed | None
"""What an item is billed at; None before it is added and after it is removed."""

amounts = st.one_of(
    st.integers(0, 10**9).map(Decimal),
    st.decimals(0, 10**6, places=12, allow_nan=False, allow_infinity=False),
)


@st.composite
def billed(draw: st.DrawFn) -> Billed:
    """So many units of some price."""
    name = draw(st.sampled_from(["Basic", "Pro", "Team"]))
    facts = PriceFacts(f"price_{name}", "prod_1", name, "usd", Rates(draw(amounts)), Recurrence(Interval.MONTH))
    return Billed(facts, draw(st.integers(0, 10_000)))


standings = st.one_of(st.none(), billed())
wholes = st.integers(1, 3 * 366 * 86_400)
"""Seconds of a period: from one to three years."""


@st.composite
def moments(draw: st.DrawFn) -> tuple[int, int]:
    """The length of a period, and a second within it; the end itself is one too."""
    whole = draw(wholes)
    return whole, draw(st.integers(0, whole))


def changed(before: Standing, after: Standing, second: int, whole: int) -> Sequence[LineDraft]:
    """The prorations of one change."""
    if before is None and after is None:
        return ()
    at, end = START + timedelta(seconds=second), START + timedelta(seconds=whole)
    return prorated(Exchange("si_1", before, after, at, START, end))


def worth(standing: Standing) -> Fraction:
    """What a whole period costs, in minor units, exactly."""
    return Fraction(0) if standing is None else Fraction(standing.price.rates.cost_of(1).exact) * standing.quantity


def in_advance(standing: Standing, whole: int) -> list[LineDraft]:
    """The line that a period is opened with."""
    if standing is None:
        return []
    end = START + timedelta(seconds=whole)
    return [line_draft_of(BilledItem("si_1", standing.price, standing.quantity, START, end))]


@given(st.lists(st.tuples(standings, standings), max_size=5), st.lists(billed(), max_size=5), moments())
def test_lines_sum_to_totals(
    changes: list[tuple[Standing, Standing]], items: list[Billed], moment: tuple[int, int]
) -> None:
    whole, second = moment
    waiting = [line for before, after in changes for line in changed(before, after, second, whole)]
    end = START + timedelta(seconds=whole)
    draft = invoice_draft_of(
        [BilledItem("si_1", each.price, each.quantity, START, end) for each in items], "usd", waiting
    )

    assert len(draft.lines) == len(waiting) + len(items)
    assert draft.subtotal == draft.total == sum(line.amount for line in draft.lines)
    assert all(line.amount == line.calculation.amount for line in draft.lines)


@given(st.lists(standings, min_size=1, max_size=8), moments())
def test_any_changes_and_their_reverse_in_the_same_second_net_to_zero(
    course: list[Standing], moment: tuple[int, int]
) -> None:
    whole, second = moment
    there_and_back = [*course, *reversed(course)]
    lines = [line for before, after in pairwise(there_and_back) for line in changed(before, after, second, whole)]

    assert sum(line.amount for line in lines) == 0


@given(standings, standings, moments())
def test_a_proration_never_exceeds_the_price(before: Standing, after: Standing, moment: tuple[int, int]) -> None:
    whole, second = moment
    for line in changed(before, after, second, whole):
        given_back = line.amount < 0 or (line.amount == 0 and line.calculation.method == "unused_time")
        assert abs(line.amount) <= half_away_from_zero(worth(before if given_back else after))


@given(standings, standings, moments())
def test_the_later_the_change_the_less_is_moved(before: Standing, after: Standing, moment: tuple[int, int]) -> None:
    whole, second = moment
    now, later = changed(before, after, second, whole), changed(before, after, min(second + 1, whole), whole)
    for line, next_line in zip(now, later, strict=False):
        assert abs(line.amount) >= abs(next_line.amount)


@given(standings, st.lists(st.tuples(st.integers(0, 10**6), standings), max_size=8), wholes)
def test_what_was_charged_is_the_price_of_the_time_used(
    first: Standing, changes: list[tuple[int, Standing]], whole: int
) -> None:
    """FLEXIBLE, flat prices, prorations on: what is given back is what was invoiced for the time that is left."""
    course = [(0, first), *sorted(((each % (whole + 1), after) for each, after in changes), key=lambda each: each[0])]
    lines = in_advance(first, whole)
    used = Fraction(0)
    for (since, before), (second, after) in pairwise(course):
        lines += changed(before, after, second, whole)
        used += worth(before) * (second - since) / whole
    last_change, last = course[-1]
    used += worth(last) * (whole - last_change) / whole

    # Each line is rounded once, by half a minor unit at most.
    assert abs(sum(line.amount for line in lines) - used) <= Fraction(len(lines), 2)
