"""Links to videos and posts get their titles when the story is published, and nobody is asked when it is read."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from news.embeds import name_embeds, title_of, untitled
from news.linkcheck import Asker
from news.models import StoryPage

pytestmark = pytest.mark.django_db

PAGES = {
    "/video": b"<html><head><meta charset=utf-8><title>\n Wells &amp; water:\n a film \xe2\x80\x93 part 1</title></head>",
    "/latin": b"<meta charset='iso-8859-1'><TITLE>Caf\xe9</TITLE>",
    "/wrong-charset": b"<meta charset=nonsense><title>Plain</title>",
    "/untitled": b"<html><body>Nothing</body></html>",
    "/long": b"<title>" + b"word " * 300 + b"</title>",
    "/endless": b"x" * 200_000 + b"<title>Too late</title>",
}


@pytest.fixture
def outlet():
    class Pages(BaseHTTPRequestHandler):
        def do_GET(self):
            body = PAGES.get(self.path)
            self.send_response(200 if body else 404)
            self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()
            try:
                self.wfile.write(body or b"")
            except OSError:
                pass

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    server.url = f"http://127.0.0.1:{server.server_port}"
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def asker(outlet):
    return Asker(allows=lambda address: address == "127.0.0.1", ports=frozenset({outlet.server_port}))


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("/video", "Wells & water: a film – part 1"),
        ("/latin", "Café"),
        ("/wrong-charset", "Plain"),
        ("/untitled", ""),
        ("/endless", ""),
        ("/gone", ""),
    ],
)
def test_the_title_of_a_page_is_read(outlet, asker, path, title):
    assert title_of(outlet.url + path, asker) == title


def test_a_long_title_is_cut(outlet, asker):
    assert len(title_of(outlet.url + "/long", asker)) == 200


def test_nothing_inside_our_walls_is_asked(outlet):
    assert title_of(outlet.url + "/video", Asker(ports=frozenset({outlet.server_port}))) == ""


def embed(outlet, title=""):
    return ("embed", {"url": f"{outlet.url}/video", "title": title})


def test_a_published_story_shows_the_title_found(client, page_tree, factories, outlet, asker):
    story = factories.make_story(body=[embed(outlet), embed(outlet, "Our own words")])

    assert name_embeds(StoryPage.objects.get(pk=story.pk), asker) == 1

    page = client.get(f"/news/{story.slug}/").content.decode()
    assert "Wells &amp; water: a film – part 1" in page
    assert "Our own words" in page
    assert untitled(StoryPage.objects.get(pk=story.pk)) == []
    assert untitled(StoryPage.objects.get(pk=story.pk).get_latest_revision_as_object()) == []


def test_words_in_progress_are_not_published_by_it(page_tree, factories, outlet, asker):
    story = factories.make_story("Published", body=[embed(outlet)])
    story.title = "In progress"
    story.save_revision()

    name_embeds(StoryPage.objects.get(pk=story.pk), asker)

    story = StoryPage.objects.get(pk=story.pk)
    assert (story.title, untitled(story)) == ("Published", [])
    assert story.get_latest_revision_as_object().title == "In progress"
