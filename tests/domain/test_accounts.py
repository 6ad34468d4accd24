"""Who answers for what in a connected account, and who may write what about it."""

import pytest

from domain.accounts import (
    CONTROLLERS,
    AccountType,
    Controller,
    Dashboard,
    FeesPayer,
    Field,
    LossesPayer,
    RequirementCollection,
    application_id_of,
    controlled,
    is_under_platform,
    payer_of,
    refuse_foreign_hand,
)
from domain.errors import DomainError, Problems
from tests.features.scopes import problems_of

PLATFORM, COLLECTED = LossesPayer.APPLICATION, RequirementCollection.APPLICATION
PAID = FeesPayer.APPLICATION


@pytest.mark.parametrize(
    ("type", "payer", "losses", "collection", "dashboard"),
    [
        (AccountType.STANDARD, "account", "stripe", "stripe", "full"),
        (AccountType.EXPRESS, "application_express", "application", "stripe", "express"),
        (AccountType.CUSTOM, "application_custom", "application", "application", "none"),
    ],
)
def test_type_is_a_set_of_controller_values(
    type: AccountType, payer: str, losses: str, collection: str, dashboard: str
) -> None:
    name, controller = controlled(type, None)

    assert name == type.value
    assert controller.as_json() == {
        "fees_payer": payer,
        "losses_payments": losses,
        "requirement_collection": collection,
        "dashboard": dashboard,
    }


def test_nothing_said_is_standard() -> None:
    assert controlled(None, None) == ("standard", CONTROLLERS[AccountType.STANDARD])


@pytest.mark.parametrize(
    ("controller", "refused"),
    [
        (Controller(), []),
        (Controller(fees_payer=PAID), []),
        (Controller(fees_payer=PAID, dashboard=Dashboard.NONE), []),
        (Controller(fees_payer=PAID, losses_payments=PLATFORM, dashboard=Dashboard.EXPRESS), []),
        (Controller(losses_payments=PLATFORM), ["fees.payer"]),
        (
            Controller(fees_payer=PAID, losses_payments=PLATFORM, requirement_collection=COLLECTED),
            ["dashboard"],
        ),
        (Controller(requirement_collection=COLLECTED), ["dashboard", "losses.payments"]),
    ],
)
def test_controller_values_go_together(controller: Controller, refused: list[str]) -> None:
    if not refused:
        assert controlled(None, controller) == ("none", controller)
        return
    with pytest.raises(DomainError) as refusal:
        controlled(None, controller)
    assert problems_of(refusal.value) == [("PARAMETER_INVALID", f"controller.{path}") for path in refused]


def test_type_and_controller_exclude_each_other() -> None:
    with pytest.raises(DomainError) as refusal:
        controlled(AccountType.EXPRESS, Controller())
    assert problems_of(refusal.value) == [("PARAMETERS_EXCLUSIVE", "controller")]


@pytest.mark.parametrize(
    ("type", "by_platform", "submitted", "foreign"),
    [
        (AccountType.CUSTOM, True, True, []),
        (AccountType.STANDARD, True, False, ["terms"]),
        (AccountType.STANDARD, True, True, ["details", "terms", "settings"]),
        (AccountType.EXPRESS, True, False, ["terms"]),
        (AccountType.EXPRESS, True, True, ["details", "terms"]),
        (AccountType.STANDARD, False, True, []),
        (AccountType.STANDARD, False, False, []),
    ],
)
def test_what_a_platform_may_not_write(
    type: AccountType, by_platform: bool, submitted: bool, foreign: list[str]
) -> None:
    problems = Problems()
    refuse_foreign_hand(
        {each: (each.value,) for each in Field},
        by_platform=by_platform,
        controller=CONTROLLERS[type].as_json(),
        details_submitted=submitted,
        problems=problems,
    )
    found: list[tuple[str, str]] = []
    try:
        problems.raise_any()
    except DomainError as error:
        found = problems_of(error)
    assert found == [("ACCOUNT_HOLDER_REQUIRED", name) for name in foreign]


@pytest.mark.parametrize(
    ("type", "submitted", "under"),
    [
        (AccountType.STANDARD, False, True),
        (AccountType.STANDARD, True, False),
        (AccountType.EXPRESS, True, True),
        (AccountType.CUSTOM, True, True),
    ],
)
def test_account_with_a_full_dashboard_looks_after_itself(type: AccountType, submitted: bool, under: bool) -> None:
    assert is_under_platform(CONTROLLERS[type].as_json(), details_submitted=submitted) is under


def test_platform_pays_whatever_its_type_is_called() -> None:
    values = ["account", "application", "application_custom", "application_express"]

    assert [payer_of(each).value for each in values] == ["account", "application", "application", "application"]


def test_platform_is_one_application_in_each_mode() -> None:
    assert application_id_of("acct_0abc", livemode=False) == "ca_t0abc"
    assert application_id_of("acct_0abc", livemode=True) == "ca_l0abc"
