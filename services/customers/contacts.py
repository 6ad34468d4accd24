"""Sellers and customers as papers name them."""

from collections.abc import Mapping
from typing import Any

from documents.contacts import Contact
from domain.addresses import Address
from models import Account, Customer, CustomerTaxId


def seller_of(account: Account) -> Contact:
    """The account as the seller on a paper."""
    return Contact(account.business_name, account.email, address=Address(country=account.country))


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
