"""Region desks: made with the region, at work on its stories, and on no others."""

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from news.models import RegionDesk, StoryPage

pytestmark = pytest.mark.django_db


@pytest.fixture
def syria(page_tree, factories):
    return factories.make_region("Syria", parent=page_tree.region)


@pytest.fixture
def desk_editor(page_tree, factories):
    return factories.make_user("desk", "Desk: Middle East")


@pytest.fixture
def near(syria, factories):
    return factories.make_story("Ours to write", region=syria)


@pytest.fixture
def far(page_tree, factories):
    return factories.make_story("Another desk's words", region=factories.make_region("Europe"), live=False)


def test_a_desk_is_made_with_an_outermost_region_alone(page_tree, syria, factories):
    factories.make_region("Europe")

    assert set(RegionDesk.objects.values_list("group__name", flat=True)) == {
        "Desk: Middle East",
        "Desk: Europe",
    }


def test_renaming_the_region_renames_its_desk(page_tree):
    page_tree.region.title = "Levant"
    page_tree.region.save()

    assert Group.objects.filter(name="Desk: Levant").exists()


def test_removing_the_region_leaves_no_desk(page_tree):
    page_tree.region.delete()

    assert not RegionDesk.objects.exists()


def pages_of(story) -> list[str]:
    """Every admin page that shows or changes one story."""
    names = [
        "edit",
        "copy",
        "history",
        "revisions_index",
        "view_draft",
        "usage",
        "unpublish",
        "delete",
        "move",
    ]
    revision = story.get_latest_revision() or story.save_revision()
    found = [
        reverse(f"wagtailadmin_pages:{name}", args=[story.pk]) for name in names if name != "revisions_index"
    ]
    found.append(reverse("wagtailadmin_pages:revisions_view", args=[story.pk, revision.pk]))
    found.append(reverse("wagtailadmin_pages:revisions_revert", args=[story.pk, revision.pk]))
    found.append(reverse("wagtailadmin_pages:revisions_compare", args=[story.pk, revision.pk, "latest"]))
    found += [reverse("news_new_story_like", args=[story.pk]), reverse("news_take_down", args=[story.pk])]
    return found


def test_a_desk_writes_its_own_stories(client, near, desk_editor):
    client.force_login(desk_editor)

    assert near.permissions_for_user(desk_editor).can_edit()
    assert client.get(reverse("wagtailadmin_pages:edit", args=[near.pk])).status_code == 200


def test_a_desk_sees_no_word_of_another_desks_story(client, far, desk_editor):
    client.force_login(desk_editor)

    for url in [
        *pages_of(far),
        "/admin/stories/",
        f"/admin/pages/{far.get_parent().pk}/",
        "/admin/",
        "/admin/pages/search/?q=Another",
        "/admin/choose-page/",
        "/admin/choose-page/search/?q=Another&page_type=news.storypage",
        f"/admin/choose-page/{far.get_parent().pk}/?page_type=news.storypage",
        "/admin/reports/site-history/",
        "/admin/reports/aging-pages/",
        "/admin/reports/locked/",
        "/admin/reports/workflow/",
        *(
            f"/admin/bulk/wagtailcore/page/{action}/?id={far.pk}"
            for action in ("publish", "unpublish", "move", "delete", "add_topic")
        ),
    ]:
        response = client.get(url)
        assert response.status_code < 500, url
        assert "Another desk&#x27;s words" not in response.content.decode(), url


def test_a_desk_changes_nothing_of_another_desks_story(client, far, desk_editor):
    client.force_login(desk_editor)
    before = StoryPage.objects.values().get(pk=far.pk)

    for url in pages_of(far):
        client.post(url, {"title": "Changed", "action-publish": "1", "reason": "x"})

    after = StoryPage.objects.values().get(pk=far.pk)
    assert after == before | {
        "latest_revision_id": after["latest_revision_id"],
        "latest_revision_created_at": after["latest_revision_created_at"],
        "draft_title": after["draft_title"],
        "has_unpublished_changes": after["has_unpublished_changes"],
    }
    assert after["draft_title"] == before["draft_title"]
    assert StoryPage.objects.count() == 1


def test_a_story_filed_under_two_desks_belongs_to_both(near, far, syria, desk_editor):
    far.story_regions.create(region=syria)
    far.save()

    assert far.permissions_for_user(desk_editor).can_edit()


def test_a_desk_writes_new_stories_and_keeps_its_own(page_tree, desk_editor, factories):
    draft = factories.make_story(
        "Begun here", live=False, owner=desk_editor, region=factories.make_region("Europe")
    )

    assert page_tree.newsroom.permissions_for_user(desk_editor).can_add_subpage()
    assert draft.permissions_for_user(desk_editor).can_edit()


def test_a_desk_neither_publishes_nor_changes_newsroom_regions_or_campaigns(page_tree, near, desk_editor):
    assert not near.permissions_for_user(desk_editor).can_publish()
    for page in (page_tree.newsroom, page_tree.region, page_tree.campaign, page_tree.home):
        assert not page.permissions_for_user(desk_editor).can_edit()


def test_an_editor_who_also_sits_at_a_desk_writes_everywhere(far, desk_editor, factories):
    desk_editor.groups.add(Group.objects.get(name="Editors"))
    both = type(desk_editor).objects.get(pk=desk_editor.pk)

    assert far.permissions_for_user(both).can_edit()


def test_the_list_of_a_desk_holds_its_stories(client, near, far, desk_editor):
    client.force_login(desk_editor)

    page = client.get("/admin/stories/").content.decode()

    assert "Ours to write" in page
    assert "Another desk" not in page
