"""Full stories are asked for by address; nothing inside our own walls is ever reached."""

import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.utils import timezone

from news.linkcheck import Asker, check, check_some, due, is_public_address
from news.models import LinkCheck, StoryPage

pytestmark = pytest.mark.django_db


@pytest.fixture
def outlet():
    """A server on this machine: /ok, /gone, /away (to /ok), /inside (to a forbidden address), /round (to itself)."""

    class Pages(BaseHTTPRequestHandler):
        asked: list[str] = []

        def do_GET(self):
            self.asked.append(self.path)
            targets = {"/away": "/ok", "/inside": "http://169.254.169.254/latest/", "/round": "/round"}
            status = {"/ok": 200, "/gone": 404, "/closed": 403}.get(self.path, 302)
            self.send_response(status)
            if status == 302:
                self.send_header("Location", targets[self.path])
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    server.asked = Pages.asked
    server.url = f"http://127.0.0.1:{server.server_port}"
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def asker(outlet):
    """Allowed to reach this machine, and nothing else."""
    return Asker(allows=lambda address: address == "127.0.0.1", ports=frozenset({80, outlet.server_port}))


@pytest.mark.parametrize(
    ("path", "status"),
    [("/ok", 200), ("/gone", 404), ("/away", 200), ("/inside", 0), ("/round", 0), ("/closed", 403)],
)
def test_the_last_answer_counts(outlet, asker, path, status):
    assert asker.status(outlet.url + path) == status


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.1",
        "192.168.1.1",
        "172.16.0.1",
        "169.254.169.254",
        "0.0.0.0",
        "100.64.0.1",
        "224.0.0.1",
        "::1",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::",
        "::7f00:1",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::a00:1",
        "2002:7f00:1::1",
        "2002:a00:1::1",
        "2001:0:7f00:1::1",
    ],
)
def test_no_inner_address_is_public(address):
    assert not is_public_address(address)


@pytest.mark.parametrize(
    "address",
    ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946", "64:ff9b::5db8:d822", "2002:5db8:d822::1"],
)
def test_public_addresses_are(address):
    assert is_public_address(address)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "127.1", "[::1]", "[::ffff:127.0.0.1]"]
)
def test_every_spelling_of_this_machine_is_refused(outlet, host):
    asker = Asker(ports=frozenset({outlet.server_port}))

    assert asker.status(f"http://{host}:{outlet.server_port}/ok") == 0
    assert outlet.asked == []


@pytest.mark.parametrize(
    "url",
    [
        "ftp://127.0.0.1/ok",
        "file:///etc/passwd",
        "http://user@127.0.0.1/ok",
        "http://127.0.0.1:22/",
        "http:///",
        "",
        "x",
        "http://[",
        "http://127.0.0.1:99999/",
    ],
)
def test_what_is_no_address_of_the_web_is_refused(outlet, asker, url):
    assert asker.status(url) == 0


def test_three_failures_make_a_dead_link_and_the_archived_copy_takes_over(
    client, outlet, asker, factories, page_tree
):
    story = factories.make_story(full_story_url=f"{outlet.url}/gone", archive_url="https://archive.example/1")

    for _ in range(3):
        before = client.get(f"/news/{story.slug}/").content.decode()
        check(story, asker)
    after = client.get(f"/news/{story.slug}/").content.decode()

    assert f'href="{outlet.url}/gone"' in before
    assert 'href="https://archive.example/1"' in after
    assert f'href="{outlet.url}/gone"' not in after


def test_one_good_answer_brings_the_link_back(outlet, asker, factories, page_tree):
    story = factories.make_story(full_story_url=f"{outlet.url}/ok", archive_url="https://archive.example/1")
    LinkCheck.objects.create(story=story, url=story.full_story_url, failures=7)

    check(story, asker)

    assert StoryPage.objects.get(pk=story.pk).full_story_link == f"{outlet.url}/ok"


def test_a_dead_link_without_an_archived_copy_stays_as_it_is(outlet, asker, factories, page_tree):
    story = factories.make_story(full_story_url=f"{outlet.url}/gone")
    LinkCheck.objects.create(story=story, url=story.full_story_url, failures=7)

    assert StoryPage.objects.get(pk=story.pk).full_story_link == f"{outlet.url}/gone"


def test_a_new_address_begins_anew(factories, page_tree):
    story = factories.make_story(archive_url="https://archive.example/1")
    LinkCheck.objects.create(story=story, url="https://old.example/", failures=7, checked_at=timezone.now())

    assert StoryPage.objects.get(pk=story.pk).full_story_link == story.full_story_url
    assert list(due()) == [story]


def test_who_is_due(factories, page_tree):
    def asked(days, failures=0):
        story = factories.make_story()
        LinkCheck.objects.create(
            story=story,
            url=story.full_story_url,
            failures=failures,
            checked_at=timezone.now() - timedelta(days=days),
        )
        return story

    fresh, _lately, stale, _failed_today, failing = (
        factories.make_story(),
        asked(3),
        asked(8),
        asked(0.5, 1),
        asked(2, 1),
    )
    factories.make_story(live=False)
    factories.make_story(full_story_url="", excerpt=[])

    assert {story.pk for story in due()} == {fresh.pk, stale.pk, failing.pk}


def test_a_run_asks_each_host_once(outlet, asker, factories, page_tree):
    for _ in range(3):
        factories.make_story(full_story_url=f"{outlet.url}/ok")

    assert check_some(asker) == 1
    assert outlet.asked == ["/ok"]
