"""Everything that time will cause: one row per future action."""

from datetime import datetime

from tortoise import fields

from models.base import Owned, instant


class AgendaEntry(Owned):
    """An action due at a moment of its clock: the test clock's frozen time, or the system's when there is none."""

    kind = fields.CharField(max_length=40)
    subject_id = fields.CharField(max_length=40)
    due_at: datetime = instant()
    rank = fields.SmallIntField(default=0)
    """Order among what is due at one moment, smallest first (`domain.agenda.rank_of`)."""
    test_clock_id = fields.CharField(max_length=40, null=True)
    attempts = fields.IntField(default=0)
    last_error = fields.TextField(null=True)

    class Meta:
        table = "agenda"
        indexes = (("test_clock_id", "due_at", "rank", "id"),)
        unique_together = (("subject_id", "kind"),)
