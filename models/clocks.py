"""Test clocks: a present of their own for the customers attached to them."""

from datetime import datetime

from tortoise import fields

from models.base import Owned, instant


class TestClock(Owned):
    """A frozen present that moves forward only. While it is advancing, `target_at` is where it goes."""

    __test__ = False  # pytest takes classes named Test… for tests

    name = fields.CharField(max_length=300, null=True)
    frozen_at: datetime = instant()
    target_at: datetime | None = instant(null=True)
    status = fields.CharField(max_length=20)
    last_error = fields.TextField(null=True)
    claimed_by = fields.CharField(max_length=40, null=True)
    """Who carries out the advance; every step confirms it, so two runners never both go on."""
    claimed_until: datetime | None = instant(null=True)
    """Until this moment of the system's time the runner owns the advance; after it another may take over."""

    class Meta:
        table = "test_clocks"
        indexes = (("account_id", "livemode", "id"), ("status",))
