"""Usage that comes late or is taken back costs the difference that it makes in its own period."""

from typing import Any

import pytest

from tests.scenarios.couponing import coupon
from tests.scenarios.crediting import granted
from tests.scenarios.usage import Usage, explained, subscribed
from tests.scenarios.world import Subscription, World
from tests.simulation.invariants import check_all

TIERS = [{"upTo": 100, "unitAmount": 10}, {"unitAmount": 1}]
PASSED = "from 31 January to 28 February"
OF_TIERS: dict[str, Any] = {"billingScheme": "TIERED", "tiers": TIERS}
OF_PACKAGES: dict[str, Any] = {"unitAmount": 500, "transformQuantity": {"divideBy": 100, "round": "UP"}}


async def billed_and_taken_back(world: World, used: str, taken: str, **terms: Any) -> Subscription:
    """A subscription whose use was billed, and then partly taken back."""
    usage = await Usage.metered(world)
    jenny = await world.customer(card="pm_card_visa")
    subscription = await subscribed(jenny, await usage.price(**terms))
    await usage.used(jenny, "2027-02-10T00:00:00Z", used)
    await world.move_to("2027-02-28T12:00:00Z")
    await usage.used(jenny, "2027-02-11T00:00:00Z", f"-{taken}")
    await world.move_to("2027-03-31T12:00:00Z")
    return subscription


@pytest.mark.parametrize(
    ("mode", "used", "taken", "billed", "back"),
    [
        ("GRADUATED", "1000", "900", 1900, -900),  # 100 × 10 + 900 × 1, less 100 × 10
        ("VOLUME", "1000", "950", 1000, -500),  # 1000 × 1, less 50 × 10
    ],
)
async def test_taking_use_back_gives_back_what_it_cost(
    world: World, mode: str, used: str, taken: str, billed: int, back: int
) -> None:
    subscription = await billed_and_taken_back(world, used, taken, tiersMode=mode, **OF_TIERS)

    assert (await subscription.billed())[0] == f"{billed} PAID 2027-02-28T10:00:00Z"
    own, late = await subscription.lines()
    assert own.startswith("0 0 × Calls")
    assert late.startswith(f"{back} -{taken} × Calls") and late.endswith(f", use taken back {PASSED}")


@pytest.mark.parametrize(("more", "cost"), [("50", 0), ("51", 500)])
async def test_late_use_fits_into_packages_that_were_paid_for(world: World, more: str, cost: int) -> None:
    usage = await Usage.metered(world)
    jenny = await world.customer(card="pm_card_visa")
    subscription = await subscribed(jenny, await usage.price(**OF_PACKAGES))
    await usage.used(jenny, "2027-02-10T00:00:00Z", "50")
    await world.move_to("2027-02-28T12:00:00Z")

    await usage.used(jenny, "2027-02-11T00:00:00Z", more)
    await usage.used(jenny, "2027-03-11T00:00:00Z", "60")
    await world.move_to("2027-03-31T12:00:00Z")

    assert await subscription.billed() == ["500 PAID 2027-02-28T10:00:00Z", f"{500 + cost} PAID 2027-03-31T10:00:00Z"]
    assert len(await subscription.lines()) == 2


@pytest.mark.parametrize(("off", "billed", "back"), [("100", 0, 0), ("50", 500, -500)])
async def test_use_that_is_taken_back_gives_back_what_was_paid_for_it(
    world: World, off: str, billed: int, back: int
) -> None:
    usage = await Usage.metered(world)
    await coupon(world, "OFF", percentOff=off, duration="ONCE")
    jenny = await world.customer(card="pm_card_visa")
    subscription = await subscribed(jenny, await usage.price(), discounts=[{"coupon": "OFF"}])
    await usage.used(jenny, "2027-02-10T00:00:00Z", "100")
    await world.move_to("2027-02-28T12:00:00Z")

    await usage.used(jenny, "2027-02-11T00:00:00Z", "-100")
    await world.move_to("2027-03-31T12:00:00Z")

    assert await subscription.billed() == [f"{billed} PAID 2027-02-28T10:00:00Z", f"{back} PAID 2027-03-31T10:00:00Z"]
    assert (await explained(subscription))[1] == (
        f"-100 × $0.10 = -$10.00, use taken back {PASSED};"
        f" discounts of {off} % take ${int(off) / 10:.2f} of $10.00 off: {'-$5.00' if back else '$0.00'}"
    )
    await check_all()


async def test_prepaid_use_that_is_taken_back_gives_back_what_credit_did_not_pay(world: World) -> None:
    usage = await Usage.metered(world)
    jenny = await world.customer(card="pm_card_visa")
    await granted(jenny, 600)
    subscription = await subscribed(jenny, await usage.price())
    await usage.used(jenny, "2027-02-10T00:00:00Z", "100")
    await world.move_to("2027-02-28T12:00:00Z")

    await usage.used(jenny, "2027-02-11T00:00:00Z", "-50")
    await world.move_to("2027-03-31T10:30:00Z")
    await usage.used(jenny, "2027-02-11T00:00:00Z", "-50")  # within the hour of the draft
    await world.move_to("2027-03-31T12:00:00Z")

    # 1000, of which 600 were prepaid: the 400 that were paid are given back.
    assert await subscription.billed() == ["400 PAID 2027-02-28T10:00:00Z", "-400 PAID 2027-03-31T10:00:00Z"]
    assert (await explained(subscription))[1] == (
        f"-100 × $0.10 = -$10.00, use taken back {PASSED}; prepaid credit paid $6.00 of $10.00: -$4.00"
    )
    await check_all()


@pytest.mark.parametrize("behavior", ["ALWAYS_INVOICE", "CREATE_PRORATIONS"])
async def test_late_use_of_an_item_that_is_gone_has_its_discount(world: World, behavior: str) -> None:
    usage = await Usage.metered(world)
    await coupon(world, "HALF", percentOff="50", duration="FOREVER")
    jenny = await world.customer(card="pm_card_visa")
    subscription = await subscribed(jenny, await world.price("Basic", 1500), billingMode="FLEXIBLE")
    await subscription.update(items=[{"price": await usage.price(), "discounts": [{"coupon": "HALF"}]}])
    await usage.used(jenny, "2027-02-10T00:00:00Z", "100")
    await world.move_to("2027-02-15T00:00:00Z")
    item = next(each["id"] for each in (await subscription.now())["items"] if each["quantity"] is None)
    await subscription.update(items=[{"id": item, "deleted": True}], prorationBehavior=behavior)

    await usage.used(jenny, "2027-02-11T00:00:00Z", "20")
    await world.move_to("2027-02-28T12:00:00Z")

    # 1500, and half of 120 × 10: at once half of 100 × 10, or all with the next invoice.
    totals = [1500, 500, 1600] if behavior == "ALWAYS_INVOICE" else [1500, 2100]
    assert [each.split()[0] for each in await subscription.billed()] == list(map(str, totals))
    await check_all()
