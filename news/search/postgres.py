"""Search on PostgreSQL: a slim table with one GIN index over words, regions, topics and sources.

Finding matches is cheap, reading their words is not. So the newest CAP matches are found by position first, and
only those are ranked. Two ways lead to them: through the index, sorting what it gives (rare and fairly common
words), or down the archive from the newest until enough have matched (words that nearly every story has).
"""

from collections.abc import Iterable
from math import prod

from django.db import connection, transaction
from django.db.models import Sum

from news.models import SearchWord
from news.search.engine import CAP, OTHER_NAME, PHRASE_CAP, UNDATED_CAP, WEIGHTS, Entry, Filters, Match
from news.search.letters import GAP
from news.search.positions import LAST
from news.search.query import Phrase, Query, Term

TABLE = "news_searchentry"
# What PostgreSQL ranks by, from D to A: body, marks, note, title.
RANK_WEIGHTS = "{" + ",".join(str(WEIGHTS[name]) for name in ("body", "marks", "note", "title")) + "}"
# From this share of the archive on, going down from the newest finds enough matches sooner than the index does.
COMMON = 0.25
LAST_PLACE = 16_000  # PostgreSQL counts places up to 16,383
ROWS = (
    "SELECT e.page_id, e.position, e.region_ids, e.topic_ids, e.source_ids, {rank} "  # noqa: S608
    f"FROM ({{newest}}) n JOIN {TABLE} e USING (position) ORDER BY e.position DESC"
)
WRITE = f"""
INSERT INTO {TABLE} (page_id, position, region_ids, topic_ids, source_ids, vector)
SELECT page_id, position, regions::int[], topics::int[], sources::int[], vector::tsvector
FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[])
  AS given(page_id, position, regions, topics, sources, vector)
ON CONFLICT (page_id) DO UPDATE SET position = excluded.position, region_ids = excluded.region_ids,
  topic_ids = excluded.topic_ids, source_ids = excluded.source_ids, vector = excluded.vector
"""  # noqa: S608 - a constant


class PostgresEngine:
    def matches(
        self, query: Query, filters: Filters, ranked: bool = True, before: int | None = None
    ) -> list[Match]:
        found = []
        with transaction.atomic(savepoint=False), connection.cursor() as cursor:
            # Reading the whole table means unpacking every vector, which the planner does not count.
            cursor.execute("SET LOCAL enable_seqscan = off")
            for first, last in sorted(filters.spans or ((1, LAST),), reverse=True):
                last = min(last, before - 1) if before is not None else last
                sql, values = newest(query, filters, (first, last), CAP + 1 - len(found))
                found += self._read(cursor, sql, values, query if ranked else None)
            if filters.spans is None and (before is None or before > 0):
                sql, values = walk(query, filters, (-LAST, -1), UNDATED_CAP)
                found += self._read(cursor, sql, values, query if ranked else None)
        return found

    def _read(self, cursor, sql: str, values: list, ranking: Query | None) -> list[Match]:
        rank, ranked = "0", []
        if ranking and ranking.wanted:
            rank = "ts_rank(%s::float4[], e.vector, %s::tsquery)"
            ranked = [RANK_WEIGHTS, rank_words(ranking)]
            if ranking.as_typed:
                rank = f"{OTHER_NAME} * {rank} + {rank}"
                ranked += [RANK_WEIGHTS, rank_words(ranking.as_typed)]
        cursor.execute(ROWS.format(rank=rank, newest=sql), ranked + values)
        return [
            Match(page, position, tuple(regions), tuple(topics), tuple(sources), float(score))
            for page, position, regions, topics, sources, score in cursor.fetchall()
        ]

    def write(self, entries: Iterable[Entry]) -> None:
        entries = list(entries)
        columns = [
            [entry.page_id for entry in entries],
            [entry.position for entry in entries],
            *(
                ["{" + ",".join(map(str, getattr(entry, name))) + "}" for entry in entries]
                for name in ("regions", "topics", "sources")
            ),
            [vector(entry) for entry in entries],
        ]
        with connection.cursor() as cursor:
            cursor.execute(WRITE, columns)

    def erase(self, page_ids: Iterable[int]) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {TABLE} WHERE page_id = ANY(%s)", [list(page_ids)])  # noqa: S608


ENGINE = PostgresEngine()


def newest(query: Query, filters: Filters, span: tuple[int, int], limit: int) -> tuple[str, list]:
    """The positions of the newest matches, by the cheaper way."""
    if is_common(query, filters):
        return walk(query, filters, span, limit)
    return through_index(query, filters, span, limit)


def walk(query: Query, filters: Filters, span: tuple[int, int], limit: int) -> tuple[str, list]:
    """Down the archive from the newest. (The function form of @@ keeps the planner from the GIN index.)"""
    where, values = _filtering(filters, span, by_position=True)
    words = match_words(query)
    if words:
        where, values = f"{where} AND ts_match_vq(vector, %s::tsquery)", [*values, words]
    return f"SELECT position FROM {TABLE} WHERE {where} ORDER BY position DESC LIMIT {max(0, limit)}", values  # noqa: S608


