"""Names that a query may mean: regions, topics and sources with all that they are also known as, and editors' synonyms.

They are looked up when a reader searches, not written into the stories' entries: a new name, a rename or a move
holds at once for the whole archive.
"""

from collections import defaultdict
from dataclasses import dataclass, field, replace

from home.kept import kept
from home.publication import public_pages
from news.models import RegionPage, SearchSynonym, Source, Topic
from news.search.letters import GAP, analysed, folded, words
from news.search.query import Phrase, Query, Term, phrases_of

Key = tuple[str, ...]


@dataclass
class Meaning:
    """What a name stands for besides its letters."""

    phrases: list[Phrase] = field(default_factory=list)
    marks: list[str] = field(default_factory=list)
    named: list[str] = field(default_factory=list)


def expand(query: Query) -> Query:
    """The query with what its words also mean. The longest name wins; quoted words mean their letters alone."""
    meanings = kept("names for search", _read)
    if not meanings:
        return query
    longest = max(map(len, meanings))
    terms: list[Term] = []
    left = list(query.terms)
    while left:
        taken, term = _longest_name(left, meanings, longest)
        terms.append(term)
        left = left[taken:]
    return replace(query, terms=tuple(terms))


def _longest_name(terms: list[Term], meanings: dict[Key, Meaning], longest: int) -> tuple[int, Term]:
    """How many terms the first name takes, and the one that stands for them."""
    first = terms[0]
    if first.is_quoted:
        return 1, first
    run = []
    for term in terms[:longest]:
        if term.is_quoted or (term.is_minus and run):
            break
        run.append(term)
    for count in range(len(run), 0, -1):
        typed = " ".join(term.typed for term in run[:count])
        meaning = meanings.get(key_of(typed))
        if meaning:
            own = phrases_of(typed)
            phrases = [*own, *(phrase for phrase in meaning.phrases if phrase not in own)]
            if count > 1:
                # Nobody asked for the words to stand together: "water rights" also finds "rights to water".
                phrases.append(replace(own[0], apart=True))
            return count, Term(
                typed, tuple(phrases), len(own), tuple(meaning.marks), tuple(meaning.named), first.is_minus
            )
    return 1, first


def key_of(name: str) -> Key:
    """A name without case, accents and endings."""
    return tuple(token for token in analysed(name) if token != GAP)


def _read() -> dict[Key, Meaning]:
    meanings: dict[Key, Meaning] = defaultdict(Meaning)
    for region, spellings, marks in _regions():
        _add(meanings, spellings, marks, f"r{region}")
    for kind, model in (("t", Topic), ("s", Source)):
        for pk, name, others in model.objects.values_list("pk", "name", "also_known_as"):
            _add(meanings, [name, *others.splitlines()], [f"{kind}{pk}"], f"{kind}{pk}")
    for synonym in SearchSynonym.objects.all():
        _join(meanings, synonym.spellings)
    return dict(meanings)


def _regions():
    """Each public region: primary key, its names, the marks of itself and of all within it."""
    rows = list(public_pages(RegionPage).values_list("pk", "path", "title", "also_known_as"))
    for pk, path, title, others in rows:
        within = [f"r{other}" for other, below, *_ in rows if below.startswith(path)]
        yield pk, [title, *others.splitlines()], within


def _add(meanings: dict[Key, Meaning], spellings: list[str], marks: list[str], named: str) -> None:
    """Every spelling of one thing: finds what is marked with it, and what says any of the spellings."""
    spellings = [name for name in spellings if key_of(name)]
    phrases = [phrase for name in spellings for phrase in phrases_of(name)]
    for name in spellings:
        meaning = meanings[key_of(name)]
        meaning.phrases += [phrase for phrase in phrases if phrase not in meaning.phrases]
        meaning.marks += [mark for mark in marks if mark not in meaning.marks]
        meaning.named.append(named)


def _join(meanings: dict[Key, Meaning], spellings: list[str]) -> None:
    """Synonyms share their letters and all that any of them names."""
    known = [meanings.get(key_of(name), Meaning()) for name in spellings]
    shared = Meaning(
        _unique(
            [phrase for name in spellings for phrase in phrases_of(name)], *(one.phrases for one in known)
        ),
        _unique([], *(one.marks for one in known)),
        _unique([], *(one.named for one in known)),
    )
    for name in spellings:
        if key_of(name):
            meanings[key_of(name)] = shared


def _unique(*lists: list) -> list:
    return list(dict.fromkeys(item for items in lists for item in items))


def spelled(text: str) -> list[str]:
    """The folded words of a text."""
    return [folded(word) for word in words(text) if folded(word)]
