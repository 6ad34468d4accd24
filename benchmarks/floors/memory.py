"""Strawberry as it comes, executing the same document over objects that are in memory already.

Its own types with plain attributes, its caches of parsed and validated documents on, and the leanest handler around it:
no key, no limits, bytes of orjson. The objects are those that the hand-written handler reads.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from typing import Any, TypeVar, cast

import orjson
import strawberry
from aiohttp import web
from strawberry.extensions import ParserCache, ValidationCache
from strawberry.schema.config import StrawberryConfig

from benchmarks.documents import LISTED
from benchmarks.floors.handwritten import Record, Subscriptions
from benchmarks.stored import identifier
from domain.invoices import BillingReason
from domain.kinds import PriceType
from domain.lifecycles import InvoiceStatus, SubscriptionStatus
from domain.periods import Interval
from schema.scalars import SCALARS, Currency, MinorUnits

ENUM = TypeVar("ENUM", bound=Enum)

for _enum in (SubscriptionStatus, InvoiceStatus, BillingReason, PriceType, Interval):
    strawberry.enum(cast(type[Enum], _enum))


@strawberry.type
class Customer:
    """Who is billed."""

    id: strawberry.ID
    name: str | None
    email: str | None
    currency: Currency | None
    delinquent: bool


@strawberry.type
class Product:
    """What is sold."""

    id: strawberry.ID
    name: str
    active: bool


@strawberry.type
class Recurring:
    """How often."""

    interval: Interval
    interval_count: int


@strawberry.type
class Price:
    """For how much."""

    id: strawberry.ID
    currency: Currency
    unit_amount: MinorUnits | None
    type: PriceType
    recurring: Recurring | None
    product: Product


@strawberry.type
class SubscriptionItem:
    """One price on a subscription."""

    id: strawberry.ID
    quantity: int
    current_period_start: datetime
    current_period_end: datetime
    price: Price


@strawberry.type
class InvoiceLine:
    """One amount on an invoice."""

    id: strawberry.ID
    description: str
    amount: MinorUnits
    quantity: int
    proration: bool


@strawberry.type
class Invoice:
    """A demand for payment."""

    id: strawberry.ID
    number: str | None
    status: InvoiceStatus
    currency: Currency
    total: MinorUnits
    amount_due: MinorUnits
    amount_paid: MinorUnits
    billing_reason: BillingReason
    lines: list[InvoiceLine]


@strawberry.type
class Subscription:
    """An agreement."""

    id: strawberry.ID
    created: datetime
    status: SubscriptionStatus
    currency: Currency
    billing_cycle_anchor: datetime
    cancel_at_period_end: bool
    customer: Customer
    items: list[SubscriptionItem]
    latest_invoice: Invoice | None


@strawberry.type
class SubscriptionConnection:
    """A list of agreements."""

    nodes: list[Subscription]


_kept: list[Subscription] = []
"""Newest first."""


@strawberry.type
class Query:
    """What can be asked."""

    @strawberry.field
    def subscriptions(self, first: int) -> SubscriptionConnection:
        """The newest."""
        return SubscriptionConnection(nodes=_kept[:first])

    @strawberry.field
    def subscription(self, id: strawberry.ID) -> Subscription | None:
        """The one that is asked for: the oldest is kept at the end."""
        return _kept[-1] if _kept[-1].id == id else None


def app(path: str) -> web.Application:
    """The schema as an application, with the objects of an SQLite file."""
    source = Subscriptions(path)
    oldest = source.single(identifier("sub", 1))
    assert oldest is not None
    _kept.extend(_subscription(record) for record in [*source.latest(LISTED), oldest])
    schema = strawberry.Schema(
        Query, extensions=[ParserCache, ValidationCache], config=StrawberryConfig(scalar_map=SCALARS)
    )

    async def answer(request: web.Request) -> web.Response:
        asked = orjson.loads(await request.read())
        result = await schema.execute(asked["query"], variable_values=asked["variables"])
        assert result.errors is None, result.errors
        return web.Response(body=orjson.dumps({"data": result.data}), content_type="application/json")

    application = web.Application()
    application.router.add_post("/graphql", answer)
    return application


def _subscription(record: Record) -> Subscription:
    return Subscription(
        id=record["id"],
        created=_instant(record["created"]),
        status=_member(SubscriptionStatus, record["status"]),
        currency=record["currency"],
        billing_cycle_anchor=_instant(record["billingCycleAnchor"]),
        cancel_at_period_end=record["cancelAtPeriodEnd"],
        customer=Customer(**record["customer"]),
        items=[_item(each) for each in record["items"]],
        latest_invoice=_invoice(record["latestInvoice"]),
    )


def _item(record: Record) -> SubscriptionItem:
    price, recurring = record["price"], record["price"]["recurring"]
    return SubscriptionItem(
        id=record["id"],
        quantity=record["quantity"],
        current_period_start=_instant(record["currentPeriodStart"]),
        current_period_end=_instant(record["currentPeriodEnd"]),
        price=Price(
            id=price["id"],
            currency=price["currency"],
            unit_amount=price["unitAmount"],
            type=_member(PriceType, price["type"]),
            recurring=Recurring(
                interval=_member(Interval, recurring["interval"]), interval_count=recurring["intervalCount"]
            ),
            product=Product(**price["product"]),
        ),
    )


def _invoice(record: Record) -> Invoice:
    return Invoice(
        id=record["id"],
        number=record["number"],
        status=_member(InvoiceStatus, record["status"]),
        currency=record["currency"],
        total=record["total"],
        amount_due=record["amountDue"],
        amount_paid=record["amountPaid"],
        billing_reason=_member(BillingReason, record["billingReason"]),
        lines=_lines(record["lines"]),
    )


def _lines(records: Sequence[Record]) -> list[InvoiceLine]:
    return [InvoiceLine(**record) for record in records]


def _member(enum: type[ENUM], name: str) -> ENUM:
    return enum[name]


def _instant(text: str) -> Any:
    return datetime.fromisoformat(text)
