"""Exact values, and what a span of time is read from."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.usage import DAY, HOUR, MINUTE, Range, carried, edges_of, parts_of, ranges_of, value_of

DAY_ONE = 20_000 * DAY


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("0", (0, 0)),
        ("-0", (0, 0)),
        ("007", (7, 0)),
        ("1.5", (1, 500_000_000)),
        ("-0.5", (-1, 500_000_000)),  # one below zero, and a half up again
        ("-1", (-1, 0)),
        ("-1.000000001", (-2, 999_999_999)),
        ("999999999999.999999999", (999_999_999_999, 999_999_999)),
    ],
)
def test_a_decimal_has_two_exact_parts(text: str, parts: tuple[int, int]) -> None:
    assert parts_of(text) == parts
    assert value_of(*parts) == Decimal(text)


@pytest.mark.parametrize(
    "text",
    ["", " 1", "1 ", "+1", "1.", ".5", "1e3", "NaN", "Infinity", "1,5", "0x1", "٣", "1\n", "1" * 13, "0.1234567891"],
)
def test_what_is_no_plain_decimal_has_none(text: str) -> None:
    assert parts_of(text) is None


@given(st.lists(st.decimals(min_value=-(10**11), max_value=10**11, places=9), max_size=30))
def test_parts_are_summed_by_themselves(values: list[Decimal]) -> None:
    pairs = [parts_of(f"{value:f}") for value in values]
    whole = sum(pair[0] for pair in pairs if pair)
    nano = sum(pair[1] for pair in pairs if pair)

    assert value_of(whole, nano) == sum(values, Decimal(0)) == value_of(*carried(whole, nano))
    assert 0 <= carried(whole, nano)[1] < 1_000_000_000


@given(st.decimals(-1000, 1000, places=9), st.decimals(-1000, 1000, places=9))
def test_pairs_compare_as_values_do(one: Decimal, other: Decimal) -> None:
    pairs = parts_of(f"{one:f}"), parts_of(f"{other:f}")
    assert pairs[0] is not None and pairs[1] is not None
    assert (pairs[0] < pairs[1]) == (one < other)


def test_whole_days_are_read_as_days() -> None:
    assert ranges_of(DAY_ONE, DAY_ONE + 31 * DAY, lambda *_: True) == [Range(DAY, DAY_ONE, DAY_ONE + 31 * DAY)]


def test_the_edges_of_quiet_days_are_read_event_by_event() -> None:
    start, end = DAY_ONE + 100, DAY_ONE + 2 * DAY + 7
    assert ranges_of(start, end, lambda *_: False) == [
        Range(0, start, DAY_ONE + DAY),
        Range(DAY, DAY_ONE + DAY, DAY_ONE + 2 * DAY),
        Range(0, DAY_ONE + 2 * DAY, end),
    ]


def test_the_edge_of_a_crowded_hour_is_read_by_minutes() -> None:
    start = DAY_ONE + 22 * HOUR + 58 * MINUTE + 30
    assert ranges_of(start, DAY_ONE + DAY, lambda *_: True) == [
        Range(0, start, DAY_ONE + 22 * HOUR + 59 * MINUTE),
        Range(MINUTE, DAY_ONE + 22 * HOUR + 59 * MINUTE, DAY_ONE + 23 * HOUR),
        Range(HOUR, DAY_ONE + 23 * HOUR, DAY_ONE + DAY),
    ]


def test_no_time_is_read_from_nothing() -> None:
    assert ranges_of(DAY_ONE, DAY_ONE, lambda *_: True) == []
    assert ranges_of(DAY_ONE + 1, DAY_ONE, lambda *_: True) == []


@given(st.integers(0, 3 * DAY), st.integers(0, 3 * DAY), st.integers(0, 63))
def test_ranges_have_neither_gaps_nor_overlaps(start: int, length: int, pattern: int) -> None:
    asked: set[tuple[int, int]] = set()

    def crowded(span: int, at: int) -> bool:
        asked.add((span, at))
        return bool(pattern >> at // span % 6 & 1)

    found = sorted(ranges_of(start, start + length, crowded), key=lambda each: each.start)

    moments = [start, *(each.end for each in found)]
    assert [each.start for each in found] == moments[:-1]
    assert moments[-1] == start + length or not length
    assert all(each.span == 0 or each.start % each.span == each.end % each.span == 0 for each in found)
    assert asked <= set(edges_of(start, start + length))
