"""Answers that stay the same until something that readers see changes: counts, the menu, the organisation's words."""

import time
from collections.abc import Callable
from typing import Any

from django.db import connection

from home.pagecache.generation import moments

AT_MOST = 300  # seconds, where nothing changes before
_memory: dict[str, tuple[tuple[int, int], float, Any]] = {}


def kept(name: str, ask: Callable[[], Any]) -> Any:
    """The answer of `ask`, kept by this process until a publication, a removal or five minutes make it stale.

    Callers must not change what they are given. Inside a transaction nothing is kept: what is not committed
    is for nobody else.
    """
    if connection.in_atomic_block:
        return ask()
    now = moments().read()
    known = _memory.get(name)
    if known and known[0] == now and time.monotonic() - known[1] < AT_MOST:
        return known[2]
    answer = ask()
    _memory[name] = (now, time.monotonic(), answer)
    return answer
