"""What readers get under /news/, /regions/ and /topics/, and what they never get."""

from datetime import date, timedelta

import pytest
from django.http import Http404, QueryDict
from wagtail.models import PageViewRestriction

from news.listing import PER_PAGE, StoryFilter, cursor, paginate, public_stories

pytestmark = pytest.mark.django_db


def titles(response) -> list[str]:
    return [story.title for story in response.context["stories"]]


def ask(client, **query):
    return client.get("/news/", query)


def test_a_region_holds_the_stories_of_the_regions_below_it(client, page_tree, factories):
    syria = factories.make_region("Syria", parent=page_tree.region)
    europe = factories.make_region("Europe")
    factories.make_story("In Syria", region=syria)
    factories.make_story("In Europe", region=europe)

    assert titles(ask(client, region="middle-east")) == ["In Syria"]
    assert titles(ask(client, region="middle-east/syria")) == ["In Syria"]
    assert titles(client.get("/regions/middle-east/")) == ["In Syria"]
    assert titles(client.get("/regions/middle-east/syria/")) == ["In Syria"]


def test_a_story_in_several_regions_appears_under_each_and_once_in_all(client, page_tree, factories):
    syria = factories.make_region("Syria", parent=page_tree.region)
    europe = factories.make_region("Europe")
    factories.make_story("Both", region=europe, regions=[syria, page_tree.region])

    for path in ("europe", "middle-east", "middle-east/syria"):
        assert titles(ask(client, region=path)) == ["Both"]
        assert titles(client.get(f"/regions/{path}/")) == ["Both"]
    assert titles(client.get("/news/?region=europe&region=middle-east")) == ["Both"]
    assert titles(ask(client)) == ["Both"]


def test_a_region_page_mixes_primary_and_further_regions_by_date(client, page_tree, factories):
    europe = factories.make_region("Europe")
    for days, title in enumerate(["Newest", "Second", "Third", "Oldest"]):
        regions = {"region": page_tree.region, "regions": [europe]} if days % 2 else {"region": europe}
        factories.make_story(title, dated_on=date(2026, 3, 9) - timedelta(days=days), **regions)
    hidden = factories.make_story("Private", region=europe, regions=[page_tree.region])
    PageViewRestriction.objects.create(page=hidden, restriction_type=PageViewRestriction.LOGIN)

    assert titles(client.get("/regions/europe/")) == ["Newest", "Second", "Third", "Oldest"]


def test_region_pages_count_each_story_once(client, page_tree, factories):
    syria = factories.make_region("Syria", parent=page_tree.region)
    iraq = factories.make_region("Iraq", parent=page_tree.region)
    europe = factories.make_region("Europe")
    factories.make_story("One", region=europe, regions=[syria, iraq])
    factories.make_story("Two", region=syria)

    page = client.get("/regions/middle-east/")

    assert page.context["story_count"] == 2
    assert {region.title: region.story_count for region in page.context["children"]} == {
        "Iraq": 1,
        "Syria": 2,
    }
    assert client.get("/regions/europe/").context["story_count"] == 1


def test_filters_combine(client, page_tree, factories):
    europe, water = factories.make_region("Europe"), factories.make_topic("Water")
    factories.make_story("Right", region=europe, topics=[water], dated_on=date(2025, 3, 31))
    factories.make_story("Other month", region=europe, topics=[water], dated_on=date(2025, 4, 1))
    factories.make_story("Other topic", region=europe, dated_on=date(2025, 3, 1))
    factories.make_story("Other region", topics=[water], region=page_tree.region, dated_on=date(2025, 3, 1))

    assert titles(ask(client, region="europe", topic="water", year=2025, month=3)) == ["Right"]


def test_years_and_months_repeat(client, page_tree, factories):
    for day in (date(2023, 12, 31), date(2024, 2, 29), date(2024, 12, 1), date(2025, 12, 31)):
        factories.make_story(day.isoformat(), dated_on=day)

    assert titles(ask(client, year=2024)) == ["2024-12-01", "2024-02-29"]
    assert titles(client.get("/news/?year=2023&year=2025")) == ["2025-12-31", "2023-12-31"]
    assert titles(client.get("/news/?year=2024&year=2025&month=12")) == ["2025-12-31", "2024-12-01"]
    assert titles(ask(client, month=12)) == ["2025-12-31", "2024-12-01", "2023-12-31"]


@pytest.mark.parametrize(
    "query",
    [
        "page=0",
        "page=-1",
        "page=x",
        "page=2",
        "page=51",
        "page=٣",
        "page=1e1",
        "page=99999999999999999999",
        "&".join(f"region=place-{number}" for number in range(60)),
        "year=x",
        "year=0",
        "year=99999",
        "month=13",
        "month=0",
        "before=x",
        "before=20260231-1",
        "before=20260301-x",
        "before=00000000-1",
        "before=20000101-1",
        "before=20260312-999999999999999999999999",
    ],
)
def test_past_the_end_or_not_a_number_is_not_found(client, story, query):
    assert client.get(f"/news/?{query}").status_code == 404


