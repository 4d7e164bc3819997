"""Whatever is typed, on every way in: never an error, never the engine's own syntax. (Never slow: `benchmarks search`.)"""

import pytest
from django.urls import reverse
from factories import make_region, make_source, make_story, make_topic, make_user
from wagtail.models import Page

pytestmark = pytest.mark.django_db

HOSTILE = [
    '"', 'zebra"', '\\"', '"unclosed', "\x00", "a\x00b", " ", "\t", "\n", "", "\ud800", "\ufffe", "''", "';--", "' OR 1=1",
    "%", "_", "*", "*a", "a*", "^a", "(", ")", "(((", "()", "a AND", "AND", "OR", "NOT", "NEAR", "NEAR(a b)", "a NEAR b",
    'xx"OR"zebra', "title:zebra", "{title}: zebra", "a:b", "-", "--", "-a", '-"a b"', '-"', "- -", "+a", "a + b", "a-b",
    "!a", "a & b", "a | b", "<->", "a <-> b", "a:*", "'a':*A", "\\", "\\\\", "$$", "{{7*7}}", "<script>alert(1)</script>",
    "a " * 1000, "a" * 10_000, "é" * 5000, '"a" ' * 500, "-a " * 500, "(" * 5000, "难" * 3000, "ا" * 3000,
    "\u202e\u200f", "🙂", "e\u0301" * 200, "ﷺ" * 100, "１２３", "٣", "1e999", "../../etc/passwd", "\r\nSet-Cookie: a=b",
]  # fmt: skip


@pytest.fixture
def zebra(db):
    from news.search.indexing import index_now

    make_region(), make_topic(), make_source()
    story = make_story("A zebra at the well")
    index_now(Page.objects.values_list("pk", flat=True))
    return story


def test_every_query_is_answered(client, zebra):
    failed = []
    for text in HOSTILE:
        shown = text.encode("utf-8", "surrogatepass")
        for path in ("/search/", "/search/suggest/"):
            response = client.get(path, {"q": shown})
            if response.status_code != 200:
                failed.append((path, text[:40], response.status_code))

    assert failed == []


FILTERS = [
    "region=%00", "topic=%22", "source=%FF", "from=x&to=99999-01-01", "sort=%00", "year=x", "year=0000", "before=x&sort=date",
    f"region={'a' * 500}", "region=" * 50, "q[]=1", "from=0001-01-01&to=9999-12-31", "sort=date&before=-1",
]  # fmt: skip


def test_every_filter_is_answered(client, zebra):
    for query in FILTERS:
        assert client.get(f"/search/?q=zebra&{query}").status_code in (200, 404), query


def test_pages_that_are_not_there_are_missing(client, zebra):
    for page in ("0", "-1", "x", "51", "2", "999999999999", "1.5", "%00"):
        assert client.get(f"/search/?q=zebra&page={page}").status_code == 404, page


def test_no_syntax_of_the_engine_finds_anything(client, zebra):
    for text in (
        'xx"OR"zebra',
        "nothing OR zebra",
        "title:zebra",
        "zeb*",
        "{title}: zebra",
        "nothing | zebra",
    ):
        assert "A zebra at the" not in client.get("/search/", {"q": text}).content.decode()


def test_what_was_typed_is_escaped(client, zebra):
    html = client.get("/search/", {"q": "<script>alert(1)</script>"}).content.decode()

    assert "<script>alert" not in html
    assert "&lt;script&gt;" in html


def test_the_admins_search_boxes_survive_it_all(client, zebra):
    client.force_login(make_user("chief", is_superuser=True, is_staff=True))
    boxes = [
        reverse("wagtailadmin_pages:search"),
        reverse("wagtailadmin_explore", args=[zebra.get_parent().pk]),
        reverse("wagtailadmin_choose_page_search"),
        reverse("wagtailimages:index_results"),
        reverse("wagtailimages_chooser:choose_results"),
        reverse("wagtaildocs:index_results"),
        reverse("wagtaildocs_chooser:choose_results"),
        reverse("wagtailusers_users:index_results"),
        reverse("wagtailredirects:index_results"),
        reverse("stories:index_results"),
        "/admin/snippets/news/source/results/",
        "/admin/snippets/news/topic/",
        "/admin/snippets/choose/news/source/results/",
    ]
    failed = []
    for text in ("\x00", '"', "((", "a:b", "-", "'", 'xx"OR"zebra', "\ud800", "a " * 1000, '"a" ' * 500):
        for box in boxes:
            response = client.get(box, {"q": text.encode("utf-8", "surrogatepass")})
            if response.status_code != 200:
                failed.append((box, text[:20], response.status_code))

    assert failed == []


def test_the_admin_finds_by_words_and_beginnings(zebra):
    from wagtail.search import index

    from news.models import StoryPage

    index.insert_or_update_object(zebra)

    assert list(StoryPage.objects.all().search("ZEBRA")) == [zebra]
    assert list(StoryPage.objects.all().autocomplete('"zeb')) == [zebra]
    assert list(StoryPage.objects.all().search('xx"OR"zebra')) == []
