"""Usage that is taken back gives back what is asked for it and no more: nothing of what was given up before."""

import pytest

from tests.scenarios.couponing import coupon
from tests.scenarios.crediting import granted, void_latest
from tests.scenarios.usage import Usage, explained, subscribed
from tests.scenarios.world import Customer, Subscription, World
from tests.simulation.invariants import check_all

USED, LATER = "2027-02-10T00:00:00Z", "2027-02-11T00:00:00Z"
TAKEN = "-100 × $0.10 = -$10.00, use taken back from 31 January to 28 February"


async def billed(world: World) -> tuple[Usage, Customer, Subscription]:
    """A subscription whose 100 units of February were invoiced for 10.00."""
    usage = await Usage.metered(world)
    jenny = await world.customer(card="pm_card_visa")
    subscription = await subscribed(jenny, await usage.price())
    await usage.used(jenny, USED, "100")
    await world.move_to("2027-02-28T12:00:00Z")
    return usage, jenny, subscription


@pytest.mark.parametrize("behavior", ["VOID", None])
async def test_a_void_invoice_gives_nothing_back(world: World, behavior: str | None) -> None:
    usage = await Usage.metered(world)
    jenny = await world.customer() if behavior is None else await world.customer(card="pm_card_visa")
    subscription = await subscribed(jenny, await usage.price())
    await usage.used(jenny, USED, "100")
    if behavior is not None:
        await subscription.update(pauseCollection={"behavior": behavior})
    await world.move_to("2027-02-28T12:00:00Z")
    if behavior is None:
        await void_latest(subscription)
    else:
        await subscription.update(pauseCollection=None)

    await usage.used(jenny, LATER, "-100")
    await world.move_to("2027-03-31T12:00:00Z")

    assert await subscription.billed() == ["1000 VOID 2027-02-28T10:00:00Z", "0 PAID 2027-03-31T10:00:00Z"]
    said = f"{TAKEN}; void invoices and credit notes took $10.00 of $10.00 off: $0.00"
    assert (await explained(subscription))[1] == said
    await check_all()


async def test_what_a_credit_note_gave_back_is_not_given_back_again(world: World) -> None:
    usage, jenny, subscription = await billed(world)
    [invoice] = await subscription.invoices()
    found = await world.api.ask("query($id: ID!) { invoice(id: $id) { lines { id } } }", {"id": invoice["id"]})
    credited = {"type": "INVOICE_LINE_ITEM", "invoiceLineItem": found["invoice"]["lines"][0]["id"], "amount": 400}
    await world.do("creditNoteCreate", "creditNote { id }", invoice=invoice["id"], lines=[credited], refundAmount=400)

    await usage.used(jenny, LATER, "-100")
    await world.move_to("2027-03-31T12:00:00Z")

    assert (await subscription.billed())[1] == "-600 PAID 2027-03-31T10:00:00Z"  # 1000 less 400
    said = f"{TAKEN}; void invoices and credit notes took $4.00 of $10.00 off: -$6.00"
    assert (await explained(subscription))[1] == said
    await check_all()


async def test_a_usage_item_that_was_deleted_gives_nothing_back(world: World) -> None:
    usage = await Usage.metered(world)
    jenny = await world.customer(card="pm_card_visa")
    subscription = await subscribed(jenny, await world.price("Basic", 1500), await usage.price())
    await usage.used(jenny, USED, "100")
    await world.move_to("2027-02-15T00:00:00Z")
    item = next(each["id"] for each in (await subscription.now())["items"] if each["quantity"] is None)
    await subscription.update(items=[{"id": item, "deleted": True}])
    found = await world.api.ask("{ invoiceItems(first: 5) { nodes { id amount } } }")
    assert [each["amount"] for each in found["invoiceItems"]["nodes"]] == [1000]
    await world.do("invoiceItemDelete", "invoiceItem { id }", id=found["invoiceItems"]["nodes"][0]["id"])

    await usage.used(jenny, LATER, "-100")
    await world.move_to("2027-02-28T12:00:00Z")

    assert [each.split()[0] for each in await subscription.billed()] == ["1500", "1500"]


async def test_what_paid_for_use_is_found_on_an_invoice_of_the_customer_alone(world: World) -> None:
    usage = await Usage.metered(world)
    jenny = await world.customer(card="pm_card_visa")
    subscription = await subscribed(jenny, await world.price("Basic", 1500), await usage.price())
    await usage.used(jenny, USED, "100")
    await world.move_to("2027-02-15T00:00:00Z")
    item = next(each["id"] for each in (await subscription.now())["items"] if each["quantity"] is None)
    await subscription.update(items=[{"id": item, "deleted": True}])
    await subscription.cancel()
    await granted(jenny, 600)
    made = await world.do("invoiceCreate", "invoice { id }", customer=jenny.id, pendingInvoiceItemsBehavior="INCLUDE")
    await world.do("invoiceFinalize", "invoice { id }", id=made["invoice"]["id"])

    await usage.used(jenny, LATER, "-100")
    await world.move_to("2027-03-24T12:00:00Z")

    # 1000, of which 600 were prepaid
    assert [each.split()[0] for each in await subscription.billed()] == ["1500", "-400"]
    await check_all()


async def test_negative_use_of_a_time_without_any_use_has_its_price(world: World) -> None:
    usage = await Usage.metered(world)
    await coupon(world, "HALF", percentOff="50", duration="FOREVER")
    jenny = await world.customer(card="pm_card_visa")
    subscription = await subscribed(jenny, await usage.price(), discounts=[{"coupon": "HALF"}])
    await world.move_to("2027-02-28T12:00:00Z")

    await usage.used(jenny, LATER, "-100")
    await world.move_to("2027-03-31T12:00:00Z")

    assert await subscription.billed() == ["0 PAID 2027-02-28T10:00:00Z", "-1000 PAID 2027-03-31T10:00:00Z"]
    await check_all()


@pytest.mark.parametrize(
    ("discounts", "billed"),
    [
        ([], ["1500", "1500", "1500"]),  # 1500, and 1000 - 1000
        ([{"coupon": "HALF"}], ["750", "1250", "250"]),  # 750 and 500; then 750 - 500
    ],
)
async def test_what_an_item_will_be_discounted_by_is_known_first(
    world: World, discounts: list[dict[str, str]], billed: list[str]
) -> None:
    usage = await Usage.metered(world)
    await coupon(world, "HALF", percentOff="50", duration="FOREVER")
    jenny = await world.customer(card="pm_card_visa")
    subscription = await subscribed(jenny, await world.price("Basic", 1500), await usage.price(), discounts=discounts)
    await usage.used(jenny, USED, "100")
    await world.move_to("2027-02-15T00:00:00Z")
    item = next(each["id"] for each in (await subscription.now())["items"] if each["quantity"] is None)
    await subscription.update(items=[{"id": item, "deleted": True}])  # its use waits for the renewal

    await usage.used(jenny, LATER, "-100")
    seen = (await subscription.preview())["total"]
    await world.move_to("2027-03-31T12:00:00Z")

    assert [each.split()[0] for each in await subscription.billed()] == billed
    assert seen == int(billed[1])
    await check_all()
