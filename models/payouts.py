"""Money that leaves an account for a bank, or comes from one, and the accounts there."""

from datetime import datetime

from tortoise import fields
from tortoise.fields.relational import ForeignKeyRelation

from models.base import Described, instant, restrict


class ExternalAccount(Described):
    """A bank account or debit card that is paid out to. Its number is kept nowhere."""

    type = fields.CharField(max_length=20)
    status = fields.CharField(max_length=20)
    country = fields.CharField(max_length=2, null=True)
    currency = fields.CharField(max_length=3)
    last4 = fields.CharField(max_length=4)
    fingerprint = fields.CharField(max_length=16)
    holder_name = fields.CharField(max_length=200, null=True)
    holder_type = fields.CharField(max_length=20, null=True)
    bank_name = fields.CharField(max_length=100, null=True)
    routing_number = fields.CharField(max_length=20, null=True)
    brand = fields.CharField(max_length=20, null=True)
    funding = fields.CharField(max_length=20, null=True)
    exp_month = fields.SmallIntField(null=True)
    exp_year = fields.SmallIntField(null=True)
    default_for_currency = fields.BooleanField(default=False)
    """Whether it is paid out to where none is named; one per currency at most."""
    sandbox_failure = fields.CharField(max_length=40, null=True)
    """How payouts to it end in the sandbox; null when they arrive."""
    deleted_at: datetime | None = instant(null=True)

    class Meta:
        table = "external_accounts"
        indexes = (("account_id", "livemode", "id"),)


class Payout(Described):
    """Money of an account on its way to a bank account or debit card; minor units."""

    amount = fields.BigIntField()
    currency = fields.CharField(max_length=3)
    destination: ForeignKeyRelation[ExternalAccount] = restrict("models.ExternalAccount")
    destination_id: str
    type = fields.CharField(max_length=20)
    method = fields.CharField(max_length=20)
    status = fields.CharField(max_length=20)
    automatic = fields.BooleanField(default=False)
    """Whether the account's schedule made it."""
    arrives_at: datetime = instant()
    description = fields.CharField(max_length=1000, null=True)
    statement_descriptor = fields.CharField(max_length=22, null=True)
    balance_transaction_id = fields.CharField(max_length=40, null=True)
    failure_balance_transaction_id = fields.CharField(max_length=40, null=True)
    """The movement that put the money back, when it failed or was canceled."""
    failure_code = fields.CharField(max_length=40, null=True)
    failure_message = fields.CharField(max_length=500, null=True)
    test_clock_id = fields.CharField(max_length=40, null=True)
    """The clock in whose world the money is."""

    class Meta:
        table = "payouts"
        indexes = (("account_id", "livemode", "id"),)


class Topup(Described):
    """Money that an account called in from its own bank; minor units."""

    amount = fields.BigIntField()
    currency = fields.CharField(max_length=3)
    status = fields.CharField(max_length=20)
    description = fields.CharField(max_length=1000, null=True)
    statement_descriptor = fields.CharField(max_length=22, null=True)
    transfer_group = fields.CharField(max_length=200, null=True)
    balance_transaction_id = fields.CharField(max_length=40, null=True)
    test_clock_id = fields.CharField(max_length=40, null=True)

    class Meta:
        table = "topups"
        indexes = (("account_id", "livemode", "id"),)
