"""Quotes that wait: reworded, finalized, revised, withdrawn, and expired."""

from typing import Any

import pytest

from tests.scenarios.quoting import copied, offered, one_time
from tests.scenarios.world import World
from tests.simulation.invariants import check_all


async def test_draft_is_reworded_and_an_open_quote_is_not(world: World) -> None:
    basic, pro = await world.price("Basic", 1500), await world.price("Pro", 4000)
    jenny = await world.customer()
    quote = await offered(jenny, basic, await one_time(world, "Set-up", 5000), header="Hello")
    first = (await quote.now())["lineItems"][0]["id"]
    await world.news()

    lines = [{"id": first, "quantity": 2}, {"price": pro}]
    words = {"header": None, "footer": "Thanks", "description": "As agreed", "metadata": {"a": "b"}}
    await world.do("quoteUpdate", "quote { id }", id=quote.id, lineItems=lines, **words)

    now = await quote.now()
    # 2 × 15.00 and 40.00 a month; the set-up is gone.
    assert (now["amountTotal"], now["computed"]["recurring"]["amountTotal"]) == (7000, 7000)
    assert [(line["id"] == first, line["amountTotal"]) for line in now["lineItems"]] == [(True, 3000), (False, 4000)]
    assert {name: now[name] for name in words} == words
    assert await world.news() == []  # Stripe tells nothing of it either.
    await quote.finalize()
    assert await quote.refused("quoteUpdate", header="More") == [("QUOTE_UNEXPECTED_STATE", "id")]
    await world.do("quoteUpdate", "quote { id }", id=quote.id, expiresAt="2027-02-03T00:00:00Z", metadata={"c": "d"})
    now = await quote.now()
    assert (now["expiresAt"], now["metadata"]) == ("2027-02-03T00:00:00Z", {"a": "b", "c": "d"})


async def test_what_is_said_of_the_subscription_changes_part_by_part(world: World) -> None:
    data = {"trialPeriodDays": 14, "description": "Team", "metadata": {"a": "b"}}
    jenny = await world.customer()
    quote = await offered(jenny, await world.price("Basic", 1500), subscriptionData=data)

    change = {"trialPeriodDays": None, "metadata": {"c": "d"}}
    await world.do("quoteUpdate", "quote { id }", id=quote.id, subscriptionData=change)

    now = await quote.now()
    # Its labels are replaced as a whole, as Stripe does; without a trial 15.00 are due at first.
    expected = {
        "trialPeriodDays": None,
        "effectiveDate": None,
        "billingMode": "FLEXIBLE",
        "description": "Team",
        "metadata": {"c": "d"},
    }
    assert (now["subscriptionData"], now["computed"]["upfront"]["amountTotal"]) == (expected, 1500)


async def test_quotes_are_numbered_by_customer_and_revision(world: World) -> None:
    basic = await world.price("Basic", 1500)
    jenny, mara = [await world.customer(invoicePrefix=prefix) for prefix in ("JENNY", "MARA")]

    quotes = [await offered(customer, basic) for customer in (jenny, jenny, mara)]
    for quote in quotes[::-1]:  # They are numbered as they are finalized.
        await quote.finalize()
    revision = await (await quotes[0].revised()).finalize()

    numbers = [(await quote.now())["number"] for quote in (*quotes, revision)]
    assert numbers == ["QT-JENNY-0002-1", "QT-JENNY-0001-1", "QT-MARA-0001-1", "QT-JENNY-0002-2"]


