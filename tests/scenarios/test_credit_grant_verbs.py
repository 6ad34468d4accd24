"""Credit grants are made, changed, expired and voided; what is refused moves nothing."""

from tests.scenarios.crediting import credit, granted, journal
from tests.scenarios.world import World
from tests.simulation.invariants import check_all

MOVED = "billing.credit_balance_transaction.created"


async def test_grant_is_changed_expired_and_voided(world: World) -> None:
    basic = await world.price("Basic", 3000)
    jenny = await world.customer(card="pm_card_visa")
    first = await granted(jenny, 1000, basic, expiresAt="2027-03-01T00:00:00Z", metadata={"deal": "7"})
    second = await granted(jenny, 500, basic)
    await world.news()

    shown = "creditGrant { status expiresAt voidedAt metadata updated }"
    changed = await world.do("creditGrantUpdate", shown, id=first, expiresAt=None, metadata={"deal": "8"})
    assert changed["creditGrant"]["expiresAt"] is None
    assert changed["creditGrant"]["metadata"] == {"deal": "8"}
    assert await world.news() == ["billing.credit_grant.updated"]
    await world.do("creditGrantUpdate", shown, id=first, metadata={"deal": "8"})
    assert await world.news() == []
    await world.move_to("2027-03-02T00:00:00Z")
    await world.news()
    expired = await world.do("creditGrantExpire", shown, id=first)
    voided = await world.do("creditGrantVoid", shown, id=second)

    assert (expired["creditGrant"]["status"], expired["creditGrant"]["expiresAt"]) == (
        "EXPIRED",
        "2027-03-02T00:00:00Z",
    )
    assert (voided["creditGrant"]["status"], voided["creditGrant"]["voidedAt"]) == ("VOIDED", "2027-03-02T00:00:00Z")
    assert await world.news() == [MOVED, "billing.credit_grant.updated"] * 2
    assert (await journal(world))[2:] == [
        "CREDITS_EXPIRED -1000 2027-03-02T00:00:00Z",
        "CREDITS_VOIDED -500 2027-03-02T00:00:00Z",
    ]
    await check_all()


async def test_what_was_used_or_has_ended_is_not_voided(world: World) -> None:
    basic = await world.price("Basic", 3000)
    jenny = await world.customer(card="pm_card_visa")
    used, ended = await granted(jenny, 5000, basic), await granted(jenny, 100, basic, priority=60)
    await jenny.subscribe(basic)
    await world.do("creditGrantExpire", "creditGrant { id }", id=ended)
    await world.news()
    before = await journal(world)

    for grant in (used, ended):
        refused = await world.refusal("creditGrantVoid", "creditGrant", id=grant)
        assert refused == [("CREDIT_GRANT_UNEXPECTED_STATE", "id")]
    for verb, more in (("creditGrantExpire", {}), ("creditGrantUpdate", {"expiresAt": "2028-01-01T00:00:00Z"})):
        assert await world.refusal(verb, "creditGrant", id=ended, **more) == [("CREDIT_GRANT_UNEXPECTED_STATE", "id")]

    assert await journal(world) == before
    assert await world.news() == []


async def test_everything_wrong_with_a_grant_is_told_at_once(world: World) -> None:
    basic = await world.price("Basic", 3000)
    jenny = await world.customer()
    await world.news()

    wrong = credit(jenny, 0, basic, "price_x", priority=101, name=" ", expiresAt="2027-01-31T10:00:00Z")
    assert sorted(await world.refusal("creditGrantCreate", "creditGrant", **wrong)) == [
        ("PARAMETER_INVALID", "expiresAt"),
        ("PARAMETER_INVALID_INTEGER", "amount.monetary.value"),
        ("PARAMETER_INVALID_INTEGER", "priority"),
        ("PARAMETER_INVALID_STRING_EMPTY", "name"),
        ("RESOURCE_MISSING", "applicabilityConfig.scope.prices.1"),
    ]
    both = credit(jenny, 100, basic)
    both["applicabilityConfig"]["scope"]["priceType"] = "METERED"
    neither = credit(jenny, 100)
    neither["applicabilityConfig"]["scope"] = {}
    for wanted, code in ((both, "PARAMETERS_EXCLUSIVE"), (neither, "PARAMETER_MISSING")):
        refused = await world.refusal("creditGrantCreate", "creditGrant", **wanted)
        assert refused == [(code, "applicabilityConfig.scope")]

    assert await world.news() == []
    assert await journal(world) == []


async def test_customer_who_was_deleted_is_granted_nothing(world: World) -> None:
    jenny = await world.customer()
    await world.do("customerDelete", "customer { id }", id=jenny.id)

    refused = await world.refusal("creditGrantCreate", "creditGrant", **credit(jenny, 100))

    assert refused == [("RESOURCE_MISSING", "customer")]
    assert await journal(world) == []
