"""The search page, its suggestions, and how publications reach them."""

from datetime import date

import pytest
from django.core.cache import cache
from factories import make_campaign, make_region, make_source, make_story, make_topic, make_user
from wagtail.models import Page

pytestmark = pytest.mark.django_db


@pytest.fixture
def lanterns(db):
    from news.search.indexing import index_now

    region, topic = make_region("Khavar", also_known_as="Кхавар"), make_topic("Water")
    story = make_story("Lanterns & lamps", region=region, topics=[topic], summary="", place="", dated_on=date(2024, 5, 1),
                       note="", excerpt=[("paragraph", "<p>Far away. " + "Nothing. " * 80 + "A <b>lantern</b> & a <i>mill</i>.</p>")])  # fmt: skip
    make_campaign("Lanterns for the mill")
    index_now(Page.objects.values_list("pk", flat=True))
    return story


def test_the_page_marks_what_matched_and_counts_the_choices(client, lanterns):
    html = client.get("/search/?q=lantern").content.decode()

    assert "<mark>Lanterns</mark> &amp; lamps" in html
    assert "A <mark>lantern</mark> &amp; a mill." in html
    assert 'name="region" value="khavar"' in html and 'name="topic" value="water"' in html
    assert 'name="year" value="2024"' in html
    assert "2 results for" in html
    assert client.get("/search/?q=lantern").cookies == {}


def test_narrowing_keeps_the_other_choices(client, lanterns):
    html = client.get("/search/?q=lantern&region=khavar&year=2024").content.decode()

    assert "1 result for" in html
    assert 'value="khavar" checked' in html and 'value="2024" checked' in html


def test_a_misspelling_is_offered_right_and_searches_without_result_are_counted(client, lanterns):
    from news.models import SearchMiss
    from news.search.misses import take_over

    html = client.get("/search/?q=lantrens+mil").content.decode()
    client.get("/search/?q=ada@donor.example+lost")
    client.get("/search/?q=lantrens+mil")

    assert "/search/?q=lanterns+mill" in html
    assert not SearchMiss.objects.exists()
    take_over()
    assert list(SearchMiss.objects.values_list("query", "count")) == [("lantrens mil", 2)]


def test_suggestions_begin_with_names(client, lanterns):
    found = client.get("/search/suggest/?q=lant").json()

    assert [(one["text"], one["kind"]) for one in found] == [
        ("Lanterns for the mill", "campaign"),
        ("Lanterns & lamps", "story"),
    ]
    assert client.get("/search/suggest/", {"q": "Кха"}).json()[0]["url"] == "/regions/khavar/"
    assert client.get("/search/suggest/?q=").json() == []


def test_editors_pin_and_a_search_writes_nothing(client, lanterns):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext
    from wagtail.contrib.search_promotions.models import Query, SearchPromotion

    pinned = make_story("Read this first")
    SearchPromotion.objects.create(query=Query.get("lantern"), page=pinned, description="Our guide.")

    client.get("/search/?q=nothing")  # the organisation's row is made by the first page that is shown

    with CaptureQueriesContext(connection) as queries:
        html = client.get("/search/?q=Lantern").content.decode()

    assert html.index("Read this first") < html.index("</mark> &amp; lamps")
    assert not [one for one in queries if one["sql"].split()[0] in ("INSERT", "UPDATE", "DELETE")]
    assert len(queries) <= 46  # in a test nothing is kept between requests


def test_too_many_searches_of_one_network_wait(client, lanterns, settings):
    settings.SEARCH_LIMIT = "2/h"
    codes = [client.get("/search/?q=lantern").status_code for _time in range(3)]

    assert codes == [200, 200, 429]
    assert client.get("/search/?q=lantern", REMOTE_ADDR="198.51.100.7").status_code == 200
    cache.clear()


