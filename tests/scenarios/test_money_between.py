"""Transfers by themselves: of a charge, of what is available, and back; who may, and who sees what of it."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from domain.keys import KeyKind, Resource
from models import Account, Event, Transfer
from services.api_keys import Grant
from services.scope import Access
from tests.features.connected import connected
from tests.features.scopes import NOON
from tests.scenarios.transferring import Ledger, charge_of, pay, refund, refused, reverse, told_on, transfer
from tests.scenarios.world import World
from tests.serving import Api, served


@pytest.fixture
async def api(database_url: str) -> AsyncIterator[Api]:
    """The platform's own key."""
    async with served(database_url) as api:
        yield api


@pytest.fixture
async def gym(api: Api) -> Account:
    return await connected(api.scope, "Gym", controller={"fees_payer": "account"})


async def own_key(api: Api, gym: Account) -> Api:
    """The account by itself."""
    own = await api.acting(gym).as_key(KeyKind.SECRET)
    own.acting_for = None
    return own


async def test_transfer_of_a_charge_is_available_with_it(api: Api, gym: Account) -> None:
    world = await World.opened(api, "2030-01-01T00:00:00Z")
    jenny = await world.customer()
    charge = await charge_of(await pay(api, 1000, customer=jenny.id, transferGroup="ORDER-7"))
    await world.move_to("2030-01-02T00:00:00Z")
    shown = "{ destinationPayments { nodes { amount balanceTransaction { availableOn status } } } }"

    sent = await transfer(api, 700, gym, sourceTransaction=charge, metadata={"order": "7"})
    first = await api.acting(gym).ask(shown)
    await world.move_to("2030-01-04T00:00:00Z")
    await transfer(api, 300, gym, sourceTransaction=charge, transferGroup="ORDER-8")
    second = await api.acting(gym).ask(shown)

    waiting = {"availableOn": "2030-01-03T00:00:00Z", "status": "PENDING"}  # two days after the charge
    assert first["destinationPayments"]["nodes"] == [{"amount": 700, "balanceTransaction": waiting}]
    assert [each["balanceTransaction"]["availableOn"] for each in second["destinationPayments"]["nodes"]] == [
        "2030-01-04T00:00:00Z",
        "2030-01-03T00:00:00Z",
    ]
    groups = await api.ask(
        "query($c: ID!) { transfers(filter: {sourceTransaction: $c}) { nodes { amount transferGroup } } all: transfers("
        'filter: {transferGroup: "ORDER-7"}) { nodes { id metadata destination { id } sourceTransaction { id } } } }',
        {"c": charge},
    )
    assert [(each["amount"], each["transferGroup"]) for each in groups["transfers"]["nodes"]] == [
        (300, "ORDER-8"),
        (700, "ORDER-7"),
    ]
    [found] = groups["all"]["nodes"]
    assert found == {
        "id": sent,
        "metadata": {"order": "7"},
        "destination": {"id": gym.id},
        "sourceTransaction": {"id": charge},
    }
    assert await told_on(gym) == ["payment.created", "payment.created"]


async def test_transfers_of_a_charge_are_never_more_than_it(api: Api, gym: Account) -> None:
    charge = await charge_of(await pay(api, 1000))
    books = Ledger(platform=api.scope.account_id, gym=gym)
    await books.news()
    await transfer(api, 600, gym, sourceTransaction=charge)
    await refund(api, charge, 150)
    asked = {"currency": "usd", "destination": gym.id, "sourceTransaction": charge}

    problems = await refused(api, "transferCreate", "transfer", amount=251, **asked)  # 1000 - 600 - 150
    euros = await refused(api, "transferCreate", "transfer", amount=1, **asked | {"currency": "eur"})

    assert (problems, euros) == ([("AMOUNT_TOO_LARGE", "amount")], [("CURRENCY_MISMATCH", "currency")])
    await transfer(api, 250, gym, sourceTransaction=charge)
    assert await books.news() == {
        "platform": ["transfer -600", "refund -150", "transfer -250"],
        "gym": ["payment 600", "payment 250"],
    }