async def test_revision_takes_the_place_of_the_open_quote(world: World) -> None:
    basic = await world.price("Basic", 1500)
    jenny = await world.customer(card="pm_card_visa")
    first = await (await offered(jenny, {"price": basic, "quantity": 2}, header="Hello")).finalize()

    second = await first.revised(expiresAt="2027-03-15T00:00:00Z")
    now = await second.now()
    assert (now["status"], now["header"], now["amountTotal"]) == ("DRAFT", "Hello", 3000)
    assert now["fromQuote"] == {"quote": {"id": first.id}, "isRevision": True}
    line = {"id": now["lineItems"][0]["id"], "quantity": 5}
    await world.do("quoteUpdate", "quote { id }", id=second.id, lineItems=[line])
    assert await first.status() == "OPEN"
    await world.news()
    await second.finalize()

    assert await world.news() == ["quote.finalized", "quote.canceled"]
    assert (await first.status(), await second.status()) == ("CANCELED", "OPEN")
    assert await first.refused("quoteAccept") == [("QUOTE_UNEXPECTED_STATE", "id")]
    # 5 × 15.00 = 75.00
    assert await (await second.accept()).billed() == ["7500 PAID 2027-01-31T10:00:00Z"]
    await check_all()


async def test_of_two_revisions_the_one_finalized_last_stands(world: World) -> None:
    jenny = await world.customer(card="pm_card_visa", invoicePrefix="JENNY")
    first = await (await offered(jenny, await world.price("Basic", 1500))).finalize()
    drafts = [await first.revised(), await first.revised(), await first.revised()]

    await drafts[1].finalize()
    await drafts[0].finalize()

    states = [((now := await each.now())["number"], now["status"]) for each in (first, *drafts)]
    assert states == [
        ("QT-JENNY-0001-1", "CANCELED"), ("QT-JENNY-0001-3", "OPEN"), ("QT-JENNY-0001-2", "CANCELED"), (None, "DRAFT"),
    ]  # fmt: skip
    await drafts[0].accept()
    # Nothing is offered in place of what was agreed.
    assert await drafts[2].refused("quoteFinalize") == [("QUOTE_UNEXPECTED_STATE", "id")]


async def test_copy_is_a_quote_of_its_own(world: World) -> None:
    product = (await world.do("productCreate", "product { id }", name="Special"))["product"]["id"]
    monthly = {"product": product, "currency": "usd", "unitAmount": 700, "recurring": {"interval": "MONTH"}}
    jenny = await world.customer(card="pm_card_visa", invoicePrefix="JENNY")
    first = await (await offered(jenny, {"priceData": monthly}, metadata={"a": "b"})).finalize()
    await first.accept()

    copy = await (await copied(world, {"quote": first.id})).finalize()

    now = await copy.now()
    assert (now["number"], now["metadata"], now["fromQuote"]["isRevision"]) == ("QT-JENNY-0002-1", {"a": "b"}, False)
    assert now["lineItems"][0]["price"] == (await first.now())["lineItems"][0]["price"]
    assert await (await copy.accept()).billed() == ["700 PAID 2027-01-31T10:00:00Z"]


async def test_withdrawn_quote_is_accepted_no_more(world: World) -> None:
    jenny = await world.customer(card="pm_card_visa")
    basic = await world.price("Basic", 1500)
    draft, opened = await offered(jenny, basic), await (await offered(jenny, basic)).finalize()
    await world.news()

    for quote in (draft, opened):
        await world.do("quoteCancel", "quote { status statusTransitions { canceledAt } }", id=quote.id)

    assert await world.news() == ["quote.canceled"] * 2
    for quote in (draft, opened):
        assert (await quote.now())["statusTransitions"]["canceledAt"] == "2027-01-31T10:00:00Z"
        for verb in ("quoteAccept", "quoteFinalize", "quoteCancel"):
            assert await quote.refused(verb) == [("QUOTE_UNEXPECTED_STATE", "id")]
        assert await quote.refused("quoteUpdate", expiresAt="2028-01-01T00:00:00Z") == [
            ("QUOTE_UNEXPECTED_STATE", "id")
        ]
    await world.move_to("2027-04-01T00:00:00Z")
    assert await world.news() == ["test_helpers.test_clock.advancing", "test_helpers.test_clock.ready"]


