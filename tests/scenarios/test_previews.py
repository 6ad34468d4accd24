"""Previews: the lines that the real invoice will have, and nothing written."""

from tests.scenarios.test_changes import HALF
from tests.scenarios.world import World


async def test_preview_of_a_change_has_the_lines_of_the_change(world: World) -> None:
    basic, pro = await world.price("Basic", 1501), await world.price("Pro", 3999)
    subscription = await (await world.customer(card="pm_card_visa")).subscribe(basic)
    await world.move_to(HALF)
    item = {"id": await subscription.item(), "price": pro}
    moment = "2027-02-10T09:59:59Z"  # 18 days and a second are left
    await world.news()

    preview = await subscription.preview(items=[item], prorationDate=moment)

    assert [line["amount"] for line in preview["lines"]] == [-965, 2571, 3999]  # 964.93, 2570.79
    assert preview["total"] == 5605
    assert (await world.news(), await subscription.waiting()) == ([], [])
    await subscription.update(items=[item], prorationDate=moment)
    again = await subscription.preview()
    assert again == preview
    await world.move_to("2027-02-28T12:00:00Z")
    assert await subscription.lines() == [f"{each['amount']} {each['description']}" for each in preview["lines"]]


async def test_preview_of_a_charge_at_once_is_that_invoice(world: World) -> None:
    basic, pro = await world.price("Basic", 1500), await world.price("Pro", 4000)
    subscription = await (await world.customer(card="pm_card_visa")).subscribe(basic)
    await world.move_to(HALF)
    details = {"items": [{"id": await subscription.item(), "price": pro}], "prorationBehavior": "ALWAYS_INVOICE"}

    preview = await subscription.preview(**details)

    assert (preview["total"], preview["amountDue"]) == (1250, 1250)
    await subscription.update(**details)
    assert await subscription.lines() == [f"{each['amount']} {each['description']}" for each in preview["lines"]]


async def test_preview_of_the_next_renewal(world: World) -> None:
    basic = await world.price("Basic", 1500)
    subscription = await (await world.customer(card="pm_card_visa")).subscribe(basic)

    preview = await subscription.preview()

    assert preview["lines"] == [
        {"amount": 1500, "description": "1 × Basic (at $15.00 / month)", "explanation": "1 × $15.00 = $15.00"}
    ]
