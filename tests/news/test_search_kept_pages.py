"""Pages of results that a process keeps for who searches for the same next."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from factories import make_region, make_story
from wagtail.models import Page

from home.publication import public_pages
from news.search import pages
from news.search.indexing import index_now

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.same_everywhere]
PATH = "/search/?q=wells"


@pytest.fixture
def wells(page_tree):
    """Two stories about wells, in the index; nobody has searched yet."""
    region = make_region("Khavar")
    stories = [make_story(f"Wells of the {name}", region=region, note="") for name in ("north", "south")]
    index_now(Page.objects.values_list("pk", flat=True))
    pages.recent.clear()
    return stories


def html(path: str = PATH) -> str:
    """As a reader without cookies gets it."""
    return Client().get(path).content.decode()


def test_who_searches_for_the_same_gets_the_same_for_one_question(wells):
    first = html()
    with CaptureQueriesContext(connection) as queries:
        second = html()

    assert first == second and "2 results for" in first
    assert [("COUNT(" in query["sql"]) for query in queries] == [True]


def test_it_stays_between_this_process_and_its_reader(wells):
    for _time in range(2):
        response = Client().get(PATH)
        assert response["Cache-Control"] == "private, no-cache"
        assert not response.cookies


def test_other_orders_pages_and_filters_are_other_pages(wells):
    html()
    for path in (f"{PATH}&sort=date", f"{PATH}&year=2024", f"{PATH}&region=khavar", "/search/?q=wells+north"):
        assert html(path) == html(path)
    assert len(pages.recent.made) == 4  # in 2024 there is nothing
    assert Client().get(f"{PATH}&page=2").status_code == 404


def test_what_a_stranger_adds_to_an_address_stands_in_nobody_elses_links(wells):
    assert "stranger" in html(f"{PATH}&from=&stranger=1")
    assert "stranger" not in html(f"{PATH}&from=")


def test_what_only_machines_ask_for_is_not_kept(wells):
    html(PATH + "&region=" * 70)
    assert not pages.recent.made


def test_who_has_a_cookie_is_answered_alone(wells, admin_client):
    html()
    assert "wagtail-userbar" in admin_client.get(PATH).content.decode()
    assert "wagtail-userbar" not in html()

    pages.recent.clear()
    admin_client.get(PATH)
    assert not pages.recent.made


def test_a_search_that_finds_nothing_is_not_kept(wells):
    html("/search/?q=zzzz")
    assert not pages.recent.made


def test_what_is_published_is_found_at_once(wells):
    html()
    story = make_story("Wells of the east", note="")
    index_now([story.pk])
    assert "3 results for" in html()

    story.title = "Wells of the west"
    story.save_revision().publish()
    assert "of the west" in html()


def test_what_readers_may_not_see_any_more_is_gone_though_nobody_told_the_process(wells):
    html()
    Page.objects.filter(pk=wells[0].pk).update(live=False)

    assert wells[0] not in public_pages()
    assert "of the north" not in html()
    assert "1 result for" in html()
