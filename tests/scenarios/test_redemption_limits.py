"""Who may redeem what, how often, and that a refusal gives nothing away."""

import asyncio
from typing import Any

import pytest

from models import Coupon, Discount, Event, PromotionCode, Subscription
from tests.features.attacked import foreign, live
from tests.scenarios.couponing import code, counted, coupon
from tests.scenarios.world import World


async def refused(world: World, customer: str, price: str, **wanted: Any) -> list[tuple[str, str]]:
    """Why a subscription with this discount is refused; nothing moves."""
    before = await Event.all().count(), await Subscription.all().count(), await counted()
    found = await world.refusal(
        "subscriptionCreate", "subscription", customer=customer, items=[{"price": price}], discounts=[wanted]
    )
    assert before == (await Event.all().count(), await Subscription.all().count(), await counted())
    return found


async def standing_back(world: World) -> None:
    """Another clock stands an hour before the world's, so that what has passed here can still be made."""
    await world.do("testClockCreate", "testClock { id }", frozenTime="2027-01-31T09:00:00Z")


async def test_coupons_that_are_over_or_for_something_else_are_refused(world: World) -> None:
    basic, other = await world.price("Basic", 1500), await world.price("Other", 1500)
    found = await world.api.ask(f'{{ price(id: "{other}") {{ product {{ id }} }} }}')
    await standing_back(world)
    await coupon(world, "PAST", percentOff="10", redeemBy="2027-01-31T09:59:59Z")
    await coupon(world, "NOW", percentOff="10", redeemBy="2027-01-31T10:00:00Z")
    await coupon(world, "EURO", amountOff=500, currency="eur")
    await coupon(world, "OTHER", percentOff="10", appliesTo={"products": [found["price"]["product"]["id"]]})
    jenny = await world.customer(card="pm_card_visa")
    for identifier, expected in (("PAST", "COUPON_EXPIRED"), ("EURO", "COUPON_NOT_APPLICABLE"),
                                 ("OTHER", "COUPON_NOT_APPLICABLE"), ("NONE", "RESOURCE_MISSING")):  # fmt: skip
        assert await refused(world, jenny.id, basic, coupon=identifier) == [(expected, "discounts.0.coupon")]
    assert await refused(world, jenny.id, basic, discount="di_1") == [("RESOURCE_MISSING", "discounts.0.discount")]
    more = [{"currency": "usd", "amountOff": 400}]
    await world.do("couponUpdate", "coupon { id }", id="EURO", currencyOptions=more)
    await jenny.subscribe(basic, discounts=[{"coupon": "EURO"}, {"coupon": "NOW"}])
    await jenny.subscribe(other, discounts=[{"coupon": "OTHER"}])


async def test_all_problems_of_discounts_are_reported_together(world: World) -> None:
    basic = await world.price("Basic", 1500)
    await coupon(world, "HALF", percentOff="50")
    jenny = await world.customer(card="pm_card_visa")
    half = {"coupon": "HALF"}
    items = [{"price": basic, "discounts": [{"coupon": "NONE"}]}]
    wanted = {"customer": jenny.id, "items": items, "discounts": [half, half, {"promotionCode": "promo_1"}]}
    assert await world.refusal("subscriptionCreate", "subscription", **wanted) == [
        ("PARAMETER_INVALID", "discounts.1.coupon"),
        ("RESOURCE_MISSING", "discounts.2.promotionCode"),
        ("RESOURCE_MISSING", "items.0.discounts.0.coupon"),
    ]
    many = {**wanted, "items": [{"price": basic}], "discounts": [half] * 21}
    assert await world.refusal("subscriptionCreate", "subscription", **many) == [
        ("PARAMETER_LIST_TOO_LONG", "discounts")
    ]


async def test_what_one_purchase_wants_too_often_is_refused_where_it_is_too_many(world: World) -> None:
    """A preview says the same as the purchase, and neither says that somebody else was quicker."""
    basic, pro = await world.price("Basic", 1500), await world.price("Pro", 4000)
    await coupon(world, "TWICE", percentOff="50", maxRedemptions=2)
    jenny = await world.customer(card="pm_card_visa")
    twice = [{"coupon": "TWICE"}]
    items = [{"price": basic, "discounts": twice}, {"price": pro, "discounts": twice}]
    wanted = {"customer": jenny.id, "items": items, "discounts": twice}
    where = "items.1.discounts.0.coupon"

    assert await world.refusal("subscriptionCreate", "subscription", **wanted) == [("COUPON_EXPIRED", where)]
    preview = await world.api.do("invoiceCreatePreview", "invoicePreview { total }", {"newSubscription": wanted})
    [refused] = preview["userErrors"]
    assert (refused["code"], ".".join(refused["param"])) == ("COUPON_EXPIRED", f"newSubscription.{where}")

    await world.do("subscriptionCreate", "subscription { id }", **{**wanted, "discounts": []})


