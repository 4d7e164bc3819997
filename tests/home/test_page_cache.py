"""The layer ahead of Django, over a small WSGI application that counts how often it is asked."""

import gzip
import threading

import brotli
import pytest

from home.pagecache.generation import moments
from home.pagecache.layer import PageCache, collect

PUBLIC = [("Content-Type", "text/html; charset=utf-8"), ("Cache-Control", "public, max-age=0")]


class Counting:
    """A WSGI application: answers with its counter, padded so that compressing pays."""

    def __init__(self, status="200 OK", headers=PUBLIC):
        self.calls = 0
        self.status = status
        self.headers = headers
        self.queries = []
        self.gate = threading.Event()
        self.gate.set()

    def __call__(self, environ, start_response):
        self.calls += 1
        call = self.calls
        self.queries.append(environ["QUERY_STRING"])
        self.gate.wait(10)
        start_response(self.status, list(self.headers))
        return [f"page {call} ".encode() * 100]


@pytest.fixture(params=["files", "shared"])
def counting(request, settings, tmp_path):
    """With the moments in files, as on one machine, and in a shared cache, as on many."""
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.DATA_DIR = tmp_path
    settings.CACHE_URL = "" if request.param == "files" else "redis://"
    moments.cache_clear()
    yield Counting()
    moments.cache_clear()


def ask(application, path="/", query="", method="GET", **headers):
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "HTTP_HOST": "testserver",
        "wsgi.url_scheme": "http",
        **headers,
    }
    status, found, body = collect(application, environ)
    return status, dict(found), body


def test_a_page_is_rendered_once_for_many_readers(counting):
    layer = PageCache(counting)

    bodies = {ask(layer)[2] for _ in range(5)}

    assert counting.calls == 1
    assert len(bodies) == 1


def test_a_change_makes_the_kept_page_stale_at_once(counting):
    layer = PageCache(counting)
    ask(layer)

    moments().mark("changed")

    assert b"page 2" in ask(layer)[2]


def test_a_second_process_gets_what_the_first_rendered(counting):
    ask(PageCache(counting))

    ask(PageCache(counting))

    assert counting.calls == 1


def test_while_one_renders_the_others_get_the_last_good_copy(counting):
    layer = PageCache(counting)
    ask(layer)
    moments().mark("changed")
    counting.gate.clear()
    answers = []
    first = threading.Thread(target=lambda: answers.append(ask(layer)[2]))
    first.start()
    while counting.calls < 2:
        pass

    meanwhile = ask(layer)[2]
    counting.gate.set()
    first.join()

    assert b"page 1 " in meanwhile
    assert b"page 2 " in answers[0]


def test_what_was_taken_away_is_never_shown_while_another_renders(counting):
    layer = PageCache(counting)
    ask(layer)
    moments().mark("removed")
    counting.gate.clear()
    answers = []
    readers = [threading.Thread(target=lambda: answers.append(ask(layer)[2])) for _ in range(4)]
    for reader in readers:
        reader.start()
    while counting.calls < 2:
        pass
    counting.gate.set()
    for reader in readers:
        reader.join()

    assert len(answers) == 4
    assert all(b"page 1 " not in answer for answer in answers)
    assert counting.calls == 2


def test_twenty_readers_of_a_cold_page_cost_one_rendering(counting):
    layer = PageCache(counting)
    counting.gate.clear()
    answers = []
    readers = [threading.Thread(target=lambda: answers.append(ask(layer)[2])) for _ in range(20)]
    for reader in readers:
        reader.start()
    while counting.calls < 1:
        pass
    counting.gate.set()
    for reader in readers:
        reader.join()

    assert counting.calls == 1
    assert len(answers) == 20


def test_when_rendering_fails_readers_get_the_last_good_page(counting):
    layer = PageCache(counting)
    ask(layer)
    moments().mark("changed")
    counting.status = "500 Internal Server Error"

    status, _, body = ask(layer)

    assert status == "200 OK"
    assert b"page 1 " in body


def test_when_rendering_fails_what_was_taken_away_stays_away(counting):
    layer = PageCache(counting)
    ask(layer)
    moments().mark("removed")
    counting.status = "500 Internal Server Error"

    assert ask(layer)[0].startswith("500")


def test_parameters_that_do_not_matter_share_one_page(counting):
    layer = PageCache(counting)

    ask(layer, "/news/", "utm_source=x&region=asia")
    ask(layer, "/news/", "region=asia&fbclid=y")
    ask(layer, "/news/", "region=africa")

    assert counting.queries == ["region=asia", "region=africa"]


def test_an_answer_that_is_not_kept_is_asked_for_with_all_its_parameters(counting):
    counting.status = "301 Moved Permanently"

    ask(PageCache(counting), "/old/", "utm_source=x")

    assert counting.queries[-1] == "utm_source=x"


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/give/water/", {}),
        ("/giving/", {}),
        ("/admin/", {}),
        ("/search/", {}),
        ("/", {"HTTP_COOKIE": "sessionid=abc"}),
        ("/", {"HTTP_AUTHORIZATION": "Basic x"}),
        ("/", {"HTTP_HOST": "evil.example"}),
    ],
)
def test_these_requests_always_reach_django(counting, path, headers):
    layer = PageCache(counting)

    ask(layer, path, **headers)
    ask(layer, path, **headers)

    assert counting.calls == 2


@pytest.mark.parametrize(
    "headers",
    [
        [("Content-Type", "text/html")],
        [("Content-Type", "text/html"), ("Cache-Control", "private")],
        [*PUBLIC, ("Set-Cookie", "a=b")],
    ],
)
def test_answers_not_meant_for_everybody_are_not_kept(counting, headers):
    counting.headers = headers
    layer = PageCache(counting)

    ask(layer)
    ask(layer)

    assert counting.calls == 2


def test_pages_are_kept_compressed_and_carry_their_length(counting):
    layer = PageCache(counting)
    plain = ask(layer)[2]

    for asked, coding, unpack in (
        ("gzip, deflate, br", "br", brotli.decompress),
        ("gzip", "gzip", gzip.decompress),
    ):
        _, headers, body = ask(layer, HTTP_ACCEPT_ENCODING=asked)
        assert headers["Content-Encoding"] == coding
        assert headers["Content-Length"] == str(len(body))
        assert headers["Vary"] == "Accept-Encoding"
        assert unpack(body) == plain


def test_a_reader_who_has_the_page_gets_304(counting):
    layer = PageCache(counting)
    etag = ask(layer, HTTP_ACCEPT_ENCODING="br")[1]["ETag"]

    status, headers, body = ask(layer, HTTP_IF_NONE_MATCH=etag, HTTP_ACCEPT_ENCODING="br")

    assert status == "304 Not Modified"
    assert body == b""
    assert headers["ETag"] == etag


def test_head_answers_without_a_body_and_keeps_the_page_whole(counting):
    layer = PageCache(counting)

    _, headers, body = ask(layer, method="HEAD")

    assert body == b""
    assert int(headers["Content-Length"]) > 0
    assert ask(layer)[2]
    assert counting.calls == 1


def test_with_https_a_plain_request_is_left_to_the_redirect(counting, settings):
    settings.SECURE_SSL_REDIRECT = True
    layer = PageCache(counting)

    ask(layer)
    ask(layer)

    assert counting.calls == 2
