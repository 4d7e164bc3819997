"""The layer ahead of Django: which requests it answers, under which key, and with which headers."""

import gzip

import brotli
import pytest
from counting import PUBLIC, ask

from home.pagecache.layer import PageCache


def test_parameters_that_do_not_matter_share_one_page(counting):
    layer = PageCache(counting)

    ask(layer, "/news/", "utm_source=x&region=asia&topic=water")
    ask(layer, "/news/", "topic=water&region=asia&fbclid=" + "y" * 1000)
    ask(layer, "/news/", "page=&REGION=x&region%00=x&%ff=%fe&region=asia&topic=water")
    ask(layer, "/news/", "region=africa")

    assert counting.queries == ["region=asia&topic=water", "region=africa"]


@pytest.mark.parametrize(
    ("path", "query", "kept"),
    [
        ("/", "page=2&region=asia", ""),
        ("/news/a-story/", "page=2&format=json", ""),
        ("/regions/asia/", "page=2", ""),
        ("/news/", "page=2&page=3&format=json", "page=2&page=3"),
        ("/topics/water/", "before=20260101-7", "before=20260101-7"),
        ("/corrections/", "page=2", "page=2"),
        ("/news/feed/", "format=atom&page=2", "format=atom"),
        ("/regions/asia/japan/feed/", "format=json", "format=json"),
        ("/topics/water/feed/", "format=json", "format=json"),
    ],
)
def test_each_address_has_its_own_parameters(counting, path, query, kept):
    ask(PageCache(counting), path, query)

    assert counting.queries == [kept]


@pytest.mark.parametrize(
    "host", ["testserver", "TestServer", "testserver:1", "testserver:8000", "testserver."]
)
def test_however_the_host_is_spelt_it_is_one_page(counting, host):
    layer = PageCache(counting)
    ask(layer)

    ask(layer, HTTP_HOST=host)

    assert counting.calls == 1


def test_hosts_and_the_onion_service_have_pages_of_their_own(counting, settings):
    settings.ALLOWED_HOSTS, settings.ONION_HOST = [".example.org"], "sample.onion"
    layer = PageCache(counting)

    for host in ("a.example.org", "b.example.org", "sample.onion", "SAMPLE.onion:80"):
        ask(layer, HTTP_HOST=host)

    assert counting.calls == 3


def test_what_is_rendered_for_everybody_knows_no_reader(counting):
    layer = PageCache(counting)

    ask(layer, HTTP_COOKIE="csrftoken=x; messages=y", HTTP_IF_NONE_MATCH='"x"', HTTP_RANGE="bytes=0-1")

    assert counting.cookies == [None]
    assert ask(layer)[2]
    assert counting.calls == 1


def test_an_answer_that_is_not_kept_is_asked_for_as_the_reader_asked(counting):
    counting.headers = [("Cache-Control", "private")]

    ask(PageCache(counting), HTTP_COOKIE="messages=y")

    assert counting.cookies == [None, "messages=y"]


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
        ("/", {"HTTP_COOKIE": "a=b;sessionid=abc"}),
        ("/", {"HTTP_HOST": "evil.example"}),
        ("/", {"HTTP_HOST": ""}),
        ("/", {"HTTP_HOST": "testserver/evil"}),
        ("/", {"HTTP_HOST": "evil.example@testserver"}),
        ("/", {"REQUEST_METHOD": "POST"}),
        ("/news/", {"QUERY_STRING": "a=" + "x" * 3000}),
        ("/news/", {"QUERY_STRING": "region=a" * 50}),
        ("/news/", {"QUERY_STRING": "region=\xc3\xa9"}),
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
        [*PUBLIC, ("Vary", "Accept-Language")],
        [*PUBLIC, ("Vary", "Cookie, Accept-Encoding")],
        [*PUBLIC, ("Content-Encoding", "gzip")],
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


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("BR", "br"),
        ("gzip;q=0.5, br;q=0.001", "br"),
        ("br;q=0, gzip", "gzip"),
        ("br;q=0.000,gzip ; q=0", ""),
        ("xbr, gzipped, *;q=0", ""),
        ("", ""),
        (",;=,q=1;br", ""),
    ],
)
def test_the_coding_is_one_that_the_reader_takes(counting, accepted, coding):
    assert ask(PageCache(counting), HTTP_ACCEPT_ENCODING=accepted)[1].get("Content-Encoding", "") == coding


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ("{etag}", "304"),
        ("W/{etag}", "304"),
        ('"a", W/"b" ,{etag}', "304"),
        ("*", "304"),
        ('"other"', "200"),
        ("{other_coding}", "200"),
        ('",,,"', "200"),
    ],
)
def test_a_reader_who_has_the_page_gets_304(counting, asked, status):
    layer = PageCache(counting)
    tags = {
        "etag": ask(layer, HTTP_ACCEPT_ENCODING="br")[1]["ETag"],
        "other_coding": ask(layer, HTTP_ACCEPT_ENCODING="gzip")[1]["ETag"],
    }

    found, headers, body = ask(
        layer, HTTP_IF_NONE_MATCH=asked.format(**tags), HTTP_ACCEPT_ENCODING="gzip, br"
    )

    assert found[:3] == status
    assert headers["ETag"] == tags["etag"]
    assert (body == b"") == (status == "304") == ("Content-Length" not in headers)


def test_a_kept_page_says_how_old_it_is(counting, frozen_time):
    layer = PageCache(counting)
    ask(layer)

    frozen_time.shift(7)

    assert ask(layer)[1]["Age"] == "7"


def test_a_kept_page_is_rendered_again_after_half_a_minute(counting, frozen_time):
    layer = PageCache(counting)
    ask(layer)

    frozen_time.shift(31)

    assert b"page 2 " in ask(layer)[2]


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
