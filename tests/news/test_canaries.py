"""Words that readers must not see never reach any public output, kept pages included."""

import io
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.utils import timezone
from wagtail.models import PageViewRestriction

from home.models import OrganisationSettings
from home.pagecache.layer import PageCache, collect
from news.models import StoryPage
from news.takedown import take_down

pytestmark = pytest.mark.django_db(transaction=True)

CANARY = "Zebrafinch"
FOUND_BY = "wellhead"  # stands in the story too, so that search is asked without the canary itself
PLACES = [
    "/",
    "/news/",
    "/news/?region=middle-east",
    "/news/?topic=water&year=2026",
    "/regions/",
    "/regions/middle-east/",
    "/topics/water/",
    "/corrections/",
    "/corrections/feed/",
    "/feeds/",
    f"/press/letter/?story={CANARY.lower()}-story",
    *(
        f"{feed}?format={kind}"
        for feed in ("/news/feed/", "/regions/middle-east/feed/", "/topics/water/feed/")
        for kind in ("rss", "atom", "json")
    ),
    "/sitemap.xml",
    "/sitemap-pages.xml",
    "/sitemap-stories-1.xml",
    "/news-sitemap.xml",
    f"/search/?q={FOUND_BY}",
    f"/search/suggest/?q={FOUND_BY[:4]}",
    "/no-such-page/",
]


@pytest.fixture
def ask(settings):
    """Asks the site as its server does, with kept pages."""
    site = PageCache(get_wsgi_application())

    def get(address):
        path, _, query = address.partition("?")
        environ = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "HTTP_HOST": "localhost",
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(),
        }
        status, _headers, body = collect(site, environ)
        return int(status[:3]), body.decode()

    return get


@pytest.fixture
def canary(page_tree, factories):
    """Makes a story whose every field has the canary, beside one that readers may see."""
    organisation = OrganisationSettings.load()
    organisation.press_email = "press@dateline.example"
    organisation.save()
    water = factories.make_topic("Water")
    factories.make_story("Open to all", slug="open-to-all", topics=[water], summary=f"By the {FOUND_BY}.")

    def make(**fields):
        story = factories.make_story(
            f"{CANARY} title {FOUND_BY}",
            topics=[water],
            summary=f"{CANARY} summary",
            note=f"<p>{CANARY} note {FOUND_BY}</p>",
            place=f"{CANARY} place",
            excerpt=[("paragraph", f"<p>{CANARY} excerpt</p>")],
            slug=f"{CANARY.lower()}-story",
            **fields,
        )
        story.corrections.create(text=f"<p>{CANARY} correction</p>")
        story.save()
        return story

    return make


def leaks(ask, story) -> list[str]:
    places = [*PLACES, f"/news/{story.slug}/", "/news/open-to-all/"]
    return [place for place in places if CANARY.lower() in ask(place)[1].lower()]


def expire(story, user):
    story.expire_at = timezone.now() - timedelta(minutes=1)
    story.save_revision()
    StoryPage.objects.filter(pk=story.pk).update(expire_at=story.expire_at)
    call_command("publish_scheduled", verbosity=0)


LEAVING = {
    "unpublished": lambda story, user: story.unpublish(user=user),
    "expired": expire,
    "made private": lambda story, user: PageViewRestriction.objects.create(
        page=story, restriction_type="login"
    ),
    "taken down": lambda story, user: take_down(story, "Danger", user),
    "deleted": lambda story, user: story.delete(),
}


@pytest.mark.parametrize("how", LEAVING)
def test_what_leaves_is_gone_from_every_kept_page_at_once(ask, canary, moderator, how):
    story = canary()
    assert {"/", "/news/", "/regions/middle-east/", "/topics/water/"} <= set(
        leaks(ask, story)
    )  # now all are kept

    LEAVING[how](StoryPage.objects.get(pk=story.pk), moderator)

    assert leaks(ask, story) == []
    status = ask(f"/news/{story.slug}/")[0]
    assert status == {"taken down": 410, "made private": 302}.get(how, 404)


def test_a_draft_is_nowhere(ask, canary):
    assert leaks(ask, canary(live=False)) == []


def test_a_scheduled_story_is_nowhere_before_its_time(ask, canary):
    story = canary(live=False)
    story.go_live_at = timezone.now() + timedelta(hours=1)
    story.save_revision(approved_go_live_at=story.go_live_at)
    call_command("publish_scheduled", verbosity=0)

    assert leaks(ask, story) == []


def test_unpublished_changes_are_nowhere(ask, page_tree, factories):
    story = factories.make_story("Plain words")
    leaks(ask, story)
    story.title = story.summary = story.note = f"{CANARY}"
    story.save_revision()

    assert leaks(ask, story) == []


def test_what_lies_below_a_private_page_is_nowhere(ask, canary, page_tree):
    story = canary()
    leaks(ask, story)

    PageViewRestriction.objects.create(page=page_tree.newsroom, restriction_type="login")

    assert leaks(ask, story) == []


@pytest.mark.parametrize("how", ["unpublished", "made private"])
def test_a_region_that_leaves_takes_its_name_with_it(ask, page_tree, factories, moderator, how):
    OrganisationSettings.load()
    region = factories.make_region(f"{CANARY} valley", slug="zebrafinch-valley", parent=page_tree.region)
    water = factories.make_topic("Water")
    story = factories.make_story("In the valley", slug="in-the-valley", region=region, topics=[water])
    assert f"/news/{story.slug}/" in leaks(ask, story)

    LEAVING[how](region, moderator)

    assert leaks(ask, story) == []


def test_a_published_change_is_everywhere_at_once(ask, page_tree, factories):
    story = factories.make_story("Before")
    assert "Before" in ask(f"/news/{story.slug}/")[1]
    story.title = "After"

    story.save_revision().publish()

    assert "After" in ask(f"/news/{story.slug}/")[1]
    assert "After" in ask("/news/")[1]
