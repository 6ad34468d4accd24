"""External accounts: what may be paid out to, what is kept of it, and who may say so."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from models import Event, ExternalAccount
from tests.features.accounts import KNOWN, made, news, refusals, row_of
from tests.features.test_account_connections import of_type, own_key
from tests.serving import Api, require_database, served

CREATE = ("externalAccountCreate", "externalAccount")
ALL = (
    "id type status country currency last4 fingerprint defaultForCurrency accountHolderName accountHolderType bankName"
    " routingNumber brand funding expMonth expYear availablePayoutMethods deletedAt metadata"
)
IN_US = {"country": "us", "currency": "USD", "routingNumber": "110000000", "accountNumber": "000123456789"}
TERMS = {"ip": "127.0.0.1"}


@pytest.fixture
async def api(database_url: str) -> AsyncIterator[Api]:
    """The platform's own key."""
    async with served(database_url) as api:
        yield api


async def added(api: Api, words: Any, selection: str = "id", **input: Any) -> Any:
    """A new external account; `words` is a token or typed."""
    named = {"token": words} if isinstance(words, str) else words
    answer = await api.do(CREATE[0], f"externalAccount {{ {selection} }}", {"externalAccount": named, **input})
    assert answer["userErrors"] == [], answer
    return answer["externalAccount"]


async def defaults(api: Api) -> list[str]:
    """The ids of the defaults."""
    found = await api.ask("{ externalAccounts(first: 50) { nodes { id defaultForCurrency } } }")
    return [each["id"] for each in found["externalAccounts"]["nodes"] if each["defaultForCurrency"]]


async def test_of_a_typed_account_only_what_is_no_secret_is_kept(api: Api) -> None:
    typed = {**IN_US, "accountHolderName": "Jenny Rosen", "accountHolderType": "INDIVIDUAL"}
    row = await added(api, {"bankAccount": typed}, ALL, metadata={"a": "b"})

    assert len(row.pop("fingerprint")) == 16
    assert row == {
        "id": row["id"],
        "type": "BANK_ACCOUNT",
        "status": "NEW",
        "country": "US",
        "currency": "usd",
        "last4": "6789",
        "defaultForCurrency": True,
        "accountHolderName": "Jenny Rosen",
        "accountHolderType": "INDIVIDUAL",
        "bankName": "SANDBOX TEST BANK",
        "routingNumber": "110000000",
        **dict.fromkeys(("brand", "funding", "expMonth", "expYear", "deletedAt")),
        "availablePayoutMethods": ["STANDARD"],
        "metadata": {"a": "b"},
    }
    assert await news(api) == ["account.external_account.created"]
    for table in ("external_accounts", "events", "idempotency_records", "accounts"):
        rows = (await require_database().query(f"SELECT * FROM {table}", []))[1]
        assert "000123456789" not in str([tuple(each) for each in rows]), table


async def test_the_same_number_is_known_again(api: Api) -> None:
    first = await added(api, {"bankAccount": IN_US}, "fingerprint")
    again = await added(api, "btok_us", "fingerprint")
    other = await added(api, "btok_us_verified_noAccount", "fingerprint status")
    assert first["fingerprint"] == again["fingerprint"] != other["fingerprint"]
    assert other["status"] == "VALIDATED"


async def test_a_debit_card_is_paid_out_to_within_minutes(api: Api) -> None:
    typed = {"number": "4000 0566 5566 5556", "expMonth": 12, "expYear": 34, "currency": "usd", "name": "Jenny"}
    row = await added(api, {"card": typed}, ALL)
    assert (row["type"], row["brand"], row["funding"], row["last4"]) == ("CARD", "visa", "debit", "5556")
    assert (row["id"][:5], row["availablePayoutMethods"], row["expYear"]) == ("card_", ["STANDARD", "INSTANT"], 2034)
    found = await api.ask("query($id: ID!) { node(id: $id) { id } }", {"id": row["id"]})
    assert found["node"]["id"] == row["id"]


@pytest.mark.parametrize(
    ("words", "refused"),
    [
        ({"token": "btok_us_nowhere"}, [("RESOURCE_MISSING", "externalAccount.token")]),
        ({"token": "tok_nobody"}, [("RESOURCE_MISSING", "externalAccount.token")]),
        ({"token": "tok_visa"}, [("BANK_ACCOUNT_UNUSABLE", "externalAccount.token")]),
        (
            {"bankAccount": {**IN_US, "accountNumber": "12", "routingNumber": "110000001"}},
            [
                ("ACCOUNT_NUMBER_INVALID", "externalAccount.bankAccount.accountNumber"),
                ("ROUTING_NUMBER_INVALID", "externalAccount.bankAccount.routingNumber"),
            ],
        ),
        (
            {"bankAccount": {"country": "DE", "currency": "eur", "accountNumber": "DE00370400440532013000"}},
            [("ACCOUNT_NUMBER_INVALID", "externalAccount.bankAccount.accountNumber")],
        ),
        (
            {"card": {"number": "4242424242424242", "expMonth": 12, "expYear": 2034, "currency": "usd"}},
            [("BANK_ACCOUNT_UNUSABLE", "externalAccount.card")],
        ),
    ],
)
async def test_what_cannot_be_paid_out_to_is_refused(api: Api, words: Any, refused: list[tuple[str, str]]) -> None:
    assert await refusals(api, *CREATE, externalAccount=words) == refused
    assert (await ExternalAccount.all().count(), await Event.all().count()) == (0, 0)


