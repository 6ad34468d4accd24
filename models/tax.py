"""What tax is asked for: rates, and where the account is registered."""

from datetime import datetime

from tortoise import fields

from models.base import Described, Owned, instant


class TaxRate(Described):
    """A percentage that goes to a tax office. What it asks for never changes after creation."""

    display_name = fields.CharField(max_length=50)
    description = fields.CharField(max_length=500, null=True)
    jurisdiction = fields.CharField(max_length=50, null=True)
    country = fields.CharField(max_length=2, null=True)
    state = fields.CharField(max_length=50, null=True)
    tax_type = fields.CharField(max_length=20, null=True)
    percentage = fields.CharField(max_length=8)
    """0 to 100 with four decimals, as text because SQLite keeps no exact decimals."""
    inclusive = fields.BooleanField()
    active = fields.BooleanField(default=True)
    origin = fields.CharField(max_length=120, null=True)
    """What automatic tax made the rate for, so that it is made once; null for one that was made by hand."""

    class Meta:
        table = "tax_rates"
        indexes = (("account_id", "livemode", "id"),)
        unique_together = (("account_id", "livemode", "origin"),)


class TaxRegistration(Owned):
    """A place where the account collects tax, from `active_from` until `expires_at`."""

    country = fields.CharField(max_length=2)
    state = fields.CharField(max_length=50, null=True)
    active_from: datetime = instant()
    expires_at: datetime | None = instant(null=True)

    class Meta:
        table = "tax_registrations"
        indexes = (("account_id", "livemode", "id"),)
