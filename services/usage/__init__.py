"""Usage: meters, the events that they count, and what a customer used within a time."""

from services.usage.readings import Reading, Readings

__all__ = ["Reading", "Readings"]
