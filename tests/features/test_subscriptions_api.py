"""Subscriptions through the API: made, changed, listed and ended."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from tests.scenarios.world import World
from tests.serving import served

START = "2027-01-31T10:00:00Z"

GRAPH = """query($id: ID!) { subscription(id: $id) {
  status currency collectionMethod billingCycleAnchor startDate created livemode
  cancelAtPeriodEnd cancelAt canceledAt endedAt cancellationDetails { reason } description metadata
  customer { id } testClock { id } defaultPaymentMethod { id }
  items { quantity currentPeriodStart currentPeriodEnd subscription { id } price { id product { name } } }
  latestInvoice { status total } invoices { totalCount nodes { total } }
} }"""
LIST = """query($filter: SubscriptionFilter) { subscriptions(filter: $filter) { nodes { id } } }"""


@asynccontextmanager
async def opened(database_url: str) -> AsyncIterator[World]:
    async with served(database_url) as api:
        yield await World.opened(api, START)


async def listed(world: World, **filter: Any) -> list[str]:
    found = await world.api.ask(LIST, {"filter": filter})
    return [row["id"] for row in found["subscriptions"]["nodes"]]


async def test_a_subscription_tells_all_of_itself(database_url: str) -> None:
    async with opened(database_url) as world:
        price = await world.price("Basic", 1500)
        jenny = await world.customer(card="pm_card_visa")
        made = await jenny.subscribe(price, quantity=3, description="Photos", metadata={"plan": "basic"})
        found = (await world.api.ask(GRAPH, {"id": made.id}))["subscription"]
        assert found == {
            "status": "ACTIVE",
            "currency": "usd",
            "collectionMethod": "CHARGE_AUTOMATICALLY",
            "billingCycleAnchor": START,
            "startDate": START,
            "created": START,
            "livemode": False,
            "cancelAtPeriodEnd": False,
            **dict.fromkeys(("cancelAt", "canceledAt", "endedAt", "cancellationDetails", "defaultPaymentMethod")),
            "description": "Photos",
            "metadata": {"plan": "basic"},
            "customer": {"id": jenny.id},
            "testClock": {"id": world.clock},
            "items": [
                {
                    "quantity": 3,
                    "currentPeriodStart": START,
                    "currentPeriodEnd": "2027-02-28T10:00:00Z",
                    "subscription": {"id": made.id},
                    "price": {"id": price, "product": {"name": "Basic"}},
                }
            ],
            "latestInvoice": {"status": "PAID", "total": 4500},  # 3 × 1500
            "invoices": {"totalCount": 1, "nodes": [{"total": 4500}]},
        }


async def test_a_price_may_be_made_for_one_item(database_url: str) -> None:
    async with opened(database_url) as world:
        product = (await world.do("productCreate", "product { id }", name="Archive"))["product"]["id"]
        jenny = await world.customer(card="pm_card_visa")
        terms = {"product": product, "currency": "USD", "unitAmount": 700, "recurring": {"interval": "WEEK"}}
        answer = await world.do(
            "subscriptionCreate",
            "subscription { latestInvoice { total } items { currentPeriodEnd price { active unitAmount } } }",
            customer=jenny.id,
            items=[{"priceData": terms}],
        )
        assert answer["subscription"] == {
            "latestInvoice": {"total": 700},
            "items": [{"currentPeriodEnd": "2027-02-07T10:00:00Z", "price": {"active": False, "unitAmount": 700}}],
        }


async def test_an_item_without_a_price_or_with_two_is_refused(database_url: str) -> None:
    async with opened(database_url) as world:
        price = await world.price("Basic", 1500)
        jenny = await world.customer(card="pm_card_visa")
        await world.news()
        terms = {"product": "prod_x", "currency": "usd", "unitAmount": 1, "recurring": {"interval": "WEEK"}}
        items = [{"quantity": 2}, {"price": price, "priceData": terms}]
        refused = await world.refusal("subscriptionCreate", "subscription", customer=jenny.id, items=items)
        assert refused == [("PARAMETER_MISSING", "items.0.price"), ("PARAMETERS_EXCLUSIVE", "items.1.priceData")]
        assert await world.news() == []
        assert await listed(world, status="ALL") == []


async def test_everything_wrong_with_a_new_subscription_is_told_at_once(database_url: str) -> None:
    async with opened(database_url) as world:
        jenny = await world.customer()
        wrong: dict[str, Any] = {
            "items": [{"price": "price_x", "quantity": -1, "metadata": {"[a]": "b"}}],
            "description": "x" * 501,
        }
        told = [
            ("RESOURCE_MISSING", "items.0.price"),
            ("PARAMETER_INVALID_INTEGER", "items.0.quantity"),
            ("PARAMETER_STRING_TOO_LONG", "description"),
            ("INVALID_CHARACTERS", "items.0.metadata.[a]"),
        ]
        create = "subscriptionCreate", "subscription"
        nobody = [("RESOURCE_MISSING", "customer"), *told]
        assert await world.refusal(*create, customer="cus_x", defaultPaymentMethod="pm_x", **wrong) == nobody
        cardless = [*told, ("RESOURCE_MISSING", "defaultPaymentMethod")]
        assert await world.refusal(*create, customer=jenny.id, defaultPaymentMethod="pm_x", **wrong) == cardless


async def test_what_is_archived_takes_no_new_subscriptions_and_keeps_those_it_has(database_url: str) -> None:
    async with opened(database_url) as world:
        basic, premium = await world.price("Basic", 1500), await world.price("Premium", 2500)
        jenny = await world.customer(card="pm_card_visa")
        made = await jenny.subscribe(premium)
        await world.do("priceUpdate", "price { id }", id=basic, active=False)
        found = await world.api.ask("query($id: ID!) { price(id: $id) { product { id } } }", {"id": premium})
        await world.do("productUpdate", "product { id }", id=found["price"]["product"]["id"], active=False)
        await world.news()
        items = [{"price": basic}, {"price": premium}]
        refused = await world.refusal("subscriptionCreate", "subscription", customer=jenny.id, items=items)
        assert refused == [("PRICE_INACTIVE", "items.0.price"), ("PRODUCT_INACTIVE", "items.1.price")]
        assert await world.news() == []
        await world.move_to("2027-02-28T12:00:00Z")
        assert [each["status"] for each in await made.invoices()] == ["PAID", "PAID"]


async def test_lists_leave_canceled_subscriptions_out_unless_asked(database_url: str) -> None:
    async with opened(database_url) as world:
        basic, premium = await world.price("Basic", 1500), await world.price("Premium", 2500)
        jenny, ada = await world.customer(card="pm_card_visa"), await world.customer(card="pm_card_visa")
        first, second = await jenny.subscribe(basic), await jenny.subscribe(premium)
        third = await ada.subscribe(basic)
        await second.cancel()
        assert await listed(world) == [third.id, first.id]
        assert await listed(world, status="ALL") == [third.id, second.id, first.id]
        assert await listed(world, status="CANCELED") == await listed(world, status="ENDED") == [second.id]
        assert await listed(world, status="ACTIVE", customer=jenny.id) == [first.id]
        assert await listed(world, price=basic) == [third.id, first.id]
        assert await listed(world, price=premium) == []
        found = await world.api.ask(
            "query($id: ID!) { customer(id: $id) {"
            " all: subscriptions { nodes { id } }"
            " ended: subscriptions(filter: {status: [CANCELED]}) { nodes { id } } } }",
            {"id": jenny.id},
        )
        assert found["customer"] == {
            "all": {"nodes": [{"id": second.id}, {"id": first.id}]},
            "ended": {"nodes": [{"id": second.id}]},
        }


async def test_an_update_leaves_removes_or_sets(database_url: str) -> None:
    async with opened(database_url) as world:
        jenny = await world.customer(card="pm_card_visa")
        made = await jenny.subscribe(
            await world.price("Basic", 1500), description="Photos", metadata={"a": "1", "b": "2"}
        )
        selection = "subscription { description cancelAtPeriodEnd cancelAt metadata defaultPaymentMethod { id } }"

        async def updated(**input: Any) -> Any:
            return (await world.do("subscriptionUpdate", selection, id=made.id, **input))["subscription"]

        assert await updated(metadata={"a": None, "c": "3"}, cancelAtPeriodEnd=True) == {
            "description": "Photos",
            "cancelAtPeriodEnd": True,
            "cancelAt": "2027-02-28T10:00:00Z",
            "metadata": {"b": "2", "c": "3"},
            "defaultPaymentMethod": None,
        }
        assert await updated(description=None, cancelAtPeriodEnd=False, defaultPaymentMethod=jenny.cards[0]) == {
            "description": None,
            "cancelAtPeriodEnd": False,
            "cancelAt": None,
            "metadata": {"b": "2", "c": "3"},
            "defaultPaymentMethod": {"id": jenny.cards[0]},
        }


async def test_cancelling_keeps_what_the_customer_said(database_url: str) -> None:
    async with opened(database_url) as world:
        jenny = await world.customer(card="pm_card_visa")
        made = await jenny.subscribe(await world.price("Basic", 1500))
        answer = await world.do(
            "subscriptionCancel",
            "subscription { status endedAt canceledAt cancellationDetails { reason feedback comment } }",
            id=made.id,
            cancellationDetails={"feedback": "TOO_EXPENSIVE", "comment": "I found a cheaper one."},
        )
        assert answer["subscription"] == {
            "status": "CANCELED",
            "endedAt": START,
            "canceledAt": START,
            "cancellationDetails": {
                "reason": "CANCELLATION_REQUESTED",
                "feedback": "TOO_EXPENSIVE",
                "comment": "I found a cheaper one.",
            },
        }
        assert await world.refusal("subscriptionCancel", "subscription", id=made.id) == [
            ("SUBSCRIPTION_UNEXPECTED_STATE", "id")
        ]


async def test_an_end_that_is_planned_says_why_and_taken_back_it_says_nothing(database_url: str) -> None:
    async with opened(database_url) as world:
        jenny = await world.customer(card="pm_card_visa")
        selection = "subscription { cancellationDetails { reason feedback comment } }"
        wanted = {"customer": jenny.id, "items": [{"price": await world.price("Basic", 1500)}]}
        made = await world.do("subscriptionCreate", selection.replace("{", "{ id", 1), **wanted, cancelAtPeriodEnd=True)
        requested = {"reason": "CANCELLATION_REQUESTED", "feedback": None, "comment": None}
        assert made["subscription"]["cancellationDetails"] == requested

        async def updated(**input: Any) -> Any:
            answer = await world.do("subscriptionUpdate", selection, id=made["subscription"]["id"], **input)
            return answer["subscription"]["cancellationDetails"]

        said = {"feedback": "UNUSED", "comment": "I moved."}
        assert await updated(cancelAtPeriodEnd=False) is None
        assert await updated(cancelAtPeriodEnd=True, cancellationDetails=said) == requested | said
        assert await updated(cancellationDetails={"feedback": "OTHER"}) == requested | said | {"feedback": "OTHER"}
        assert await updated(cancellationDetails=None) == requested
        too_long = {"id": made["subscription"]["id"], "cancellationDetails": {"comment": "x" * 5001}}
        for field in ("subscriptionUpdate", "subscriptionCancel"):
            assert await world.refusal(field, "subscription", **too_long) == [
                ("PARAMETER_STRING_TOO_LONG", "cancellationDetails.comment")
            ]


async def test_a_decline_answers_with_subscription_and_error(database_url: str) -> None:
    async with opened(database_url) as world:
        jenny = await world.customer(card="pm_card_chargeCustomerFail")
        answer = await world.do(
            "subscriptionCreate",
            "subscription { status latestInvoice { status confirmationSecret { type clientSecret }"
            " paymentIntent { status clientSecret } charges { nodes { status } } } }",
            customer=jenny.id,
            items=[{"price": await world.price("Basic", 1500)}],
        )
        assert [(each["type"], each["code"]) for each in answer["userErrors"]] == [("CARD_ERROR", "CARD_DECLINED")]
        invoice = answer["subscription"]["latestInvoice"]
        assert answer["subscription"]["status"] == "INCOMPLETE"
        assert invoice["status"] == "OPEN"
        assert invoice["paymentIntent"]["status"] == "REQUIRES_PAYMENT_METHOD"
        assert invoice["confirmationSecret"] == {
            "type": "payment_intent",
            "clientSecret": invoice["paymentIntent"]["clientSecret"],
        }
        assert invoice["charges"]["nodes"] == [{"status": "FAILED"}]


SCREEN = """{ subscriptions(first: 50) { nodes {
  id status customer { id name email }
  items { id quantity currentPeriodEnd price { id unitAmount currency product { id name } } }
  latestInvoice { id number status total lines { id description amount period { start end } } }
} } }"""


async def test_a_screen_of_subscriptions_costs_one_statement_per_relation(database_url: str) -> None:
    async with opened(database_url) as world:
        prices = [await world.price(name, 1500) for name in ("Basic", "Archive")]
        for _ in range(3):
            customer = await world.customer(card="pm_card_visa")
            await customer.subscribe(prices[0])
            items = [{"price": price} for price in prices]
            await world.do("subscriptionCreate", "subscription { id }", customer=customer.id, items=items)
        with world.api.statements() as statements:
            found = await world.api.ask(SCREEN)
        assert len(found["subscriptions"]["nodes"]) == 6
        assert sum(len(each["items"]) for each in found["subscriptions"]["nodes"]) == 9  # 3 × (1 + 2)
        read = [match[1] for sql in statements if (match := re.search(r'FROM "(\w+)"', sql))]
        assert sorted(read) == [
            "customers",
            "invoice_lines",
            "invoices",
            "prices",
            "products",
            "subscription_items",
            "subscriptions",
        ]
        assert len(statements) == len(read)
