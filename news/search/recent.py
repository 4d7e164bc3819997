"""What this process made last, for who asks for the same next: only so much, only for a while, only while it is true."""

import time
from collections.abc import Hashable
from threading import Lock
from typing import Any, NamedTuple

AT_MOST = 300  # seconds


class Made(NamedTuple):
    value: Any
    true_for: tuple[int, ...]
    made_at: float  # time.monotonic(), seconds


class Recent:
    """The `most` values that were used last, in memory alone. Callers must not change them; threads share them.

    `now` is the moment of what a value depends on, as the caller read it before it made the value (generation.moments):
    a value of another moment is not found.
    """

    def __init__(self, most: int):
        self.most = most
        self.made: dict[Hashable, Made] = {}
        self._lock = Lock()

    def find(self, key: Hashable, now: tuple[int, ...]) -> Any | None:
        with self._lock:
            found = self.made.pop(key, None)
            if found is None or found.true_for != now or time.monotonic() - found.made_at > AT_MOST:
                return None
            self.made[key] = found  # the last used stands last
            return found.value

    def keep(self, key: Hashable, now: tuple[int, ...], value: Any) -> None:
        with self._lock:
            self.made[key] = Made(value, now, time.monotonic())
            while len(self.made) > self.most:
                del self.made[next(iter(self.made))]

    def clear(self) -> None:
        with self._lock:
            self.made.clear()
