"""The generation of what readers see, shared by all processes: a page of an older generation is stale.

`changed`: something a page may show has changed. A page from before is rendered again; while one request does so,
the others may get the last good copy, for a second at most.
`removed`: something was taken away (unpublished, taken down, made private). A page from before is never shown again.

Both are the moment at which it happened, in nanoseconds since the epoch, UTC. Whether a page is stale is asked by
comparing for equality, so that the clocks of several machines need not agree. On one machine they are the modification
times of two files: asking costs a microsecond and the answer is exact. With a shared cache (CACHE_URL) they stand
there, and are asked for twenty times a second at most.
"""

import os
import time
from functools import cache
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.core.cache import cache as shared_cache
from django.db import transaction

ASK_EVERY = 0.05  # seconds between two questions to a shared cache


class Generation(NamedTuple):
    changed: int
    removed: int


class FileMoments:
    def __init__(self, kind: type[NamedTuple], folder: Path):
        folder.mkdir(parents=True, exist_ok=True)
        self.kind = kind
        self.files = {name: str(folder / f"pages-{name}") for name in kind._fields}
        for name, file in self.files.items():
            if not os.path.exists(file):
                self.mark(name)

    def read(self) -> NamedTuple:
        try:
            return self.kind(*(os.stat(file).st_mtime_ns for file in self.files.values()))
        except FileNotFoundError:  # the data folder was emptied under us: nothing kept is to be trusted
            return self.kind(*(time.time_ns() for _name in self.files))

    def mark(self, name: str) -> None:
        with open(self.files[name], "ab") as file:
            # Two changes in one tick of the clock are two.
            moment = max(time.time_ns(), os.stat(file.fileno()).st_mtime_ns + 1)
            os.utime(file.fileno(), ns=(moment, moment))


class SharedMoments:
    def __init__(self, kind: type[NamedTuple]):
        self.keys = {name: f"pages-{name}" for name in kind._fields}
        self.known = kind(*(0 for _name in self.keys))
        self.asked_at = 0.0

    def read(self) -> NamedTuple:
        if time.monotonic() - self.asked_at > ASK_EVERY:
            self.asked_at = time.monotonic()
            try:
                found = shared_cache.get_many(self.keys.values())
            except Exception:  # noqa: BLE001 - whatever a cache server's end looks like
                found = {}
            # Where it cannot be asked, or came back empty, the last known moments stand, and readers are served.
            now = (found.get(key, known) for key, known in zip(self.keys.values(), self.known, strict=True))
            self.known = type(self.known)(*now)
        return self.known

    def mark(self, name: str) -> None:
        moment = time.time_ns()
        shared_cache.set(self.keys[name], moment, None)
        # Known here at once, also to whoever does not ask because another thread is asking.
        self.known = self.known._replace(**{name: moment})
        self.asked_at = 0.0


@cache
def moments(kind: type[NamedTuple] = Generation) -> FileMoments | SharedMoments:
    """The moments that this tuple names."""
    return SharedMoments(kind) if settings.CACHE_URL else FileMoments(kind, settings.DATA_DIR)


def changed(**_signal) -> None:
    """After the commit, kept pages are stale. Also a signal receiver."""
    transaction.on_commit(lambda: moments().mark("changed"), robust=True)


def removed(**_signal) -> None:
    """After the commit, no kept page is shown again. Also a signal receiver."""
    transaction.on_commit(lambda: moments().mark("removed"), robust=True)