def test_publications_reach_the_search_after_the_commit(client, lanterns, django_capture_on_commit_callbacks):
    user = make_user("someone", is_superuser=True)
    with django_capture_on_commit_callbacks(execute=True):
        lanterns.title = "Candlesticks"
        lanterns.save_revision(user=user).publish()
    assert "Candlesticks" in client.get("/search/?q=candlestick").content.decode()

    lanterns.unpublish(user=user)
    assert "Candlesticks" not in client.get("/search/?q=candlestick").content.decode()


def test_a_rebuild_goes_on_where_it_was_cut_off_and_drops_what_is_stale(lanterns):
    from news.models import SearchEntry, SearchRebuild
    from news.search.rebuild import rebuild

    gone = make_story("A stale entry", source=make_source())
    rebuild()
    Page.objects.filter(pk=gone.pk).update(live=False)
    SearchRebuild.objects.create(after=0, done=0)

    rebuild()

    assert not SearchEntry.objects.filter(pk=gone.pk).exists()
    assert SearchEntry.objects.filter(pk=lanterns.pk).exists()
    assert not SearchRebuild.objects.exists()


def test_on_postgres_a_rebuild_writes_only_what_has_changed(lanterns):
    from django.db import connection

    from news.models import SearchEntry
    from news.search.rebuild import rebuild

    def places() -> dict[int, str]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT page_id, ctid::text FROM news_searchentry")
            return dict(cursor.fetchall())

    if connection.vendor != "postgresql":
        pytest.skip("SQLite's index is written whole")
    rebuild()
    before = places()
    SearchEntry.objects.filter(pk=lanterns.pk).update(position=1)
    changed = places()[lanterns.pk]

    rebuild()

    after = places()
    assert after.pop(lanterns.pk) not in (before.pop(lanterns.pk), changed)
    assert after == before


def test_what_an_older_release_wrote_during_an_upgrade_is_mended(lanterns):
    from datetime import timedelta

    from django.utils import timezone

    from news import jobs
    from news.models import SearchEntry
    from news.search.engine import engine

    old = make_story("Settled long ago")
    Page.objects.filter(pk=lanterns.pk).update(last_published_at=timezone.now())
    Page.objects.filter(pk=old.pk).update(last_published_at=timezone.now() - timedelta(days=1))
    engine().erase([lanterns.pk, old.pk])

    jobs.index_lately.call()

    assert SearchEntry.objects.filter(pk=lanterns.pk).exists()
    assert not SearchEntry.objects.filter(pk=old.pk).exists()


def test_trigrams_are_asked_where_they_are_installed_and_missed_nowhere(lanterns):
    from django.db import connection

    from news.search import spelling
    from news.search.rebuild import rebuild

    rebuild()
    assert spelling.trigram_neighbours("lantrens") == {}
    assert spelling.nearest("lantrens") == "lanterns"
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_available_extensions WHERE name = 'pg_trgm'")
            if not cursor.fetchone()[0]:
                return
            cursor.execute("CREATE EXTENSION pg_trgm")
            cursor.execute(
                "SET CONSTRAINTS ALL IMMEDIATE"
            )  # an index is made only where no check is outstanding
        rebuild()
        assert "lanterns" in spelling.trigram_neighbours("lanternsky")
        assert spelling.nearest("lantrens") == "lanterns"


@pytest.mark.slow
def test_generated_stories_are_found_ranked_within_the_cap_and_open_in_the_admin(client, db):
    from news.demo.bulk import load_stories
    from news.models import StoryPage

    assert load_stories(1100) == 1100
    assert load_stories(1100) == 0
    html = client.get("/search/?q=the").content.decode()
    story = StoryPage.objects.order_by("pk").last()
    client.force_login(make_user("chief", is_superuser=True, is_staff=True))

    assert "More than 1000 results" in html or "More than 1,000 results" in html
    assert client.get("/search/?q=the&page=50").status_code == 200
    assert client.get(f"/admin/pages/{story.pk}/edit/").status_code == 200
    assert client.get(story.get_url_parts()[2]).status_code == 200
    assert Page.find_problems() == ([], [], [], [], [])
    story.save_revision().publish()
