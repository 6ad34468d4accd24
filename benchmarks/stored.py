"""Databases filled by a few statements, whatever their size: customers with cards, their subscriptions and invoices.

Every table gets its rows by one `INSERT … SELECT` over counted numbers, on both databases. What a statement does not
name has the model's default. Ids have the length of real ones and sort before all that are made later.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from tortoise.fields.base import Field
from tortoise.models import Model

from models import (
    Account,
    AgendaEntry,
    ApiKey,
    Customer,
    Event,
    EventCounter,
    Invoice,
    InvoiceLine,
    PaymentMethod,
    Price,
    Product,
    Subscription,
    SubscriptionItem,
)
from prorata.database import connected
from prorata.migrations import migrate
from services.transactions import database, is_postgres, transaction

ACCOUNT: Final = "acct_" + "0" * 23
SECRET: Final = "sk_test_benchmarks0000000000000000"
ANCHOR: Final = datetime(2027, 1, 31, 10, tzinfo=UTC)
ENDS: Final = datetime(2027, 2, 28, 10, tzinfo=UTC)
"""When the stored periods end and every stored subscription is due to be renewed."""

_NUMBERS = "WITH RECURSIVE counted(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < {count})"
_EVENT = {"object": "subscription", "currency": "usd", "status": "active", "items": {"object": "list", "data": []}}


@dataclass(frozen=True, slots=True)
class Stock:
    """What a database holds: subscriptions with so many items each, and customers with a card and nothing else."""

    subscriptions: int
    items: int = 1
    payers: int = 0
    products: int = 40


async def store(url: str, stock: Stock) -> None:
    """Migrate an empty database and fill it."""
    await migrate(url)
    async with connected(url), transaction():
        await _founded()
        await _catalogue(stock)
        await _customers(stock)
        if stock.subscriptions:
            await _subscriptions(stock)
            await _invoices(stock)
            await _agenda_and_events(stock)
    async with connected(url):
        await database().query("ANALYZE")


def identifier(prefix: str, number: int) -> str:
    """The id that the row with this number has."""
    return f"{prefix}_{number:023d}"


def payer(number: int) -> tuple[str, str]:
    """The ids of a customer without a subscription and of their card, numbered from 0."""
    return f"cus_p{number + 1:022d}", f"pm_p{number + 1:022d}"


def price(number: int = 1) -> str:
    """The id of a stored monthly price, numbered from 1."""
    return identifier("price", number)


async def _founded() -> None:
    created = _at(ANCHOR)
    digest = hashlib.sha256(SECRET.encode()).hexdigest()
    await _insert(
        Account, 1, id=f"'{ACCOUNT}'", created_at=created, platform_id=f"'{ACCOUNT}'", country="'US'",
        default_currency="'usd'",
    )  # fmt: skip
    await _insert(
        ApiKey, 1, id=_id("mk"), created_at=created, account_id=f"'{ACCOUNT}'", livemode="FALSE", kind="'secret'",
        digest=f"'{digest}'", hint="'sk_test_…0000'",
    )  # fmt: skip


async def _catalogue(stock: Stock) -> None:
    created = _at(ANCHOR)
    await _insert(Product, stock.products, id=_id("prod"), created_at=created, updated_at=created, name="'Plan ' || n")
    await _insert(
        Price, stock.products, id=_id("price"), created_at=created, product_id=_id("prod"), currency="'usd'",
        type="'recurring'", unit_amount="1000 + n", unit_amount_decimal="CAST(1000 + n AS TEXT)", interval="'month'",
        interval_count="1", usage_type="'licensed'",
    )  # fmt: skip


async def _customers(stock: Stock) -> None:
    for count, mark, prefix in ((stock.subscriptions, "0", "S"), (stock.payers, "p", "P")):
        if not count:
            continue
        customer, method = _id("cus", mark=mark), _id("pm", mark=mark)
        await _insert(
            Customer, count, id=customer, created_at=_at(ANCHOR), email=f"'{mark}' || n || '@example.com'",
            email_folded=f"'{mark}' || n || '@example.com'", name="'Customer ' || n", currency="'usd'",
            invoice_prefix=f"'{prefix}' || n", next_invoice_sequence="2", default_payment_method_id=method,
            address=_json({"line1": "1 Pixel St", "city": "Oakland", "postal_code": "94607", "country": "US"}),
        )  # fmt: skip
        await _insert(
            PaymentMethod, count, id=method, created_at=_at(ANCHOR), customer_id=customer, type="'card'",
            token="'pm_card_visa'", brand="'visa'", last4="'4242'", exp_month="12", exp_year="2034", country="'US'",
            funding="'credit'", fingerprint="'0123456789abcdef'",
        )  # fmt: skip


async def _subscriptions(stock: Stock) -> None:
    await _insert(
        Subscription, stock.subscriptions, id=_id("sub"), created_at=_at(ANCHOR), customer_id=_id("cus"),
        status="'active'", currency="'usd'", collection_method="'charge_automatically'",
        billing_cycle_anchor=_at(ANCHOR), start_date=_at(ANCHOR), latest_invoice_id=_id("in"),
        default_payment_method_id=_id("pm"),
    )  # fmt: skip
    await _insert(
        SubscriptionItem, stock.subscriptions * stock.items, id=_id("si"), created_at=_at(ANCHOR),
        subscription_id=_id("sub", number=_owner(stock)), price_id=_id("price", number=_product(stock)),
        current_period_start=_at(ANCHOR), current_period_end=_at(ENDS),
    )  # fmt: skip


async def _invoices(stock: Stock) -> None:
    """One paid invoice for each subscription's first period, with a line for each item."""
    total = str(1_100 * stock.items)
    await _insert(
        Invoice, stock.subscriptions, id=_id("in"), created_at=_at(ANCHOR), customer_id=_id("cus"),
        subscription_id=_id("sub"), cycle="0", status="'paid'", number="'S' || n || '-0001'", currency="'usd'",
        billing_reason="'subscription_create'", collection_method="'charge_automatically'", period_start=_at(ANCHOR),
        period_end=_at(ANCHOR), subtotal=total, total=total, total_excluding_tax=total, amount_due=total,
        amount_paid=total, attempted="TRUE", attempt_count="1", ending_balance="0",
        finalized_at=_at(ANCHOR), paid_at=_at(ANCHOR),
    )  # fmt: skip
    await _insert(
        InvoiceLine, stock.subscriptions * stock.items, id=_id("il"), created_at=_at(ANCHOR),
        invoice_id=_id("in", number=_owner(stock)), position=f"(n - 1) % {stock.items}", description="'1 × Plan ' || n",
        amount="1100", currency="'usd'", quantity="1", unit_amount_decimal="'1100'",
        price_id=_id("price", number=_product(stock)), product_id=_id("prod", number=_product(stock)),
        subscription_item_id=_id("si"), period_start=_at(ANCHOR), period_end=_at(ENDS),
    )  # fmt: skip