async def test_what_a_bank_took_back_of_a_charge_is_not_transferred(api: Api, gym: Account) -> None:
    charge = await charge_of(await pay(api, 1000))
    wanted = {"currency": "usd", "destination": gym.id, "sourceTransaction": charge}
    books = Ledger(platform=api.scope.account_id, gym=gym)
    await books.news()
    played = await api.do("sandboxDisputeCreate", "dispute { id }", {"charge": charge, "amount": 600})
    case = played["dispute"]["id"]

    while_disputed = await refused(api, "transferCreate", "transfer", amount=401, **wanted)  # 1000 - 600
    await transfer(api, 400, gym, sourceTransaction=charge)
    evidence = {"uncategorizedText": "winning_evidence"}
    await api.do("disputeUpdate", "dispute { status }", {"id": case, "evidence": evidence})
    after_winning = await refused(api, "transferCreate", "transfer", amount=601, **wanted)
    await transfer(api, 600, gym, sourceTransaction=charge)

    assert (while_disputed, after_winning) == ([("AMOUNT_TOO_LARGE", "amount")], [("AMOUNT_TOO_LARGE", "amount")])
    assert await books.news() == {
        "platform": ["adjustment -600 - 1500", "transfer -400", "adjustment 600", "transfer -600"],
        "gym": ["payment 400", "payment 600"],
    }


async def test_without_a_charge_only_what_is_available_is_sent(api: Api, gym: Account) -> None:
    books = Ledger(platform=api.scope.account_id, gym=gym)
    await pay(api, 1000)  # available in two days
    await pay(api, 1000, paymentMethod="pm_card_bypassPending")  # 941 at once

    problems = await refused(api, "transferCreate", "transfer", amount=942, currency="usd", destination=gym.id)
    euros = await refused(api, "transferCreate", "transfer", amount=1, currency="eur", destination=gym.id)
    await transfer(api, 941, gym)

    assert problems == euros == [("BALANCE_INSUFFICIENT", "amount")]
    assert await books.news() == {
        "platform": ["charge 1000 - 59", "charge 1000 - 59", "transfer -941"],
        "gym": ["payment 941"],
    }
    balance = await api.acting(gym).ask("{ balance { available { amount } pending { amount } } }")
    assert balance["balance"] == {"available": [{"amount": 941}], "pending": [{"amount": 0}]}


async def test_money_of_a_test_clock_is_sent_in_its_time(api: Api, gym: Account) -> None:
    world = await World.opened(api, "2030-01-01T00:00:00Z")
    jenny = await world.customer()
    await pay(api, 1000, customer=jenny.id)
    asked = {"amount": 941, "currency": "usd", "destination": gym.id}

    early = await refused(api, "transferCreate", "transfer", **asked, testClock=world.clock)
    await world.move_to("2030-01-03T00:00:00Z")
    elsewhere = await refused(api, "transferCreate", "transfer", **asked)
    await transfer(api, 941, gym, testClock=world.clock)

    assert early == elsewhere == [("BALANCE_INSUFFICIENT", "amount")]
    row = await Transfer.get()
    assert (row.created_at.isoformat(), row.test_clock_id) == ("2030-01-03T00:00:00+00:00", world.clock)


async def test_fees_earned_in_the_time_of_an_account_are_sent_on_in_it(api: Api, gym: Account) -> None:
    there = await World.opened(api.acting(gym), "2030-01-01T00:00:00Z")
    jenny = await there.customer()
    await pay(api.acting(gym), 1000, customer=jenny.id, applicationFeeAmount=100)
    cook = await connected(api.scope, "Cook")
    await there.move_to("2030-01-03T00:00:00Z")

    await transfer(api, 100, cook, testClock=there.clock)

    stranger = await refused(
        api.acting(cook), "transferCreate", "transfer",
        amount=1, currency="usd", destination=api.scope.account_id, testClock=there.clock,
    )  # fmt: skip
    assert stranger == [("RESOURCE_MISSING", "testClock")]
    books = Ledger(platform=api.scope.account_id, cook=cook)
    assert await books.news() == {"platform": ["application_fee 100", "transfer -100"], "cook": ["payment 100"]}


