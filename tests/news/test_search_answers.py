"""What a process keeps of the engine's answers, and when it asks the engine anew."""

from datetime import date

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from factories import make_campaign, make_region, make_story, make_topic
from processes import Console
from wagtail.models import Page

from home.pagecache.generation import removed
from news.search import answers, recent
from news.search.asked import SearchRequest
from news.search.engine import CAP, UNDATED_CAP, Filters, Match, Matches, engine
from news.search.find import find
from news.search.indexing import index_now
from news.search.names import expand
from news.search.positions import span
from news.search.query import parse

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def wells(page_tree):
    """Two stories about wells, in the index."""
    topic = make_topic("Water")
    stories = [make_story(f"Wells of the {name}", topics=[topic], note="") for name in ("north", "south")]
    index_now(Page.objects.values_list("pk", flat=True))
    answers.recent.clear()
    return stories


def asks(call) -> bool:
    """Does this read the index?"""
    with CaptureQueriesContext(connection) as queries:
        call()
    return any("news_search" in query["sql"] for query in queries.captured_queries)


def found(typed: str = "wells", **filters) -> list[int]:
    return [match.page_id for match in answers.matches(parse(typed), Filters(**filters)).rows]


def test_the_same_is_asked_once(wells):
    assert asks(found)
    assert not asks(found)
    assert sorted(found()) == sorted(story.pk for story in wells)


def test_ranked_answers_serve_who_wants_no_ranks_and_not_the_other_way_round(wells):
    query = parse("wells")

    assert asks(lambda: answers.matches(query, Filters(), ranked=False))
    assert asks(lambda: answers.matches(query, Filters(), ranked=True))
    assert not asks(lambda: answers.matches(query, Filters(), ranked=False))
    assert all(match.score for match in answers.matches(query, Filters()).rows)


def test_other_words_filters_and_cursors_are_other_questions(wells):
    newest = max(match.position for match in answers.matches(parse("wells"), Filters()).rows)

    answers.recent.clear()
    assert asks(lambda: found("well north"))
    assert asks(lambda: found(topics=(1,)))
    assert asks(lambda: answers.matches(parse("wells"), Filters(), before=newest))
    assert len(answers.matches(parse("wells"), Filters(), before=newest).rows) == 1


def test_what_is_written_to_the_index_is_found_at_once(wells):
    before = found()
    story = make_story("More wells", note="")
    index_now([story.pk])

    assert sorted(found()) == sorted([*before, story.pk])


def test_what_readers_may_not_see_any_more_is_gone_though_the_answer_is_kept(wells):
    asked = SearchRequest(q="wells")
    assert find(asked).total == 2
    Page.objects.filter(pk=wells[0].pk).update(live=False)  # nobody told the index

    assert [match.page_id for match in find(asked).matches] == [wells[1].pk]


def test_a_region_that_is_chosen_asks_only_for_itself(wells):
    region = make_region("Khavar")
    asked = SearchRequest(q="wells", regions=(region.path_below_regions,))
    for _all_other_regions in range(2):  # the second time they are known
        with CaptureQueriesContext(connection) as queries:
            find(asked)
        answers.recent.made.pop((expand(parse("wells")), Filters(regions=(region.pk,)), True, None))

    reads = [query["sql"] for query in queries if "'well'" in query["sql"] or '"well"' in query["sql"]]
    assert reads and all("region_ids" in sql or f'"r{region.pk}"' in sql for sql in reads)


def test_where_all_that_matches_is_known_nothing_narrower_is_asked(wells):
    region = make_region("Khavar")
    make_campaign("Wells")
    make_story("Wells of Khavar", region=region, note="", dated_on=date(2024, 5, 1))
    index_now(Page.objects.values_list("pk", flat=True))
    newest = max(match.position for match in answers.matches(parse("wells"), Filters()).rows)
    narrower = [
        (Filters(regions=(region.pk,)), None),
        (Filters(regions=()), None),
        (Filters(topics=(1, 2)), None),
        (Filters(spans=(span(date(2024, 1, 1), date(2024, 12, 31)),)), None),
        (Filters(spans=(span(date(2024, 1, 1), None), span(None, date(2023, 12, 31)))), newest),
        (Filters(), newest),
        (Filters(), -1),
    ]

    for asked in narrower:
        with CaptureQueriesContext(connection) as queries:
            rows = answers.matches(parse("wells"), asked[0], False, asked[1]).rows
        engines = engine().matches(parse("wells"), asked[0], False, asked[1]).rows
        assert len(queries) == 0
        assert [row.page_id for row in rows] == [row.page_id for row in engines], asked


@pytest.mark.parametrize(
    ("matches", "are_all"),
    [
        (Matches([]), True),
        (Matches([], is_partial=True), False),
        (Matches([Match(1, 1, (), (), ())] * CAP), True),
        (Matches([Match(1, 1, (), (), ())] * (CAP + 1)), False),
        (Matches([Match(1, -1, (), (), ())] * UNDATED_CAP), False),
    ],
)
def test_where_there_may_be_more_the_engine_is_asked(matches, are_all):
    assert matches.are_all == are_all


def test_in_a_transaction_the_engine_is_asked(wells):
    found()
    with transaction.atomic():
        assert asks(found)
    assert not asks(found)


def test_after_a_removal_or_a_restore_the_engine_is_asked(wells):
    found()
    removed()

    assert asks(found)
    assert not asks(found)


def test_answers_grow_old(wells):
    found()
    [(key, answer)] = answers.recent.made.items()
    answers.recent.made[key] = answer._replace(made_at=answer.made_at - recent.AT_MOST - 1)

    assert asks(found)


def test_only_the_last_used_are_kept(wells):
    found("north")
    for number in range(answers.recent.most - 1):
        found(f"w{number}")
    found("north")
    found("south")

    assert len(answers.recent.made) == answers.recent.most
    assert not asks(lambda: found("north"))
    assert asks(lambda: found("w0"))


def test_another_process_that_writes_the_index_is_heard(own_site):
    own_site.environment["CACHE_URL"] = ""  # one machine: the moment stands in its data folder
    web = Console(own_site)
    ask = (
        "from news.search.asked import SearchRequest; from news.search.find import find; "
        "print(find(SearchRequest(q='wells')).total)"
    )
    write = (
        "from factories import make_story; from news.search.indexing import index_now; "
        "index_now([make_story('Wells', note='').pk])"
    )

    assert [web.python(ask), web.python(ask)] == ["0", "0"]
    own_site.python(write)
    assert web.python(ask) == "1"