def through_index(query: Query, filters: Filters, span: tuple[int, int], limit: int) -> tuple[str, list]:
    """What the index finds, sorted. (`position + 0` keeps the planner from going down the archive.)"""
    where, values = _filtering(filters, span)
    loose, exact = match_words(query, loosely=True), match_words(query)
    if not loose:
        return walk(query, filters, span, limit)
    sql = f"SELECT position FROM {TABLE} WHERE {where} AND vector @@ %s::tsquery ORDER BY position + 0 DESC "  # noqa: S608
    if loose == exact:
        return f"{sql} LIMIT {max(0, limit)}", [*values, exact]
    # The index knows no order of words: the newest that have them all are read for the phrase.
    return (
        f"SELECT position FROM {TABLE} JOIN ({sql} LIMIT {PHRASE_CAP}) w USING (position) "  # noqa: S608
        f"WHERE ts_match_vq(vector, %s::tsquery) ORDER BY position DESC LIMIT {max(0, limit)}",
        [*values, loose, exact],
    )


def is_common(query: Query, filters: Filters) -> bool:
    """Does nearly every story match? Then the newest are soon found."""
    if filters.regions is not None or filters.topics is not None or filters.sources is not None:
        return False
    if not query.wanted:
        return True
    archive = archive_size()
    if archive <= 10 * CAP:
        return False
    return prod(_documents(term) / archive for term in query.wanted) > COMMON


def archive_size() -> int:
    """Roughly, as the planner sees it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE relname = %s", [TABLE])
        return int(cursor.fetchone()[0])


def _documents(term: Term) -> int:
    """In about how many stories the term occurs; 0 for phrases."""
    single = [phrase.tokens[0] for phrase in term.phrases if len(phrase.tokens) == 1]
    known = SearchWord.objects.filter(stem__in=single).aggregate(all=Sum("documents"))["all"]
    return known or 0


def _filtering(filters: Filters, span: tuple[int, int], by_position: bool = False) -> tuple[str, list]:
    # Without dates asked for, the span is nearly everything: `+ 0` keeps the planner from reading it all by position.
    column = "position" if filters.spans or by_position else "position + 0"
    where, values = f"{column} BETWEEN %s AND %s", list(span)
    for column, ids in (
        ("region_ids", filters.regions),
        ("topic_ids", filters.topics),
        ("source_ids", filters.sources),
    ):
        if ids is not None:
            where += f" AND {column} && %s::int[]"
            values.append(list(ids))
    return where, values


# Expressions --------------------------------------------------------------------------------------


def match_words(query: Query, loosely: bool = False) -> str:
    """The query as a tsquery; loosely: phrases as all their words, in any order."""
    parts = [_term(term, loosely) for term in query.wanted]
    # What must not be there is never taken loosely: a word of an unwanted phrase is no reason to leave a story out.
    parts += [
        f"!{_term(term, False)}"
        for term in query.unwanted
        if not (loosely and any(len(phrase.tokens) > 1 for phrase in term.phrases))
    ]
    return " & ".join(parts)


def rank_words(query: Query) -> str:
    """What is ranked: any of the words, and what is named; all are there already."""
    parts = [_phrase(phrase, False) for term in query.wanted for phrase in term.phrases if not phrase.apart]
    parts += [f"'#{mark}'" for term in query.wanted for mark in term.named]
    return " | ".join(dict.fromkeys(parts))


def _term(term: Term, loosely: bool) -> str:
    parts = [_phrase(phrase, loosely) for phrase in term.phrases] + [f"'#{mark}'" for mark in term.marks]
    return "(" + " | ".join(parts) + ")"


def _phrase(phrase: Phrase, loosely: bool) -> str:
    quoted = [f"'{token}'" for token in phrase.tokens]
    if phrase.prefix:
        quoted[-1] += ":*"
    return "(" + (" & " if loosely or phrase.apart else " <-> ").join(quoted) + ")"


def vector(entry: Entry) -> str:
    """The entry's words with their places as PostgreSQL reads a tsvector: 'well':3A,17 ..."""
    places: dict[str, list[str]] = {}
    first = 1
    for tokens, weight in ((entry.title, "A"), (entry.note, "B"), (entry.body, "")):
        for place, token in enumerate(tokens, first):
            places.setdefault(token, []).append(
                f"{place}{weight}" if place < LAST_PLACE else f"{LAST_PLACE}{weight}"
            )
        first += len(tokens) + 2  # no phrase crosses from one text into the next
    places.pop(GAP, None)
    words = [f"'{token}':{','.join(found[:200])}" for token, found in places.items()]
    return " ".join(words + [f"'#{mark}':{LAST_PLACE + 1}C" for mark in entry.marks])
