"""The WSGI layer: answer from the cache, or let one request render while the others get the last good copy."""

import threading
import time
from collections.abc import Callable, Iterable

from django.conf import settings
from django.core.cache import cache as shared_cache

from home.pagecache import rules
from home.pagecache.generation import moments
from home.pagecache.store import Headers, Page, Store, make_page, name_of

SECOND = 1_000_000_000
RENDER_SECONDS = 10  # how long one process may hold the right to render a page
WAIT_SECONDS = 5.0  # how long others wait for it where there is no copy to show
Application = Callable[[dict, Callable], Iterable[bytes]]


class PageCache:
    """Wraps a WSGI application. Fresh: answered from memory. Stale: rendered once, shared by all."""

    def __init__(self, application: Application, on_hit: Callable[[], None] = lambda: None):
        self.application = application
        self.store = Store()
        self.rendering: dict[str, threading.Lock] = {}
        self.on_hit = on_hit
        moments()  # begin before the first page is rendered: what is older than the beginning is stale

    def __call__(self, environ: dict, start_response: Callable) -> Iterable[bytes]:
        request = rules.read(environ)
        if request is None:
            return self.application(environ, start_response)
        page = self.store.near(request.key)
        if page is None or not is_fresh(page):
            page = self.store.far(request.key) or page
        if page is not None and is_fresh(page):
            return self.answer(page, environ, start_response)
        return self.render_once(request, page, environ, start_response)

    def render_once(self, request: rules.Request, page: Page | None, environ: dict, start_response: Callable):
        """One request in all processes renders; the others get the last good copy, or wait where there is none."""
        lock = self.rendering.setdefault(request.key, threading.Lock())
        deadline = time.monotonic() + WAIT_SECONDS
        while not (lock.acquire(blocking=False) and self.claim(request.key, lock)):
            if page is not None and is_tolerable(page):
                return self.answer(page, environ, start_response)
            if time.monotonic() > deadline:
                return self.application(environ, start_response)
            time.sleep(0.01)
            page = self.store.far(request.key) or page
            if page is not None and is_fresh(page):
                return self.answer(page, environ, start_response)
        try:
            # Whoever had the right before may have just finished.
            latest = self.store.far(request.key) or page
            if latest is not None and is_fresh(latest):
                return self.answer(latest, environ, start_response)
            return self.render(request, latest, environ, start_response)
        finally:
            release(request.key)
            lock.release()
            self.rendering.pop(request.key, None)

    def claim(self, key: str, lock: threading.Lock) -> bool:
        """The right to render `key` among all processes; `lock` is given back where another has it."""
        try:
            claimed = shared_cache.add(name_of(key) + ":rendering", 1, RENDER_SECONDS)
        except Exception:  # noqa: BLE001 - no shared cache: each process renders for itself
            claimed = True
        if not claimed:
            lock.release()
        return claimed

    def render(self, request: rules.Request, last: Page | None, environ: dict, start_response: Callable):
        as_of = time.time_ns()  # before anything is read: a change during rendering makes this page stale
        inner = (
            dict(environ, QUERY_STRING=request.query, REQUEST_METHOD="GET") if request.stripped else environ
        )
        if environ["REQUEST_METHOD"] == "HEAD":
            inner = dict(inner, REQUEST_METHOD="GET")
        status, headers, body = collect(self.application, inner)
        seconds = lifetime(status, headers)
        if seconds is not None:
            page = make_page(as_of, seconds, headers, body)
            self.store.keep(request.key, page)
            return self.answer(page, environ, start_response, hit=False)
        if status.startswith("5") and last is not None and not was_removed(last):
            return self.answer(last, environ, start_response)
        if inner is not environ:  # not a page to keep (a redirect, say): with all its parameters, then
            return self.application(environ, start_response)
        start_response(status, headers)
        return [body]

    def answer(self, page: Page, environ: dict, start_response: Callable, hit: bool = True) -> list[bytes]:
        if hit:
            self.on_hit()
        coding = choose(environ.get("HTTP_ACCEPT_ENCODING", ""), page)
        etag = page.etags[coding]
        headers = [*page.headers, ("ETag", etag)]
        if matches(environ.get("HTTP_IF_NONE_MATCH", ""), page):
            start_response("304 Not Modified", [item for item in headers if item[0] != "Content-Type"])
            return [b""]
        body = page.bodies[coding]
        if coding:
            headers.append(("Content-Encoding", coding))
        headers.append(("Content-Length", str(len(body))))
        start_response("200 OK", headers)
        return [b"" if environ["REQUEST_METHOD"] == "HEAD" else body]


def release(key: str) -> None:
    try:
        shared_cache.delete(name_of(key) + ":rendering")
    except Exception:  # noqa: BLE001, S110 - it runs out by itself
        pass


def is_fresh(page: Page) -> bool:
    changed, removed = moments().read()
    return page.as_of > changed and page.as_of > removed and time.time_ns() < page.until


def is_tolerable(page: Page) -> bool:
    """Stale, but for a second at most, and nothing in it was taken away: good enough while a new one is made."""
    changed, removed = moments().read()
    if page.as_of <= removed:
        return False
    stale_since = changed if page.as_of <= changed else page.until
    return time.time_ns() - stale_since < SECOND


def was_removed(page: Page) -> bool:
    return page.as_of <= moments().read()[1]


def choose(accepted: str, page: Page) -> str:
    for coding in ("br", "gzip"):
        if coding in accepted and coding in page.bodies and f"{coding};q=0" not in accepted.replace(" ", ""):
            return coding
    return ""


def matches(asked: str, page: Page) -> bool:
    if not asked:
        return False
    tags = {tag.strip().removeprefix("W/") for tag in asked.split(",")}
    return "*" in tags or not tags.isdisjoint(page.etags.values())


def lifetime(status: str, headers: Headers) -> int | None:
    """Seconds that the answer may be kept, or None: only whole pages for everybody."""
    found = {name.lower(): value for name, value in headers}
    if (
        not status.startswith("200")
        or "set-cookie" in found
        or "public" not in found.get("cache-control", "")
    ):
        return None
    return settings.PAGE_CACHE_SECONDS


def collect(application: Application, environ: dict) -> tuple[str, Headers, bytes]:
    """The whole answer of a WSGI application."""
    started: list = []
    chunks: list[bytes] = []

    def start(status, headers, exc_info=None):
        started[:] = [status, headers]
        return chunks.append

    answer = application(environ, start)
    try:
        chunks.extend(answer)
    finally:
        if hasattr(answer, "close"):
            answer.close()
    return started[0], started[1], b"".join(chunks)
