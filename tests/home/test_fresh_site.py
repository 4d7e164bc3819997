"""A site between its installation and its first content."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from donate.models import GivingSettings
from home.models import OrganisationSettings, SignInSettings

pytestmark = pytest.mark.django_db
WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")


def test_the_front_page_says_in_our_own_words_that_there_is_nothing_yet(client):
    answer = client.get("/")

    assert answer.status_code == 200
    text = answer.content.decode()
    assert "being set up" in text and "Wagtail" not in text and "noindex" in text
    assert "default-src 'none'" in answer["Content-Security-Policy"]


def test_a_look_at_it_writes_nothing(client):
    with CaptureQueriesContext(
        connection,
    ) as asked:
        for path in (
            "/",
            "/nowhere/",
            "/search/?q=river",
            "/robots.txt",
            "/sitemap.xml",
            "/news/feed/",
            "/give/",
        ):
            client.get(path)

    assert [query["sql"] for query in asked if query["sql"].lstrip().upper().startswith(WRITES)] == []


@pytest.mark.parametrize("model", [OrganisationSettings, SignInSettings, GivingSettings])
def test_settings_have_their_one_row_from_the_start(model):
    assert model.objects.count() == 1
