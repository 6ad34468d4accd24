"""Money between accounts: transfers, what arrives of them, and what a platform keeps of its accounts' charges."""

from tortoise import fields
from tortoise.fields.relational import ForeignKeyRelation

from models.base import Described, Owned, restrict


class Transfer(Described):
    """Money that its account sent to another one. What came back of it are its reversals, together no more than it."""

    amount = fields.BigIntField()
    currency = fields.CharField(max_length=3)
    destination_id = fields.CharField(max_length=40, db_index=True)
    """The account that received it."""
    destination_payment_id = fields.CharField(max_length=40)
    """What arrived there."""
    source_charge_id = fields.CharField(max_length=40, null=True, db_index=True)
    """The charge whose money it is; null where it was taken from the available balance."""
    is_of_payment = fields.BooleanField(default=False)
    """Whether it was sent together with the charge, as a share of it, and not by itself afterwards."""
    transfer_group = fields.CharField(max_length=200, null=True, db_index=True)
    description = fields.CharField(max_length=1000, null=True)
    balance_transaction_id = fields.CharField(max_length=40, null=True)
    test_clock_id = fields.CharField(max_length=40, null=True)

    class Meta:
        table = "transfers"
        indexes = (("account_id", "livemode", "id"),)


class TransferReversal(Described):
    """Money of a transfer that went back to the account which sent it."""

    transfer: ForeignKeyRelation[Transfer] = restrict("models.Transfer")
    transfer_id: str
    amount = fields.BigIntField()
    currency = fields.CharField(max_length=3)
    source_refund_id = fields.CharField(max_length=40, null=True, db_index=True)
    """The refund that brought it about."""
    description = fields.CharField(max_length=1000, null=True)
    balance_transaction_id = fields.CharField(max_length=40, null=True)
    destination_balance_transaction_id = fields.CharField(max_length=40, null=True)
    """The movement on the account that gave it back."""

    class Meta:
        table = "transfer_reversals"
        indexes = (("account_id", "livemode", "id"),)


class DestinationPayment(Owned):
    """What arrived of a transfer, on the account that received it."""

    amount = fields.BigIntField()
    currency = fields.CharField(max_length=3)
    source_transfer_id = fields.CharField(max_length=40, unique=True)
    application_fee_id = fields.CharField(max_length=40, null=True)
    """What the platform kept of it."""
    balance_transaction_id = fields.CharField(max_length=40, null=True)
    description = fields.CharField(max_length=1000, null=True)

    class Meta:
        table = "destination_payments"
        indexes = (("account_id", "livemode", "id"),)


class ApplicationFee(Owned):
    """What a platform keeps of a payment to one of its accounts. It belongs to the platform."""

    amount = fields.BigIntField()
    currency = fields.CharField(max_length=3)
    charged_account_id = fields.CharField(max_length=40, db_index=True)
    """The account that pays it."""
    charge_id = fields.CharField(max_length=40, unique=True)
    """The charge, on whichever account it stands, of which it is kept. A charge has one fee."""
    destination_payment_id = fields.CharField(max_length=40, null=True)
    """What it was taken from where the charge is the platform's own; null for a direct charge."""
    balance_transaction_id = fields.CharField(max_length=40, null=True)
    test_clock_id = fields.CharField(max_length=40, null=True)

    class Meta:
        table = "application_fees"
        indexes = (("account_id", "livemode", "id"),)


class ApplicationFeeRefund(Described):
    """Part or all of an application fee that the platform gave back."""

    fee: ForeignKeyRelation[ApplicationFee] = restrict("models.ApplicationFee")
    fee_id: str
    amount = fields.BigIntField()
    currency = fields.CharField(max_length=3)
    source_refund_id = fields.CharField(max_length=40, null=True, db_index=True)
    """The refund of the charge that brought it about."""
    balance_transaction_id = fields.CharField(max_length=40, null=True)

    class Meta:
        table = "application_fee_refunds"
        indexes = (("account_id", "livemode", "id"),)
