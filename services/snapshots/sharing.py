"""Who else has a part in what something brings in, as Stripe shows it."""

from collections.abc import Mapping
from typing import Any

from domain.sharing import Sharing
from services.snapshots.shapes import Snapshot, number


def subscription_sharing_of(sharing: Mapping[str, Any] | None) -> Snapshot:
    """The parts of others in what a subscription brings.

    Stripe knows one destination: the first is told, and all of them by the API.
    """
    known = Sharing.from_json(sharing)
    transfer = None
    if known.shares:
        percent = known.shares[0].amount_percent
        percentage = None if percent is None else number(format(percent, "f"))
        transfer = {"amount_percent": percentage, "destination": known.shares[0].destination}
    percent = known.application_fee_percent
    return {
        "application_fee_percent": None if percent is None else number(format(percent, "f")),
        "on_behalf_of": known.on_behalf_of,
        "transfer_data": transfer,
    }


def quote_sharing_of(sharing: Mapping[str, Any] | None) -> Snapshot:
    """The parts of others in what comes of a quote; as `subscription_sharing_of`."""
    known = Sharing.from_json(sharing)
    told = subscription_sharing_of(sharing)
    if known.shares:
        told["transfer_data"] = {"amount": known.shares[0].amount, **told["transfer_data"]}
    return {**told, "application_fee_amount": known.application_fee_amount}


def invoice_sharing_of(sharing: Mapping[str, Any] | None) -> Snapshot:
    """The parts of others in an invoice. Fee and transfer are ours: Stripe tells them of its payments alone."""
    known = Sharing.from_json(sharing)
    transfer = None
    if known.shares:
        transfer = {"amount": known.shares[0].amount, "destination": known.shares[0].destination}
    return {
        "application_fee_amount": known.application_fee_amount,
        "on_behalf_of": known.on_behalf_of,
        "transfer_data": transfer,
    }
