"""Changes of items that are refused, and that nothing moves then."""

import pytest

from tests.scenarios.world import World


async def test_changes_that_make_no_sense_are_refused_and_move_nothing(world: World) -> None:
    basic, pro = await world.price("Basic", 1500), await world.price("Pro", 4000)
    weekly, euro = await world.price("W", 900, every="1 WEEK"), await world.price("E", 1500, currency="eur")
    subscription = await (await world.customer(card="pm_card_visa")).subscribe(basic)
    item = await subscription.item()
    await world.news()
    cases: list[tuple[list[dict[str, object]], list[tuple[str, str]]]] = [
        ([{"id": "si_none", "quantity": 2}], [("RESOURCE_MISSING", "items.0.id")]),
        ([{"quantity": 2}], [("PARAMETER_MISSING", "items.0.price")]),
        ([{"deleted": True}], [("PARAMETER_MISSING", "items.0.id")]),
        ([{"id": item, "deleted": True}], [("PARAMETER_INVALID", "items")]),
        ([{"id": item, "deleted": True, "quantity": 2}], [("PARAMETERS_EXCLUSIVE", "items.0.deleted")]),
        ([{"id": item, "quantity": -1}], [("PARAMETER_INVALID_INTEGER", "items.0.quantity")]),
        ([{"id": item, "price": "price_none"}], [("RESOURCE_MISSING", "items.0.price")]),
        ([{"price": weekly}], [("PARAMETER_INVALID", "items.0.price")]),
        ([{"id": item, "price": euro}], [("CURRENCY_MISMATCH", "items.0.price")]),
        ([{"price": pro}, {"price": pro}], [("PARAMETER_INVALID", "items.1.price")]),
        ([{"id": item, "quantity": 2}, {"id": item, "quantity": 3}], [("PARAMETER_INVALID", "items.1.id")]),
    ]
    for items, problems in cases:
        assert await world.refusal("subscriptionUpdate", "subscription", id=subscription.id, items=items) == problems
    assert await world.news() == []
    assert [(each["id"], each["quantity"]) for each in (await subscription.now())["items"]] == [(item, 1)]


@pytest.mark.parametrize("date", ["2027-01-31T09:59:59Z", "2027-02-28T10:00:01Z"])
async def test_proration_date_outside_the_period_is_refused(world: World, date: str) -> None:
    basic = await world.price("Basic", 1500)
    subscription = await (await world.customer(card="pm_card_visa")).subscribe(basic)
    items = [{"id": await subscription.item(), "quantity": 2}]

    refused = await world.refusal(
        "subscriptionUpdate", "subscription", id=subscription.id, items=items, prorationDate=date
    )

    assert refused == [("PARAMETER_INVALID", "prorationDate")]
    assert await subscription.waiting() == []


async def test_items_of_a_subscription_that_was_never_paid_do_not_change(world: World) -> None:
    basic = await world.price("Basic", 1500)
    subscription = await (await world.customer(card="pm_card_chargeCustomerFail")).subscribe(basic)
    items = [{"id": await subscription.item(), "quantity": 2}]

    refused = await world.refusal("subscriptionUpdate", "subscription", id=subscription.id, items=items)

    assert (await subscription.status(), refused) == ("INCOMPLETE", [("SUBSCRIPTION_UNEXPECTED_STATE", "id")])
