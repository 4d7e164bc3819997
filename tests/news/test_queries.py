"""What a page costs in queries, however many stories there are. The page cache is not asked: these are rendered."""

import factories
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from kept_rows import plant
from small_site import make_picture

from home.models import OrganisationSettings

# The real transactions matter: inside one nothing is kept (home/kept.py), as for readers everything rare is.
pytestmark = pytest.mark.django_db(transaction=True)

STORY, NEWSROOM = 6, 10


@pytest.fixture
def full_story(db):
    return plant(story_among_others)


def story_among_others():
    """A story that has every kind of part, among others."""
    page_tree = factories.site_in_small()
    OrganisationSettings.load()  # its row is made with the site (news/tree.py), not by a reader
    syria = factories.make_region("Syria", parent=page_tree.region, campaign=page_tree.campaign)
    topics = [factories.make_topic(name) for name in ("Water", "Displacement")]
    others = [
        factories.make_story(f"Other {number}", region=syria, topics=topics, campaigns=[page_tree.campaign])
        for number in range(30)
    ]
    europe = factories.make_region("Europe")
    story = factories.make_story(
        "Read",
        region=syria,
        topics=topics,
        regions=[europe],
        campaigns=[page_tree.campaign],
        lead_image=make_picture("Lead"),
        body=[("picture", {"image": make_picture(name), "caption": ""}) for name in ("One", "Two")],
    )
    story.story_authors.create(person=factories.make_person())
    story.story_authors.create(person=factories.make_person("A second hand"))
    story.corrections.create(text="<p>Nine, not ten.</p>")
    story.related_stories.create(story=others[0])
    story.save()
    return story


def queries(client, path: str) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        response = client.get(path)
    assert response.status_code == 200
    return [query["sql"] for query in captured.captured_queries]


def read(client, story) -> None:
    """What is kept is kept after this."""
    client.get("/news/")
    client.get(f"/news/{story.slug}/")


def test_a_story_costs_at_most_six_queries(client, full_story):
    read(client, full_story.related_stories.first().story)

    found = queries(client, f"/news/{full_story.slug}/")
    assert len(found) <= STORY, "\n".join(found)


@pytest.mark.parametrize("query", ["", "?page=2", "?region=middle-east&topic=water&year=2026&month=3"])
def test_a_newsroom_page_costs_at_most_ten(client, full_story, query):
    read(client, full_story)

    assert len(queries(client, f"/news/{query}")) <= NEWSROOM


def test_more_stories_cost_no_more_queries(client, full_story):
    read(client, full_story)
    before = len(queries(client, f"/news/{full_story.slug}/")), len(queries(client, "/news/"))
    for number in range(15):
        factories.make_story(f"More {number}", region=full_story.region)
    read(client, full_story)

    assert (len(queries(client, f"/news/{full_story.slug}/")), len(queries(client, "/news/"))) == before


def test_reading_writes_nothing(client, full_story):
    client.get("/news/")

    for path in ("/", "/news/", f"/news/{full_story.slug}/", "/regions/middle-east/", "/topics/water/"):
        written = [sql for sql in queries(client, path) if sql.split()[0] in ("INSERT", "UPDATE", "DELETE")]
        assert written == []


def test_the_parts_of_a_story_read_at_once_are_those_read_one_by_one(full_story):
    from news.models import StoryPage
    from news.parts import load_parts

    slow, fast = (StoryPage.objects.get(pk=full_story.pk) for _ in range(2))
    load_parts(fast)

    assert list(fast.topics.all()) == list(slow.topics.all())
    assert [row.region.title for row in fast.story_regions.all()] == ["Europe"]
    assert [row.region.get_url_parts()[2] for row in fast.story_regions.all()] == ["/regions/europe/"]
    for name, fields in {
        "story_authors": ("person_id", "person", "sort_order"),
        "corrections": ("pk", "kind", "text", "dated_on"),
        "related_stories": ("story_id",),
        "story_campaigns": ("campaign_id", "starts_on", "ends_on"),
    }.items():
        rows = [[getattr(row, field) for field in fields] for row in getattr(fast, name).all()]
        assert rows == [[getattr(row, field) for field in fields] for row in getattr(slow, name).all()]
