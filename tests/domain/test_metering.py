"""What usage asks for: its own, what came late of times that were billed, and what that adds. Amounts by hand."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from domain.calculations import Calculation, days_in_words
from domain.invoicing import PriceFacts
from domain.metering import Span, Tally, is_settled, projected, tallies, usage_calculation, usage_line
from domain.pricing import PackageRounding, Packaging, Rates, Tier, TiersMode

MAY, JUNE, JULY = (datetime(2027, month, 1, tzinfo=UTC) for month in (5, 6, 7))
UNIT = Rates(Decimal("0.5"))
GRADUATED = Rates(
    tiers=(Tier(10, Decimal(100), Decimal(200)), Tier(None, Decimal(80))), mode=TiersMode.GRADUATED
)  # fmt: skip
VOLUME = Rates(tiers=(Tier(100, Decimal(10)), Tier(None, Decimal(1))), mode=TiersMode.VOLUME)
PACKAGES = Rates(Decimal(500), Packaging(10, PackageRounding.UP))


def price(rates: Rates) -> PriceFacts:
    """A metered price."""
    return PriceFacts("price_1", "prod_1", "Calls", "usd", rates, None, meter_id="mtr_1")


def span(name: str, start: datetime, end: datetime, counted: str | None = None) -> Span:
    """A time of the one item."""
    return Span(name, "si_1", start, end, None if counted is None else Decimal(counted))


def test_what_is_late_has_a_tally_of_its_own_behind_the_open_ones() -> None:
    may, june, again = span("up_5", MAY, JUNE, "100"), span("up_6", JUNE, JULY), span("up_7", JUNE, JULY)
    read = {"up_5": Decimal(112), "up_6": Decimal(30), "up_7": Decimal(5)}

    found = tallies([june, again], [may], read)

    assert [(each.span.id, int(each.quantity), each.is_fresh) for each in found] == [
        ("up_6", 30, True),
        ("up_7", 5, True),
        ("up_5", 12, False),
    ]


def test_nothing_is_late_when_figures_agree() -> None:
    may, april = span("up_5", MAY, JUNE, "100"), span("up_4", MAY, JUNE, "7")

    [late] = tallies([], [april, may], {"up_5": Decimal(97), "up_4": Decimal(7)})

    assert (late.span.id, int(late.own), int(late.quantity), late.is_fresh) == ("up_5", 0, -3, False)
    assert late.late is not None and late.late.in_words() == "use taken back from 1 to 31 May"


def test_a_line_that_is_counted_anew_has_what_is_late_by_now_once() -> None:
    may = span("up_5", MAY, JUNE, "100")
    first, second = tallies([may, may], [may], {"up_5": Decimal(115)})
    assert (int(first.quantity), first.settles, int(second.quantity), second.settles) == (15, True, 0, False)


@pytest.mark.parametrize(
    ("rates", "before", "now", "amount"),
    [
        (UNIT, "100", "103", 2),  # 1.5, rounded half away from zero
        (UNIT, "100", "97", -2),
        (GRADUATED, "9", "12", 260),  # 200 + 10 × 100 + 2 × 80, of which 200 + 9 × 100 were asked for
        (GRADUATED, "12", "9", -260),
        (GRADUATED, "0", "0", 0),
        (GRADUATED, "0", "9", 900),  # the flat amount was asked for with 0
        (VOLUME, "50", "1000", 500),  # 1000 × 1 - 50 × 10
        (VOLUME, "1000", "50", -500),
        (PACKAGES, "8", "10", 0),  # the first package was full of room
        (PACKAGES, "8", "11", 500),
        (PACKAGES, "11", "10", -500),
    ],
)
def test_late_use_alone_costs_what_it_adds_to_its_own_time(rates: Rates, before: str, now: str, amount: int) -> None:
    found = tallies([], [span("up_5", MAY, JUNE, before)], {"up_5": Decimal(now)})
    tally = found[0] if found else Tally(span("up_5", MAY, JUNE, before), Decimal(0))

    calculation = usage_calculation(price(rates), tally)

    assert calculation.amount == amount
    assert Calculation.from_json(calculation.as_json()) == calculation
    assert calculation.explanation()


def test_late_use_in_packages_is_explained_step_by_step() -> None:
    [late] = tallies([], [span("up_5", MAY, JUNE, "11")], {"up_5": Decimal("29.5")})

    assert usage_calculation(price(PACKAGES), late).explanation() == (
        "29.5 in packages of 10 are 3; 3 × $5.00 = $15.00; less $10.00 billed before; together $5.00,"
        " late use from 1 to 31 May"
    )


def test_late_use_has_a_line_of_its_own_time() -> None:
    read = {"up_5": Decimal("112.5"), "up_6": Decimal(30)}
    own, late = tallies([span("up_6", JUNE, JULY)], [span("up_5", MAY, JUNE, "100")], read)

    first, second = usage_line(price(UNIT), own), usage_line(price(UNIT), late)

    assert (first.description, first.amount, first.usage_period_id) == ("30 × Calls (at $0.005)", 15, "up_6")
    assert second.description == "12.5 × Calls (at $0.005), late use from 1 to 31 May"
    assert (second.amount, second.quantity, second.usage_period_id) == (6, 12, "up_5")  # 12.5 × 0.5 = 6.25
    assert (second.period_start, second.period_end) == (MAY, JUNE)
    assert second.calculation.explanation() == (
        "12.5 × $0.005 = $0.0625, late use from 1 to 31 May, rounded half away from zero to $0.06"
    )


@pytest.mark.parametrize(
    ("quantity", "expected"), [("-1", 0), ("-10", -500), ("0", 0), ("1", 500), ("10", 500), ("10.001", 1000)]
)
def test_only_whole_packages_are_taken_back(quantity: str, expected: int) -> None:
    assert PACKAGES.cost_of(Decimal(quantity)).exact == expected


def test_below_zero_units_go_at_the_rate_of_the_first_tier() -> None:
    assert GRADUATED.cost_of(Decimal(-3)).exact == -100  # the flat 200, and 3 × 100 given back


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (MAY, JUNE, "from 1 to 31 May"),
        (datetime(2027, 5, 15, 8, tzinfo=UTC), datetime(2027, 6, 15, tzinfo=UTC), "from 15 May to 14 June"),
        (
            datetime(2027, 12, 15, tzinfo=UTC),
            datetime(2028, 1, 15, tzinfo=UTC),
            "from 15 December 2027 to 14 January 2028",
        ),
        (datetime(2027, 5, 5, 8, tzinfo=UTC), datetime(2027, 5, 5, 9, tzinfo=UTC), "on 5 May"),
    ],
)
def test_days_are_told_as_people_say_them(start: datetime, end: datetime, words: str) -> None:
    assert days_in_words(start, end) == words


def test_a_projection_goes_on_at_the_pace_so_far() -> None:
    eleventh = datetime(2027, 5, 11, tzinfo=UTC)
    assert projected(Decimal(1000), MAY, eleventh, JUNE) == 3100  # 10 of 31 days
    assert projected(Decimal("0.5"), MAY, eleventh, JUNE) == 2  # 1.55
    assert projected(Decimal(7), MAY, MAY, JUNE) == projected(Decimal(7), MAY, JUNE, JUNE) == 7


def test_figures_are_settled_when_no_event_is_taken_or_canceled_any_more() -> None:
    assert not is_settled(MAY, datetime(2027, 6, 5, 23, 59, 59, tzinfo=UTC))
    assert is_settled(MAY, datetime(2027, 6, 6, tzinfo=UTC))  # 36 days later


def test_more_than_a_line_can_ask_for_is_cut_and_said_to_be() -> None:
    calculation = usage_calculation(price(Rates(Decimal(99_999))), Tally(span("up_5", MAY, JUNE), Decimal(10**12)))

    assert calculation.amount == 10**15
    assert calculation.explanation() == (
        "1000000000000 × $999.99 = $999,990,000,000,000.00, more than a line can ask for: cut to $10,000,000,000,000.00"
    )