async def test_codes_ask_for_a_customer_an_amount_and_a_first_purchase(world: World) -> None:
    basic, large = await world.price("Basic", 1500), await world.price("Large", 2000)
    await coupon(world, "HALF", percentOff="50")
    jenny, paul = await world.customer(card="pm_card_visa"), await world.customer(card="pm_card_visa")
    own = await code(world, "HALF", customer=paul.id)
    least = await code(world, "HALF", restrictions={"minimumAmount": 2000, "minimumAmountCurrency": "usd"})
    first = await code(world, "HALF", restrictions={"firstTimeTransaction": True})
    await standing_back(world)
    late = await code(world, "HALF", expiresAt="2027-01-31T09:00:00Z")
    for identifier, expected in ((own, "COUPON_NOT_APPLICABLE"), (least, "COUPON_NOT_APPLICABLE"),
                                 (late, "COUPON_EXPIRED")):  # fmt: skip
        found = await refused(world, jenny.id, basic, promotionCode=identifier)
        assert found == [(expected, "discounts.0.promotionCode")]
    await paul.subscribe(basic, discounts=[{"promotionCode": own}])
    await jenny.subscribe(basic, discounts=[{"promotionCode": first}])
    assert await refused(world, jenny.id, basic, promotionCode=first) == [
        ("COUPON_NOT_APPLICABLE", "discounts.0.promotionCode")
    ]
    await jenny.subscribe(large, discounts=[{"promotionCode": least}])
    redeeming = {"id": paul.id, "discount": {"promotionCode": least}}
    assert await world.refusal("customerUpdate", "customer", **redeeming) == [
        ("COUPON_NOT_APPLICABLE", "discount.promotionCode")
    ]


async def test_what_is_not_paid_for_gives_the_redemption_back(world: World) -> None:
    basic = await world.price("Basic", 1500)
    await coupon(world, "HALF", percentOff="50", maxRedemptions=1)
    jenny = await world.customer(card="pm_card_chargeCustomerFail")
    wanted = {"customer": jenny.id, "items": [{"price": basic}], "discounts": [{"coupon": "HALF"}]}
    answer = await world.do(
        "subscriptionCreate", "subscription { id }", paymentBehavior="ERROR_IF_INCOMPLETE", **wanted
    )
    assert answer["subscription"] is None
    assert (await counted(), await Discount.all().count()) == ({"HALF": 0}, 0)
    await jenny.take_card("pm_card_visa")
    await world.do("subscriptionCreate", "subscription { id }", paymentBehavior="ERROR_IF_INCOMPLETE", **wanted)
    assert await counted() == {"HALF": 1}


@pytest.mark.parametrize("by_code", [False, True], ids=["coupon", "code"])
async def test_of_32_who_want_the_last_redemption_exactly_one_gets_it(world: World, by_code: bool) -> None:
    basic = await world.price("Basic", 1500)
    await coupon(world, "HALF", percentOff="50", **({} if by_code else {"maxRedemptions": 1}))
    wanted = {"coupon": "HALF"}
    if by_code:
        wanted = {"promotionCode": await code(world, "HALF", maxRedemptions=1)}
    customers = [await world.customer() for _ in range(32)]

    async def redeem(customer: str) -> bool:
        answer = await world.api.do(
            "subscriptionCreate", "subscription { id }",
            {"customer": customer, "items": [{"price": basic}], "discounts": [wanted],
             "paymentBehavior": "DEFAULT_INCOMPLETE"},
        )  # fmt: skip
        codes = [each["code"] for each in answer["userErrors"]]
        assert codes == ([] if answer["subscription"] else ["COUPON_EXPIRED"])
        return answer["subscription"] is not None

    won = await asyncio.gather(*(redeem(each.id) for each in customers))

    assert won.count(True) == 1
    assert (await Discount.all().count(), await Subscription.all().count()) == (1, 1)
    assert await counted() == {"HALF": 1}
    assert [row.times_redeemed for row in await PromotionCode.all()] == ([1] if by_code else [])


