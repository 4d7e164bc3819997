"""The pages that every site has, and an empty site."""

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from wagtail.models import Page, Site

from home.models import OrganisationSettings
from news.tree import plant_tree

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough pass phrase"


def test_planting_gives_home_newsroom_regions_give_and_about(client):
    plant_tree()

    paths = set(Page.objects.filter(depth__gt=1).values_list("url_path", flat=True))
    assert paths == {"/home/", "/home/news/", "/home/regions/", "/home/give/", "/home/about/"}
    assert Site.objects.get().root_page.url_path == "/home/"
    for path in ("/", "/news/", "/regions/", "/about/"):
        assert client.get(path).status_code == 200


def test_planting_twice_changes_nothing():
    plant_tree()
    before = list(Page.objects.values_list("pk", "url_path", "title"))

    plant_tree()

    assert list(Page.objects.values_list("pk", "url_path", "title")) == before


def test_planting_leaves_what_an_editor_renamed():
    plant_tree()
    Page.objects.filter(slug="news").update(title="Reports")

    plant_tree()

    assert Page.objects.get(slug="news").title == "Reports"


def test_the_site_stands_on_site_url(settings):
    settings.SITE_URL = "https://news.example.org"

    plant_tree()

    site = Site.objects.get()
    assert (site.hostname, site.port) == ("news.example.org", 443)


def test_a_new_site_has_a_name_and_an_administrator():
    call_command("new_site", organisation="Acme", username="ada", password=PASSWORD)
    call_command("new_site", organisation="Acme", username="eve", password=PASSWORD)

    assert OrganisationSettings.load().name == "Acme"
    assert list(get_user_model().objects.values_list("username", "is_superuser")) == [("ada", True)]


def test_a_weak_password_is_refused_in_words():
    with pytest.raises(CommandError, match="too short"):
        call_command("new_site", organisation="Acme", username="ada", password="short")

    assert not get_user_model().objects.exists()
