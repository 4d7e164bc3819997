"""Search on PostgreSQL: a slim table with one GIN index over words, months, regions, topics and sources.

Finding matches is cheap, reading their words is not: the newest CAP matches are found first, and only those are
ranked. They are looked for among the newest WINDOW entries, then as far back as the number found there makes likely to
be enough, then everywhere: a common word has enough matches among the newest, a rare one has few anywhere.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection, transaction

from news.search.engine import (
    CAP,
    OTHER_NAME,
    PHRASE_CAP,
    UNDATED_CAP,
    WEIGHTS,
    Entry,
    Filters,
    Match,
    Matches,
)
from news.search.letters import GAP, Remembered
from news.search.positions import LAST, LAST_DATED, PAGE_BITS, day_of
from news.search.query import Phrase, Query, Term

TABLE = "news_searchentry"
# What PostgreSQL ranks by, from D to A: body, marks, note, title.
RANK_WEIGHTS = "{" + ",".join(str(WEIGHTS[name]) for name in ("body", "marks", "note", "title")) + "}"
WINDOW = 5_000
FARTHEST = 12  # times as far back, where no word leads into the index
MOST_YEARS = 40  # that a query names; a longer time is not narrowed by marks
FEW_MONTHS = 6  # of one year; more are asked for as the whole year, and the positions leave out the rest
LAST_PLACE = 16_000  # PostgreSQL counts places up to 16,383
ROWS = (
    f"SELECT page_id, position, region_ids::text, topic_ids::text, source_ids::text, {{rank}} FROM {TABLE} "  # noqa: S608
    "WHERE position = ANY(%s::bigint[]) ORDER BY position DESC"
)
ENDS = (
    f"(SELECT position FROM {TABLE} WHERE position BETWEEN %s AND %s ORDER BY position DESC LIMIT 1) UNION ALL "  # noqa: S608
    f"(SELECT position FROM {TABLE} WHERE position BETWEEN %s AND %s ORDER BY position DESC OFFSET %s LIMIT 1)"
)
EXACTLY = (
    f"SELECT position FROM {TABLE} WHERE position = ANY(%s::bigint[]) AND ts_match_vq(vector, %s::tsquery) "  # noqa: S608
    "ORDER BY position DESC"
)
# What has not changed is not written again: most of a rebuild, where the index is whole.
WRITE = f"""
INSERT INTO {TABLE} AS entry (page_id, position, region_ids, topic_ids, source_ids, vector)
SELECT page_id, position, regions::int[], topics::int[], sources::int[], vector::tsvector
FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[])
  AS given(page_id, position, regions, topics, sources, vector)
ON CONFLICT (page_id) DO UPDATE SET position = excluded.position, region_ids = excluded.region_ids,
  topic_ids = excluded.topic_ids, source_ids = excluded.source_ids, vector = excluded.vector
WHERE (entry.position, entry.region_ids, entry.topic_ids, entry.source_ids, entry.vector) IS DISTINCT FROM
  (excluded.position, excluded.region_ids, excluded.topic_ids, excluded.source_ids, excluded.vector)