async def test_account_debit_brings_money_to_the_platform(api: Api, gym: Account) -> None:
    cook = await connected(api.scope, "Cook")
    acting, platform = api.acting(gym), api.scope.account_id
    books = Ledger(platform=platform, gym=gym)
    await pay(acting, 1000, paymentMethod="pm_card_bypassPending")
    await books.news()

    elsewhere = await refused(acting, "transferCreate", "transfer", amount=1, currency="usd", destination=cook.id)
    more = await refused(acting, "transferCreate", "transfer", amount=942, currency="usd", destination=platform)
    debit = await transfer(acting, 900, platform, description="Rent")
    own = await own_key(api, gym)
    back = await refused(own, "transferReversalCreate", "transferReversal", transfer=debit)

    assert elsewhere == [("TRANSFERS_NOT_ALLOWED", "destination")]
    assert (more, back) == ([("BALANCE_INSUFFICIENT", "amount")], [("PLATFORM_ACCOUNT_REQUIRED", "")])
    assert await books.news() == {"platform": ["payment 900"], "gym": ["transfer -900"]}
    await reverse(acting, debit, 400)
    assert await books.news() == {"platform": ["payment_refund -400"], "gym": ["transfer_refund 400"]}


@pytest.mark.parametrize(
    ("columns", "code"),
    [
        ({"disconnected_at": NOON}, "RESOURCE_MISSING"),
        ({"livemode": True}, "RESOURCE_MISSING"),
        ({"platform_id": "acct_other"}, "RESOURCE_MISSING"),
        ({"capabilities": {"transfers": "pending"}}, "INSUFFICIENT_CAPABILITIES_FOR_TRANSFER"),
    ],
)
async def test_nothing_is_sent_to_who_cannot_receive_it(api: Api, columns: dict[str, Any], code: str) -> None:
    other = await connected(api.scope, "Other", **columns)
    charge = await charge_of(await pay(api, 1000, paymentMethod="pm_card_bypassPending"))
    asked = {"amount": 10, "currency": "usd", "destination": other.id}

    for source in (None, charge):
        problems = await refused(api, "transferCreate", "transfer", **asked, sourceTransaction=source)
        assert problems == [(code, "destination")]

    assert await Transfer.all().count() == 0


async def test_unfit_transfers_are_refused(api: Api, gym: Account) -> None:
    held = await charge_of(await pay(api, 1000, captureMethod="MANUAL"))
    foreign = await charge_of(await pay(api.acting(gym), 1000))
    to = {"currency": "usd", "destination": gym.id}

    for asked, problems in (
        ({**to, "amount": 0}, [("PARAMETER_INVALID_INTEGER", "amount")]),
        ({**to, "amount": 1, "destination": api.scope.account_id}, [("TRANSFERS_NOT_ALLOWED", "destination")]),
        ({**to, "amount": 1, "sourceTransaction": held}, [("CHARGE_UNEXPECTED_STATE", "sourceTransaction")]),
        ({**to, "amount": 1, "sourceTransaction": foreign}, [("RESOURCE_MISSING", "sourceTransaction")]),
        ({**to, "amount": 1, "testClock": "clock_none"}, [("RESOURCE_MISSING", "testClock")]),
        ({**to, "amount": 1, "transferGroup": "g" * 201}, [("PARAMETER_STRING_TOO_LONG", "transferGroup")]),
    ):
        assert await refused(api, "transferCreate", "transfer", **asked) == problems

    assert await Transfer.all().count() == 0


async def test_update_tells_what_changed(api: Api, gym: Account) -> None:
    charge = await charge_of(await pay(api, 1000))
    sent = await transfer(api, 700, gym, sourceTransaction=charge, description="Rent", metadata={"a": "1"})

    for _ in range(2):  # The second changes nothing, and tells nothing.
        await api.do(
            "transferUpdate", "transfer { id }", {"id": sent, "description": None, "metadata": {"a": "", "b": "2"}}
        )

    [event] = await Event.filter(type="transfer.updated")
    assert event.previous_attributes == {"description": "Rent", "metadata": {"a": "1", "b": None}}
    assert (event.data["description"], event.data["metadata"]) == (None, {"b": "2"})


