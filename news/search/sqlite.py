"""Search on SQLite: one FTS5 table, whose row numbers are the positions, so that reading it backwards is newest first.

Tokens are made by letters.py; FTS5 only splits them at spaces ("ascii" takes every other letter as it is).
"""

from collections.abc import Iterable

from django.db import connection, transaction

from news.models import SearchEntry
from news.search.engine import CAP, OTHER_NAME, UNDATED_CAP, WEIGHTS, Entry, Filters, Match, Matches
from news.search.letters import Remembered
from news.search.positions import LAST, PAGE_BITS
from news.search.query import Phrase, Query, Term

# In FTS5's scale a title's word must outweigh many in the body of a long story.
RANK = ", ".join(str(WEIGHTS[column] * 40) for column in ("title", "note", "body")) + ", 0"
SELECT = "SELECT rowid, marks, {rank} FROM news_searchtext WHERE {where} ORDER BY rowid DESC LIMIT {limit}"  # noqa: S608
ANYTHING = 'marks : "all"'


class SqliteEngine:
    def matches(
        self, query: Query, filters: Filters, ranked: bool = True, before: int | None = None
    ) -> Matches:
        match = expression(query, filters)
        spans = filters.spans or ((1, LAST),)
        found = []
        for first, last in sorted(spans, reverse=True):
            last = min(last, before - 1) if before is not None else last
            found += self._read(match, (first, last), ranked, CAP + 1 - len(found))
        if filters.spans is None and (before is None or before > 0):
            found += self._read(match, (-LAST, -1), ranked, UNDATED_CAP)
        if ranked and query.as_typed and found:
            found = self._typed_first(query.as_typed, found)
        return Matches(found)

    def _typed_first(self, typed: Query, found: list[Match]) -> list[Match]:
        """What says the typed words themselves comes before what says other names for them."""
        any_word = " OR ".join(map(_term, typed.wanted))
        span = (min(match.position for match in found), found[0].position)
        own = {match.position: match.score for match in self._read(any_word, span, True, LAST)}
        return [
            match._replace(score=OTHER_NAME * match.score + own.get(match.position, 0.0)) for match in found
        ]

    def _read(self, match: str, span: tuple[int, int], ranked: bool, limit: int) -> list[Match]:
        rank = f"-bm25(news_searchtext, {RANK})" if ranked else "0"
        where = "news_searchtext MATCH %s AND rowid BETWEEN %s AND %s"
        with connection.cursor() as cursor:
            cursor.execute(SELECT.format(rank=rank, where=where, limit=max(0, limit)), [match, *span])
            return [_match(*row) for row in cursor.fetchall()]

    def write(self, entries: Iterable[Entry]) -> None:
        entries = list(entries)
        with transaction.atomic():
            self.erase([entry.page_id for entry in entries])
            SearchEntry.objects.bulk_create(
                SearchEntry(page_id=entry.page_id, position=entry.position) for entry in entries
            )
            with connection.cursor() as cursor:
                cursor.executemany(
                    "INSERT INTO news_searchtext (rowid, title, note, body, marks) VALUES (%s, %s, %s, %s, %s)",
                    [_row(entry) for entry in entries],
                )

    def erase(self, page_ids: Iterable[int]) -> None:
        # A trigger of the table takes the words out (migration 0008).
        SearchEntry.objects.filter(page__in=list(page_ids)).delete()


ENGINE = SqliteEngine()


def expression(query: Query, filters: Filters) -> str:
    """The query in FTS5's syntax. Every token is quoted, and is letters and digits alone."""
    parts = [_term(term) for term in query.wanted] or [ANYTHING]
    for kind, ids in (("r", filters.regions), ("t", filters.topics), ("s", filters.sources)):
        if ids is not None:
            parts.append(_marks([f"{kind}{pk}" for pk in ids] or ["none"]))
    text = " AND ".join(parts)
    for term in query.unwanted:
        text = f"({text}) NOT {_term(term)}"
    return text


def _term(term: Term) -> str:
    """Any of its phrases in the texts, or any of its marks."""
    text = "{title note body} : (" + " OR ".join(map(_phrase, term.phrases)) + ")"
    return f"({text} OR {_marks(term.marks)})" if term.marks else f"({text})"


def _phrase(phrase: Phrase) -> str:
    if phrase.apart:
        return "(" + " AND ".join(f'"{token}"' for token in phrase.tokens) + ")"
    return '"' + " ".join(phrase.tokens) + '"' + (" *" if phrase.prefix else "")


def _marks(marks: Iterable[str]) -> str:
    return "marks : (" + " OR ".join(f'"{mark}"' for mark in marks) + ")"


def _row(entry: Entry) -> tuple:
    texts = (" ".join(tokens) for tokens in (entry.title, entry.note, entry.body))
    return entry.position, *texts, " ".join([*entry.marks, "all"])


def _match(position: int, marks: str, score: float) -> Match:
    page = position & (2**PAGE_BITS - 1) if position > 0 else -position
    return Match(page, position, *_ids[marks], score)


def _read_marks(marks: str) -> tuple[tuple[int, ...], ...]:
    ids: dict[str, list[int]] = {"r": [], "t": [], "s": []}
    for mark in marks.split():
        if mark != "all":
            ids[mark[0]].append(int(mark[1:]))
    return tuple(map(tuple, ids.values()))


# The regions, topics and sources of an entry's marks. The same few come again and again.
_ids = Remembered(_read_marks)