"""  # noqa: S608 - a constant


@dataclass(frozen=True)
class PostgresEngine:
    window: int = WINDOW
    phrase_cap: int = PHRASE_CAP

    def matches(
        self, query: Query, filters: Filters, ranked: bool = True, before: int | None = None
    ) -> Matches:
        found: list[int] = []
        is_partial = False
        with transaction.atomic(savepoint=False), connection.cursor() as cursor:
            # Reading the whole table means unpacking every vector, which the planner does not count.
            cursor.execute("SET LOCAL enable_seqscan = off")
            for first, last in sorted(filters.spans or ((1, LAST),), reverse=True):
                last = min(last, before - 1) if before is not None else last
                more, cut_short = self._newest(cursor, query, filters, (first, last), CAP + 1 - len(found))
                found += more
                is_partial |= cut_short
            if filters.spans is None and (before is None or before > 0):
                found += column(cursor, *walk(query, filters, (-LAST, -1), UNDATED_CAP))
            return Matches(self._read(cursor, found, query if ranked else None), is_partial)

    def _newest(
        self, cursor, query: Query, filters: Filters, span: tuple[int, int], limit: int
    ) -> tuple[list[int], bool]:
        """Positions of the newest matches, and whether older entries were left unread."""
        loose, exact = match_words(query, loosely=True), match_words(query)
        if loose == exact:
            return self._candidates(cursor, query, filters, span, limit)
        # The index knows no order of words: the entries that have them all are read for the phrase.
        with_words, is_partial = self._candidates(cursor, query, filters, span, self.phrase_cap + 1)
        found: list[int] = []
        for start in range(0, min(len(with_words), self.phrase_cap), CAP):
            found += column(cursor, EXACTLY, [array(with_words[start : start + CAP]), exact])
            if len(found) >= limit:
                return found[:limit], False
        return found, is_partial or len(with_words) > self.phrase_cap

    def _candidates(
        self, cursor, query: Query, filters: Filters, span: tuple[int, int], limit: int
    ) -> tuple[list[int], bool]:
        """Positions of the newest entries with all words, newest first, and whether older ones were left unread."""
        words = match_words(query, loosely=True)
        found: list[int] = []

        def look(*part: int) -> None:
            found.extend(column(cursor, *through_index(words, filters, part, limit - len(found))))

        first, last = self.newest(cursor, span, limit)
        look(first, last)
        if len(found) >= limit or first <= span[0]:
            return found, False
        # Words that must not be there are no way into the index: without any other, only the newest are looked through.
        is_partial = not (query.wanted or filters.narrow or times(*span))
        farther = max(span[0], reach((first, last), limit / max(len(found), 0.5), is_partial))
        look(farther, first - 1)
        if len(found) >= limit or farther == span[0]:
            return found, False
        if not is_partial:
            look(span[0], farther - 1)
        return found, is_partial

    def newest(self, cursor, span: tuple[int, int], limit: int = CAP) -> tuple[int, int]:
        """The part of a span that holds its newest entries, WINDOW for each CAP that are wanted, or all of it."""
        ends = column(cursor, ENDS, [*span, *span, self.window * limit // CAP])
        return (ends[1], ends[0]) if len(ends) == 2 else span

    def _read(self, cursor, positions: list[int], ranking: Query | None) -> list[Match]:
        rank, ranked = "0", []
        if ranking and ranking.wanted:
            rank = "ts_rank(%s::float4[], vector, %s::tsquery)"
            ranked = [RANK_WEIGHTS, rank_words(ranking)]
            if ranking.as_typed:
                rank = f"{OTHER_NAME} * {rank} + {rank}"
                ranked += [RANK_WEIGHTS, rank_words(ranking.as_typed)]
        cursor.execute(ROWS.format(rank=rank), [*ranked, array(positions)])
        return [
            Match(page, position, numbers[regions], numbers[topics], numbers[sources], float(score))
            for page, position, regions, topics, sources, score in cursor.fetchall()
        ]

    def write(self, entries: Iterable[Entry]) -> None:
        entries = list(entries)
        columns = [
            [entry.page_id for entry in entries],
            [entry.position for entry in entries],
            *(
                [array(getattr(entry, name)) for entry in entries]
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
# The ids in an array that PostgreSQL wrote as text. The same few come again and again.
numbers = Remembered(lambda text: tuple(map(int, filter(None, text[1:-1].split(",")))))


def array(ids: Iterable[int]) -> str:
    """An array as PostgreSQL reads it from text: a list as a parameter costs ten times as much."""
    return "{" + ",".join(map(str, ids)) + "}"


def through_index(words: str, filters: Filters, span: tuple[int, int], limit: int) -> tuple[str, list]:
    """What the index finds, sorted. (`+ 0` keeps the planner from going down the archive instead.)"""
    marks = " | ".join(f"'#{mark}'" for mark in times(*span))
    words = " & ".join(filter(None, (words, marks and f"({marks})")))
    where, values = _filtering(filters, span, "position + 0")
    if words:
        where, values = f"{where} AND vector @@ %s::tsquery", [*values, words]
    sql = f"SELECT position FROM {TABLE} WHERE {where} ORDER BY position + 0 DESC LIMIT {max(0, limit)}"  # noqa: S608
    return sql, values


def reach(newest: tuple[int, int], ratio: float, is_near: bool) -> int:
    """The position to which one must likely go back for so many times as many matches as the newest entries hold.

    Archives are thinner in their early years, and words come and go: a third more is looked through than the proportion.
    """
    first, last = newest
    ratio = ratio**1.3 * 1.3
    days = ((last - first) >> PAGE_BITS) + 1
    return last - (int(days * (min(ratio, FARTHEST) if is_near else ratio)) << PAGE_BITS)


def column(cursor, sql: str, values: list) -> list[int]:
    cursor.execute(sql, values)
    return [row[0] for row in cursor.fetchall()]


def walk(query: Query, filters: Filters, span: tuple[int, int], limit: int) -> tuple[str, list]:
    """Entry by entry. (The function form of @@ keeps the planner from the GIN index.)"""
    where, values = _filtering(filters, span, "position")
    words = match_words(query)
    if words:
        where, values = f"{where} AND ts_match_vq(vector, %s::tsquery)", [*values, words]
    return f"SELECT position FROM {TABLE} WHERE {where} ORDER BY position DESC LIMIT {max(0, limit)}", values  # noqa: S608


def _filtering(filters: Filters, span: tuple[int, int], column: str) -> tuple[str, list]:
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
    places: dict[str, str] = {}
    first = 1
    for tokens, weight in ((entry.title, "A"), (entry.note, "B"), (entry.body, "")):
        for place, token in enumerate(tokens, first):
            at = f"{place}{weight}" if place < LAST_PLACE else f"{LAST_PLACE}{weight}"
            places[token] = f"{places[token]},{at}" if token in places else at
        first += len(tokens) + 2  # no phrase crosses from one text into the next
    places.pop(GAP, None)
    words = [f"'{token}':{found}" for token, found in places.items()]
    day = day_of(entry.position)
    marks = [*entry.marks, *([f"y{day.year:04}", month(day.year, day.month)] if day else [])]
    return " ".join(words + [f"'#{mark}':{LAST_PLACE + 1}C" for mark in marks])


def times(first: int, last: int) -> list[str]:
    """Marks of all entries from one position to another, and of some around; none where the time is too long, or has
    no end. Each mark costs as much as a word of the query, so many months of one year are one mark."""
    if first < 1 << PAGE_BITS or last > LAST_DATED:
        return []
    start, end = day_of(first), day_of(last)
    if end.year - start.year > MOST_YEARS:
        return []
    marks = []
    for year in range(start.year, end.year + 1):
        numbers = range(start.month if year == start.year else 1, end.month + 1 if year == end.year else 13)
        few = len(numbers) <= FEW_MONTHS
        marks += [month(year, number) for number in numbers] if few else [f"y{year:04}"]
    return marks


def month(year: int, number: int) -> str:
    return f"m{year:04}{number:02}"
