"""The books: one immutable row for every movement of money on an account."""

from datetime import datetime
from typing import Any, cast

from tortoise import fields

from models.base import Owned, instant


class BalanceTransaction(Owned):
    """A movement: `amount` gross, `fee` taken from it, `net` what is left; minor units, negative when money leaves."""

    type = fields.CharField(max_length=30)
    amount = fields.BigIntField()
    fee = fields.BigIntField()
    net = fields.BigIntField()
    currency = fields.CharField(max_length=3)
    application_fee = fields.BigIntField(default=0)
    """The part of the fee that a platform has; the rest is the network's and billing's own."""
    fee_details: list[dict[str, Any]] = cast(Any, fields.JSONField[list[dict[str, Any]]](default=list))
    reinstates = fields.BooleanField(default=False)
    """Whether it brings back what an earlier movement of the same source and type took: a dispute was won."""
    source_id = fields.CharField(max_length=40, db_index=True)
    description = fields.CharField(max_length=1000, null=True)
    available_at: datetime = instant()
    test_clock_id = fields.CharField(max_length=40, null=True)
    """The clock of the customer behind it, by which it becomes available."""

    class Meta:
        table = "balance_transactions"
        indexes = (("account_id", "livemode", "id"),)
        unique_together = (("source_id", "type", "account_id", "reinstates"),)