async def test_numbers_of_other_countries(api: Api) -> None:
    iban = {"country": "DE", "currency": "eur", "accountNumber": "DE89 3704 0044 0532 0130 00"}
    closed = {"country": "DE", "currency": "eur", "accountNumber": "DE89370400440532013002"}
    british = {"country": "GB", "currency": "gbp", "accountNumber": "11111116", "routingNumber": "10-88-00"}
    for typed in (iban, closed, british):
        await added(api, {"bankAccount": typed})
    rows = await ExternalAccount.all().order_by("id")
    assert [(each.last4, each.sandbox_failure) for each in rows] == [
        ("3000", None),
        ("3002", "account_closed"),
        ("1116", "no_account"),
    ]


async def test_each_currency_has_one_default(api: Api) -> None:
    first = await added(api, "btok_us_verified")
    second = await added(api, "tok_visa_debit")
    assert await defaults(api) == [first["id"]]

    change = {"id": second["id"], "defaultForCurrency": True, "accountHolderName": "Jenny"}
    await api.do("externalAccountUpdate", "externalAccount { id }", change)

    assert await defaults(api) == [second["id"]]
    assert (await news(api))[2:] == ["account.external_account.updated"] * 2
    gone = await refusals(api, "externalAccountDelete", "externalAccount", id=second["id"])
    none = await refusals(api, "externalAccountUpdate", "externalAccount", id=second["id"], defaultForCurrency=False)
    assert (gone, none) == ([("RESOURCE_IN_USE", "id")], [("PARAMETER_INVALID", "defaultForCurrency")])
    third = await added(api, "btok_us", defaultForCurrency=True)
    assert await defaults(api) == [third["id"]]


async def test_a_deleted_one_is_in_no_list_and_can_be_read(api: Api) -> None:
    await added(api, "btok_us_verified")
    card = await added(api, "tok_visa_debit")
    await api.do("externalAccountDelete", "externalAccount { id }", {"id": card["id"]})

    assert (await news(api))[2:] == ["account.external_account.deleted"]
    document = "query($id: ID!) { externalAccount(id: $id) { deletedAt } externalAccounts { totalCount } }"
    found = await api.ask(document, {"id": card["id"]})
    assert found["externalAccount"]["deletedAt"] is not None
    assert found["externalAccounts"] == {"totalCount": 1}
    again = await refusals(api, "externalAccountDelete", "externalAccount", id=card["id"])
    assert again == [("RESOURCE_MISSING", "id")]


async def test_an_account_is_paid_out_once_somewhere_is_known(api: Api) -> None:
    account = await made(api, "id payoutsEnabled", type="CUSTOM", **KNOWN, tosAcceptance=TERMS)
    gym = await row_of(account["id"])
    before = len(await news(api.acting(gym)))
    assert (account["payoutsEnabled"], gym.charges_enabled, gym.requirements) == (False, True, ["external_account"])

    early = await refusals(api.acting(gym), "payoutCreate", "payout", amount=1, currency="usd")
    assert early == [("PAYOUTS_NOT_ALLOWED", "")]

    row = await added(api, "btok_us_verified", account=gym.id)

    gym = await row_of(gym.id)
    assert (gym.payouts_enabled, gym.requirements) == (True, [])
    told = (await news(api.acting(gym)))[before:]
    assert told == ["account.external_account.created", "account.updated", *["capability.updated"] * 2]
    assert (await ExternalAccount.get(id=row["id"])).account_id == gym.id
    assert await api.ask("{ externalAccounts { totalCount } }") == {"externalAccounts": {"totalCount": 0}}


async def test_a_platform_leaves_accounts_to_themselves_that_it_does_not_look_after(api: Api) -> None:
    gym = await of_type(api, "STANDARD")
    words: Any = {"externalAccount": {"token": "btok_us_verified"}}

    by_name = await refusals(api, *CREATE, account=gym.id, **words)
    by_header = await refusals(api.acting(gym), *CREATE, **words)

    assert by_name == by_header == [("ACCOUNT_HOLDER_REQUIRED", "account")]
    own = await own_key(api, gym)
    before = await ExternalAccount.all().count()
    await added(own, "btok_us_verified")
    assert await ExternalAccount.filter(account_id=gym.id).count() == before + 1


async def test_strangers_find_and_change_nothing(api: Api) -> None:
    gym = await row_of((await made(api, "id", type="CUSTOM", **KNOWN, tosAcceptance=TERMS))["id"])
    row = await added(api, "btok_us_verified", account=gym.id)
    other = await of_type(api, "STANDARD")
    own = await own_key(api, other)
    for stranger in (own, api.acting(other), api):
        document = "query($id: ID!) { node(id: $id) { id } externalAccount(id: $id) { id } }"
        assert await stranger.ask(document, {"id": row["id"]}) == {"node": None, "externalAccount": None}
        for verb in ("externalAccountUpdate", "externalAccountDelete"):
            refused = await refusals(stranger, verb, "externalAccount", id=row["id"])
            assert refused in ([("RESOURCE_MISSING", "id")], [("ACCOUNT_HOLDER_REQUIRED", "account")])
    foreign = await refusals(own, *CREATE, account=gym.id, externalAccount={"token": "btok_us"})
    assert foreign == [("RESOURCE_MISSING", "account")]
    assert await ExternalAccount.filter(account_id=gym.id, deleted_at=None).count() == 1
