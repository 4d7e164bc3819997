"""Pages of results that a process keeps for who searches for the same next."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from factories import make_region, make_story
from processes import wait_for
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


def test_who_stood_in_line_for_the_same_search_gets_it_as_it_was_rendered_meanwhile(wells, rf):
    rendered = []

    def ask(name: str) -> bytes:
        def render() -> pages.Results:
            rendered.append(name)
            return pages.Results(name.encode(), frozenset([wells[0].pk]))

        try:
            return pages.answer(rf.get(PATH), render).content
        finally:
            connection.close()

    with ThreadPoolExecutor(5) as threads:
        with ExitStack() as held:
            for _turn in range(3):
                held.enter_context(pages.turns)
            waiting = [threads.submit(ask, f"reader {number}") for number in range(5)]
            wait_for(lambda: len(pages.turns._cond._waiters) == 5, what="all five stand in line")
        answers = {asked.result(timeout=20) for asked in waiting}

    assert 1 <= len(rendered) <= 3  # those who came into the three turns together
    assert answers <= {name.encode() for name in rendered}


def test_a_kept_page_does_not_grow_young_again(wells):
    html()
    [made] = pages.recent.made.values()
    html()
    assert [kept.made_at for kept in pages.recent.made.values()] == [made.made_at]
