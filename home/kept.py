"""Answers that stay the same until something that readers see changes: counts, the menu, the organisation's words."""

import threading
import time
from collections.abc import Callable
from typing import Any, NamedTuple

from django.core.cache import cache
from django.db import connection

from home.pagecache.generation import Generation, moments

AT_MOST = 300  # seconds, where nothing changes before
SLOW, PATIENCE = 0.2, 100
WEEK = 7 * 24 * 3600  # seconds


class Answer(NamedTuple):
    true_for: Generation
    asked_at: float  # seconds since 1970
    took: float  # seconds
    value: Any

    @property
    def was_slow(self) -> bool:
        return self.took > SLOW

    def is_good(self, now: Generation, is_count: bool) -> bool:
        age = time.time() - self.asked_at
        patience = PATIENCE * self.took if is_count and self.was_slow else 0
        return 0 <= age < patience or (self.true_for == now and 0 <= age < AT_MOST)


memory: dict[str, Answer] = {}
_being_counted: set[str] = set()


def kept(name: str, ask: Callable[[], Any], is_count: bool = False) -> Any:
    """The answer of `ask`, kept by this process until a publication, a removal or five minutes make it stale.

    A count that took long (SLOW seconds) stays for PATIENCE times as long, stale or not: in a large archive it would
    otherwise be the most expensive part of each publication, for a number that is one less. All processes share it,
    and count it anew beside the readers, who see the former number meanwhile.
    Callers must not change what they are given. Inside a transaction nothing is kept: what is not committed
    is for nobody else.
    """
    if in_transaction():
        return ask()
    now = moments().read()
    found = memory.get(name)
    if found and found.is_good(now, is_count):
        return found.value
    if is_count and (found := _shared(name) or found):
        memory[name] = found
        if found.was_slow:
            if not found.is_good(now, is_count):
                _count_beside(name, ask, now)
            return found.value
    return _ask(name, ask, now, is_count).value


def in_transaction() -> bool:
    """The one that a test stands in is none, as for Django's durable blocks."""
    return any(not block._from_testcase for block in connection.atomic_blocks)


def _ask(name: str, ask: Callable[[], Any], now: Generation, is_count: bool) -> Answer:
    began = time.perf_counter()
    value = ask()
    answer = memory[name] = Answer(now, time.time(), time.perf_counter() - began, value)
    if is_count and answer.was_slow:
        _share(name, answer)
    return answer


def _count_beside(name: str, ask: Callable[[], Any], now: Generation) -> None:
    """In a thread of its own, once at a time."""
    if name in _being_counted:
        return
    _being_counted.add(name)

    def count() -> None:
        try:
            _ask(name, ask, now, is_count=True)
        finally:
            _being_counted.discard(name)
            connection.close()

    threading.Thread(target=count, name=f"counts {name}", daemon=True).start()


def _shared(name: str) -> Answer | None:
    """What another process, or this one before it was started anew, counted slowly."""
    try:
        return cache.get(_key(name))
    except Exception:  # noqa: BLE001 - without a cache server each process counts for itself
        return None


def _share(name: str, answer: Answer) -> None:
    try:
        cache.set(_key(name), answer, WEEK)
    except Exception:  # noqa: BLE001 - as above
        return


def _key(name: str) -> str:
    return f"kept-{name.replace(' ', '-')}"
