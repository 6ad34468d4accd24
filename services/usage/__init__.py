"""Usage: meters, the events that they count, and what a customer used within a time."""

from services.usage.drafts import MeterChange, MeterDraft, MeterSearch
from services.usage.meters import Meters
from services.usage.readings import Reading, Readings

__all__ = ["MeterChange", "MeterDraft", "MeterSearch", "Meters", "Reading", "Readings"]
