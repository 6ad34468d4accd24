"""What waits for a subscription that ends at once waits for any invoice of its customer from then on."""

from typing import Any

from tests.scenarios.invoicing import waiting
from tests.scenarios.test_dunning import renewing
from tests.scenarios.test_invoice_items import item
from tests.scenarios.world import Customer, World

HALF = "2027-02-14T10:00:00Z"


async def leaving(world: World) -> Customer:
    """A customer whose subscription of 15.00 ended in the middle of its 28 days, with -7.50 that nobody asked for."""
    jenny = await world.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(await world.price("Basic", 1500))
    await world.move_to(HALF)
    await subscription.cancel(prorate=True)
    assert (await subscription.waiting(), await waiting(world, jenny.id)) == ([], [-750])
    return jenny


async def taking(world: World, customer: str) -> dict[str, Any]:
    """A draft with what waits for the customer."""
    shown = "invoice { id total lines { amount invoiceItem { id subscription { id } } } }"
    answer = await world.do("invoiceCreate", shown, customer=customer, pendingInvoiceItemsBehavior="INCLUDE")
    return dict(answer["invoice"])


async def test_an_invoice_by_hand_takes_it_up_and_gives_it_back_when_deleted(world: World) -> None:
    jenny = await leaving(world)

    draft = await taking(world, jenny.id)

    assert (draft["total"], [line["invoiceItem"]["subscription"] for line in draft["lines"]]) == (-750, [None])
    assert await waiting(world, jenny.id) == []
    await world.do("invoiceDelete", "invoice { id }", id=draft["id"])
    assert (await taking(world, jenny.id))["total"] == -750


async def test_it_can_be_put_on_a_draft_of_the_customer(world: World) -> None:
    jenny = await leaving(world)
    found = await world.api.ask("{ invoiceItems(first: 1, filter: {pending: true}) { nodes { id } } }")
    draft = (await world.do("invoiceCreate", "invoice { id }", customer=jenny.id))["invoice"]["id"]

    lines = [{"invoiceItem": found["invoiceItems"]["nodes"][0]["id"]}]
    answer = await world.do("invoiceAddLines", "invoice { total }", id=draft, lines=lines)

    assert answer["invoice"]["total"] == -750


async def test_the_first_invoice_of_another_subscription_takes_it_up(world: World) -> None:
    jenny = await leaving(world)

    subscription = await jenny.subscribe(await world.price("Pro", 4000))

    assert await subscription.billed() == [f"3250 PAID {HALF}"]
    assert await waiting(world, jenny.id) == []


async def test_the_renewal_of_another_subscription_takes_it_up(world: World) -> None:
    jenny = await world.customer(card="pm_card_visa")
    other = await jenny.subscribe(await world.price("Pro", 4000))
    ending = await jenny.subscribe(await world.price("Basic", 1500))
    await item(world, ending.id, amount=300)

    await ending.cancel()

    await world.move_to("2027-02-28T12:00:00Z")
    assert (await other.billed())[1] == "4300 PAID 2027-02-28T10:00:00Z"
    assert await waiting(world, jenny.id) == []


async def test_what_dunning_leaves_falls_to_the_customer(world: World) -> None:
    jenny, subscription = await renewing(world, *["INSUFFICIENT_FUNDS"] * 4, retriesEnd="CANCEL")
    await world.move_to("2027-03-05T12:00:00Z")
    await item(world, subscription.id, amount=300)

    await world.move_to("2027-03-12T12:00:00Z")

    assert (await subscription.status(), await waiting(world, jenny.id)) == ("CANCELED", [300])
    assert (await taking(world, jenny.id))["total"] == 300


async def test_what_a_deleted_draft_of_an_ended_subscription_held_falls_to_the_customer(world: World) -> None:
    jenny = await world.customer(card="pm_card_visa")
    subscription = await jenny.subscribe(await world.price("Basic", 1500))
    await item(world, subscription.id, amount=300)
    theirs = {"customer": jenny.id, "subscription": subscription.id, "pendingInvoiceItemsBehavior": "INCLUDE"}
    answer = await world.do("invoiceCreate", "invoice { id total }", **theirs)
    await subscription.cancel()

    await world.do("invoiceDelete", "invoice { id }", id=answer["invoice"]["id"])

    assert (answer["invoice"]["total"], (await taking(world, jenny.id))["total"]) == (300, 300)


async def test_what_waits_for_one_that_expires_falls_to_the_customer(world: World) -> None:
    jenny = await world.customer(card="pm_card_chargeCustomerFail")
    subscription = await jenny.subscribe(await world.price("Basic", 1500))
    await item(world, subscription.id, amount=300)

    await world.move_to("2027-02-01T12:00:00Z")

    assert (await subscription.status(), await waiting(world, jenny.id)) == ("INCOMPLETE_EXPIRED", [300])
    assert (await taking(world, jenny.id))["total"] == 300
