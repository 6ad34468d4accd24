"""When an account is paid out: each interval with its own anchor and no other."""

import pytest

from domain.errors import DomainError
from domain.payout_schedules import PayoutInterval, PayoutSchedule, Weekday, delay_days_of, validated_schedule
from domain.settings import AccountSettings, settings_of, stored_settings
from tests.features.scopes import problems_of

MISSING, EXCLUSIVE, NUMBER = "PARAMETER_MISSING", "PARAMETERS_EXCLUSIVE", "PARAMETER_INVALID_INTEGER"
MANUAL, DAILY, WEEKLY, MONTHLY = PayoutInterval


@pytest.mark.parametrize(
    ("interval", "weekly", "monthly", "refused"),
    [
        (DAILY, None, None, []),
        (MANUAL, None, None, []),
        (WEEKLY, Weekday.FRIDAY, None, []),
        (MONTHLY, None, 31, []),
        (WEEKLY, None, None, [(MISSING, "weeklyAnchor")]),
        (MONTHLY, None, None, [(MISSING, "monthlyAnchor")]),
        (DAILY, Weekday.MONDAY, 1, [(EXCLUSIVE, "weeklyAnchor"), (EXCLUSIVE, "monthlyAnchor")]),
        (MONTHLY, Weekday.MONDAY, 32, [(EXCLUSIVE, "weeklyAnchor"), (NUMBER, "monthlyAnchor")]),
        (MONTHLY, None, 0, [(NUMBER, "monthlyAnchor")]),
    ],
)
def test_interval_has_its_own_anchor(
    interval: PayoutInterval, weekly: Weekday | None, monthly: int | None, refused: list[tuple[str, str]]
) -> None:
    schedule = PayoutSchedule(interval=interval, weekly_anchor=weekly, monthly_anchor=monthly)

    if not refused:
        assert validated_schedule(schedule) == schedule
        return
    with pytest.raises(DomainError) as refusal:
        validated_schedule(schedule)
    assert problems_of(refusal.value) == [(code, f"settings.payouts.schedule.{name}") for code, name in refused]


@pytest.mark.parametrize(("days", "possible"), [(1, False), (2, True), (31, True), (32, False)])
def test_money_waits_from_two_to_thirty_one_days(days: int, possible: bool) -> None:
    if possible:
        assert delay_days_of(days) == days
    else:
        with pytest.raises(DomainError):
            delay_days_of(days)


def test_days_of_the_week_are_numbered_from_monday() -> None:
    assert [each.number for each in (Weekday.MONDAY, Weekday.SUNDAY)] == [0, 6]


def test_schedule_survives_being_stored() -> None:
    chosen = AccountSettings(
        payout_interval=WEEKLY, payout_weekly_anchor=Weekday.FRIDAY, payout_delay_days=7, branding_icon="https://a.test"
    )

    kept = stored_settings(chosen)

    assert settings_of(kept) == chosen
    assert settings_of(kept).payout_schedule == PayoutSchedule(
        interval=WEEKLY, weekly_anchor=Weekday.FRIDAY, delay_days=7
    )
    assert stored_settings(AccountSettings()) == {}
