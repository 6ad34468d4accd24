"""Coupons and promotion codes over GraphQL: what is kept, what is refused, who sees them."""

from typing import Any

import pytest

from domain.keys import KeyKind
from models import Coupon, Event, PromotionCode
from prorata.clock import SYSTEM_CLOCK
from tests.features.attacked import foreign, live, made, restricted
from tests.serving import Api, served

COUPON = (
    "coupon { id name percentOff amountOff currency currencyOptions { currency amountOff } duration durationInMonths"
    " appliesTo { products { id } } maxRedemptions timesRedeemed redeemBy metadata valid deleted }"
)
CODE = (
    "promotionCode { id code active coupon { id } customer { id } expiresAt maxRedemptions timesRedeemed metadata"
    " restrictions { firstTimeTransaction minimumAmount minimumAmountCurrency"
    " currencyOptions { currency minimumAmount } } }"
)
NEXT_YEAR = SYSTEM_CLOCK.now().year + 1
JUNE = f"{NEXT_YEAR}-06-01T00:00:00Z"
SUMMER = {"id": "SUMMER", "percentOff": "12.50"}


async def problems(api: Api, mutation: str, noun: str, wanted: dict[str, Any]) -> list[tuple[str, str]]:
    """Code and path of each problem of a mutation that must be refused."""
    answer = await api.do(mutation, f"{noun} {{ id }}", wanted)
    assert answer[noun] is None, answer
    return [(each["code"], ".".join(each["param"])) for each in answer["userErrors"]]


async def news() -> list[str]:
    return [event.type for event in await Event.all().order_by("sequence")]


async def test_coupon_of_per_cents_is_renamed_and_deleted(database_url: str) -> None:
    async with served(database_url) as api:
        coupon = await made(api, "couponCreate", COUPON, SUMMER)
        assert coupon == {
            "id": "SUMMER", "name": None, "percentOff": "12.5", "amountOff": None, "currency": None,
            "currencyOptions": [], "duration": "ONCE", "durationInMonths": None, "appliesTo": None,
            "maxRedemptions": None, "timesRedeemed": 0, "redeemBy": None, "metadata": {}, "valid": True,
            "deleted": False,
        }  # fmt: skip
        change = {"id": "SUMMER", "name": "Summer", "metadata": {"a": "b"}}
        assert (await made(api, "couponUpdate", COUPON, change))["name"] == "Summer"
        assert (await api.ask('{ node(id: "SUMMER") { id } nodes(ids: ["SUMMER", "WINTER"]) { id } }')) == {
            "node": {"id": "SUMMER"}, "nodes": [{"id": "SUMMER"}, None],
        }  # fmt: skip
        await made(api, "couponUpdate", COUPON, change)  # changes nothing, so tells nothing
        gone = await made(api, "couponDelete", COUPON, {"id": "SUMMER"})
        assert (gone["valid"], gone["deleted"]) == (False, True)
        assert await api.ask('{ coupon(id: "SUMMER") { id } coupons { totalCount } }') == {
            "coupon": None, "coupons": {"totalCount": 0},
        }  # fmt: skip
        assert await problems(api, "couponDelete", "coupon", {"id": "SUMMER"}) == [("RESOURCE_MISSING", "id")]
        assert (await made(api, "couponCreate", COUPON, SUMMER))["name"] is None  # its id may be used again
        assert await news() == ["coupon.created", "coupon.updated", "coupon.deleted", "coupon.created"]
        told = await Event.get(type="coupon.updated")
        assert told.previous_attributes == {"name": None, "metadata": {"a": None}}


