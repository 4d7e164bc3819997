""" "Did you mean": words of the archive near the ones that were typed. The same on both databases.

Each word is kept with what is left when one letter is dropped, and with its consonants alone ("mhmd" for Mohamed and
Muhammad). A misspelling meets its word in one of these; the distance of the two decides. Where PostgreSQL's pg_trgm
is installed, its neighbours are asked too.
"""

from collections.abc import Iterable
from dataclasses import replace
from itertools import chain

from django.db import connection

from home.kept import kept
from news.models import SearchWord, SearchWordPart
from news.search.asked import SearchRequest
from news.search.letters import STOP_WORDS, folded, stem
from news.search.query import Query, Term

VOWELS = str.maketrans("", "", "aeiouyw'")
NEAR = 200  # candidates that are compared
AT_ONCE = 5000  # words, or rows, of one statement
ADD = (
    "INSERT INTO news_searchword (word, stem, documents) VALUES {} "
    "ON CONFLICT (word) DO UPDATE SET documents = news_searchword.documents + excluded.documents"
)
ADD_PART = "INSERT INTO news_searchwordpart (word_id, part) VALUES {}"
TRIGRAM = (
    "SELECT word, documents FROM news_searchword WHERE word %% %s ORDER BY similarity(word, %s) DESC LIMIT 20"
)


def parts_of(word: str) -> set[str]:
    """The word, the word less each of its letters, and its consonants."""
    found = {word} | {word[:at] + word[at + 1 :] for at in range(len(word)) if len(word) > 3}
    bones = skeleton(word)
    return found | ({f"~{bones}"} if len(bones) > 2 else set())


def skeleton(word: str) -> str:
    """Consonants without doubles; k, c and q are one, as are s and z."""
    letters = (
        word.replace("kh", "h").replace("ph", "f").translate(str.maketrans("cqz", "kks")).translate(VOWELS)
    )
    return "".join(letter for at, letter in enumerate(letters) if not at or letters[at - 1] != letter)


def learn(words: Iterable[str]) -> None:
    """Words that are not known yet can be offered from now on."""
    words = sorted(set(words) - STOP_WORDS)
    known = _keys(words)
    count({word: 1 for word in words if word not in known})


def count(documents: dict[str, int]) -> None:
    """Adds to the number of documents of each word; unknown ones are put in, with their parts."""
    words = sorted(documents)
    for start in range(0, len(words), AT_ONCE):
        some = words[start : start + AT_ONCE]
        known = _keys(some)
        insert(ADD, [(word, stem[word], documents[word]) for word in some])
        fresh = _keys([word for word in some if word not in known])
        insert(ADD_PART, [(pk, part) for word, pk in fresh.items() for part in sorted(parts_of(word))])


def insert(sql: str, rows: list[tuple]) -> None:
    """All rows, in statements of AT_ONCE."""
    for start in range(0, len(rows), AT_ONCE):
        some = rows[start : start + AT_ONCE]
        places = ", ".join([f"({', '.join(['%s'] * len(some[0]))})"] * len(some))
        with connection.cursor() as cursor:
            cursor.execute(sql.format(places), [*chain.from_iterable(some)])


def _keys(words: list[str]) -> dict[str, int]:
    return dict(SearchWord.objects.filter(word__in=words).values_list("word", "pk"))


def better(asked: SearchRequest, query: Query) -> SearchRequest | None:
    """The search with its unknown words replaced by near ones of the archive, or None where there are none."""
    text = asked.q
    for term in query.terms:
        near = None if term.is_minus or term.marks or is_known(term) else nearest(folded(term.typed))
        if near:
            text = text.replace(term.typed, near, 1)
    return replace(asked, q=text, page=1, before=None) if text != asked.q else None


def is_known(term: Term) -> bool:
    stems = [token for phrase in term.phrases for token in phrase.tokens]
    return SearchWord.objects.filter(stem__in=stems).exists()


def nearest(word: str) -> str | None:
    """The word of the archive that was probably meant."""
    if len(word) < 3 or not word.isalpha():
        return None
    rows = SearchWordPart.objects.filter(part__in=parts_of(word)).order_by("-word__documents")
    near = dict(rows.values_list("word__word", "word__documents")[:NEAR]) | trigram_neighbours(word)
    allowed = 1 if len(word) < 5 else 2 if len(word) < 9 else 3
    ranked = sorted(
        (distance(word, other) - 0.5 * (skeleton(word) == skeleton(other)), -documents, other)
        for other, documents in near.items()
        if abs(len(other) - len(word)) <= allowed
    )
    return ranked[0][2] if ranked and ranked[0][0] <= allowed else None


def trigram_neighbours(word: str) -> dict[str, int]:
    if not kept("pg_trgm is there", has_trigrams):
        return {}
    with connection.cursor() as cursor:
        cursor.execute(TRIGRAM, [word, word])
        return dict(cursor.fetchall())


def has_trigrams() -> bool:
    if connection.vendor != "postgresql":
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm')")
        return cursor.fetchone()[0]


def distance(one: str, other: str) -> int:
    """Letters added, dropped, changed or swapped with the next."""
    before, row = [], list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        older, before, row = before, row, [i]
        for j, b in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
    return row[-1]
