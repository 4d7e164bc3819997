"""A cache in front is told of what a publication changes."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.core.exceptions import ImproperlyConfigured

from home.purge_url import read_purge_url

pytestmark = pytest.mark.django_db


@pytest.fixture
def front():
    """A cache in front: `.purged` holds (host, path) of every PURGE request."""

    class Handler(BaseHTTPRequestHandler):
        def do_PURGE(self):  # noqa: N802 - http.server's name
            self.server.purged.add((self.headers["Host"], self.path))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args):
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        server.purged = set()
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


def test_a_story_purges_itself_and_every_list_it_stands_in(front, page_tree, factories, settings):
    syria = factories.make_region("Syria", parent=page_tree.region)
    story = factories.make_story("Wells", slug="wells", region=syria, topics=[factories.make_topic("Water")])
    settings.WAGTAILFRONTENDCACHE = read_purge_url(f"http://127.0.0.1:{front.server_port}")

    story.save_revision().publish()

    paths = {path for host, path in front.purged if host == "localhost"}
    assert paths >= {
        "/",
        "/news/",
        "/news/wells/",
        "/news/feed/?format=json",
        "/regions/",
        "/regions/middle-east/",
        "/regions/middle-east/syria/feed/",
        "/topics/water/",
    }
    front.purged.clear()
    story.unpublish()
    assert ("localhost", "/news/wells/") in front.purged


def test_a_cache_in_front_that_is_gone_stops_no_publication(page_tree, story, settings):
    settings.WAGTAILFRONTENDCACHE = read_purge_url("http://127.0.0.1:9")

    story.save_revision().publish()

    assert story.live


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("", {}),
        ("cloudflare://sample-token@sample-zone", {"BEARER_TOKEN": "sample-token", "ZONEID": "sample-zone"}),
        ("cloudfront://SAMPLEID", {"DISTRIBUTION_ID": "SAMPLEID"}),
    ],
)
def test_an_address_names_the_cache_in_front(url, expected):
    assert expected.items() <= read_purge_url(url).get("default", {}).items()


@pytest.mark.parametrize("url", ["varnish", "cloudflare://zone", "cloudfront://", "ftp://x"])
def test_a_wrong_address_stops_the_start(url):
    with pytest.raises(ImproperlyConfigured):
        read_purge_url(url)