@pytest.mark.parametrize(
    "query", ["page=", "region=", "year=&month=", "region=nowhere", "topic=nothing", "topic=%00", "unknown=1"]
)
def test_an_empty_or_unknown_choice_is_no_error(client, story, query):
    assert client.get(f"/news/?{query}").status_code == 200


def test_pages_hold_every_story_once_in_a_stable_order(client, page_tree, factories):
    for number in range(2 * PER_PAGE + 3):
        factories.make_story(f"Story {number}", dated_on=date(2026, 1, 1) + timedelta(days=number // 7))

    pages = [client.get("/news/"), client.get("/news/?page=2"), client.get("/news/?page=3")]
    read = [story for page in pages for story in page.context["stories"]]

    assert len({story.pk for story in read}) == len(read) == 2 * PER_PAGE + 3
    assert read == sorted(read, key=lambda story: (story.dated_on, story.pk), reverse=True)
    assert pages[0].context["pagination"].pages == [1, 2, 3]
    assert pages[2].context["pagination"].older_url == ""
    assert client.get("/news/?page=4").status_code == 404


def test_a_cursor_goes_on_exactly_where_the_page_ended(page_tree, factories):
    for number in range(30):
        factories.make_story(f"Story {number}", dated_on=date(2026, 1, 1 + number // 10))
    everything = list(public_stories())

    asked = StoryFilter(before=cursor(everything[6]))
    first, pagination = paginate(asked, asked.apply(public_stories()))
    following = StoryFilter.from_query(QueryDict(pagination.older_url.lstrip("?")))
    second, end = paginate(following, following.apply(public_stories()))

    assert first + second == everything[7:]
    assert end.older_url == ""
    with pytest.raises(Http404):
        past = StoryFilter(before=cursor(everything[-1]))
        paginate(past, past.apply(public_stories()))


def test_the_fiftieth_page_leads_on_by_cursor(page_tree, factories):
    for number in range(52):
        factories.make_story(f"Story {number}")
    everything = list(public_stories())

    shown, pagination = paginate(StoryFilter(page=50), public_stories(), per_page=1)

    assert shown == [everything[49]]
    assert pagination.older_url == f"?before={cursor(everything[49])}"


def test_the_address_of_a_list_can_be_shared():
    query = QueryDict("region=middle-east/syria&region=europe&topic=water&year=2025&month=3&page=4")

    asked = StoryFilter.from_query(query)

    assert StoryFilter.from_query(QueryDict(asked.query_string().lstrip("?"))) == asked


HIDDEN_PLACES = ["/", "/news/", "/news/?region=middle-east", "/regions/middle-east/", "/topics/water/"]


@pytest.mark.parametrize("place", HIDDEN_PLACES)
@pytest.mark.parametrize("state", ["draft", "private", "under a private newsroom"])
def test_what_is_not_public_is_never_listed(client, page_tree, factories, place, state):
    water = factories.make_topic("Water")
    shown = factories.make_story("Shown openly", region=page_tree.region, topics=[water])
    story = factories.make_story(
        "Kept from readers", region=page_tree.region, topics=[water], live=state != "draft"
    )
    if state == "private":
        PageViewRestriction.objects.create(page=story, restriction_type="login")
    if state == "under a private newsroom":
        PageViewRestriction.objects.create(page=page_tree.newsroom, restriction_type="login")

    body = client.get(place).content.decode()

    assert "Kept from readers" not in body
    assert client.get(f"/news/{story.slug}/").status_code in (302, 404)
    assert state == "under a private newsroom" or shown.title in body


def test_a_topic_that_does_not_exist_is_not_found(client, page_tree):
    assert client.get("/topics/nothing/").status_code == 404


def test_related_stories_begin_with_the_hand_picked_ones(client, page_tree, factories):
    europe = factories.make_region("Europe")
    picked = factories.make_story("Picked", region=europe, dated_on=date(2020, 1, 1))
    alike = factories.make_story("Alike", region=page_tree.region)
    hidden = factories.make_story("Hidden", region=page_tree.region, live=False)
    private = factories.make_story("Private", region=page_tree.region)
    PageViewRestriction.objects.create(page=private, restriction_type="login")
    story = factories.make_story("Read", region=page_tree.region)
    for other in (picked, hidden, private, story):
        story.related_stories.create(story=other)
    story.save()

    related = client.get(f"/news/{story.slug}/").context["related"]

    assert [other.title for other in related] == [picked.title, alike.title]