async def _agenda_and_events(stock: Stock) -> None:
    await _insert(
        AgendaEntry, stock.subscriptions, id=_id("agenda"), created_at=_at(ANCHOR), kind="'subscription.renew'",
        subject_id=_id("sub"), due_at=_at(ENDS),
    )  # fmt: skip
    await _insert(
        Event, stock.subscriptions, id=_id("evt"), created_at=_at(ANCHOR), written_at=_at(ANCHOR),
        type="'customer.subscription.created'", object_id=_id("sub"), object_type="'subscription'",
        data=_json(_EVENT), api_version="'2025-01-01'", sequence="n", object_sequence="1",
    )  # fmt: skip
    await _insert(
        EventCounter, 1, id=f"'{ACCOUNT}:test'", account_id=f"'{ACCOUNT}'", livemode="FALSE",
        value=str(stock.subscriptions),
    )  # fmt: skip


async def _insert(model: type[Model], count: int, **columns: str) -> None:
    """So many rows, each column an expression over the number `n` of the row, counted from 1."""
    fields = model._meta.fields_map
    if "account_id" in fields and "account_id" not in columns:
        columns = {**columns, "account_id": f"'{ACCOUNT}'", "livemode": "FALSE"}
    names, expressions = [], []
    for attribute, name in model._meta.fields_db_projection.items():
        names.append(f'"{name}"')
        expressions.append(columns.pop(attribute) if attribute in columns else _default(fields[attribute]))
    assert not columns, f"{model.__name__} has no columns {sorted(columns)}"
    sql = (
        f'INSERT INTO "{model._meta.db_table}" ({", ".join(names)}) '
        f"{_NUMBERS.format(count=count)} SELECT {', '.join(expressions)} FROM counted"
    )
    await database().query(sql)


def _default(field: Field[Any]) -> str:
    """What a column holds that nobody names, as SQL."""
    value = field.default() if callable(field.default) else field.default
    if value is None:
        assert field.null, f"{field.model_field_name} needs a value"
        return "NULL"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, dict | list):
        return _json(value)
    return str(value) if isinstance(value, int) else f"'{value}'"


def _id(prefix: str, *, mark: str = "0", number: str = "n") -> str:
    """The id for a number, as SQL; `mark` tells kinds of rows apart."""
    padded = f"lpad(({number})::text, 22, '0')" if is_postgres() else f"printf('%022d', {number})"
    return f"'{prefix}_{mark}' || {padded}"


def _owner(stock: Stock) -> str:
    """The number of the subscription that an item or a line belongs to."""
    return f"(n - 1) / {stock.items} + 1"


def _product(stock: Stock) -> str:
    """The number of the product behind an item; those of one subscription differ."""
    return f"(n - 1) % {stock.products} + 1"


def _at(moment: datetime) -> str:
    return str(int(moment.timestamp()))


def _json(value: object) -> str:
    text = f"'{json.dumps(value)}'"
    return f"CAST({text} AS jsonb)" if is_postgres() else text


def renewal_moments() -> Sequence[datetime]:
    """The moments at which the stored subscriptions are renewed, and at which the drafts of that are finalized."""
    return ENDS, ENDS + timedelta(hours=1)
