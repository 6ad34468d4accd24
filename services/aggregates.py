"""Rows that are told about together with what belongs to them, for snapshots and for verbs that need the whole."""

from collections.abc import Sequence
from dataclasses import dataclass

from models import (
    Charge,
    Customer,
    CustomerTaxId,
    Invoice,
    InvoiceLine,
    Price,
    Subscription,
    SubscriptionItem,
)


@dataclass(frozen=True, slots=True)
class WholeCustomer:
    """A customer with the balance that its journal sums to (negative is credit)."""

    row: Customer
    balance: int
    tax_ids: Sequence[CustomerTaxId] = ()


@dataclass(frozen=True, slots=True)
class PricedItem:
    """A subscription item with its price."""

    row: SubscriptionItem
    price: Price


@dataclass(frozen=True, slots=True)
class WholeSubscription:
    """A subscription with its items in order of creation."""

    row: Subscription
    items: Sequence[PricedItem]


@dataclass(frozen=True, slots=True)
class WholeInvoice:
    """An invoice with its lines in order."""

    row: Invoice
    lines: Sequence[InvoiceLine]


@dataclass(frozen=True, slots=True)
class WholeCharge:
    """A charge with what has been given back of it."""

    row: Charge
    amount_refunded: int
