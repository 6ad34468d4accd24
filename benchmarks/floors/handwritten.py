"""A handler written by hand for one answer: one batched statement per relation, dictionaries, JSON."""

import json
import sqlite3
import time
from collections.abc import Iterable, Sequence
from typing import Any

import orjson
from aiohttp import web

from benchmarks.stored import ACCOUNT

Record = dict[str, Any]

_OWNED = "account_id = ? AND livemode = 0"
_AMONG = "IN (SELECT value FROM json_each(?))"


class Subscriptions:
    """Reads subscriptions with all that belongs to them."""

    def __init__(self, path: str) -> None:
        self._connection = sqlite3.connect(path, cached_statements=256)
        self._connection.execute("PRAGMA mmap_size = 268435456")

    def latest(self, count: int) -> list[Record]:
        """The newest of those that are not canceled."""
        return self._whole(
            self._connection.execute(
                f"SELECT {_SUBSCRIPTION} FROM subscriptions WHERE {_OWNED} AND status <> 'canceled' "
                "ORDER BY id DESC LIMIT ?",
                (ACCOUNT, count),
            ).fetchall()
        )

    def single(self, identifier: str) -> Record | None:
        """The one with this id."""
        found = self._connection.execute(
            f"SELECT {_SUBSCRIPTION} FROM subscriptions WHERE id = ? AND {_OWNED}", (identifier, ACCOUNT)
        ).fetchall()
        return self._whole(found)[0] if found else None

    def _whole(self, rows: Sequence[tuple[Any, ...]]) -> list[Record]:
        customers = {row[0]: _customer(row) for row in self._by(_CUSTOMER, "id", (row[6] for row in rows))}
        items = self._items([row[0] for row in rows])
        invoices = self._invoices([row[7] for row in rows])
        return [
            {
                "id": row[0],
                "created": _instant(row[1]),
                "status": row[2].upper(),
                "currency": row[3],
                "billingCycleAnchor": _instant(row[4]),
                "cancelAtPeriodEnd": bool(row[5]),
                "customer": customers[row[6]],
                "items": items.get(row[0], []),
                "latestInvoice": invoices.get(row[7]),
            }
            for row in rows
        ]

    def _items(self, subscriptions: Sequence[str]) -> dict[str, list[Record]]:
        rows = self._by(_ITEM, "subscription_id", subscriptions)
        prices = self._prices({row[4] for row in rows})
        found: dict[str, list[Record]] = {}
        for row in rows:
            item = {
                "id": row[0],
                "quantity": row[1],
                "currentPeriodStart": _instant(row[2]),
                "currentPeriodEnd": _instant(row[3]),
                "price": prices[row[4]],
            }
            found.setdefault(row[5], []).append(item)
        return found

    def _prices(self, identifiers: Iterable[str]) -> dict[str, Record]:
        rows = self._by(_PRICE, "id", identifiers)
        products = {
            row[0]: {"id": row[0], "name": row[1], "active": bool(row[2])}
            for row in self._by(_PRODUCT, "id", {row[6] for row in rows})
        }
        return {row[0]: _price(row, products[row[6]]) for row in rows}

    def _invoices(self, identifiers: Iterable[str]) -> dict[str, Record]:
        rows = self._by(_INVOICE, "id", identifiers)
        lines: dict[str, list[Record]] = {}
        for row in self._by(_LINE, "invoice_id", [row[0] for row in rows]):
            line = {
                "id": row[0],
                "description": row[1],
                "amount": row[2],
                "quantity": row[3],
                "proration": bool(row[4]),
            }
            lines.setdefault(row[5], []).append(line)
        return {row[0]: _invoice(row, lines.get(row[0], [])) for row in rows}

    def _by(self, columns: tuple[str, str, str], key: str, keys: Iterable[str]) -> list[tuple[Any, ...]]:
        names, table, order = columns
        sql = f'SELECT {names} FROM {table} WHERE "{key}" {_AMONG} AND +account_id = ? AND +livemode = 0{order}'
        return self._connection.execute(sql, (orjson.dumps(list(keys)).decode(), ACCOUNT)).fetchall()


_SUBSCRIPTION = (
    "id, created_at, status, currency, billing_cycle_anchor, cancel_at_period_end, customer_id, latest_invoice_id"
)
_CUSTOMER = ("id, name, email, currency, delinquent", "customers", "")
_ITEM = (
    "id, quantity, current_period_start, current_period_end, price_id, subscription_id", "subscription_items",
    " ORDER BY id",
)  # fmt: skip
_PRICE = ('id, currency, unit_amount, type, "interval", interval_count, product_id', "prices", "")
_PRODUCT = ("id, name, active", "products", "")
_INVOICE = ("id, number, status, currency, total, amount_due, amount_paid, billing_reason", "invoices", "")
_LINE = ("id, description, amount, quantity, proration, invoice_id", "invoice_lines", " ORDER BY position")


def _customer(row: tuple[Any, ...]) -> Record:
    return {"id": row[0], "name": row[1], "email": row[2], "currency": row[3], "delinquent": bool(row[4])}


def _price(row: tuple[Any, ...], product: Record) -> Record:
    return {
        "id": row[0],
        "currency": row[1],
        "unitAmount": row[2],
        "type": row[3].upper(),
        "recurring": {"interval": row[4].upper(), "intervalCount": row[5]},
        "product": product,
    }


def _invoice(row: tuple[Any, ...], lines: list[Record]) -> Record:
    return {
        "id": row[0],
        "number": row[1],
        "status": row[2].upper(),
        "currency": row[3],
        "total": row[4],
        "amountDue": row[5],
        "amountPaid": row[6],
        "billingReason": row[7].upper(),
        "lines": lines,
    }


def _instant(seconds: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def app(path: str) -> web.Application:
    """The handler as an application over an SQLite file."""
    subscriptions = Subscriptions(path)

    async def answer(request: web.Request) -> web.Response:
        asked = json.loads(await request.read())["variables"]
        if "id" in asked:
            data: Record = {"subscription": subscriptions.single(asked["id"])}
        else:
            data = {"subscriptions": {"nodes": subscriptions.latest(asked["first"])}}
        return web.Response(body=orjson.dumps({"data": data}), content_type="application/json")

    application = web.Application()
    application.router.add_post("/graphql", answer)
    return application
