"""What both engines must answer alike. Runs on the database of the test run."""

from datetime import date

import pytest
from django.http import QueryDict
from factories import (
    make_campaign,
    make_give_page,
    make_home,
    make_newsroom,
    make_region,
    make_region_index,
    make_source,
    make_story,
    make_topic,
)
from kept_rows import plant
from wagtail.models import Page, PageViewRestriction

pytestmark = pytest.mark.django_db


@pytest.fixture
def archive(db):
    return plant(small_archive)


def small_archive():
    """Stories by a short name; call `.index()` after a change."""
    from types import SimpleNamespace

    from news.search.indexing import index_now

    make_home(), make_newsroom(), make_give_page(), make_region_index()
    middle = make_region("Middle East", also_known_as="Levant")
    syria = make_region("Syria", parent=middle, also_known_as="سوريا\nСирия")
    aleppo = make_region("Aleppo", parent=syria, also_known_as="Halab\nحلب")
    africa = make_region("East Africa")
    water, courts = make_topic("Water rights"), make_topic("Courts")
    wire, post = make_source("Harbour Wire"), make_source("The Sidra Post", also_known_as="Sidra Gazette")

    def story(title, **fields):
        plain = {"summary": "", "note": "", "place": "", "excerpt": [], "region": africa, "source": wire}
        return make_story(title, **(plain | fields))

    def text(words):
        return [("paragraph", f"<p>{words}</p>")]

    stories = SimpleNamespace(
        wells=story("Wells are capped in the valley", region=aleppo, topics=[water], dated_on=date(2026, 3, 1)),
        walk=story("Families walk home", note="<p>They found the <b>wells</b> sealed.</p>", region=syria),
        court=story("Judges hear a dispute", excerpt=text("Nineteen wells stand in the file. " * 3), topics=[courts],
                    source=post, dated_on=date(2024, 6, 1)),
        erdogan=story("Erdoğan visits a café", dated_on=date(2023, 1, 5)),
        chinese=story("难民营的夜晚", excerpt=text("教会的难民营在河边")),
        arabic=story("أخبار", excerpt=text("وصلت العائلات إلى الكنيسة وللاجئين خيام")),
        russian=story("Ещё одна деревня", excerpt=text("Жители церквей ждут")),
        both=story("A river of many names", excerpt=text("the river bank and the bank of the river")),
    )  # fmt: skip
    campaign = make_campaign("Blankets for Aleppo")

    def index():
        return index_now(Page.objects.values_list("pk", flat=True))

    index()
    return SimpleNamespace(
        **vars(stories), middle=middle, syria=syria, aleppo=aleppo, africa=africa, campaign=campaign, index=index,
        story=story, text=text, water=water, wire=wire,
    )  # fmt: skip


def found(query="", **filters):
    """Primary keys in order."""
    from news.search.asked import SearchRequest
    from news.search.find import find

    asked = QueryDict(mutable=True)
    asked["q"] = query
    for name, value in filters.items():
        asked.setlist(
            {"first": "from", "last": "to"}.get(name, name), value if isinstance(value, list) else [value]
        )
    return [match.page_id for match in find(SearchRequest.from_query(asked)).matches]


def test_a_word_in_the_title_comes_before_the_note_before_the_body(archive):
    assert found("wells") == [archive.wells.pk, archive.walk.pk, archive.court.pk]


def test_words_are_found_in_any_form(archive):
    for query in ["well", "WELL", "Wells", "wells'"]:
        assert set(found(query)) == {archive.wells.pk, archive.walk.pk, archive.court.pk}


FOLDED = [
        ("erdogan", "erdogan"), ("ERDOĞAN", "erdogan"), ("Erdoğan's", "erdogan"), ("cafe", "erdogan"), ("cafés", "erdogan"),
        ("难民", "chinese"), ("难民营", "chinese"), ("教会", "chinese"), ("河", "chinese"),
        ("كنيسة", "arabic"), ("الكنيسه", "arabic"), ("لاجئين", "arabic"), ("كَنِيسَة", "arabic"), ("عائلات", "arabic"),
        ("еще", "russian"), ("ещё", "russian"), ("церкви", "russian"), ("деревни", "russian"),
    ]  # fmt: skip


