"""The story of the GraphiQL tabs, told over HTTP in order, without editing, and then again on the same server."""

from typing import Any

from prorata.web.graphiql.story import Story
from prorata.web.graphiql.story_tabs import load_tabs
from tests.serving import Api, served

FOR_SALE = ["product.created", "price.created"]
SIGNED_UP = ["test_helpers.test_clock.created", "customer.created", "payment_method.attached", "customer.updated"]
PAID = [
    *("invoice.finalized", "payment_intent.created", "charge.succeeded", "payment_intent.succeeded"),
    *("invoice.paid", "invoice.payment_succeeded"),
]
SUBSCRIBED = [
    *("customer.updated", "customer.subscription.created", "invoice.created"),  # the currency is decided first
    *PAID,
    "customer.subscription.updated",  # INCOMPLETE becomes ACTIVE
]
RENEWED = ["invoice.created", "customer.subscription.updated", *PAID]
TWO_MONTHS = [
    *("test_helpers.test_clock.advancing", "balance.available", "invoice.upcoming", *RENEWED),
    *("balance.available", "invoice.upcoming", *RENEWED, "test_helpers.test_clock.ready"),
]
START = "2027-01-31T10:00:00Z"


async def played(api: Api) -> dict[str, Any]:
    """The data of every tab's answer, by the tab's name; a refusal fails."""
    story, answers = Story(), {}
    for tab in load_tabs():
        request = story.request(tab)
        headers = {name.replace("-", "_"): value for name, value in story.headers(tab).items()}
        reply = await api.send(request["query"], request["variables"], **headers)
        refused = [
            each["userErrors"] for each in reply.data.values() if isinstance(each, dict) and "userErrors" in each
        ]
        assert not any(refused), (tab.name, refused)
        story.note(tab, reply.body)
        answers[tab.name] = reply.data
    return answers


def booked(books: dict[str, Any]) -> list[tuple[str, int]]:
    """Movements of an account, newest first: why, and how much of it is the account's."""
    return [(each["type"], each["net"]) for each in books["balanceTransactions"]["nodes"]]


async def test_three_invoices_are_paid_and_the_story_can_be_told_again(database_url: str) -> None:
    async with served(database_url) as api:
        for _ in range(2):
            answers = await played(api)
            invoices = answers["invoices"]["invoices"]
            assert [(each["status"], each["amountPaid"], each["created"]) for each in invoices["nodes"]] == [
                ("PAID", 1500, "2027-03-31T10:00:00Z"),
                ("PAID", 1500, "2027-02-28T10:00:00Z"),
                ("PAID", 1500, START),
            ]
            assert invoices["totalCount"] == 3
            first = invoices["nodes"][-1]["lines"]
            assert [(line["description"], line["explanation"]) for line in first] == [
                ("1 × Basic (at $15.00 / month)", "1 × $15.00 = $15.00")
            ]
            assert answers["explore-customer"]["customer"]["subscriptions"]["nodes"][0]["status"] == "ACTIVE"
            assert (
                answers["quote-accepted"]["quoteAccept"]["quote"]["subscription"]["latestInvoice"]["amountPaid"] == 7500
            )
            assert answers["explore-anything"]["node"]["customerName"] == "Jenny Rosen"
            by_hand = answers["invoice-finalized"]["invoiceFinalize"]["invoice"]
            assert (by_hand["status"], by_hand["amountPaid"]) == ("PAID", 4500)
            assert answers["gate"]["customer"]["hasFeature"] is True
            assert answers["meter-events"]["meterEventsCreate"]["accepted"] == 2
            days = answers["usage"]["meter"]["eventSummaries"]
            assert [day["aggregatedValue"] for day in days] == ["0", "0", "1.25", "0.75"]
            [item] = answers["usage-so-far"]["subscriptionCreate"]["subscription"]["items"]
            assert (item["currentUsage"]["quantity"], item["currentUsage"]["amount"]) == ("2", 25)  # 2 × 12.5
            taxed = [answers["tax-explained"][by]["invoicePreview"]["lines"][0] for by in ("byRate", "byPlace")]
            assert [line["explanation"] for line in taxed] == [
                "1 × $15.00 = $15.00; plus 1.5% tax on $15.00 = $0.23; together $15.23",
                "1 × $15.00 = $15.00; no tax, as there is no registration where the customer is",
            ]
            foreseen = answers["credit-foreseen"]["invoiceCreatePreview"]["invoicePreview"]
            assert (foreseen["subtotal"], foreseen["total"]) == (1500, 0)
            [tiered] = answers["tiers-explained"]["invoiceCreatePreview"]["invoicePreview"]["lines"]
            assert tiered["explanation"] == (  # 50.00 + 15.00 + 10.00
                "first 10 × $5.00 = $50.00; next 5 × $3.00 = $15.00; flat fee $10.00; together $75.00"
            )


async def test_a_gym_is_connected_paid_and_billed(database_url: str) -> None:
    async with served(database_url) as api:
        answers = await played(api)
    gym = answers["account-enabled"]["sandboxAccountOnboard"]["account"]
    assert (gym["chargesEnabled"], gym["requirements"]["currentlyDue"]) == (True, [])
    fee = answers["shared-payment"]["paymentIntentCreate"]["paymentIntent"]["latestCharge"]["applicationFee"]
    assert fee == {"amount": 123, "account": {"businessName": "Iron Gym"}}
    assert answers["account-billed"]["customerCreate"]["customer"]["representsAccount"]["businessName"] == "Iron Gym"


async def test_gym_is_charged_directly_and_leaves(database_url: str) -> None:
    async with served(database_url) as api:
        answers = await played(api)
    charge = answers["direct-charge"]["paymentIntentCreate"]["paymentIntent"]["latestCharge"]
    assert charge["balanceTransaction"] == {"amount": 2000, "fee": 200, "net": 1800}
    gym = answers["balance-of-account"]
    assert gym["account"]["businessName"] == "Iron Gym"
    assert gym["balance"]["pending"] == [{"amount": 2677, "currency": "usd"}]  # 18.00 and 8.77
    assert booked(gym) == [("CHARGE", 1800), ("PAYMENT", 877)]
    # The network's 2.9 % and 0.30: of 20.00 that is 0.88, of 10.00 it is 0.59.
    platform = booked(answers["balance-of-platform"])
    shared = [("APPLICATION_FEE", 123), ("TRANSFER", -1000), ("CHARGE", 941)]
    assert platform[:5] == [("APPLICATION_FEE", 200), ("STRIPE_FEE", -88), *shared]
    left = answers["account-disconnected"]["accountDeauthorize"]["account"]
    assert left["disconnectedAt"] is not None


async def test_the_events_are_there_in_order(database_url: str) -> None:
    async with served(database_url) as api:
        answers = await played(api)
        events = answers["events"]["events"]["nodes"][::-1]
        assert [each["sequence"] for each in events] == list(range(1, len(events) + 1))
        assert [each["type"] for each in events] == [
            *FOR_SALE,
            *FOR_SALE,
            *SIGNED_UP,
            *SUBSCRIBED,
            *TWO_MONTHS,
        ]