async def test_coupon_of_an_amount_gains_currencies_and_keeps_those_it_has(database_url: str) -> None:
    async with served(database_url) as api:
        product = await made(api, "productCreate", "product { id }", {"name": "Basic"})
        wanted = {
            "amountOff": 500, "currency": "usd", "currencyOptions": [{"currency": "eur", "amountOff": 450}],
            "duration": "REPEATING", "durationInMonths": 3, "appliesTo": {"products": [product["id"]]},
            "maxRedemptions": 2, "redeemBy": f"{NEXT_YEAR}-01-01T00:00:00Z", "name": "Five off",
        }  # fmt: skip
        coupon = await made(api, "couponCreate", COUPON, wanted)
        assert coupon["id"].startswith("coupon_")
        assert coupon["appliesTo"] == {"products": [{"id": product["id"]}]}
        more = {"id": coupon["id"], "currencyOptions": [{"currency": "jpy", "amountOff": 700}]}
        changed = await made(api, "couponUpdate", COUPON, more)
        assert changed["currencyOptions"] == [
            {"currency": "eur", "amountOff": 450}, {"currency": "jpy", "amountOff": 700},
        ]  # fmt: skip
        for currency, amount in (("eur", 1), ("usd", 500), ("jpy", 0)):
            other = {"id": coupon["id"], "currencyOptions": [{"currency": currency, "amountOff": amount}]}
            [(_, param)] = await problems(api, "couponUpdate", "coupon", other)
            assert param == "currencyOptions.0" + (".amountOff" if amount == 0 else "")
        found = await api.ask("query($id: ID!) { node(id: $id) { id } }", {"id": coupon["id"]})
        assert found == {"node": {"id": coupon["id"]}}


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({}, [("PARAMETER_MISSING", "percentOff")]),
        ({"percentOff": "10", "amountOff": 5}, [("PARAMETERS_EXCLUSIVE", "percentOff")]),
        ({"percentOff": "0"}, [("PARAMETER_INVALID", "percentOff")]),
        ({"percentOff": "100.01"}, [("PARAMETER_INVALID", "percentOff")]),
        ({"percentOff": "0.001"}, [("PARAMETER_INVALID", "percentOff")]),
        ({"percentOff": "10", "currency": "usd"}, [("PARAMETERS_EXCLUSIVE", "currency")]),
        ({"amountOff": 0, "currency": "usd"}, [("PARAMETER_INVALID_INTEGER", "amountOff")]),
        ({"amountOff": 500}, [("PARAMETER_MISSING", "currency")]),
        ({"percentOff": "10", "duration": "REPEATING"}, [("PARAMETER_MISSING", "durationInMonths")]),
        ({"percentOff": "10", "durationInMonths": 2}, [("PARAMETERS_EXCLUSIVE", "durationInMonths")]),
        ({"percentOff": "10", "redeemBy": "2999-01-01T00:00:00Z"}, [("PARAMETER_INVALID", "redeemBy")]),
        ({"percentOff": "10", "redeemBy": "2020-01-01T00:00:00Z"}, [("PARAMETER_INVALID", "redeemBy")]),
        ({"percentOff": "10", "appliesTo": {"products": ["prod_1"]}}, [("RESOURCE_MISSING", "appliesTo.products.0")]),
        ({"percentOff": "10", "appliesTo": {"products": []}}, [("PARAMETER_MISSING", "appliesTo.products")]),
        (
            {"percentOff": "10", "id": "a b", "name": "x" * 41, "maxRedemptions": 0},
            [
                ("INVALID_CHARACTERS", "id"),
                ("PARAMETER_STRING_TOO_LONG", "name"),
                ("PARAMETER_INVALID_INTEGER", "maxRedemptions"),
            ],
        ),
    ],
)
async def test_what_a_coupon_cannot_be_is_refused(
    database_url: str, wanted: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    async with served(database_url) as api:
        assert await problems(api, "couponCreate", "coupon", wanted) == expected
        assert (await Coupon.all().count(), await news()) == (0, [])


async def test_code_is_found_in_any_case_and_unique_among_active_ones(database_url: str) -> None:
    async with served(database_url) as api:
        await made(api, "couponCreate", COUPON, SUMMER)
        customer = (await made(api, "customerCreate", "customer { id }", {}))["id"]
        create, wanted = "promotionCodeCreate", {"coupon": "SUMMER", "code": "Sun-25"}
        code = await made(api, create, CODE, wanted)
        assert (code["code"], code["active"], code["coupon"]) == ("Sun-25", True, {"id": "SUMMER"})
        taken = {**wanted, "code": "SUN-25"}
        assert await problems(api, create, "promotionCode", taken) == [("RESOURCE_ALREADY_EXISTS", "code")]
        own = await made(api, create, CODE, {**taken, "customer": customer})
        assert await problems(api, create, "promotionCode", {**wanted, "customer": customer}) == [
            ("RESOURCE_ALREADY_EXISTS", "code")
        ]
        for asked, ids in (
            ('code: "sUn-25"', [own["id"], code["id"]]),
            (f'code: "sun-25", customer: "{customer}"', [own["id"]]),
            ('coupon: "SUMMER"', [own["id"], code["id"]]),
            ('coupon: "WINTER"', []),
            ("active: true", [own["id"], code["id"]]),
        ):
            found = await api.ask(f"{{ promotionCodes(filter: {{{asked}}}) {{ nodes {{ id }} }} }}")
            assert [each["id"] for each in found["promotionCodes"]["nodes"]] == ids
        await made(api, "promotionCodeUpdate", CODE, {"id": code["id"], "active": False})
        other = await made(api, create, CODE, taken)
        again = {"id": code["id"], "active": True}
        assert await problems(api, "promotionCodeUpdate", "promotionCode", again) == [
            ("RESOURCE_ALREADY_EXISTS", "active")
        ]
        await made(api, "promotionCodeUpdate", CODE, {"id": other["id"], "active": False})
        assert (await made(api, "promotionCodeUpdate", CODE, again))["active"] is True


async def test_code_without_a_word_is_made_up_and_falls_with_its_coupon(database_url: str) -> None:
    async with served(database_url) as api:
        await made(api, "couponCreate", COUPON, {**SUMMER, "maxRedemptions": 3, "redeemBy": JUNE})
        least = {
            "minimumAmount": 1000, "minimumAmountCurrency": "usd", "firstTimeTransaction": True,
            "currencyOptions": [{"currency": "eur", "minimumAmount": 900}],
        }  # fmt: skip
        code = await made(api, "promotionCodeCreate", CODE, {"coupon": "SUMMER", "restrictions": least})
        assert (len(code["code"]), code["restrictions"]) == (10, least)
        await made(api, "couponDelete", COUPON, {"id": "SUMMER"})
        found = await api.ask("{ promotionCodes(filter: {active: false}) { nodes { id active coupon { deleted } } } }")
        gone = {"id": code["id"], "active": False, "coupon": {"deleted": True}}
        assert found["promotionCodes"]["nodes"] == [gone]
        assert (await api.ask("{ promotionCodes(filter: {active: true}) { totalCount } }"))["promotionCodes"] == {
            "totalCount": 0
        }


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"coupon": "WINTER"}, [("RESOURCE_MISSING", "coupon")]),
        ({"code": "a b"}, [("INVALID_CHARACTERS", "code")]),
        ({"customer": "cus_1", "maxRedemptions": 4},
         [("RESOURCE_MISSING", "customer"), ("PARAMETER_INVALID_INTEGER", "maxRedemptions")]),
        ({"expiresAt": f"{NEXT_YEAR}-06-02T00:00:00Z"}, [("PARAMETER_INVALID", "expiresAt")]),
        ({"expiresAt": "2020-01-01T00:00:00Z"}, [("PARAMETER_INVALID", "expiresAt")]),
        ({"restrictions": {"minimumAmount": 5}}, [("PARAMETER_MISSING", "restrictions.minimumAmountCurrency")]),
        ({"restrictions": {"currencyOptions": [{"currency": "eur", "minimumAmount": 9}]}},
         [("PARAMETER_MISSING", "restrictions.minimumAmount")]),
    ],
)  # fmt: skip
async def test_what_a_promotion_code_cannot_be_is_refused(
    database_url: str, wanted: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    async with served(database_url) as api:
        await made(api, "couponCreate", COUPON, {**SUMMER, "maxRedemptions": 3, "redeemBy": JUNE})
        code = {"coupon": "SUMMER", **wanted}
        assert await problems(api, "promotionCodeCreate", "promotionCode", code) == expected
        assert (await PromotionCode.all().count(), await news()) == (0, ["coupon.created"])


async def test_coupons_and_codes_are_their_account_s_alone(database_url: str) -> None:
    async with served(database_url) as api:
        await made(api, "couponCreate", COUPON, SUMMER)
        code = await made(api, "promotionCodeCreate", CODE, {"coupon": "SUMMER", "code": "sun"})
        query = 'query($c: ID!) { coupon(id: "SUMMER") { id } promotionCode(id: $c) { id } }'
        lists = '{ coupons { totalCount } promotionCodes(filter: {code: "sun"}) { totalCount } }'
        for other in (await foreign(api), await live(api)):
            assert await other.ask(query, {"c": code["id"]}) == {"coupon": None, "promotionCode": None}
            assert await other.ask('{ node(id: "SUMMER") { id } }') == {"node": None}
            nothing = {"totalCount": 0}
            assert await other.ask(lists) == {"coupons": nothing, "promotionCodes": nothing}
            for mutation, noun, wanted in (
                ("couponUpdate", "coupon", {"id": "SUMMER", "name": "x"}),
                ("couponDelete", "coupon", {"id": "SUMMER"}),
                ("promotionCodeUpdate", "promotionCode", {"id": code["id"], "active": False}),
            ):
                assert await problems(other, mutation, noun, wanted) == [("RESOURCE_MISSING", "id")]
        publishable = await api.as_key(KeyKind.PUBLISHABLE)
        for document in (lists, '{ coupon(id: "SUMMER") { id } }', f'{{ promotionCode(id: "{code["id"]}") {{ id }} }}'):
            assert (await publishable.send(document)).codes[0] == "FORBIDDEN"
        assert await publishable.ask('{ node(id: "SUMMER") { id } }') == {"node": None}
        reader = await restricted(api, coupons="read")
        assert (await reader.ask(query, {"c": code["id"]}))["coupon"] == {"id": "SUMMER"}


async def test_what_only_test_clocks_have_ahead_can_be_redeemed_by_those(database_url: str) -> None:
    async with served(database_url) as api:
        await made(api, "testClockCreate", "testClock { id }", {"frozenTime": "2020-01-01T00:00:00Z"})
        ahead, passed = "2020-01-01T00:00:00Z", "2019-12-31T23:59:59Z"
        coupon = await made(api, "couponCreate", COUPON, {**SUMMER, "redeemBy": ahead})
        assert coupon["redeemBy"] == ahead
        await made(api, "couponCreate", COUPON, {**SUMMER, "id": "WINTER"})
        await made(api, "promotionCodeCreate", CODE, {"coupon": "WINTER", "expiresAt": ahead})
        wanted = {"coupon": "WINTER", "expiresAt": passed}
        assert await problems(api, "promotionCodeCreate", "promotionCode", wanted) == [
            ("PARAMETER_INVALID", "expiresAt")
        ]
        other = await live(api)
        again = {**SUMMER, "redeemBy": ahead}
        assert await problems(other, "couponCreate", "coupon", again) == [("PARAMETER_INVALID", "redeemBy")]
