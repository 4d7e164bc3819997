"""Three groups and a workflow stand after migration; each does its own work and sees no more."""

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from wagtail.models import Workflow

from news.models import StoryPage
from news.tree import plant_tree

pytestmark = pytest.mark.django_db

MONEY = ["gift", "donor", "recurringgift", "ledgerentry", "receipt", "checkout", "stripeevent"]


def test_three_groups_exist_after_migration():
    assert set(Group.objects.values_list("name", flat=True)) >= {"Editors", "Moderators", "Fundraisers"}


@pytest.mark.parametrize("model", MONEY)
def test_only_fundraisers_see_donors_and_gifts(model, editor, moderator, fundraiser, outsider):
    permission = f"donate.view_{model}"

    assert fundraiser.has_perm(permission)
    assert not any(user.has_perm(permission) for user in (editor, moderator, outsider))


@pytest.mark.parametrize("model", MONEY)
@pytest.mark.parametrize("action", ["add", "change", "delete"])
def test_nobody_writes_the_books_by_hand(model, action, editor, moderator, fundraiser):
    # What came by post is entered through a form of its own, by fundraisers: the ledger writes it, once.
    people = (editor, moderator) if (action, model) == ("add", "gift") else (editor, moderator, fundraiser)

    assert not any(user.has_perm(f"donate.{action}_{model}") for user in people)


def test_editors_write_and_moderators_publish(client, page_tree, editor, moderator, factories):
    story = factories.make_story("For review", live=False, owner=editor)
    story.save_revision()
    workflow = story.get_workflow()
    assert workflow == Workflow.objects.get(name="Editors write, Moderators publish")

    workflow.start(story, editor)
    client.force_login(editor)
    assert not story.permissions_for_user(editor).can_publish()
    client.force_login(moderator)
    task = story.current_workflow_task_state
    url = reverse("wagtailadmin_pages:workflow_action", args=[story.pk, "approve", task.pk])
    client.post(url, {"comment": ""})

    assert StoryPage.objects.get(pk=story.pk).live


def test_fundraisers_write_campaigns_but_neither_publish_nor_touch_stories(db, fundraiser, factories):
    plant_tree()
    story, campaign = factories.make_story(), factories.make_campaign()

    assert campaign.permissions_for_user(fundraiser).can_edit()
    assert not campaign.permissions_for_user(fundraiser).can_publish()
    assert not story.permissions_for_user(fundraiser).can_edit()
