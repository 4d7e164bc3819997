"""What both engines answer, and which of them this database has."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from importlib import import_module
from typing import NamedTuple, Protocol

from django.db import connection

from news.search.positions import day_of
from news.search.query import Query

# Only so many of the newest matches are ranked and counted: what a common word costs does not grow with the archive.
CAP = 1000
# Regions and campaigns that match, at most.
UNDATED_CAP = 100
# PostgreSQL: of the stories that have all words of a phrase, so many of the newest are read for the phrase itself.
PHRASE_CAP = 2000
# Title over note over names over body.
WEIGHTS = {"title": 1.0, "note": 0.4, "marks": 0.2, "body": 0.05}
# What another name for a typed word counts, beside the word itself.
OTHER_NAME = 0.3


@dataclass(frozen=True)
class Filters:
    """Narrowing; None: not narrowed. Of several ids any will do."""

    regions: tuple[int, ...] | None = None
    topics: tuple[int, ...] | None = None
    sources: tuple[int, ...] | None = None
    # First and last position (positions.py), both included; a match needs to lie in one.
    spans: tuple[tuple[int, int], ...] | None = None

    @property
    def narrow(self) -> bool:
        """By what has an index beside the words."""
        return self.regions is not None or self.topics is not None or self.sources is not None

    def hold(self, match: "Match") -> bool:
        """Does the match lie within what is chosen?"""
        chosen = ((self.regions, match.regions), (self.topics, match.topics), (self.sources, match.sources))
        if any(ids is not None and not set(ids).intersection(its) for ids, its in chosen):
            return False
        return self.spans is None or any(first <= match.position <= last for first, last in self.spans)


class Match(NamedTuple):
    page_id: int
    position: int
    regions: tuple[int, ...]
    topics: tuple[int, ...]
    sources: tuple[int, ...]
    # The higher the better; engines have scales of their own. 0 where nothing was ranked.
    score: float = 0.0

    @property
    def day(self) -> date | None:
        return day_of(self.position)


@dataclass(frozen=True)
class Matches:
    """The newest CAP + 1 dated matches in order, newest first, with the undated ones at the end."""

    rows: list[Match]
    # Only the newest entries were looked through; older ones may match too.
    is_partial: bool = False

    @property
    def are_all(self) -> bool:
        """Does nothing else match?"""
        dated = sum(match.position > 0 for match in self.rows)
        return not self.is_partial and dated <= CAP and len(self.rows) - dated < UNDATED_CAP

    def only(self, allowed: set[int]) -> "Matches":
        """Without the pages that readers may not see."""
        rows = [match for match in self.rows if match.page_id in allowed]
        return Matches(rows, self.is_partial or not self.are_all)

    def narrowed(self, filters: Filters, before: int | None) -> "Matches":
        """What the engine would give with these filters, where these are all that match without any."""
        rows = [match for match in self.rows if filters.hold(match)]
        if before is not None:
            rows = [match for match in rows if before > 0 and match.position < before]
        return Matches(rows)


@dataclass(frozen=True)
class Entry:
    """A page as it stands in the index. The texts are lists of tokens (letters.py)."""

    page_id: int
    position: int
    regions: tuple[int, ...]
    topics: tuple[int, ...]
    sources: tuple[int, ...]
    title: list[str]
    note: list[str]
    body: list[str]
    # The folded words of all texts, for spelling.py.
    words: frozenset[str]

    @property
    def marks(self) -> list[str]:
        """What names in a query are looked up by (names.py)."""
        return (
            [f"r{pk}" for pk in self.regions]
            + [f"t{pk}" for pk in self.topics]
            + [f"s{pk}" for pk in self.sources]
        )


class Engine(Protocol):
    def matches(
        self, query: Query, filters: Filters, ranked: bool = True, before: int | None = None
    ) -> Matches:
        """`before` leaves out what does not lie below that position. Scores only where `ranked`."""

    def write(self, entries: Iterable[Entry]) -> None:
        """Puts pages in, in place of what was there."""

    def erase(self, page_ids: Iterable[int]) -> None:
        """Takes pages out; those that are not there are no error."""


def engine() -> Engine:
    name = "postgres" if connection.vendor == "postgresql" else "sqlite"
    return import_module(f"news.search.{name}").ENGINE
