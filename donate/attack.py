"""“Under attack”: begins by itself when many checkouts are refused, raises friction, tells staff, ends by itself.

The state lives in the cache that all processes share. While it lasts, a form must have been rendered by us and stay open
for some seconds, and each address and network begins fewer checkouts; people who give notice little of it.
"""

import logging
import time

from django.core.cache import cache

from donate import messages

log = logging.getLogger(__name__)

REFUSALS = 30  # within the window: nobody's slip of the finger
WINDOW = 600  # seconds
LASTS = 1800  # seconds after the last wave
STATE = "give-under-attack"
OPEN_SECONDS = 5.0  # of a form, instead of one
SHARE = 3  # of the usual limits of an address and a network, a third is left


def note_refusal(everybody: bool = False) -> None:
    """A checkout was refused; `everybody`: the limit over all was reached, which alone is an attack."""
    key = f"give-refusals-{int(time.time() // WINDOW)}"
    try:
        cache.add(key, 0, WINDOW * 2)
        if everybody or cache.incr(key) >= REFUSALS:
            begin()
    except Exception as error:  # noqa: BLE001 - any cache; the refusal itself stands
        log.error("Refusals cannot be counted: %s", type(error).__name__)


def begin() -> None:
    """Begins, or goes on; staff hear of the beginning."""
    if not cache.add(STATE, int(time.time()), LASTS):
        cache.touch(STATE, LASTS)
        return
    log.error("Giving is under attack: friction is raised")
    messages.owe("under_attack", str(int(time.time())))


def is_on() -> bool:
    try:
        return cache.get(STATE) is not None
    except Exception:  # noqa: BLE001 - a cache that cannot be read: limits refuse by themselves
        return False


def alarm() -> str | None:
    """For the admin's banner and the ready-check."""
    return "Giving is under attack: friction is raised until it is over." if is_on() else None