async def test_quote_expires_and_says_so_a_week_before(world: World) -> None:
    jenny = await world.customer()
    basic = await world.price("Basic", 1500)
    opened, draft = await (await offered(jenny, basic)).finalize(), await offered(jenny, basic)
    await world.news()

    await world.move_to("2027-02-23T09:59:59Z")  # Made on 31 January, they stand until 2 March.
    assert [each for each in await world.news() if "quote" in each] == []
    await world.move_to("2027-03-02T09:59:59Z")
    assert [each for each in await world.news() if "quote" in each] == ["quote.will_expire"] * 2
    await world.move_to("2027-03-02T10:00:00Z")

    assert [each for each in await world.news() if "quote" in each] == ["quote.canceled"] * 2
    assert (await opened.status(), await draft.status()) == ("CANCELED", "CANCELED")
    assert (await opened.now())["statusTransitions"]["canceledAt"] == "2027-03-02T10:00:00Z"


async def test_expiry_moves_and_a_near_one_is_not_announced(world: World) -> None:
    jenny = await world.customer(card="pm_card_visa")
    quote = await offered(jenny, await world.price("Basic", 1500), expiresAt="2027-02-02T00:00:00Z")

    await quote.finalize(expiresAt="2027-02-05T00:00:00Z")
    await world.move_to("2027-02-04T00:00:00Z")
    assert await quote.status() == "OPEN"
    await world.do("quoteUpdate", "quote { id }", id=quote.id, expiresAt="2027-02-20T00:00:00Z")
    await world.news()
    await world.move_to("2027-02-21T00:00:00Z")

    assert [each for each in await world.news() if "quote" in each] == ["quote.will_expire", "quote.canceled"]


@pytest.mark.parametrize("given", [{"id": "li_none"}, {"price": "price_none"}, {"quantity": 2}])
async def test_change_that_makes_no_sense_moves_nothing(world: World, given: dict[str, Any]) -> None:
    jenny = await world.customer()
    quote = await offered(jenny, await world.price("Basic", 1500), header="Hello")
    before = await quote.now()
    await world.news()

    refused = await quote.refused("quoteUpdate", lineItems=[given], header="x" * 51)

    assert len(refused) == 2 and refused[0] == ("PARAMETER_STRING_TOO_LONG", "header")
    assert (await quote.now(), await world.news()) == (before, [])


async def test_quotes_are_listed_by_customer_and_status(world: World) -> None:
    basic = await world.price("Basic", 1500)
    jenny, mara = await world.customer(), await world.customer()
    first, second = await offered(jenny, basic), await offered(jenny, basic)
    other = await (await offered(mara, basic)).finalize()
    await second.finalize()

    found = await world.api.ask(
        """query($id: ID!) {
          all: quotes { nodes { id } }
          hers: quotes(filter: {customer: $id}) { totalCount nodes { id } }
          open: quotes(filter: {status: OPEN}) { nodes { id } }
          customer(id: $id) { quotes(filter: {status: [OPEN, ACCEPTED]}) { nodes { id lineItems { quantity } } } }
        }""",
        {"id": jenny.id},
    )

    ids = {name: [node["id"] for node in found[name]["nodes"]] for name in ("all", "hers", "open")}
    assert ids == {
        "all": [other.id, second.id, first.id], "hers": [second.id, first.id], "open": [other.id, second.id],
    }  # fmt: skip
    assert found["customer"]["quotes"]["nodes"] == [{"id": second.id, "lineItems": [{"quantity": 1}]}]


async def test_quotes_go_with_their_clock(world: World) -> None:
    jenny = await world.customer(card="pm_card_visa")
    basic = await world.price("Basic", 1500)
    await (await (await offered(jenny, basic)).finalize()).accept()
    await offered(jenny, basic)

    await world.do("testClockDelete", "testClock { id }", id=world.clock)

    assert await world.api.ask("{ quotes { totalCount } }") == {"quotes": {"totalCount": 0}}
