"""Connected accounts made through the API, and what is asked about them."""

from typing import Any

from models import Account
from tests.serving import Api

STANDING = (
    "id chargesEnabled payoutsEnabled detailsSubmitted capabilities { cardPayments transfers }"
    " requirements { currentlyDue pastDue pendingVerification disabledReason }"
)
SEAT = {"line1": "1 Main St", "city": "Oakland", "postalCode": "94607", "state": "CA", "country": "US"}
JENNY: dict[str, Any] = {
    "firstName": "Jenny",
    "lastName": "Rosen",
    "email": "jenny@example.com",
    "phone": "+1 555 010 0100",
    "dob": {"day": 1, "month": 1, "year": 1990},
    "address": SEAT,
    "idNumber": "000000000",
}
PROFILE = {"name": "Jenny's", "mcc": "5734", "url": "https://jenny.example.com"}
BOTH = {"cardPayments": {"requested": True}, "transfers": {"requested": True}}
KNOWN: dict[str, Any] = {
    "businessType": "INDIVIDUAL",
    "businessProfile": PROFILE,
    "individual": JENNY,
    "capabilities": BOTH,
}


async def made(api: Api, selection: str = "id", **wanted: Any) -> Any:
    """A new account, which must not be refused."""
    answer = await api.do("accountCreate", f"account {{ {selection} }}", wanted)
    assert answer["userErrors"] == []
    return answer["account"]


async def row_of(identifier: str) -> Account:
    """Its row."""
    return await Account.get(id=identifier)


async def shown(api: Api, identifier: str, selection: str = STANDING) -> Any:
    """What the API says of an account; None when it is absent."""
    document = f"query($id: ID!) {{ account(id: $id) {{ {selection} }} }}"
    return (await api.ask(document, {"id": identifier}))["account"]


async def refusals(api: Api, mutation: str, noun: str, **wanted: Any) -> list[tuple[str, str]]:
    """Code and path of each error of a mutation that must give no object."""
    answer = await api.do(mutation, f"{noun} {{ id }}", wanted)
    assert answer[noun] is None, answer
    return [(each["code"], ".".join(each["param"] or ())) for each in answer["userErrors"]]


async def news(api: Api) -> list[str]:
    """The types of all events that the caller can read, oldest first."""
    page = await api.ask("{ events(first: 100) { nodes { type } } }")
    return [each["type"] for each in page["events"]["nodes"]][::-1]
