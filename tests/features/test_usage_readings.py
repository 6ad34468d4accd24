"""What customers used, read from buckets: the same as worked out event by event, at any cost but time."""

import random
from datetime import timedelta
from decimal import Decimal

import pytest

from domain.usage import Formula
from models import MeterEvent, UsageBucket, UsageValue
from services.usage import Reading, Readings
from tests.features.metering import DAY_ONE, count, meter_of, sent, unlike_events, worked_out
from tests.features.scopes import founded_scope, strangers

pytestmark = pytest.mark.usefixtures("database")

DAY = 86_400


def reading(start: int, end: int, meter: str = "mtr_calls", customer: str = "cus_1") -> Reading:
    return Reading(meter, customer, DAY_ONE + timedelta(seconds=start), DAY_ONE + timedelta(seconds=end))


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        (Formula.COUNT, "4"),
        (Formula.SUM, "12.25"),  # 2.5 + 10 - 0.5 + 0.25
        (Formula.LAST, "0.25"),
        (Formula.MAX, "10"),
        (Formula.UNIQUE, "4"),
    ],
)
async def test_each_formula_makes_one_figure_of_a_month(formula: Formula, expected: str) -> None:
    scope = await founded_scope()
    meter = await meter_of(scope, formula)
    values = ["2.5", "10", "-0.5", "0.25"]
    if formula is Formula.COUNT:
        values = ["1"] * 4
    await count(scope, meter, [sent(meter, f"e_{day}", day * DAY, value) for day, value in enumerate(values)])

    [used, nothing] = await Readings(scope).of([reading(0, 31 * DAY), reading(0, 31 * DAY, customer="cus_2")])

    assert (used, nothing) == (Decimal(expected), Decimal(0))


@pytest.mark.parametrize("formula", list(Formula))
async def test_any_span_reads_as_its_events_one_by_one(formula: Formula) -> None:
    scope = await founded_scope()
    meter = await meter_of(scope, formula)
    chance = random.Random(7)
    # A busy first day with a busy hour and a busy minute, then single events through a week.
    moments = [chance.randrange(DAY) for _ in range(300)] + [7_200 + chance.randrange(3_600) for _ in range(300)]
    moments += [8_000 + chance.randrange(100) for _ in range(200)] + [chance.randrange(7 * DAY) for _ in range(100)]
    values = (
        ["1"]
        if formula is Formula.COUNT
        else [f"{chance.randrange(-40, 90)}.{chance.randrange(10**9):09}" for _ in range(40)]
    )
    events = [sent(meter, f"e_{n}", at, chance.choice(values)) for n, at in enumerate(moments)]
    chance.shuffle(events)
    for start in range(0, len(events), 90):
        assert await count(scope, meter, events[start : start + 90]) == len(events[start : start + 90])

    spans = [sorted(chance.randrange(edge) for _ in range(2)) for edge in [DAY, 10_000, 7 * DAY, 8_200] * 15]
    spans += [[0, 7 * DAY], [7_200, 10_800], [8_040, 8_100], [DAY, DAY], [7_999, 8_001]]
    got = await Readings(scope).of([reading(start, end) for start, end in spans])

    assert got == [worked_out(formula, events, start, end) for start, end in spans]


async def test_an_event_that_is_known_counts_once() -> None:
    scope = await founded_scope()
    meter = await meter_of(scope, Formula.SUM)
    events = [sent(meter, f"e_{n}", n, "2") for n in range(150)]

    assert await count(scope, meter, events[:100]) == 100
    assert await count(scope, meter, events) == 50
    assert await count(scope, meter, events) == 0

    assert await Readings(scope).of([reading(0, DAY)]) == [Decimal(300)]


async def test_only_what_is_crowded_is_kept_finer() -> None:
    scope = await founded_scope()
    meter = await meter_of(scope, Formula.SUM)
    await count(scope, meter, [sent(meter, f"e_{n}", n * 600) for n in range(100)])
    assert {bucket.span for bucket in await UsageBucket.all()} == {DAY}

    await count(scope, meter, [sent(meter, "f_1", 5)])
    buckets = await UsageBucket.all().order_by("span", "start")
    assert [bucket.events for bucket in buckets] == [7, *[6] * 15, 4, 101]  # hours with 6 events each, the day


@pytest.mark.parametrize("formula", list(Formula))
async def test_the_doctor_sees_what_was_not_counted_right(formula: Formula) -> None:
    scope = await founded_scope()
    meter = await meter_of(scope, formula)
    await count(scope, meter, [sent(meter, f"e_{n}", n * 60, str(n)) for n in range(150)])
    assert await unlike_events() == []

    event = await MeterEvent.get(id="mtr_calls:e_149")
    event.whole, event.text = 700, "" if formula is not Formula.UNIQUE else "149 and a half"
    await event.save(update_fields=["whole", "text"])
    value = await UsageValue.filter(text="149").delete()
    assert value == (2 if formula is Formula.UNIQUE else 0)
    assert len(await unlike_events()) == 2  # its day and its hour

    await event.delete()
    assert len(await unlike_events()) == 2
    await UsageBucket.filter(span=DAY).delete()
    assert "cus_1 mtr_calls" in await unlike_events()


async def test_nobody_reads_the_usage_of_others() -> None:
    scope = await founded_scope()
    meter = await meter_of(scope, Formula.SUM)
    await count(scope, meter, [sent(meter, "e_1", 0)])

    for stranger in await strangers(scope):
        assert await Readings(stranger).of([reading(0, DAY)]) == [Decimal(0)]
