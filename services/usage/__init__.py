"""Usage: meters, the events that they count, and what a customer used within a time."""

from services.usage.adjustments import AdjustmentDraft, Adjustments
from services.usage.alerts import AlertDraft, Alerts, AlertSearch
from services.usage.answers import MeterEventAdjustment, MeterEventVerdict
from services.usage.drafts import MeterChange, MeterDraft, MeterSearch
from services.usage.meter_events import MeterEventDraft, MeterEvents
from services.usage.meters import Meters
from services.usage.readings import Reading, Readings
from services.usage.recording import Recording, Verdict
from services.usage.summaries import EventSummary, Summing

__all__ = [
    "AdjustmentDraft",
    "Adjustments",
    "AlertDraft",
    "AlertSearch",
    "Alerts",
    "EventSummary",
    "MeterChange",
    "MeterDraft",
    "MeterEventAdjustment",
    "MeterEventDraft",
    "MeterEventVerdict",
    "MeterEvents",
    "MeterSearch",
    "Meters",
    "Reading",
    "Readings",
    "Recording",
    "Summing",
    "Verdict",
]
