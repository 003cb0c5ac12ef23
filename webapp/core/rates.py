"""How fast one person may act: token buckets in memory, one table a kind of act."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from flask_babel import lazy_gettext as _l

from webapp.core.errors import RateLimited

FORGET_ABOVE = 5_000


class Rate:
    """`per_second` acts in the long run, `burst` at once."""

    def __init__(self, per_second: float, burst: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_second = per_second
        self._burst = burst
        self._clock = clock
        self._buckets: dict[str, tuple[float, float]] = {}

    def take(self, key: str) -> None:
        """Count one act of `key`. Raises RateLimited, which says after how many seconds to retry."""
        instant = self._clock()
        left, since = self._buckets.get(key, (float(self._burst), instant))
        left = min(float(self._burst), left + (instant - since) * self._per_second)
        if left < 1:
            self._buckets[key] = (left, instant)
            wait = math.ceil((1 - left) / self._per_second)
            raise RateLimited(_l("Trop d’envois à la suite. Attendez un instant."), retry_after=max(1, wait))
        self._buckets[key] = (left - 1, instant)
        if len(self._buckets) > FORGET_ABOVE:
            self._forget(instant)

    def _forget(self, instant: float) -> None:
        """Drop buckets that are full again: they say nothing."""
        full = self._burst / self._per_second
        self._buckets = {key: kept for key, kept in self._buckets.items() if instant - kept[1] < full}


messages = Rate(per_second=20, burst=600)
gestures = Rate(per_second=100, burst=1_000)  # joining, reading, typing
guests = Rate(per_second=0.5, burst=20)  # answers of somebody outside
sync = Rate(per_second=2_000 / 60, burst=2_000)  # acts replayed from an outbox
exports = Rate(per_second=1 / 6, burst=20)  # files made of lists