async def test_fee_is_given_back_by_its_platform_alone(api: Api, gym: Account) -> None:
    await pay(api.acting(gym), 1000, applicationFeeAmount=100)
    fees = await api.ask("{ applicationFees { nodes { id amount amountRefunded account { id } charge { id } } } }")
    [fee] = fees["applicationFees"]["nodes"]
    books = Ledger(platform=api.scope.account_id, gym=gym)
    await books.news()

    for key in (api.acting(gym), await own_key(api, gym)):
        problems = await refused(key, "applicationFeeRefundCreate", "applicationFeeRefund", fee=fee["id"])
        assert problems == [("RESOURCE_MISSING", "fee")]
    assert await books.news() == {}
    for amount, back in ((40, 40), (None, 60)):
        await api.do("applicationFeeRefundCreate", "applicationFeeRefund { id }", {"fee": fee["id"], "amount": amount})
        assert await books.news() == {
            "platform": [f"application_fee_refund -{back}"],
            "gym": [f"application_fee_refund {back}"],
        }
    for amount in (None, 1, 0):
        problems = await refused(
            api, "applicationFeeRefundCreate", "applicationFeeRefund", fee=fee["id"], amount=amount
        )
        assert problems == [("AMOUNT_TOO_LARGE", "amount")]
    assert (fee["amount"], fee["account"], fee["charge"]) == (100, {"id": gym.id}, None)


async def test_an_account_sees_what_arrived_and_nothing_else(api: Api, gym: Account) -> None:
    cook = await connected(api.scope, "Cook")
    shares = [{"destination": gym.id, "amount": 300}, {"destination": cook.id, "amount": 200}]
    intent = await pay(api, 1000, transferData=shares)
    await pay(api, 1000, transferData={"destination": gym.id}, applicationFeeAmount=10)
    ids = [each.id for each in await Transfer.all()] + [intent["id"], await charge_of(intent)]
    fees = await api.ask("{ applicationFees { nodes { id } } transfers { nodes { id } } }")
    ids.append(fees["applicationFees"]["nodes"][0]["id"])
    payments = await api.acting(cook).ask("{ destinationPayments { nodes { id } } }")

    own = await own_key(api, gym)
    for key in (api.acting(gym), own):
        seen = await key.ask(
            "query($ids: [ID!]!) { nodes(ids: $ids) { id } transfers { nodes { id } } applicationFees { nodes { id } }"
            " balanceTransactions { nodes { type transfer { id } applicationFee { id }"
            " destinationPayment { amount } } }"
            " events { nodes { type } } }",
            {"ids": [*ids, payments["destinationPayments"]["nodes"][0]["id"]]},
        )
        assert seen["nodes"] == [None] * len(seen["nodes"])
        assert (seen["transfers"]["nodes"], seen["applicationFees"]["nodes"]) == ([], [])
        assert seen["balanceTransactions"]["nodes"] == [
            {"type": "PAYMENT", "transfer": None, "applicationFee": None, "destinationPayment": {"amount": amount}}
            for amount in (1000, 300)
        ]
        assert {each["type"] for each in seen["events"]["nodes"]} == {"payment.created"}
    for key in (api.acting(gym), own):
        for mutation, noun, asked in (
            ("transferReversalCreate", "transferReversal", {"transfer": fees["transfers"]["nodes"][0]["id"]}),
            ("transferUpdate", "transfer", {"id": fees["transfers"]["nodes"][0]["id"]}),
        ):
            [(code, _)] = await refused(key, mutation, noun, **asked)
            assert code == ("RESOURCE_MISSING" if key is not own else "PLATFORM_ACCOUNT_REQUIRED")


async def test_restricted_keys_move_only_what_they_are_granted(api: Api, gym: Account) -> None:
    charge = await charge_of(await pay(api, 1000, transferData={"destination": gym.id}, applicationFeeAmount=10))
    seeing = await api.as_key(KeyKind.RESTRICTED, Grant(Resource.TRANSFERS, Access.READ))
    blind = await api.as_key(KeyKind.RESTRICTED, Grant(Resource.PAYMENTS, Access.READ))

    assert len((await seeing.ask("{ transfers { nodes { amount } } }"))["transfers"]["nodes"]) == 1
    for key, query in (
        (seeing, "{ applicationFees { nodes { id } } }"),
        (blind, "{ transfers { nodes { id } } }"),
        (seeing, 'mutation { transferReversalCreate(input: {transfer: "tr_1"}) { userErrors { code } } }'),
    ):
        assert (await key.send(query)).codes == ["FORBIDDEN"]
    hidden = await blind.send("query($id: ID!) { charge(id: $id) { applicationFee { id } } }", {"id": charge})
    assert hidden.codes == ["FORBIDDEN"]
