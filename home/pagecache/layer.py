"""The WSGI layer: answer from the cache, or let one request render while the others get the last good copy."""

import re
import time
from collections.abc import Callable, Iterable

from django.conf import settings

from home.pagecache import rules
from home.pagecache.generation import moments
from home.pagecache.store import Copy, Headers, Page, Store, make_page
from home.pagecache.turns import Turns

SECOND = 1_000_000_000
STALE_AT_MOST = 0.9 * SECOND  # while another request renders
WAIT_SECONDS = 5.0  # for the other request, where there is no copy to show
RETRY_SECONDS = 5.0  # after a rendering that failed, until the next one
# What makes an answer one reader's own; what is rendered for everybody knows nothing of it.
PERSONAL = {"HTTP_COOKIE", "HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_IF_RANGE", "HTTP_RANGE"}
REFUSED = re.compile(r"\s*q\s*=\s*0(\.0*)?\s*", re.ASCII)
Application = Callable[[dict, Callable], Iterable[bytes]]


class PageCache:
    """Wraps a WSGI application. Fresh: answered from memory. Stale: rendered once, shared by all.

    `on_hit` is called for each answer that nobody had to render for this request.
    """

    def __init__(self, application: Application, on_hit: Callable[[], None] = lambda: None):
        self.application = application
        self.on_hit = on_hit
        self.store = Store()
        self.turns = Turns()
        self.retry_at: dict[str, float] = {}  # pages whose last rendering failed
        moments()  # begin before the first page is rendered: what is older than the beginning is stale

    def __call__(self, environ: dict, start_response: Callable) -> Iterable[bytes]:
        request = rules.read(environ)
        if request is None:
            return self.application(environ, start_response)
        page = self.store.near(request.key)
        if page is None or not self.is_good(request.key, page):
            page = self.store.latest(request.key)
        if page is not None and self.is_good(request.key, page):
            return self.answer(page, environ, start_response)
        if self.turns.take(request.key):
            try:
                return self.render(request, environ, start_response)
            finally:
                self.turns.give_back(request.key)
        page = self.wait(request.key)
        if page is not None:
            return self.answer(page, environ, start_response)
        return self.render(request, environ, start_response)

    def is_good(self, key: str, page: Page) -> bool:
        """Fresh; or the last good copy, where somebody renders it anew or has just failed to."""
        if is_fresh(page):
            return True
        if was_removed(page):
            return False
        is_under_way = self.turns.is_known_taken(key) and is_recent(page)
        return is_under_way or time.monotonic() < self.retry_at.get(key, 0)

    def wait(self, key: str) -> Page | None:
        """While another request renders: the last good copy, or what the other makes; None where it makes none."""
        end = time.monotonic() + WAIT_SECONDS
        while True:
            is_under_way = self.turns.is_taken(key) and time.monotonic() < end
            page = self.store.latest(key)
            if page is not None and not was_removed(page):
                if is_fresh(page) or is_recent(page) or key in self.retry_at:
                    return page
            if not is_under_way:
                return None
            time.sleep(0.01)

    def render(self, request: rules.Request, environ: dict, start_response: Callable) -> Iterable[bytes]:
        page = self.store.latest(request.key)
        if page is not None and is_fresh(page):  # whoever had the turn before has just finished
            return self.answer(page, environ, start_response)
        generation, as_of = moments().read(), time.time_ns()  # before anything else is read
        for_everybody = impersonal(request, environ)
        status, headers, body = collect(self.application, for_everybody)
        if may_be_kept(status, headers):
            self.retry_at.pop(request.key, None)
            page = make_page(generation, as_of, settings.PAGE_CACHE_SECONDS, headers, body)
            self.store.keep(request.key, page)
            return send(page, environ, start_response)
        if status.startswith("5") and page is not None and not was_removed(page):
            self.retry_at[request.key] = time.monotonic() + RETRY_SECONDS
            return self.answer(page, environ, start_response)
        if for_everybody != environ:  # a redirect, say, that keeps all parameters
            return self.application(environ, start_response)
        start_response(status, headers)
        return [body]

    def answer(self, page: Page, environ: dict, start_response: Callable) -> list[bytes]:
        self.on_hit()
        return send(page, environ, start_response)


def is_fresh(page: Page) -> bool:
    now = time.time_ns()
    if page.generation != moments().read() or now >= page.until:
        return False
    page.seen_at = now
    return True


def is_recent(page: Page) -> bool:
    """Was fresh less than a second ago, as this process saw: good enough while a new one is made."""
    return time.time_ns() - page.seen_at < STALE_AT_MOST


def was_removed(page: Page) -> bool:
    return page.generation.removed != moments().read().removed


def impersonal(request: rules.Request, environ: dict) -> dict:
    """The request that renders the page for everybody."""
    kept = {name: value for name, value in environ.items() if name not in PERSONAL}
    return kept | {"REQUEST_METHOD": "GET", "QUERY_STRING": request.query}


def may_be_kept(status: str, headers: Headers) -> bool:
    """A whole page that says it is public, sets no cookie and is the same whatever the request's headers say."""
    found = {name.lower(): value.lower() for name, value in headers}
    return (
        status.startswith("200")
        and "public" in found.get("cache-control", "")
        and found.get("vary", "") in ("", "accept-encoding")
        and not {"set-cookie", "content-encoding"} & found.keys()
    )


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


def send(page: Page, environ: dict, start_response: Callable) -> list[bytes]:
    """The page as this reader wants it: in a coding it takes, or 304, or without its body."""
    copy = page.copies[choose(environ.get("HTTP_ACCEPT_ENCODING", ""), page)]
    # With its age, shared caches further out keep it no longer than we do.
    age = ("Age", str(max(0, time.time_ns() - page.as_of) // SECOND))
    if matches(environ, copy):
        left_out = ("Content-Type", "Content-Length", "Content-Encoding")
        start_response("304 Not Modified", [item for item in [*copy.headers, age] if item[0] not in left_out])
        return []
    start_response("200 OK", [*copy.headers, age])
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [copy.body]


def choose(accepted: str, page: Page) -> str:
    """The best content coding of a page that an Accept-Encoding header takes."""
    takes = {}
    for part in accepted.lower().split(","):
        name, _, weight = part.partition(";")
        takes[name.strip()] = not REFUSED.fullmatch(weight)
    return next((coding for coding in ("br", "gzip") if takes.get(coding) and coding in page.copies), "")


def matches(environ: dict, copy: Copy) -> bool:
    """If-None-Match: a list of tags, weak or strong, or "*". Without it, If-Modified-Since: the very date that we
    gave, for taking a story away sets it back."""
    asked = environ.get("HTTP_IF_NONE_MATCH", "")
    if not asked:
        return ("Last-Modified", environ.get("HTTP_IF_MODIFIED_SINCE")) in copy.headers
    return not {"*", copy.etag}.isdisjoint(tag.strip().removeprefix("W/") for tag in asked.split(","))
