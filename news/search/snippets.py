"""The passage that matched, with its words marked; everything else is escaped."""

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import islice

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from news.search.letters import APOSTROPHE, REST_OF_WORD, RUNS, WITHIN, WORD, fold, tokens
from news.search.query import Query

WORDS_SHOWN = 36
WORDS_BEFORE = 8
LONGEST = 320  # characters, for scripts without spaces


@dataclass(frozen=True)
class Wanted:
    """What to mark: single stems, stems in a row, and letters within a run."""

    stems: frozenset[str]
    rows: tuple[tuple[str, ...], ...]
    inside: tuple[str, ...]

    @property
    def count(self) -> int:
        return len(self.stems) + len(self.rows) + len(self.inside)

    @cached_property
    def beginnings(self) -> tuple[str, ...]:
        """What words with its stems, or with the first of those in a row, begin with."""
        return tuple({beginning(stem) for stem in self._first_stems})

    @cached_property
    def word(self) -> re.Pattern:
        """Words that may have one of the stems. Within a run any letter may begin what is wanted."""
        return WORD if self.inside else words_from("".join(sorted({stem[0] for stem in self._first_stems})))

    @property
    def _first_stems(self) -> set[str]:
        return {*self.stems, *(row[0] for row in self.rows)}


def wanted_of(query: Query) -> Wanted:
    stems, rows, inside = set(), set(), set()
    for term in query.wanted:
        for phrase in term.phrases:
            if phrase.apart or len(phrase.tokens) == 1:
                stems.update(phrase.tokens)
            else:
                rows.add(phrase.tokens)
                inside.add(_joined(phrase.tokens))
        typed = fold(term.typed)
        if RUNS.search(typed):
            inside.add(typed)
    return Wanted(frozenset(stems), tuple(rows), tuple(text for text in inside if len(text) > 1))


def _joined(pieces: tuple[str, ...]) -> str:
    """The run that overlapping pieces were cut from; "" for words."""
    if any(first[1:] != second[:-1] for first, second in zip(pieces, pieces[1:], strict=False)):
        return ""
    return pieces[0] + "".join(piece[-1] for piece in pieces[1:])


def highlighted(text: str, wanted: Wanted) -> SafeString:
    """A whole short text, such as a title."""
    return _marked(text, [(start, end) for start, end, _what in hits(text, wanted)])


def snippet(parts: list[str], wanted: Wanted) -> SafeString:
    """From the part with most of the words (the first of equals); the beginning of the first where none has any."""
    best, found, most = "", [], 0
    for part in parts:
        these = hits(part, wanted)
        count = len({what for *_place, what in these})
        if count > most:
            best, found, most = part, these, count
        if most >= wanted.count:
            break
    if not found:
        text = next((part for part in parts if part.strip()), "")
        return _cut(text, 0, [])
    return _cut(best, _densest(found), found)


def hits(text: str, wanted: Wanted) -> list[tuple[int, int, str]]:
    """Where the text says what is wanted: from, to, and which."""
    found = []
    for match in wanted.word.finditer(text):
        word = match.group()
        if word.isascii() and word.isalnum() and not alike(word).startswith(wanted.beginnings):
            continue
        start, end = match.span()
        stems, pieces = tokens(word)
        same = next((stem for stem in stems if stem in wanted.stems), None)
        if same is None and pieces:
            found += _inside(text, start, end, wanted.inside)
            continue
        if same:
            found.append((start, end, same))
            continue
        for row in wanted.rows:
            if stems and stems[0] == row[0]:
                last = _end_of_row(text, start, row)
                if last is not None:
                    found.append((start, last, " ".join(row)))
                    break
    return found


def beginning(stem: str) -> str:
    """What all English words with this stem begin with; its last letter may be another than theirs ("using", "use")."""
    return alike(stem[: max(2, min(3, len(stem) - 1))])


def alike(word: str) -> str:
    """Small, its first three letters; y as i, for "dying" is a form of "die"."""
    return word[:3].lower().replace("y", "i")


@lru_cache(maxsize=1000)
def words_from(letters: str) -> re.Pattern:
    """WORD, of those words alone that begin with one of these letters or with one beyond ASCII. Five times as fast,
    because a text is read letter by letter for the first; what stands before it is looked at afterwards."""
    first = f"[{re.escape(letters + letters.upper())}\u0080-\U0010ffff]"
    is_first = rf"(?<=[^\W_])(?<![^\W_].)(?<!{WITHIN}.)(?<![^\W_]{APOSTROPHE}.)"
    return re.compile(first + is_first + REST_OF_WORD)


def _end_of_row(text: str, start: int, row: tuple[str, ...]) -> int | None:
    """Where the row ends whose first word begins at `start`, or None."""
    said: tuple[str, ...] = ()
    for match in islice(WORD.finditer(text, start), len(row)):
        said += tokens(match.group())[0]
        if said[: len(row)] == row:
            return match.end()
        if row[: len(said)] != said:
            return None
    return None


def _inside(text: str, start: int, end: int, runs: tuple[str, ...]) -> list[tuple[int, int, str]]:
    """Letters of a run within a longer one. Folding one letter at a time keeps their places."""
    places = [(at, letter) for at in range(start, end) for letter in fold(text[at])]
    letters = "".join(letter for _at, letter in places)
    found = []
    for run in runs:
        at = letters.find(run)
        while at >= 0:
            found.append((places[at][0], places[at + len(run) - 1][0] + 1, run))
            at = letters.find(run, at + len(run))
    return sorted(found)


def _densest(found: list[tuple[int, int, str]]) -> int:
    """Where most different words stand near one another."""
    reach = LONGEST * 2 // 3
    near = [
        (len({what for start, _end, what in found if place <= start < place + reach}), -place)
        for place, *_rest in found[:50]
    ]
    return -max(near)[1]


def _cut(text: str, at: int, found: list[tuple[int, int, str]]) -> SafeString:
    """The words around a place."""
    before = [word.start() for word in WORD.finditer(text, max(0, at - 200), at)][-WORDS_BEFORE:]
    start = max(before[0] if before and at > 60 else (0 if at <= 60 else at), at - 120, 0)
    after = [word.end() for word in WORD.finditer(text, start, start + LONGEST * 2)][:WORDS_SHOWN]
    end = min(after[-1] if after else len(text), start + LONGEST)
    end = max([end, *(stop for begin, stop, _what in found if begin <= at < stop)])
    inner = _marked(
        text[start:end], [(a - start, b - start) for a, b, _w in found if start <= a and b <= end]
    )
    tail = text[end : end + 1] if text[end : end + 1] in ".!?" else " …" if text[end:].strip() else ""
    return mark_safe(("… " if start else "") + " ".join(inner.split()) + tail)  # noqa: S308 - _marked escapes


def _marked(text: str, places: list[tuple[int, int]]) -> SafeString:
    out, last = [], 0
    for start, end in sorted(places):
        if start < last:
            continue
        out += [escape(text[last:start]), "<mark>", escape(text[start:end]), "</mark>"]
        last = end
    return mark_safe("".join([*out, escape(text[last:])]))  # noqa: S308 - all parts are escaped
