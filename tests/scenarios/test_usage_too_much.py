"""A mistyped price times very much usage: the renewal cannot be asked for, and there is a way out."""

from tests.scenarios.usage import Usage, explained, subscribed
from tests.scenarios.world import World


async def test_a_renewal_that_nobody_can_pay_is_let_go_by_a_discount(world: World) -> None:
    usage = await Usage.metered(world)
    jenny = await world.customer(card="pm_card_visa")
    subscription = await subscribed(jenny, await usage.price(unitAmount=99_999), billingMode="FLEXIBLE")
    for _ in range(20):
        await usage.used(jenny, "2027-02-10T00:00:00Z", "999999999999")
    await world.move_to("2027-03-01T02:00:00Z")
    [draft] = await subscription.invoices()
    assert (draft["status"], draft["total"]) == ("DRAFT", 10**15)
    assert (await explained(subscription))[0].endswith("more than a line can ask for: cut to $10,000,000,000,000.00")
    told = await world.api.do("invoiceFinalize", "invoice { status }", {"id": draft["id"]})
    assert told["invoice"]["status"] == "DRAFT"
    assert [each["code"] for each in told["userErrors"]] == ["AMOUNT_TOO_LARGE"]

    free = (await world.do("couponCreate", "coupon { id }", percentOff="100"))["coupon"]["id"]
    await world.do("invoiceUpdate", "invoice { id }", id=draft["id"], discounts=[{"coupon": free}])
    await world.do("invoiceFinalize", "invoice { id }", id=draft["id"])

    assert await subscription.billed() == ["0 PAID 2027-02-28T10:00:00Z"]
    await world.move_to("2027-04-01T02:00:00Z")
    assert len(await subscription.billed()) == 2
