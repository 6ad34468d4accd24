"""Sellers and customers as papers name them."""

from collections.abc import Mapping
from typing import Any

from documents.contacts import Contact
from domain.addresses import Address
from models import Account, Customer, CustomerTaxId


def seller_of(account: Account) -> Contact:
    """The account as the seller on a paper: where its company is, as far as that is known, else its country."""
    address = (account.company or {}).get("address") or {}
    known = Address.from_json({"country": account.country, **address})
    return Contact(account.business_name, account.email, address=known)


async def seller_on(account_id: str, sharing: Mapping[str, Any] | None) -> Contact:
    """Who sells on a paper of this account: the account on whose behalf it charges, or else itself."""
    return seller_of(await Account.get(id=(sharing or {}).get("on_behalf_of", account_id)))


def contact_of(kept: Mapping[str, Any]) -> Contact:
    """A customer as a finalized invoice keeps them, or one of their addresses."""
    address = kept.get("address")
    return Contact(
        name=kept.get("name"),
        email=kept.get("email"),
        phone=kept.get("phone"),
        address=Address.from_json(address) if address else None,
        tax_ids=[(each["type"], each["value"]) for each in kept.get("tax_ids") or ()],
    )


async def contact_now(customer: Customer) -> Contact:
    """A customer as they are now, with their tax numbers."""
    tax_ids = await CustomerTaxId.filter(customer_id=customer.id).order_by("id")
    return Contact(
        name=customer.name,
        email=customer.email,
        phone=customer.phone,
        address=Address.from_json(customer.address) if customer.address else None,
        tax_ids=[(each.type, each.value) for each in tax_ids],
    )
