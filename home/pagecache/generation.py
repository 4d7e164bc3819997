"""The two moments since which kept pages are stale, shared by all processes.

`changed`: something a page may show has changed. A page from before is rendered again; while one request does so,
the others may get the last good copy, for a second at most.
`removed`: something was taken away (unpublished, taken down, made private). A page from before is never shown again.

Both are nanoseconds since the epoch, UTC. On one machine they are the modification times of two files, so that asking
costs a microsecond and the answer is exact. With a shared cache (CACHE_URL) they stand there, and are asked for
five times a second at most.
"""

import os
import time
from functools import cache
from pathlib import Path

from django.conf import settings
from django.core.cache import cache as shared_cache
from django.db import transaction

ASK_EVERY = 0.2  # seconds between two questions to a shared cache


class FileMoments:
    def __init__(self, folder: Path):
        folder.mkdir(parents=True, exist_ok=True)
        self.files = {name: str(folder / f"pages-{name}") for name in ("changed", "removed")}
        for name, file in self.files.items():
            if not os.path.exists(file):
                self.mark(name)

    def read(self) -> tuple[int, int]:
        try:
            return os.stat(self.files["changed"]).st_mtime_ns, os.stat(self.files["removed"]).st_mtime_ns
        except FileNotFoundError:  # the data folder was emptied under us: nothing kept is to be trusted
            now = time.time_ns()
            return now, now

    def mark(self, name: str) -> None:
        now = time.time_ns()
        os.close(os.open(self.files[name], os.O_CREAT | os.O_WRONLY, 0o644))
        os.utime(self.files[name], ns=(now, now))


class SharedMoments:
    def __init__(self):
        self.known = (0, 0)
        self.asked_at = 0.0

    def read(self) -> tuple[int, int]:
        now = time.monotonic()
        if now - self.asked_at > ASK_EVERY:
            self.asked_at = now
            try:
                found = shared_cache.get_many(["pages-changed", "pages-removed"])
            except Exception:  # noqa: BLE001 - the cache server is gone: the last known moments stand, readers are served
                return self.known
            self.known = (found.get("pages-changed", 0), found.get("pages-removed", 0))
        return self.known

    def mark(self, name: str) -> None:
        shared_cache.set(f"pages-{name}", time.time_ns(), None)
        self.asked_at = 0.0


@cache
def moments() -> FileMoments | SharedMoments:
    return SharedMoments() if settings.CACHE_URL else FileMoments(settings.DATA_DIR)


def changed(**_signal) -> None:
    """After the commit, kept pages are stale. Also a signal receiver."""
    transaction.on_commit(lambda: moments().mark("changed"), robust=True)


def removed(**_signal) -> None:
    """After the commit, no kept page is shown again. Also a signal receiver."""
    transaction.on_commit(lambda: moments().mark("removed"), robust=True)
