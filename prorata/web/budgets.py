"""What each key may cost within a window, in this process."""

from dataclasses import dataclass

from prorata.web.limits import Limits
from schema.errors import CostLimitExceeded, RateLimited

_KEYS_MAX = 10_000


@dataclass(slots=True)
class _Window:
    began_at: int
    spent: int = 0


class Budgets:
    """Counts per key, with windows that begin at its first request. Times are unix seconds, handed in."""

    def __init__(self, *, budget: int, window_seconds: int, cost_max: int) -> None:
        self._budget = budget
        self._seconds = window_seconds
        self._cost_max = cost_max
        self._windows: dict[str, _Window] = {}

    @classmethod
    def within(cls, limits: Limits) -> "Budgets":
        """Budgets as the limits say."""
        return cls(budget=limits.budget, window_seconds=limits.window_seconds, cost_max=limits.cost_max)

    def spend(self, key_id: str, cost: int, now: int) -> int:
        """What remains of the key's budget after this request. Refuses one too costly in itself, or beyond the rest."""
        if cost > self._cost_max:
            raise CostLimitExceeded(
                f"The request costs {cost} and may cost {self._cost_max}: ask for shorter pages or fewer levels.",
                cost=cost,
                costMax=self._cost_max,
            )
        window = self._windows.get(key_id)
        if window is None or now - window.began_at >= self._seconds or now < window.began_at:
            window = self._opened(key_id, now)
        if window.spent + cost > self._budget:
            wait = self._seconds - (now - window.began_at)
            raise RateLimited(
                f"This key has used up its budget of {self._budget} for {self._seconds} seconds; "
                f"send the request again in {wait} seconds.",
                retryAfterSeconds=wait,
            )
        window.spent += cost
        return self._budget - window.spent

    def _opened(self, key_id: str, now: int) -> _Window:
        if len(self._windows) >= _KEYS_MAX:
            self._windows = {key: each for key, each in self._windows.items() if now - each.began_at < self._seconds}
        window = self._windows[key_id] = _Window(now)
        return window
