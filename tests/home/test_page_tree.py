"""The fixtures that everything else stands on make a site that answers."""

import factories
import pytest
from wagtail.models import Site

from donate.models import CampaignPage
from news.models import StoryPage

pytestmark = pytest.mark.django_db


def test_the_page_tree_hangs_together(page_tree, story, donor):
    assert story.get_parent().specific == page_tree.newsroom
    assert page_tree.campaign.get_parent().specific == page_tree.give
    assert page_tree.region.url_path == "/home/regions/middle-east/"
    assert Site.objects.get(is_default_site=True).root_page.specific == page_tree.home
    assert CampaignPage.objects.get().presets.filter(is_default=True).count() == 2
    assert donor.email == "ada@donor.example"


def test_a_story_keeps_topics_regions_and_campaigns(page_tree):
    topic = factories.make_topic()
    lebanon = factories.make_region("Lebanon", parent=page_tree.region)

    factories.make_story(topics=[topic], regions=[lebanon], campaigns=[page_tree.campaign])

    story = StoryPage.objects.get()
    assert list(story.topics.all()) == [topic]
    assert [row.region for row in story.story_regions.all()] == [lebanon]
    assert [row.campaign for row in story.story_campaigns.all()] == [page_tree.campaign]
    assert "before dawn" in str(story.excerpt[0].value)


def test_gifts_have_their_lines(page_tree):
    gift = factories.make_gift()

    assert {line.kind: line.amount_minor for line in gift.lines.all()} == {"received": 5000, "fee": -175}


def test_the_cast_belongs_to_its_groups(editor, moderator, fundraiser, admin, outsider):
    assert [user.groups.count() for user in (editor, moderator, fundraiser, admin, outsider)] == [
        1,
        1,
        1,
        0,
        0,
    ]
    assert admin.is_superuser and editor.check_password(factories.PASSWORD)


def test_no_migration_is_missing(django_db_blocker):
    from django.core.management import call_command

    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.postgres
def test_postgres_fixture_serves_a_database(postgres_cluster):
    import psycopg

    with psycopg.connect(postgres_cluster.url) as connection:
        assert connection.execute("select 1").fetchone() == (1,)
