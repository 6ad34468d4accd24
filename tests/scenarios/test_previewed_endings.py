"""Previews of subscriptions that are about to end: what their last invoices bill, and no period that never comes.

The world's clock stands at 31 January 2027, 10:00; the first month has 28 days, until 28 February.
"""

from typing import Any

import pytest

from tests.scenarios.usage import Usage, subscribed
from tests.scenarios.world import Subscription, World

AT_END: dict[str, Any] = {"cancelAtPeriodEnd": True}
AT_DATE: dict[str, Any] = {"cancelAt": "2027-02-14T10:00:00Z"}


async def ending(world: World, usage: Usage, **how: Any) -> Subscription:
    """A subscription with use and a fixed price, of which 60 were used and which is to end like this."""
    jenny = await world.customer(card="pm_card_visa")
    subscription = await subscribed(jenny, await usage.price(), await world.price("Basic", 2800))
    await usage.used(jenny, "2027-02-02T00:00:00Z", "60")
    await world.move_to("2027-02-07T10:00:00Z")
    await subscription.update(**how)
    return subscription


@pytest.mark.parametrize(
    ("how", "amounts"),
    [
        (AT_END, [600]),
        (AT_DATE, [-1400, 600]),  # 14 of 28 days are given back
        ({**AT_DATE, "prorationBehavior": "NONE"}, [600]),
    ],
)
async def test_preview_of_an_end_is_the_last_invoice(world: World, how: dict[str, Any], amounts: list[int]) -> None:
    subscription = await ending(world, await Usage.metered(world), **how)
    await world.news()

    preview = await subscription.preview()

    assert await world.news() == []
    await world.move_to("2027-03-31T12:00:00Z")
    assert await subscription.lines() == [f"{each['amount']} {each['description']}" for each in preview["lines"]]
    assert [each["amount"] for each in preview["lines"]] == amounts


@pytest.mark.parametrize("how", [AT_END, {"cancelAt": "2027-02-28T10:00:00Z"}])
async def test_where_nothing_is_left_to_bill_there_is_no_preview(world: World, how: dict[str, Any]) -> None:
    jenny = await world.customer(card="pm_card_visa")
    subscription = await subscribed(jenny, await world.price("Basic", 2800), **how)
    await world.news()

    answer = await world.api.do("invoiceCreatePreview", "invoicePreview { total }", {"subscription": subscription.id})

    assert [(each["code"], each["param"]) for each in answer["userErrors"]] == [
        ("SUBSCRIPTION_UNEXPECTED_STATE", ["subscription"])
    ]
    assert await world.news() == []
    await world.move_to("2027-03-31T12:00:00Z")
    assert len(await subscription.billed()) == 1


async def test_what_a_change_asks_for_is_previewed_though_the_end_is_near(world: World) -> None:
    subscription = await ending(world, await Usage.metered(world), **AT_END)
    fixed = next(each["id"] for each in (await subscription.now())["items"] if each["quantity"] is not None)

    preview = await subscription.preview(items=[{"id": fixed, "quantity": 2}])

    await subscription.update(items=[{"id": fixed, "quantity": 2}])
    await world.move_to("2027-03-31T12:00:00Z")
    assert await subscription.lines() == [f"{each['amount']} {each['description']}" for each in preview["lines"]]
    assert preview["total"] == 2100 + 600  # 21 of 28 days of 28.00 more
