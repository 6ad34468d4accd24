"""Prepaid credit: what customers were granted, and the journal of how it came and went."""

from datetime import datetime
from typing import Any, cast

from tortoise import fields
from tortoise.fields.relational import ForeignKeyRelation

from models.base import Described, Owned, instant, restrict
from models.customers import Customer


class CreditGrant(Described):
    """Credit that pays lines of invoices before money does. What is left of it is the sum over its journal."""

    customer: ForeignKeyRelation[Customer] = restrict("models.Customer")
    customer_id: str
    updated_at: datetime = instant()
    status = fields.CharField(max_length=7)
    name = fields.CharField(max_length=100, null=True)
    category = fields.CharField(max_length=11)
    amount = fields.BigIntField()
    currency = fields.CharField(max_length=3)
    price_type = fields.CharField(max_length=7, null=True)
    """The kind of prices that it is for; null where they are named."""
    prices: list[str] = cast(Any, fields.JSONField[list[str]](default=list))
    """Ids of the prices that it is for; empty where their kind is named."""
    priority = fields.IntField()
    effective_at: datetime = instant()
    expires_at: datetime | None = instant(null=True)
    voided_at: datetime | None = instant(null=True)
    test_clock_id = fields.CharField(max_length=40, null=True)

    class Meta:
        table = "credit_grants"
        indexes = (("account_id", "livemode", "id"),)


class CreditBalanceTransaction(Owned):
    """One immutable line of a grant's journal: `amount` is positive where it gives, negative where it takes.

    It is unique by grant, cause and line of an invoice, so that nothing is drawn, given back or lost twice.
    """

    credit_grant: ForeignKeyRelation[CreditGrant] = restrict("models.CreditGrant")
    credit_grant_id: str
    customer_id = fields.CharField(max_length=40)
    cause = fields.CharField(max_length=40)
    amount = fields.BigIntField()
    currency = fields.CharField(max_length=3)
    effective_at: datetime = instant()
    invoice_id = fields.CharField(max_length=40, null=True)
    invoice_line_id = fields.CharField(max_length=40, default="")
    """The line that was paid or given back; empty for what concerns no line, as nulls are never equal."""
    test_clock_id = fields.CharField(max_length=40, null=True)

    class Meta:
        table = "credit_balance_transactions"
        indexes = (("account_id", "livemode", "id"), ("customer_id", "credit_grant_id"))
        unique_together = (("credit_grant_id", "cause", "invoice_line_id"),)
