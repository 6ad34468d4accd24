"""Copies of a platform's customers and cards on the accounts it acts for: what they have, and who gets none."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from domain.keys import KeyKind
from models import Account, Customer, Event, PaymentMethod
from tests.features.attacked import foreign, made, restricted
from tests.features.connected import connected
from tests.serving import Api, served

CARD = (
    "card { brand last4 expMonth expYear country funding fingerprint }"
    " billingDetails { name email phone address { line1 country } }"
)
OWN = "invoiceSettings { defaultPaymentMethod { id } } paymentMethods { nodes { id customer { id } card { last4 } } }"
JENNY = {
    "name": "Jenny Rosen",
    "email": "jenny@example.com",
    "phone": "+1 555 010 0100",
    "address": {"line1": "1 Main St", "city": "Oakland", "country": "US"},
    "shipping": {"name": "Jenny's desk", "address": {"line1": "2 Main St", "country": "US"}},
    "preferredLocales": ["de", "en"],
    "taxExempt": "REVERSE",
    "metadata": {"crm": "17"},
}
PERSON = (
    "name email phone address { line1 city country } shipping { name address { line1 country } } preferredLocales"
    " taxExempt metadata"
)


@pytest.fixture
async def api(database_url: str) -> AsyncIterator[Api]:
    """The platform's own key."""
    async with served(database_url) as api:
        yield api


@pytest.fixture
async def gym(api: Api) -> Account:
    return await connected(api.scope, "Gym")


async def customer(api: Api, *tokens: str, **input: Any) -> tuple[str, list[str]]:
    """A customer of this account with these cards, of which the first is the default."""
    identifier = (await made(api, "customerCreate", "customer { id }", input))["id"]
    cards = []
    for token in tokens:
        wanted = {"id": token, "customer": identifier}
        cards.append((await made(api, "paymentMethodAttach", "paymentMethod { id }", wanted))["id"])
    if cards:
        default = {"id": identifier, "invoiceSettings": {"defaultPaymentMethod": cards[0]}}
        await made(api, "customerUpdate", "customer { id }", default)
    return identifier, cards


async def told(account: Account) -> list[tuple[str, str | None]]:
    """The events of the account with the object they are of."""
    rows = await Event.filter(account_id=account.id).order_by("sequence")
    return [(row.type, row.object_id) for row in rows]


