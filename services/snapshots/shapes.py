"""Pieces that Stripe's objects have in common: times, addresses, lists inside objects, payment errors."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, overload

import orjson

from domain.accounts import application_id_of

Snapshot = dict[str, Any]
"""One object in Stripe's REST shape; members are never changed after they were put in."""


@overload
def seconds(moment: datetime) -> int: ...
@overload
def seconds(moment: datetime | None) -> int | None: ...
def seconds(moment: datetime | None) -> int | None:
    """Whole unix seconds of an aware time; None stays None."""
    return None if moment is None else int(moment.timestamp())


def application_of(row: Any) -> str | None:
    """By which `ca_…` the platform is known that made a row acting for its account; None where the account did."""
    platform_id: str | None = row.application_id
    return None if platform_id is None else application_id_of(platform_id, livemode=row.livemode)


def number(decimal: str) -> Any:
    """The JSON number of a decimal text, where Stripe has one: "25.5" is 25.5. Nothing computes with it."""
    return orjson.loads(decimal if "." in decimal else f"{decimal}.0")


def address_of(address: Mapping[str, str | None] | None) -> Snapshot | None:
    """An address with all of its parts named, the unknown ones null; None without one."""
    return None if address is None else full_address(address)


def full_address(address: Mapping[str, str | None]) -> Snapshot:
    """An address object even where nothing is known of it."""
    known = address.get
    return {
        "city": known("city"),
        "country": known("country"),
        "line1": known("line1"),
        "line2": known("line2"),
        "postal_code": known("postal_code"),
        "state": known("state"),
    }


def shipping_of(shipping: Mapping[str, Any] | None) -> Snapshot | None:
    """Where goods go; None without it."""
    if shipping is None:
        return None
    return {
        "address": address_of(shipping.get("address")),
        "name": shipping.get("name"),
        "phone": shipping.get("phone"),
    }


def billing_details_of(details: Mapping[str, Any]) -> Snapshot:
    """Who pays by a payment method, as far as it is known."""
    known = details.get
    return {
        "address": full_address(known("address") or {}),
        "email": known("email"),
        "name": known("name"),
        "phone": known("phone"),
        "tax_id": known("tax_id"),
    }


def list_of(members: list[Snapshot], url: str) -> Snapshot:
    """A complete list inside an object; `url` is where Stripe would page through it."""
    return {"object": "list", "data": members, "has_more": False, "total_count": len(members), "url": url}


def payment_error_of(error: Mapping[str, Any] | None, method_type: str = "card") -> Snapshot | None:
    """Why the last attempt failed, from what an intent remembers under the same names; None when nothing did.

    Stripe puts the whole payment method here; ours is told by the events of the payment method itself.
    """
    if error is None:
        return None
    known = error.get
    return {
        "advice_code": known("advice_code"),
        "charge": known("charge"),
        "code": known("code"),
        "decline_code": known("decline_code"),
        "doc_url": known("doc_url"),
        "message": known("message"),
        "network_advice_code": known("network_advice_code"),
        "network_decline_code": known("network_decline_code"),
        "param": known("param"),
        "payment_method": None,
        "payment_method_type": method_type,
        "type": known("type", "card_error"),
    }


def next_action_of(kind: str | None) -> Snapshot | None:
    """What the customer has to do before the payment goes on: every kind we have happens on a page."""
    if kind is None:
        return None
    return {"redirect_to_url": {"return_url": None, "url": None}, "type": "redirect_to_url"}
