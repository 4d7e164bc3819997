"""The engine's last answers: other pages, orders and filters of a query ask it for the same matches again.

Each process keeps MOST of them until the index is written or something is taken away, and for AT_MOST seconds. No
removal waits for that: what readers may see is asked for each page (find.public).
"""

import time
from threading import Lock
from typing import NamedTuple

from django.db import transaction

from home.kept import in_transaction
from home.pagecache.generation import moments
from news.search.engine import Filters, Matches, engine
from news.search.query import Query

MOST = 100  # of 200 kB at most, for a common word
AT_MOST = 300  # seconds


class IndexMoment(NamedTuple):
    """When the index was last written, in nanoseconds since the epoch, UTC."""

    indexed: int


class Answer(NamedTuple):
    matches: Matches
    true_for: tuple[int, int]  # when the index was written and something was taken away
    asked_at: float  # time.monotonic(), seconds


memory: dict[tuple, Answer] = {}
_lock = Lock()


def index_written() -> None:
    """After the commit, the engine is asked anew."""
    transaction.on_commit(lambda: moments(IndexMoment).mark("indexed"), robust=True)


def matches(query: Query, filters: Filters, ranked: bool = True, before: int | None = None) -> Matches:
    """As Engine.matches; without `ranked` there may be scores all the same. Callers must not change the rows."""
    if in_transaction():
        return engine().matches(query, filters, ranked, before)
    now = moments(IndexMoment).read().indexed, moments().read().removed
    for has_scores in {ranked, True}:
        if found := _remembered((query, filters, has_scores, before), now):
            return found
    found = engine().matches(query, filters, ranked, before)
    _remember((query, filters, ranked, before), Answer(found, now, time.monotonic()))
    return found


def _remembered(key: tuple, now: tuple[int, int]) -> Matches | None:
    with _lock:
        answer = memory.pop(key, None)
        if answer is None or answer.true_for != now or time.monotonic() - answer.asked_at > AT_MOST:
            return None
        memory[key] = answer  # the last used stands last
        return answer.matches


def _remember(key: tuple, answer: Answer) -> None:
    with _lock:
        memory[key] = answer
        while len(memory) > MOST:
            del memory[next(iter(memory))]