async def refusal(api: Api, mutation: str, wanted: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Code and path of each error of a clone that must be refused; nothing is there afterwards."""
    noun = mutation.removesuffix("Clone")
    before = [await model.all().count() for model in (PaymentMethod, Customer, Event)]
    answer = await api.do(mutation, f"{noun} {{ id }}", wanted)
    assert answer[noun] is None, answer
    assert [await model.all().count() for model in (PaymentMethod, Customer, Event)] == before
    return [(each["code"], ".".join(each["param"] or ())) for each in answer["userErrors"]]


def by_itself(own: Api) -> Api:
    """The same key without `Stripe-Account`."""
    return replace(own, acting_for=None)


async def test_copy_of_a_card_is_the_account_s_own(api: Api, gym: Account) -> None:
    _, [card] = await customer(api, "pm_card_mastercard")
    address = {"line1": "1 Main St", "country": "US"}
    details = {"name": "Jenny Rosen", "email": "j@example.com", "phone": "1", "address": address}
    change = {"id": card, "billingDetails": details, "card": {"expYear": 2040}, "metadata": {"crm": "17"}}
    known = await made(api, "paymentMethodUpdate", f"paymentMethod {{ {CARD} }}", change)

    copy = await made(
        api.acting(gym),
        "paymentMethodClone",
        f"paymentMethod {{ id metadata customer {{ id }} {CARD} }}",
        {"paymentMethod": card},
    )

    typed = {"card": {"number": "5555555555554444", "expMonth": 12, "expYear": 2040}}
    there = await made(api.acting(gym), "paymentMethodCreate", "paymentMethod { card { fingerprint } }", typed)
    assert copy["billingDetails"] == details
    assert copy["card"] == {**known["card"], "fingerprint": there["card"]["fingerprint"]}
    assert copy["card"]["fingerprint"] != known["card"]["fingerprint"]  # an account's fingerprints are its own
    assert (copy["customer"], copy["metadata"]) == (None, {})
    row = await PaymentMethod.get(id=copy["id"])
    assert (row.account_id, row.livemode, row.token) == (gym.id, False, "pm_card_mastercard")
    assert await told(gym) == []


async def test_copy_of_a_card_lies_in_a_file_of_the_account(api: Api, gym: Account) -> None:
    _, [card] = await customer(api, "pm_card_visa")
    acting = api.acting(gym)
    theirs, _ = await customer(acting)

    wanted = {"paymentMethod": card, "customer": theirs}
    copy = await made(acting, "paymentMethodClone", "paymentMethod { id customer { id } }", wanted)

    assert copy["customer"] == {"id": theirs}
    assert await told(gym) == [("customer.created", theirs), ("payment_method.attached", copy["id"])]
    [event] = await Event.filter(type="payment_method.attached", account_id=gym.id)
    assert card not in str(event.data)


async def test_copy_of_a_customer_has_the_person_and_the_default_card(api: Api, gym: Account) -> None:
    jenny, [default, _] = await customer(api, "pm_card_visa", "pm_card_amex", **JENNY, description="Late payer")
    credit = {"customer": jenny, "amount": -500, "currency": "usd"}
    await made(api, "customerBalanceTransactionCreate", "customerBalanceTransaction { id }", credit)

    acting = api.acting(gym)
    copy = await made(
        acting, "customerClone", f"customer {{ id balance currency description {PERSON} {OWN} }}", {"customer": jenny}
    )

    shipping = {"name": "Jenny's desk", "address": {"line1": "2 Main St", "country": "US"}}
    assert {name: copy[name] for name in JENNY} == {**JENNY, "shipping": shipping}
    assert (copy["balance"], copy["currency"], copy["description"]) == (0, None, None)
    [card] = copy["paymentMethods"]["nodes"]
    assert (card["customer"]["id"], card["card"]["last4"]) == (copy["id"], "4242")
    assert copy["invoiceSettings"]["defaultPaymentMethod"] == {"id": card["id"]}
    assert card["id"] != default and copy["id"] != jenny
    assert await told(gym) == [
        ("customer.created", copy["id"]),
        ("payment_method.attached", card["id"]),
        ("customer.updated", copy["id"]),
    ]
    shown = str([row.data for row in await Event.filter(account_id=gym.id)])
    assert jenny not in shown and default not in shown and api.scope.account_id not in shown


@pytest.mark.parametrize(
    ("chosen", "last4s", "has_default"),
    [([], [], False), ([1], ["0005"], False), ([1, 0, 1], ["0005", "4242"], True)],
    ids=["none", "another", "both, once each"],
)
async def test_cards_that_come_along_can_be_chosen(
    api: Api, gym: Account, chosen: list[int], last4s: list[str], has_default: bool
) -> None:
    jenny, cards = await customer(api, "pm_card_visa", "pm_card_amex")

    wanted = {"customer": jenny, "paymentMethods": [cards[index] for index in chosen]}
    copy = await made(api.acting(gym), "customerClone", f"customer {{ id {OWN} }}", wanted)

    assert [each["card"]["last4"] for each in copy["paymentMethods"]["nodes"][::-1]] == last4s
    assert (copy["invoiceSettings"]["defaultPaymentMethod"] is not None) is has_default


async def test_copy_without_a_card_and_a_second_one(api: Api, gym: Account) -> None:
    jenny, _ = await customer(api, email="jenny@example.com")
    first = await api.acting(gym).do("customerClone", "customer { id } possibleDuplicates { id }", {"customer": jenny})

    second = await api.acting(gym).do("customerClone", "customer { id } possibleDuplicates { id }", {"customer": jenny})

    assert first["possibleDuplicates"] == []
    assert second["possibleDuplicates"] == [first["customer"]]
    assert [kind for kind, _ in await told(gym)] == ["customer.created", "customer.created"]


async def test_copy_lives_by_a_clock_of_the_account(api: Api, gym: Account) -> None:
    start = {"frozenTime": "2027-01-31T10:00:00Z"}
    clock = await made(api, "testClockCreate", "testClock { id }", start)
    other = await made(api.acting(gym), "testClockCreate", "testClock { id }", {"frozenTime": "2030-01-01T00:00:00Z"})
    jenny, _ = await customer(api, "pm_card_visa", testClock=clock["id"])

    refused = await refusal(api.acting(gym), "customerClone", {"customer": jenny, "testClock": clock["id"]})
    wanted = {"customer": jenny, "testClock": other["id"]}
    shown = "customer { created testClock { id } paymentMethods { nodes { created } } }"
    copy = await made(api.acting(gym), "customerClone", shown, wanted)
    plain = await made(api.acting(gym), "customerClone", "customer { testClock { id } }", {"customer": jenny})

    assert refused == [("RESOURCE_MISSING", "testClock")]
    at = "2030-01-01T00:00:00Z"
    assert copy == {"created": at, "testClock": other, "paymentMethods": {"nodes": [{"created": at}]}}
    assert plain == {"testClock": None}


async def test_clone_is_made_once_per_idempotency_key(api: Api, gym: Account) -> None:
    jenny, [card] = await customer(api, "pm_card_visa")
    acting = api.acting(gym)
    for _ in range(2):
        await acting.do("customerClone", "customer { id }", {"customer": jenny}, Idempotency_Key="a")
        await acting.do("paymentMethodClone", "paymentMethod { id }", {"paymentMethod": card}, Idempotency_Key="b")

    assert await Customer.filter(account_id=gym.id).count() == 1
    assert await PaymentMethod.filter(account_id=gym.id).count() == 2


async def test_only_a_platform_that_acts_for_an_account_clones(api: Api, gym: Account) -> None:
    jenny, [card] = await customer(api, "pm_card_visa")
    sources = {"customerClone": {"customer": jenny}, "paymentMethodClone": {"paymentMethod": card}}
    for caller in (api, by_itself(await api.acting(gym).as_key(KeyKind.SECRET))):
        for mutation, source in sources.items():
            assert await refusal(caller, mutation, source) == [("PLATFORM_ACCOUNT_REQUIRED", "")]


async def test_account_finds_nothing_of_the_platform_s(api: Api, gym: Account) -> None:
    jenny, [card] = await customer(api, "pm_card_visa", **JENNY)
    copy = await made(api.acting(gym), "customerClone", f"customer {{ id {OWN} }}", {"customer": jenny})
    own = by_itself(await api.acting(gym).as_key(KeyKind.SECRET))
    document = "query($ids: [ID!]!) { nodes(ids: $ids) { id } customers { nodes { id } } }"

    mine = await own.ask(document, {"ids": [jenny, card, copy["id"]]})
    platform = await api.ask(document, {"ids": [jenny, copy["id"]]})

    assert mine == {"nodes": [None, None, {"id": copy["id"]}], "customers": {"nodes": [{"id": copy["id"]}]}}
    assert platform["nodes"] == [{"id": jenny}, None]


async def test_copies_and_originals_change_apart(api: Api, gym: Account) -> None:
    jenny, [card] = await customer(api, "pm_card_visa", name="Jenny")
    acting = api.acting(gym)
    copy = await made(acting, "customerClone", f"customer {{ id {OWN} }}", {"customer": jenny})
    kept = copy["paymentMethods"]["nodes"][0]["id"]

    await made(api, "paymentMethodDetach", "paymentMethod { id }", {"id": card})
    await made(api, "customerAnonymize", "customer { id }", {"id": jenny})

    [row] = await PaymentMethod.filter(id=kept)
    assert (row.customer_id, row.detached_at) == (copy["id"], None)
    assert (await Customer.get(id=copy["id"])).name == "Jenny"


async def test_rows_of_others_are_as_absent_as_none(api: Api) -> None:
    stranger = await foreign(api)
    gym, cook = await connected(api.scope, "Gym"), await connected(api.scope, "Cook")
    others = [await customer(each, "pm_card_visa") for each in (api.acting(cook), api.acting(gym), stranger)]
    real, [card] = await customer(api, "pm_card_visa")
    await Customer.filter(id=real).update(livemode=True)
    await PaymentMethod.filter(id=card).update(livemode=True)

    for owner, [theirs] in (*others, (real, [card]), ("cus_none", ["pm_none"]), ("cus_none", ["pm_card_visa"])):
        sources = {"customerClone": {"customer": owner}, "paymentMethodClone": {"paymentMethod": theirs}}
        for mutation, source in sources.items():
            [param] = source
            assert await refusal(api.acting(gym), mutation, source) == [("RESOURCE_MISSING", param)]


async def test_customer_of_another_account_gets_no_copy(api: Api, gym: Account) -> None:
    jenny, [card] = await customer(api, "pm_card_visa")
    cook = await connected(api.scope, "Cook")
    owners = [jenny, (await customer(api.acting(cook)))[0]]
    gone, _ = await customer(api.acting(gym))
    await made(api.acting(gym), "customerDelete", "customer { id }", {"id": gone})

    for owner in (*owners, gone):
        wanted = {"paymentMethod": card, "customer": owner}
        assert await refusal(api.acting(gym), "paymentMethodClone", wanted) == [("RESOURCE_MISSING", "customer")]
    both = await refusal(api.acting(gym), "paymentMethodClone", {"paymentMethod": "pm_none", "customer": jenny})
    assert both == [("RESOURCE_MISSING", "paymentMethod"), ("RESOURCE_MISSING", "customer")]


async def test_cards_of_nobody_are_not_cloned(api: Api, gym: Account) -> None:
    jenny, [detached, kept] = await customer(api, "pm_card_visa", "pm_card_amex")
    await made(api, "paymentMethodDetach", "paymentMethod { id }", {"id": detached})
    loose = await made(api, "paymentMethodCreate", "paymentMethod { id }", {"card": {"token": "pm_card_visa"}})
    bob, [other] = await customer(api, "pm_card_visa")
    acting, unexpected = api.acting(gym), "PAYMENT_METHOD_UNEXPECTED_STATE"

    for card in (detached, loose["id"]):
        assert await refusal(acting, "paymentMethodClone", {"paymentMethod": card}) == [(unexpected, "paymentMethod")]
    wanted = [kept, detached, loose["id"], other, "pm_none"]
    assert await refusal(acting, "customerClone", {"customer": jenny, "paymentMethods": wanted}) == [
        *((unexpected, f"paymentMethods.{index}") for index in (1, 2, 3)),
        ("RESOURCE_MISSING", "paymentMethods.4"),
    ]
    many = {"customer": jenny, "paymentMethods": [kept] * 21}
    assert await refusal(acting, "customerClone", many) == [("PARAMETER_LIST_TOO_LONG", "paymentMethods")]
    await made(api, "customerDelete", "customer { id }", {"id": bob})
    assert await refusal(acting, "customerClone", {"customer": bob}) == [("RESOURCE_MISSING", "customer")]


async def test_restricted_keys_clone_what_they_may_write(api: Api, gym: Account) -> None:
    jenny, [card] = await customer(api, "pm_card_visa")
    key = (await restricted(api, customers="write", payment_methods="read")).acting(gym)

    allowed = await key.do("customerClone", "customer { id }", {"customer": jenny})
    document = "mutation($card: ID!) { paymentMethodClone(input: {paymentMethod: $card}) { paymentMethod { id } } }"
    refused = await key.send(document, {"card": card})

    assert allowed["userErrors"] == []
    assert refused.codes == ["FORBIDDEN"]
