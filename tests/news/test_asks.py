"""Which campaign a story asks for, and where it comes from."""

from datetime import timedelta

import pytest
from django.utils import timezone
from wagtail.models import PageViewRestriction

from news.models import StoryPage

pytestmark = pytest.mark.django_db


@pytest.fixture
def syria(page_tree, factories):
    return factories.make_region("Syria", parent=page_tree.region)


def read(story) -> StoryPage:
    return StoryPage.objects.get(pk=story.pk)


def name(region, campaign):
    region.campaign = campaign
    region.save()


def test_the_story_comes_first_then_its_region_then_those_above_then_the_default(page_tree, syria, factories):
    own, near, far = (factories.make_campaign(title) for title in ("Own", "Near", "Far"))
    story = factories.make_story(region=syria)
    assert read(story).giving_campaign == page_tree.campaign

    name(page_tree.region, far)
    assert read(story).giving_campaign == far
    assert read(story).ask.origin == "region"
    assert read(story).ask.region.title == "Middle East"

    name(syria, near)
    assert read(story).giving_campaign == near

    story.story_campaigns.create(campaign=own)
    story.save()
    assert read(story).giving_campaign == own
    assert read(story).ask.origin == "story"


TODAY = timezone.localdate
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    "fields",
    [
        {"live": False},
        {"closes_on": lambda: TODAY() - DAY},
        {"opens_on": lambda: TODAY() + DAY},
    ],
)
def test_a_campaign_that_takes_no_gifts_is_passed_over(page_tree, syria, factories, fields):
    fields = {field: value() if callable(value) else value for field, value in fields.items()}
    shut = factories.make_campaign("Shut", **fields)
    name(syria, shut)
    story = factories.make_story(region=syria, campaigns=[shut])

    assert read(story).giving_campaign == page_tree.campaign


def test_a_private_campaign_is_passed_over(page_tree, syria, factories):
    private = factories.make_campaign("Private")
    PageViewRestriction.objects.create(page=private, restriction_type="login")

    assert read(factories.make_story(campaigns=[private])).giving_campaign == page_tree.campaign


def test_the_last_day_of_a_campaign_still_takes_gifts(page_tree, factories):
    last = factories.make_campaign("Last day", opens_on=TODAY(), closes_on=TODAY())

    assert read(factories.make_story(campaigns=[last])).giving_campaign == last


def test_dated_asks_begin_and_stop_by_themselves(page_tree, factories):
    over, now, later = (factories.make_campaign(title) for title in ("Over", "Now", "Later"))
    story = factories.make_story()
    story.story_campaigns.create(campaign=later, starts_on=TODAY() + DAY, sort_order=0)
    story.story_campaigns.create(campaign=over, ends_on=TODAY() - DAY, sort_order=1)
    story.story_campaigns.create(campaign=now, starts_on=TODAY(), ends_on=TODAY(), sort_order=2)
    story.save()

    assert read(story).giving_campaign == now


def test_the_first_of_several_is_the_button(page_tree, factories):
    first, second = factories.make_campaign("First"), factories.make_campaign("Second")

    assert read(factories.make_story(campaigns=[second, first])).giving_campaign == second


def test_a_tick_or_a_retraction_ends_the_ask(page_tree, factories):
    tactful = factories.make_story(no_ask=True)
    wrong = factories.make_story()
    assert read(wrong).asks_for_gifts
    wrong.corrections.create(kind="retraction", text="<p>We were deceived.</p>")
    wrong.save()

    assert not read(tactful).asks_for_gifts
    assert not read(wrong).asks_for_gifts


def test_a_correction_does_not_end_the_ask(page_tree, factories):
    story = factories.make_story()
    story.corrections.create(kind="correction", text="<p>Nine, not ten.</p>")
    story.save()

    assert read(story).asks_for_gifts


def test_without_any_campaign_nothing_is_asked(page_tree, factories):
    page_tree.campaign.unpublish()

    assert read(factories.make_story()).giving_campaign is None


@pytest.mark.django_db(transaction=True)
def test_once_known_the_whole_chain_costs_no_query_beside_its_own_rows(
    page_tree, syria, factories, django_assert_num_queries
):
    story = factories.make_story(region=syria)
    known = read(story).giving_campaign
    story = StoryPage.objects.select_related("region").get(pk=story.pk)

    with django_assert_num_queries(1):
        assert story.giving_campaign == page_tree.campaign == known


@pytest.mark.django_db(transaction=True)
def test_what_a_page_is_given_is_its_own(page_tree, factories):
    read(factories.make_story()).giving_campaign.title = "Changed by a careless template"

    assert read(factories.make_story()).giving_campaign.title == page_tree.campaign.title
