"""Kept pages of the real site: what changes is new at once, and what is one reader's own is never kept."""

import io

import pytest
from counting import ask as ask_layer
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, connection
from django.test.utils import CaptureQueriesContext
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import PageViewRestriction

from home import metrics
from home.models import OrganisationSettings
from home.pagecache.layer import PageCache
from news.models import StoryPage

pytestmark = pytest.mark.django_db


@pytest.fixture
def site():
    """The site as its server calls it, inside the test's transaction (a server's connection ends with each request)."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield PageCache(get_wsgi_application(), on_hit=metrics.PAGE_CACHE_HITS.inc)
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def ask(site, address, **headers):
    """(status, headers, text) of what the site's server would answer."""
    path, _, query = address.partition("?")
    server = {"SERVER_NAME": "localhost", "SERVER_PORT": "80", "wsgi.input": io.BytesIO()}
    status, found, body = ask_layer(site, path, query, **(server | {"HTTP_HOST": "localhost"} | headers))
    return int(status[:3]), found, body.decode()


def publish(page, **fields):
    for name, value in fields.items():
        setattr(page, name, value)
    page.save_revision().publish()


def save(row, **fields):
    for name, value in fields.items():
        setattr(row, name, value)
    row.save()


def test_a_hit_asks_no_database_and_is_counted(site, page_tree, story):
    ask(site, story.url)
    before = metrics.PAGE_CACHE_HITS._value.get()

    with CaptureQueriesContext(connection) as captured:
        status, _, _ = ask(site, story.url)

    assert status == 200
    assert captured.captured_queries == []
    assert metrics.PAGE_CACHE_HITS._value.get() == before + 1


def test_whatever_changes_is_new_at_once(site, page_tree, factories, django_capture_on_commit_callbacks):
    water = factories.make_topic("Water")
    source = factories.make_source("Harbour Wire")
    nadia = factories.make_person("Nadia Karam")
    story = factories.make_story("Wells", topics=[water], source=source, campaigns=[page_tree.campaign])
    story.story_authors.create(person=nadia)
    story.save()
    organisation = OrganisationSettings.load()
    changes = {
        "Wells again": (["/", "/news/", story.url], lambda: publish(story, title="Wells again")),
        "Wells by a script": (["/", "/news/", story.url], lambda: save(story, title="Wells by a script")),
        "A second story": (
            ["/", "/news/", "/regions/middle-east/"],
            lambda: publish(factories.make_story("A second story", region=page_tree.region)),
        ),
        "Levant": (["/regions/", story.url], lambda: publish(page_tree.region, title="Levant")),
        "Warm rooms": (["/", story.url], lambda: publish(page_tree.campaign, title="Warm rooms")),
        "Water and wells": (["/topics/water/", story.url], lambda: save(water, name="Water and wells")),
        "Harbour News": ([story.url], lambda: save(source, name="Harbour News")),
        "Nadia K.": ([story.url], lambda: save(nadia, name="Nadia K.")),
        "A house of another name": (
            ["/", "/news/", story.url],
            lambda: save(organisation, name="A house of another name"),
        ),
    }

    for words, (addresses, act) in changes.items():
        assert not any(words in ask(site, address)[2] for address in addresses), words
        with django_capture_on_commit_callbacks(execute=True):
            act()
        assert [address for address in addresses if words not in ask(site, address)[2]] == [], words


def test_what_goes_or_moves_is_gone_at_once(site, page_tree, factories, django_capture_on_commit_callbacks):
    def rename(story):
        publish(story, slug="another-name")

    leaving = {
        404: [StoryPage.unpublish, rename, StoryPage.delete, lambda page: page.move(page_tree.regions)],
        302: [lambda page: PageViewRestriction.objects.create(page=page, restriction_type="login")],
    }

    for status, acts in leaving.items():
        for number, act in enumerate(acts):
            story = factories.make_story(f"Leaving {status} {number}")
            address = story.url
            assert [ask(site, address)[0] for _ in range(2)] == [200, 200]
            with django_capture_on_commit_callbacks(execute=True):
                act(StoryPage.objects.get(pk=story.pk))
            # A page that was renamed leaves a redirect behind, where Wagtail makes one by itself.
            assert ask(site, address)[0] in (status, 301)
            assert f"Leaving {status} {number}" not in ask(site, address)[2]


def test_a_redirect_takes_a_kept_address_with_all_that_was_asked(site, page_tree, story):
    Redirect.add_redirect("/old/?p=7", redirect_to=story)

    status, headers, _ = ask(site, "/old/?p=7")

    assert (status, headers["Location"]) == (301, story.url)


def test_nobody_s_own_answer_is_kept(site, page_tree, story, client, moderator):
    client.force_login(moderator)
    cookie = f"sessionid={client.cookies['sessionid'].value}"
    private = [
        (story.url, {"HTTP_COOKIE": cookie}),
        ("/", {"HTTP_COOKIE": cookie}),
        ("/give/", {}),
        (page_tree.campaign.url, {}),
        ("/giving/", {}),
        ("/giving/thanks/?session_id=x", {}),
        ("/search/?q=x", {}),
        ("/admin/login/", {}),
        ("/no-such-page/", {}),
    ]

    for address, headers in private:
        answers = [ask(site, address, **headers)[1] for _ in range(2)]
        assert all("public" not in answer["Cache-Control"] for answer in answers), address
        assert not any("Age" in answer for answer in answers), address
    status, headers, text = ask(site, story.url)
    assert "Set-Cookie" not in headers
    assert "wagtail-userbar" not in text


def test_a_preview_is_not_kept(site, page_tree, story, client, moderator, factories):
    client.force_login(moderator)
    story.title = "Only a draft"

    preview = story.make_preview_request(original_request=None)

    assert "Only a draft" in preview.content.decode()
    assert "public" not in preview["Cache-Control"]
    assert "Only a draft" not in ask(site, story.url)[2]


def test_figures_of_a_campaign_are_at_most_a_minute_old(site, page_tree, factories, frozen_time):
    factories.make_story(campaigns=[page_tree.campaign])
    assert "$50</strong> raised" not in ask(site, "/")[2]
    factories.make_gift(campaign=page_tree.campaign)

    frozen_time.shift(31)

    assert "$50</strong> raised" in ask(site, "/")[2]


@pytest.mark.parametrize(
    "name",
    ["X_FORWARDED_HOST", "X_ORIGINAL_URL", "X_REWRITE_URL", "FORWARDED", "X_FORWARDED_PREFIX", "X_HOST"],
)
def test_headers_that_are_no_part_of_the_key_change_nothing(site, page_tree, story, name):
    poisoned = ask(site, "/news/?year=2026", **{f"HTTP_{name}": "evil.example"})

    assert "evil.example" not in repr(poisoned)
    assert ask(site, "/news/?year=2026")[2] == poisoned[2]


def test_every_answer_says_how_long_it_is(site, page_tree, story):
    addresses = {
        "/": {},
        "/news": {},
        "/no-such-page/": {},
        "/give/": {},
        "/health/live/": {},
        "/regions/": {"HTTP_HOST": "evil.example"},
        "/news/feed/": {},
    }

    for address, headers in addresses.items():
        _, found, text = ask(site, address, **headers)
        assert found["Content-Length"] == str(len(text.encode())), address