def test_accents_forms_and_runs_fold(archive):
    for query, name in FOLDED:
        assert found(query) == [getattr(archive, name).pk], query


def test_all_words_must_be_there(archive):
    assert found("wells valley") == [archive.wells.pk]
    assert found("wells nowhere") == []


def test_a_phrase_is_found_in_its_order_alone(archive):
    assert found('"bank of the river"') == [archive.both.pk]
    assert found('"river of the bank"') == []


def test_a_minus_leaves_out(archive):
    assert archive.wells.pk not in found("wells -valley")
    assert archive.walk.pk in found("wells -valley")
    assert archive.both.pk in found('-wells river -"many wells"')


def test_a_minus_alone_lists_the_rest(archive):
    assert archive.wells.pk not in found("-wells", sort="date")
    assert archive.both.pk in found("-wells", sort="date")


def test_stop_words_do_not_hide_a_story_and_alone_they_are_words(archive):
    assert found("the wells of a valley") == [archive.wells.pk]
    assert archive.both.pk in found("the")


@pytest.mark.parametrize(
    "query", ["Aleppo", "halab", "حلب", "Syria", "Сирия", "سوريا", "Middle East", "levant"]
)
def test_a_story_is_found_by_its_regions_names(archive, query):
    assert archive.wells.pk in found(query)


def test_a_region_does_not_find_what_lies_around_it(archive):
    assert archive.walk.pk not in found("halab")


def test_sources_and_topics_are_found_by_name(archive):
    assert found("Sidra Gazette") == [archive.court.pk]
    assert archive.wells.pk in found("water rights")


def test_regions_and_campaigns_are_found(archive):
    assert archive.campaign.pk in found("blankets")
    assert archive.aleppo.pk in found("halab")


def test_a_rename_of_a_region_holds_at_once(archive):
    archive.syria.title = "Ashamland"
    archive.syria.save()

    assert {archive.wells.pk, archive.walk.pk} <= set(found("ashamland"))


def test_a_region_that_moves_takes_its_stories_along(archive):
    Page.objects.get(pk=archive.aleppo.pk).move(Page.objects.get(pk=archive.africa.pk), pos="last-child")

    assert archive.wells.pk in found("East Africa")
    assert archive.wells.pk not in found(region="middle-east")


def test_filters_combine_and_take_in_the_regions_within(archive):
    assert set(found("wells", region="middle-east")) == {archive.wells.pk, archive.walk.pk}
    assert found("wells", region="middle-east", topic="water-rights") == [archive.wells.pk]
    assert found("wells", region=["middle-east/syria/aleppo", "east-africa"], source="harbour-wire") == [
        archive.wells.pk
    ]
    assert found("wells", source="the-sidra-post") == [archive.court.pk]
    assert found("wells", region="nowhere") == []
    assert found("wells", topic="nothing") == []


def test_dates_narrow(archive):
    assert found("wells", first="2026-03-01", last="2026-03-01") == [archive.wells.pk]
    assert found("wells", last="2024-12-31") == [archive.court.pk]
    assert found("wells", year="2024") == [archive.court.pk]
    assert set(found("wells", year=["2024", "2026"], first="2026-03-02")) == {archive.walk.pk}
    assert found("wells", first="2027-01-01") == []


def test_filters_alone_list_newest_first(archive):
    assert found(region="middle-east")[:2] == [archive.walk.pk, archive.wells.pk]


def test_newest_first_is_by_date(archive):
    assert found("wells", sort="date") == [archive.walk.pk, archive.wells.pk, archive.court.pk]


def test_of_two_alike_the_newer_comes_first(archive):
    old = archive.story("Lanterns on the quay", dated_on=date(2019, 1, 1))
    new = archive.story("Lanterns on the quay", dated_on=date(2026, 1, 1))
    archive.index()

    assert found("lanterns") == [new.pk, old.pk]


def test_only_what_is_live_and_public_is_found_even_before_the_index_knows(archive):
    Page.objects.filter(pk=archive.wells.pk).update(live=False)
    PageViewRestriction.objects.create(page=archive.walk.page_ptr, restriction_type="login")

    assert found("wells") == [archive.court.pk]