@pytest.mark.parametrize("behavior", ["ALLOW_INCOMPLETE", "DEFAULT_INCOMPLETE", "ERROR_IF_INCOMPLETE"])
async def test_of_first_purchases_that_are_made_at_once_one_is_the_first(world: World, behavior: str) -> None:
    basic = await world.price("Basic", 1500)
    await coupon(world, "HALF", percentOff="50")
    first = await code(world, "HALF", restrictions={"firstTimeTransaction": True})
    jenny = await world.customer(card="pm_card_visa")
    wanted = {"customer": jenny.id, "items": [{"price": basic}], "discounts": [{"promotionCode": first}],
              "paymentBehavior": behavior}  # fmt: skip

    async def redeem() -> list[str]:
        answer = await world.api.do("subscriptionCreate", "subscription { id }", wanted)
        return [each["code"] for each in answer["userErrors"]]

    answers = await asyncio.gather(*(redeem() for _ in range(8)))

    assert sorted(answers) == [[], *[["COUPON_NOT_APPLICABLE"]] * 7]
    assert (await counted(), await Discount.all().count()) == ({"HALF": 1}, 1)
    assert await Subscription.all().count() == 1


async def test_first_purchase_that_came_to_nothing_leaves_the_next_one_the_first(world: World) -> None:
    basic = await world.price("Basic", 1500)
    await coupon(world, "ALL", percentOff="100")
    first = [{"promotionCode": await code(world, "ALL", restrictions={"firstTimeTransaction": True})}]
    await coupon(world, "HALF", percentOff="50")
    half = [{"promotionCode": await code(world, "HALF", restrictions={"firstTimeTransaction": True})}]
    jenny = await world.customer(card="pm_card_visa")
    begun = await jenny.subscribe(basic, discounts=half, paymentBehavior="DEFAULT_INCOMPLETE")
    wanted = {"customer": jenny.id, "items": [{"price": basic}], "discounts": half}
    again = [("COUPON_NOT_APPLICABLE", "discounts.0.promotionCode")]
    assert await world.refusal("subscriptionCreate", "subscription", **wanted) == again
    await begun.cancel()

    await jenny.subscribe(basic, discounts=first)  # of which nothing has to be paid

    assert await world.refusal("subscriptionCreate", "subscription", **wanted) == again
    assert await counted() == {"ALL": 1, "HALF": 1}


async def test_coupons_of_others_are_nobody_s(world: World) -> None:
    await coupon(world, "HALF", percentOff="50")
    sun = await code(world, "HALF")
    for other in (await foreign(world.api), await live(world.api)):
        made = await other.do("customerCreate", "customer { id }", {})
        for wanted, param in (({"coupon": "HALF"}, "coupon"), ({"promotionCode": sun}, "promotionCode")):
            change = {"id": made["customer"]["id"], "discount": wanted}
            answer = await other.do("customerUpdate", "customer { id }", change)
            assert [(each["code"], each["param"]) for each in answer["userErrors"]] == [
                ("RESOURCE_MISSING", ["discount", param])
            ]
    assert (await Coupon.get()).times_redeemed == 0


async def test_of_drafts_that_are_finalized_at_once_one_has_the_coupon_of_one_invoice(world: World) -> None:
    await coupon(world, "HALF", percentOff="50")
    jenny = await world.customer(card="pm_card_visa", discount={"coupon": "HALF"})
    drafts = []
    for _ in range(6):
        made = await world.do("invoiceCreate", "invoice { id }", customer=jenny.id)
        drafts.append(made["invoice"]["id"])
        await world.do("invoiceAddLines", "invoice { id }", id=drafts[-1], lines=[{"amount": 1000}])

    finalized = await asyncio.gather(
        *(world.do("invoiceFinalize", "invoice { subtotal total }", id=each) for each in drafts)
    )

    assert sorted(each["invoice"]["total"] for each in finalized) == [500, *[1000] * 5]
    found = await world.api.ask(f'{{ customer(id: "{jenny.id}") {{ discount {{ id }} }} }}')
    assert found["customer"] == {"discount": None}
