"""One kept page, in this process's memory and in the cache that processes share."""

import gzip
import hashlib
import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import NamedTuple

import brotli
from django.core.cache import caches

from home.pagecache.generation import Generation

PAGES = "pages"  # the cache, among the settings', that processes share them in
MEMORY_BYTES = 16 * 1024 * 1024  # some 400 pages in three codings
KEEP_SECONDS = 24 * 3600  # the last good copy outlives its freshness, for the day the database is gone
LEAST_BYTES = 200  # below this, compressing costs more than it saves
SHAPE = 2  # of Page, as it lies in the shared cache; raised when its fields change, so that an upgrade reads no old one
Headers = list[tuple[str, str]]


class Copy(NamedTuple):
    """A page in one content coding, ready to be sent."""

    etag: str
    headers: Headers
    body: bytes


@dataclass
class Page:
    """A rendered page. Times are nanoseconds since the epoch, UTC; generation and `as_of` were read before rendering began."""

    generation: Generation
    as_of: int
    until: int
    copies: dict[str, Copy]  # by content coding: "" is plain
    seen_at: int  # when this process last saw that it is fresh

    @property
    def size(self) -> int:
        return sum(len(copy.body) for copy in self.copies.values()) + 3000


def make_page(generation: Generation, as_of: int, seconds: int, headers: Headers, body: bytes) -> Page:
    """`body` in the three codings readers ask for, each with a strong tag of its own."""
    bodies = {"": body}
    if len(body) >= LEAST_BYTES and is_text(headers):
        bodies["br"] = brotli.compress(body, quality=5)
        bodies["gzip"] = gzip.compress(body, 6, mtime=0)
    digest = hashlib.sha256(body).hexdigest()[:24]
    shared = [item for item in headers if item[0].lower() not in ("content-length", "etag", "vary")]
    copies = {
        coding: make_copy(f'"{digest}{coding and "-" + coding}"', shared, coding, body)
        for coding, body in bodies.items()
    }
    return Page(generation, as_of, as_of + seconds * 1_000_000_000, copies, seen_at=as_of)


def make_copy(etag: str, shared: Headers, coding: str, body: bytes) -> Copy:
    headers = [*shared, ("Vary", "Accept-Encoding"), ("ETag", etag), ("Content-Length", str(len(body)))]
    if coding:
        headers.append(("Content-Encoding", coding))
    return Copy(etag, headers, body)


def is_text(headers: Headers) -> bool:
    kind = next((value for name, value in headers if name.lower() == "content-type"), "")
    return kind.startswith("text/") or any(word in kind for word in ("json", "xml"))


class Store:
    """Pages in memory, at most MEMORY_BYTES (what was stored longest ago goes first); behind them the shared cache."""

    def __init__(self, memory_bytes: int = MEMORY_BYTES):
        self.memory: OrderedDict[str, Page] = OrderedDict()
        self.room = memory_bytes
        self.lock = threading.Lock()

    def near(self, key: str) -> Page | None:
        return self.memory.get(key)

    def latest(self, key: str) -> Page | None:
        """The shared copy, or this process's own where that is as new: it knows when it was last seen to be fresh."""
        own = self.near(key)
        try:
            page = caches[PAGES].get(name_of(key))
        except Exception:  # noqa: BLE001 - without its cache the site is slower, not gone
            page = None
        if page is None or (own is not None and own.as_of >= page.as_of):
            return own
        self._remember(key, page)
        return page

    def keep(self, key: str, page: Page) -> None:
        self._remember(key, page)
        try:
            caches[PAGES].set(name_of(key), page, KEEP_SECONDS)
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
    return f"page{SHAPE}:" + hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()