def test_a_draft_is_not_in_the_index(archive):
    from news.models import SearchEntry

    draft = archive.story("Unwritten lanterns", live=False)
    archive.index()

    assert not SearchEntry.objects.filter(pk=draft.pk).exists()
    assert found("lanterns") == []


def test_a_deleted_page_leaves_no_entry(archive):
    from news.models import SearchEntry
    from news.search.engine import Filters, engine
    from news.search.query import parse

    Page.objects.get(pk=archive.wells.pk).delete()

    assert not SearchEntry.objects.filter(pk=archive.wells.pk).exists()
    assert archive.wells.pk not in [
        match.page_id for match in engine().matches(parse("valley"), Filters()).rows
    ]


def test_a_story_with_another_date_moves(archive):
    archive.court.dated_on = date(2026, 11, 1)
    archive.court.save()
    archive.index()

    assert found("wells", sort="date")[0] == archive.court.pk
    assert len(found("wells")) == 3


def test_engine_syntax_is_nothing_but_words(archive):
    assert found('xx"OR"wells') == []
    assert found("wells OR nowhere") == []
    assert found("title:wells") == []
    assert found("wel*") == []
    assert found("r1") == [] == found("marks:all")
    assert found("#r1") == []


def test_results_come_in_pages_of_twenty(archive):
    for number in range(23):
        archive.story("A lamp", dated_on=date(2000, 1, 1 + number))
    archive.index()

    assert len(found("lamp")) == 20
    assert len(found("lamp", sort="date", page="2")) == 3
    assert not set(found("lamp")) & set(found("lamp", page="2"))


def test_however_far_back_a_match_lies_it_is_found(archive):
    """PostgreSQL looks among the newest first; here the newest are two stories."""
    from django.db import connection

    from news.search.engine import Filters, engine
    from news.search.names import expand
    from news.search.positions import span
    from news.search.query import parse

    engines = [engine()]
    if connection.vendor == "postgresql":
        from news.search.postgres import PostgresEngine

        engines.append(PostgresEngine(window=1))
    many = Filters(spans=(span(date(2020, 1, 1), date(2026, 12, 31)),))
    for one in engines:
        for query in ("wells", "valley", '"bank of the river"', "wells -valley", "river", "Syria"):
            for filters in (Filters(), many, Filters(sources=(archive.wire.pk,))):
                asked = expand(parse(query))
                assert one.matches(asked, filters) == engine().matches(asked, filters), (query, filters)


def test_a_phrase_that_was_not_looked_for_everywhere_is_said_to_be(archive, client):
    from django.db import connection

    from news.search.engine import Filters, engine
    from news.search.query import parse

    archive.story("Bank", excerpt=archive.text("Of the river, and of the bank."), dated_on=date(2026, 11, 1))
    archive.index()
    phrase = parse('"river of the bank"'), Filters()

    assert not engine().matches(*phrase).is_partial
    assert "Only the newest" not in client.get("/search/?q=%22river+of+the+bank%22").content.decode()
    if connection.vendor == "postgresql":
        from news.search.postgres import PostgresEngine

        assert PostgresEngine(phrase_cap=1).matches(*phrase).is_partial
        assert not PostgresEngine(phrase_cap=9).matches(*phrase).is_partial


def day_number(day: date, page: int = 7) -> int:
    from news.search.positions import position

    return position(page, day)


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (date(2026, 1, 31), date(2026, 2, 1), ["m202601", "m202602"]),
        (date(2025, 12, 31), date(2026, 8, 1), ["m202512", "y2026"]),
        (
            date(2023, 9, 2),
            date(2025, 12, 31),
            ["m202309", "m202310", "m202311", "m202312", "y2024", "y2025"],
        ),
        (date(1926, 1, 1), date(2026, 1, 1), []),
    ],
)
def test_a_long_time_is_named_by_few_marks(first, last, expected):
    from news.search.postgres import times

    assert times(day_number(first), day_number(last)) == expected


def test_a_time_without_an_end_is_named_by_none():
    from news.search.positions import LAST
    from news.search.postgres import times

    assert times(day_number(date(2026, 1, 1)), LAST) == times(1, day_number(date(2026, 1, 1))) == []
