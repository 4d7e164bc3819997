"""What a reader typed: cleaned, then parsed into terms. Words, "quoted phrases", -minus; nothing else means anything.

The engines build their own expressions from the terms, out of letters and digits alone.
"""

import re
from dataclasses import dataclass, replace

from news.search.letters import GAP, STOP_WORDS, folded, tokens, words

LONGEST = 100  # characters
MOST_WORDS = 10
QUOTES = str.maketrans(dict.fromkeys("“”„‟«»＂″", '"'))
PART = re.compile(r'(?P<minus>-?)(?:"(?P<phrase>[^"]*)"|(?P<word>[^\s"]+))')
NOT_TEXT = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]+")


def clean_query(text: str | bytes | None) -> str:
    """One line of at most LONGEST characters and MOST_WORDS words that every search box and database can take."""
    if isinstance(text, bytes):
        text = text.decode("utf-8", "replace")
    text = NOT_TEXT.sub(" ", str(text or "")[: LONGEST * 20]).translate(QUOTES)
    return " ".join(text.split()[:MOST_WORDS])[:LONGEST].rstrip()


@dataclass(frozen=True)
class Phrase:
    """Words that stand together in this order: the index's own tokens. One word is a phrase of one."""

    tokens: tuple[str, ...]
    # The last token may be the beginning of a longer one.
    prefix: bool = False
    # All of them, wherever they stand.
    apart: bool = False


@dataclass(frozen=True)
class Term:
    """One thing that a match must have, or must not: any of its phrases, or any of the marks."""

    typed: str
    phrases: tuple[Phrase, ...]
    # How many of the phrases are what was typed; the others are other names for it.
    own: int = 0
    # Regions, topics and sources that the words name: "r12", "t5", "s3".
    marks: tuple[str, ...] = ()
    # The marks that are named themselves; `marks` also has the regions within them.
    named: tuple[str, ...] = ()
    is_minus: bool = False
    is_quoted: bool = False
    is_stop_word: bool = False


@dataclass(frozen=True)
class Query:
    text: str
    terms: tuple[Term, ...] = ()

    @property
    def wanted(self) -> tuple[Term, ...]:
        """What must be there. Stop words count only where there is nothing else."""
        positive = [term for term in self.terms if not term.is_minus]
        telling = [term for term in positive if not term.is_stop_word]
        return tuple(telling or positive)

    @property
    def unwanted(self) -> tuple[Term, ...]:
        return tuple(term for term in self.terms if term.is_minus)

    @property
    def as_typed(self) -> "Query | None":
        """Without the other names of its words; None where they have none."""
        plain = tuple(
            replace(term, phrases=term.phrases[: term.own], marks=(), named=()) for term in self.wanted
        )
        return replace(self, terms=plain) if plain != self.wanted else None

    @property
    def is_empty(self) -> bool:
        return not (self.wanted or self.unwanted)


def parse(text: str) -> Query:
    """The terms of a cleaned query."""
    text = clean_query(text)
    terms = []
    for part in PART.finditer(text):
        quoted = part["phrase"] is not None
        term = term_of(part["phrase"] if quoted else part["word"], quoted)
        if term:
            terms.append(replace(term, is_minus=bool(part["minus"])))
    return Query(text, tuple(terms))


def term_of(typed: str, quoted: bool = False) -> Term | None:
    """A word or a phrase as a term; None where it has neither letter nor digit."""
    phrases = phrases_of(typed)
    if not phrases:
        return None
    plain = not quoted and folded(typed) in STOP_WORDS
    return Term(typed, phrases, len(phrases), is_quoted=quoted, is_stop_word=plain)


def phrases_of(typed: str) -> tuple[Phrase, ...]:
    """The ways in which typed words stand in the index; all their words in order."""
    written = words(typed)
    stems = tuple(stem for word in written for stem in tokens(word)[0])
    pieces = _pieces(written)
    found = []
    if stems and all(tokens(word)[0] for word in written):
        found.append(Phrase(stems))
    if pieces and (len(written) == 1 or not found):
        # A single letter of a script in pairs of letters begins a piece.
        found.append(Phrase(pieces, prefix=len(pieces) == 1 and len(pieces[0]) == 1))
    if stems and not found:  # a phrase of both kinds: what it has of words
        found.append(Phrase(stems))
    return tuple(found)


def _pieces(written: list[str]) -> tuple[str, ...]:
    pieces = [piece for word in written for piece in tokens(word)[1]]
    if GAP in pieces[:-1]:  # several runs: only the longest is asked for, as no phrase crosses a gap
        runs = " ".join(pieces).split(GAP)
        pieces = max(runs, key=len).split()
    return tuple(piece for piece in pieces if piece != GAP)
