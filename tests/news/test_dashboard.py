"""What an editor sees first: what waits, what is broken, what ends soon."""

from datetime import timedelta

import pytest
from django.utils import timezone

from news.models import LinkCheck

pytestmark = pytest.mark.django_db


def dashboard(client, user) -> str:
    client.force_login(user)
    return client.get("/admin/").content.decode()


def test_nothing_to_say_says_nothing(client, story, editor):
    page = dashboard(client, editor)

    assert "newsroom_" not in page


def test_scheduled_stories_stand_with_their_zone(client, story, editor):
    story.go_live_at = timezone.now() + timedelta(days=1)
    story.save_revision(approved_go_live_at=story.go_live_at)

    page = dashboard(client, editor)

    assert "Times are in UTC." in page
    assert "Overdue" not in page


def test_a_stopped_clock_is_said(client, story, editor):
    story.save_revision(approved_go_live_at=timezone.now() - timedelta(hours=1))

    assert "Overdue: the clock has stopped" in dashboard(client, editor)


def test_stories_in_review_are_named(client, factories, page_tree, editor, moderator):
    story = factories.make_story("Awaiting a second reader", live=False)
    story.save_revision()
    story.get_workflow().start(story, editor)

    assert "newsroom_review" in dashboard(client, moderator)


def test_dead_links_are_named_with_their_rescue(client, story, editor):
    LinkCheck.objects.create(story=story, url=story.full_story_url, failures=3)

    page = dashboard(client, editor)

    assert "Full stories that no longer answer" in page
    assert "No archived copy." in page


def test_asks_that_end_soon_are_named(client, story, page_tree, editor):
    story.story_campaigns.create(
        campaign=page_tree.campaign, ends_on=timezone.localdate() + timedelta(days=3)
    )
    story.save()

    assert "Asks that end soon" in dashboard(client, editor)


def test_fundraisers_see_no_stories_that_wait(client, story, fundraiser):
    LinkCheck.objects.create(story=story, url=story.full_story_url, failures=3)

    assert story.title not in dashboard(client, fundraiser)


def test_what_stories_moved_never_tells_of_few_gifts_exactly(client, story, page_tree, factories, editor):
    from wagtail.models import Page

    for _ in range(2):
        factories.make_gift(page_tree.campaign, source_page=Page.objects.get(pk=story.pk))

    page = dashboard(client, editor)

    assert "What stories moved" in page
    assert "Gifts: under 5" in page
