"""The system's time. Nothing else in the house reads it."""

import time
from datetime import UTC, datetime


class SystemClock:
    """The clock of everything that is on no test clock."""

    def now(self) -> datetime:
        """The present in UTC, cut to the second."""
        return datetime.fromtimestamp(int(time.time()), UTC)

    def ticks(self) -> int:
        """Microseconds since the epoch."""
        return time.time_ns() // 1000


SYSTEM_CLOCK = SystemClock()
