import threading
import time

from django.core.cache import caches

from home.pagecache.store import PAGES, name_of

ASK_EVERY = 0.02  # seconds between two questions whether another process still renders a page
SECONDS = 3  # that a turn lasts at most: the process that has it may have been killed


class Turns:
    """Who renders a page: one request at a time in this process, and among all processes that share the cache."""

    def __init__(self):
        self.ours: set[str] = set()
        self.others: dict[
            str, float
        ] = {}  # until when we need not ask again whether another process has the turn
        self.lock = threading.Lock()

    def take(self, key: str) -> bool:
        with self.lock:
            if key in self.ours:
                return False
            self.ours.add(key)
        try:
            taken = caches[PAGES].add(name_of(key) + ":turn", 1, SECONDS)
        except Exception:  # noqa: BLE001 - no shared cache: each process renders for itself
            taken = True
        if taken:
            self.others.pop(key, None)
        else:
            self.others[key] = time.monotonic() + ASK_EVERY
            self.ours.discard(key)
        return taken

    def is_known_taken(self, key: str) -> bool:
        """Does somebody render it, as far as this process knows without asking?"""
        return key in self.ours or time.monotonic() < self.others.get(key, 0)

    def is_taken(self, key: str) -> bool:
        try:
            return key in self.ours or caches[PAGES].has_key(name_of(key) + ":turn")
        except Exception:  # noqa: BLE001 - as above
            return False

    def give_back(self, key: str) -> None:
        self.ours.discard(key)
        try:
            caches[PAGES].delete(name_of(key) + ":turn")
        except Exception:  # noqa: BLE001, S110 - it runs out by itself
            pass
