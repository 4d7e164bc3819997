"""Editors make and change campaigns: amounts as people type them, previews, what has gifts stays."""

import givers
import pytest
from django.urls import reverse
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text

from donate.models import CampaignPage

pytestmark = pytest.mark.django_db


def posted(**fields) -> dict:
    data = {
        "title": "Clean water",
        "slug": "clean-water",
        "place": "Middle East",
        "summary": "Wells for two hundred people.",
        "purpose": rich_text("<p>Pumps and pipe.</p>"),
        "thank_you": rich_text("<p>Thank you.</p>"),
        "goal_minor": "12,500.50",
        "goal_currency": "eur",
        "default_frequency": "once",
        "offers_monthly": "on",
        "button_label": "Give Today",
        "presets": inline_formset(
            [{"frequency": "once", "currency": "eur", "amount_minor": "25.50", "meaning": "A kit"}]
        ),
        "limits": inline_formset([{"currency": "eur", "minimum_minor": "5", "maximum_minor": "1,000"}]),
        "action-publish": "action-publish",
    }
    return nested_form_data(data | fields)


def test_amounts_are_typed_as_people_write_them(client, admin, page_tree):
    client.force_login(admin)

    client.post(
        reverse("wagtailadmin_pages:add", args=["donate", "campaignpage", page_tree.give.pk]), posted()
    )

    page = CampaignPage.objects.get(slug="clean-water")
    assert (page.goal_minor, page.goal_currency) == (1_250_050, "eur")
    assert page.presets.get().amount_minor == 2550
    limit = page.limits.get()
    assert (limit.minimum_minor, limit.maximum_minor) == (500, 100_000)
    html = client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
    assert 'value="12500.50"' in html and 'value="25.50"' in html and 'value="1000"' in html


@pytest.mark.parametrize(
    "wrong",
    [
        {"goal_minor": "twelve"},
        {"goal_currency": ""},
        {"opens_on": "2026-03-02", "closes_on": "2026-03-01"},
        {"statement_suffix": "12345"},
    ],
)
def test_what_does_not_fit_is_said_in_the_form(client, admin, page_tree, wrong):
    client.force_login(admin)

    answer = client.post(
        reverse("wagtailadmin_pages:add", args=["donate", "campaignpage", page_tree.give.pk]), posted(**wrong)
    )

    assert answer.status_code == 200
    assert not CampaignPage.objects.filter(slug="clean-water").exists()


def test_a_campaign_with_gifts_is_not_deleted_and_the_admin_says_why(client, admin, sandbox, campaign):
    givers.give(client, sandbox, campaign)
    client.force_login(admin)

    one = client.post(reverse("wagtailadmin_pages:delete", args=[campaign.pk]), follow=True)
    above = client.post(reverse("wagtailadmin_pages:delete", args=[campaign.get_parent().pk]), follow=True)

    assert "has gifts" in one.content.decode() and "has gifts" in above.content.decode()
    assert CampaignPage.objects.filter(pk=campaign.pk).exists()


def test_a_campaign_can_be_previewed_before_it_is_published(client, admin, campaign):
    client.force_login(admin)
    data = posted(title="Renamed in a preview", slug=campaign.slug)
    address = reverse("wagtailadmin_pages:preview_on_edit", args=[campaign.pk])

    assert client.post(address, data).json()["is_valid"]
    html = client.get(address).content.decode()

    assert "Renamed in a preview" in html and 'name="amount_other"' in html
