"""The engine's last answers: other pages, orders and filters of a query ask it for the same matches again.

Each process keeps some of them until the index is written or something is taken away. No removal waits for that: what
readers may see is asked for each page (views.found_and_shown).
"""

from typing import NamedTuple

from django.db import transaction

from home.kept import in_transaction
from home.pagecache.generation import moments
from news.search.engine import Filters, Matches, engine
from news.search.query import Query
from news.search.recent import Recent

recent = Recent(most=100)  # of 200 kB at most, for a common word


class IndexMoment(NamedTuple):
    """When the index was last written, in nanoseconds since the epoch, UTC."""

    indexed: int


def index_written() -> None:
    """After the commit, the engine is asked anew."""
    transaction.on_commit(lambda: moments(IndexMoment).mark("indexed"), robust=True)


def matches(query: Query, filters: Filters, ranked: bool = True, before: int | None = None) -> Matches:
    """As Engine.matches; without `ranked` there may be scores all the same. Callers must not change the rows."""
    if in_transaction():
        return engine().matches(query, filters, ranked, before)
    now = moments(IndexMoment).read().indexed, moments().read().removed
    for has_scores in {ranked, True}:
        if found := recent.find((query, filters, has_scores, before), now):
            return found
        everything = recent.find((query, Filters(), has_scores, None), now)
        if everything and everything.are_all:
            return everything.narrowed(filters, before)
    found = engine().matches(query, filters, ranked, before)
    recent.keep((query, filters, ranked, before), now, found)
    return found
