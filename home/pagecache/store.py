"""One kept page, in this process's memory and in the cache that processes share."""

import gzip
import hashlib
import threading
from collections import OrderedDict
from dataclasses import dataclass

import brotli
from django.core.cache import cache as shared_cache

MEMORY_BYTES = 16 * 1024 * 1024  # some 400 pages in three encodings
KEEP_SECONDS = 24 * 3600  # the last good copy outlives its freshness, for the day the database is gone
LEAST_BYTES = 200  # below this, compressing costs more than it saves
Headers = list[tuple[str, str]]


@dataclass(frozen=True)
class Page:
    """A rendered page; `as_of` and `until` are nanoseconds since the epoch, read before rendering began."""

    as_of: int
    until: int
    headers: Headers
    bodies: dict[str, bytes]
    etags: dict[str, str]

    @property
    def size(self) -> int:
        return sum(map(len, self.bodies.values())) + 1000


def make_page(as_of: int, seconds: int, headers: Headers, body: bytes) -> Page:
    """`body` in the three encodings readers ask for, each with a strong tag of its own."""
    bodies = {"": body}
    if len(body) >= LEAST_BYTES and is_text(headers):
        bodies["br"] = brotli.compress(body, quality=5)
        bodies["gzip"] = gzip.compress(body, 6, mtime=0)
    digest = hashlib.sha256(body).hexdigest()[:24]
    etags = {coding: f'"{digest}{"-" + coding if coding else ""}"' for coding in bodies}
    dropped = {"content-length", "etag", "vary"}
    headers = [(name, value) for name, value in headers if name.lower() not in dropped]
    headers.append(("Vary", "Accept-Encoding"))
    return Page(as_of, as_of + seconds * 1_000_000_000, headers, bodies, etags)


def is_text(headers: Headers) -> bool:
    kind = next((value for name, value in headers if name.lower() == "content-type"), "")
    return kind.startswith("text/") or any(word in kind for word in ("json", "xml"))


class Store:
    """Least recently used pages in memory, at most MEMORY_BYTES; behind them the shared cache."""

    def __init__(self, memory_bytes: int = MEMORY_BYTES):
        self.memory: OrderedDict[str, Page] = OrderedDict()
        self.room = memory_bytes
        self.lock = threading.Lock()

    def near(self, key: str) -> Page | None:
        return self.memory.get(key)

    def far(self, key: str) -> Page | None:
        try:
            page = shared_cache.get(name_of(key))
        except Exception:  # noqa: BLE001 - without its cache the site is slower, not gone
            return None
        if page is not None:
            self._remember(key, page)
        return page

    def keep(self, key: str, page: Page) -> None:
        self._remember(key, page)
        try:
            shared_cache.set(name_of(key), page, KEEP_SECONDS)
        except Exception:  # noqa: BLE001, S110 - as above; memory has it
            pass

    def _remember(self, key: str, page: Page) -> None:
        with self.lock:
            old = self.memory.pop(key, None)
            self.room += old.size if old else 0
            self.memory[key] = page
            self.room -= page.size
            while self.room < 0 and self.memory:
                self.room += self.memory.popitem(last=False)[1].size


def name_of(key: str) -> str:
    """Addresses are of any length and alphabet; cache keys are not."""
    return "page:" + hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()
