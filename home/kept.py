"""Answers that stay the same until something that readers see changes: counts, the menu, the organisation's words."""

import time
from collections.abc import Callable
from typing import Any

from django.db import connection

from home.pagecache.generation import moments

AT_MOST = 300  # seconds, where nothing changes before
SLOW, PATIENCE = 0.2, 100
# By name: the moments it was true for, when it was asked and how long that took (seconds), the answer.
_memory: dict[str, tuple[tuple[int, int], float, float, Any]] = {}


def kept(name: str, ask: Callable[[], Any], is_count: bool = False) -> Any:
    """The answer of `ask`, kept by this process until a publication, a removal or five minutes make it stale.

    A count that took long (SLOW seconds) stays for PATIENCE times as long, stale or not: in a large archive it would
    otherwise be the most expensive part of each publication, for a number that is one less.
    Callers must not change what they are given. Inside a transaction nothing is kept: what is not committed
    is for nobody else.
    """
    if connection.in_atomic_block:
        return ask()
    now = moments().read()
    began = time.monotonic()
    if name in _memory:
        true_for, asked_at, took, answer = _memory[name]
        age = began - asked_at
        patience = PATIENCE * took if is_count and took > SLOW else 0
        if age < patience or (true_for == now and age < AT_MOST):
            return answer
    answer = ask()
    _memory[name] = (now, began, time.monotonic() - began, answer)
    return answer
