"""Bulk actions on the list of stories, and the list itself."""

import pytest
from django.urls import reverse

from news.models import StoryPage

pytestmark = pytest.mark.django_db


def act(client, action, stories, **data):
    url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", action])
    query = "&".join(f"id={story.pk}" for story in stories)
    return client.post(f"{url}?next=/admin/stories/&{query}", data)


def read(story):
    return StoryPage.objects.get(pk=story.pk)


def test_a_region_a_topic_and_a_campaign_are_added_to_all(client, page_tree, moderator, factories):
    client.force_login(moderator)
    stories = [factories.make_story() for _ in range(3)]
    europe, water = factories.make_region("Europe"), factories.make_topic("Water")

    act(client, "add_region", stories, chosen=europe.pk)
    act(client, "add_topic", stories, chosen=water.pk)
    act(client, "add_campaign", stories, chosen=page_tree.campaign.pk)

    for story in map(read, stories):
        assert [row.region for row in story.story_regions.all()] == [europe]
        assert list(story.topics.all()) == [water]
        assert [row.campaign for row in story.story_campaigns.all()] == [page_tree.campaign]
        assert (story.live, story.has_unpublished_changes) == (True, False)
    assert len(client.get("/topics/water/").context["stories"]) == 3


def test_unpublished_words_stay_unpublished(client, page_tree, moderator, factories):
    client.force_login(moderator)
    story = factories.make_story("Published words")
    story.title = "Words not for readers yet"
    story.save_revision()

    act(client, "add_topic", [story], chosen=factories.make_topic("Water").pk)

    assert read(story).title == "Published words"
    assert read(story).get_latest_revision_as_object().title == "Words not for readers yet"
    assert list(read(story).get_latest_revision_as_object().topics.all())


def test_an_editor_changes_drafts_and_no_published_story(client, page_tree, editor, factories):
    client.force_login(editor)
    live, draft = factories.make_story(), factories.make_story(live=False)
    water = factories.make_topic("Water")

    act(client, "add_topic", [live, draft], chosen=water.pk)

    assert not list(read(live).get_latest_revision_as_object().topics.all())
    assert list(read(draft).get_latest_revision_as_object().topics.all()) == [water]


def test_adding_twice_adds_once(client, page_tree, moderator, factories):
    client.force_login(moderator)
    story = factories.make_story(regions=[factories.make_region("Europe")], region=page_tree.region)

    act(client, "add_region", [story], chosen=page_tree.region.pk)

    assert len(read(story).story_regions.all()) == 1


def test_publishing_many_says_what_each_lacks_and_publishes_none(client, page_tree, moderator, factories):
    client.force_login(moderator)
    bare = factories.make_story("Bare", live=False, full_story_url="")
    whole = factories.make_story("Whole", live=False)

    response = act(client, "publish", [bare, whole])
    page = client.get(response.url).content.decode()

    assert "Bare: An excerpt without the address" in page
    assert not read(whole).live
    act(client, "publish", [whole])
    assert read(whole).live


@pytest.mark.parametrize("filter_", ["region", "topics", "source", "author", "campaign"])
def test_the_list_of_stories_is_filtered(client, page_tree, moderator, factories, filter_):
    client.force_login(moderator)
    syria = factories.make_region("Syria", parent=page_tree.region)
    water, wire, ada = (
        factories.make_topic("Water"),
        factories.make_source("Wire"),
        factories.make_person("Ada"),
    )
    campaign = factories.make_campaign("Bread")
    wanted = factories.make_story("Wanted", region=syria, topics=[water], source=wire, campaigns=[campaign])
    wanted.story_authors.create(person=ada)
    wanted.save()
    factories.make_story("Unwanted", region=factories.make_region("Europe"))
    value = {
        "region": page_tree.region,
        "topics": water,
        "source": wire,
        "author": ada,
        "campaign": campaign,
    }[filter_]

    page = client.get("/admin/stories/", {filter_: value.pk}).content.decode()

    assert "Wanted" in page
    assert "Unwanted" not in page


def test_the_list_of_stories_costs_no_more_with_more_stories(
    client, page_tree, moderator, factories, django_assert_max_num_queries
):
    client.force_login(moderator)
    for _ in range(40):
        factories.make_story(campaigns=[page_tree.campaign])

    with django_assert_max_num_queries(60):
        assert client.get("/admin/stories/").status_code == 200


def test_the_newsroom_in_the_tree_is_the_same_list_and_cannot_be_sorted_by_hand(
    client, page_tree, admin, factories, django_assert_max_num_queries
):
    client.force_login(admin)
    story = factories.make_story("In the tree")
    for _ in range(20):
        factories.make_story(campaigns=[page_tree.campaign])
    explorer = f"/admin/pages/{page_tree.newsroom.pk}/"

    with django_assert_max_num_queries(70):
        page = client.get(explorer + "?ordering=ord")

    assert page.context["ordering"] == "-dated_on"
    assert "In the tree" in page.content.decode()
    assert client.post(f"/admin/pages/{story.pk}/set_position/?position=0").status_code in (302, 403)


def test_stories_whose_full_story_is_gone_are_listed(client, page_tree, moderator, factories):
    from news.models import LinkCheck

    client.force_login(moderator)
    gone, moved = factories.make_story("Gone"), factories.make_story("Given a new address")
    LinkCheck.objects.create(story=gone, url=gone.full_story_url, failures=3)
    LinkCheck.objects.create(story=moved, url="https://old.example/", failures=3)

    page = client.get("/admin/stories/?dead_link=true").content.decode()

    assert "Gone" in page
    assert "Given a new address" not in page
