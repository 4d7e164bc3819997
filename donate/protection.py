"""Against those who try stolen cards: how many checkouts may begin, how fast, and what a person would not do.

Counters live in the cache that all processes share. Where it cannot count, nothing begins: a check that fails, fails
closed. What is counted is a digest: no address of a donor stands in the cache.
"""

import logging
import time
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache
from django.utils.crypto import salted_hmac

from donate import attack, attempts
from home.rates import read_rate

log = logging.getLogger(__name__)

LEAST_SECONDS = 1.0  # between the form's rendering and its sending; a machine takes milliseconds


class Limited(Exception):  # noqa: N818 - an answer, not a failure
    """Too many, too fast or not a person. `reason` is address, network, all, machine or quick."""

    def __init__(self, reason: str):
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Limit:
    count: int
    seconds: int


def read_limits(text: str) -> dict[str, Limit]:
    """`address=6/h,network=60/h,all=600/h`; empty for `off`. ValueError for what cannot be read."""
    if text.strip().lower() == "off":
        return {}
    limits = {}
    for part in text.split(","):
        name, _, rate = part.strip().partition("=")
        if name not in ("address", "network", "all"):
            raise ValueError(f"not a limit: {part!r}")
        limits[name] = Limit(*read_rate(rate))
    return limits


def is_off() -> bool:
    return not read_limits(settings.GIVE_LIMITS)


def check_person(attempt: str | None, trap: str) -> None:
    """Limited for a form that fills the hidden field, or that comes back sooner than anybody can read it."""
    if is_off():
        return
    open_for = attempts.seconds_open(attempt)
    attacked = attack.is_on()
    if trap:
        refuse("machine")
    if open_for is None and attacked:
        refuse("quick")  # not a form of ours
    if open_for is not None and open_for < (attack.OPEN_SECONDS if attacked else LEAST_SECONDS):
        refuse("quick")


def note_refused_card() -> None:
    """Stolen cards are tried on Stripe's page too, many in one checkout: a wave of them is an attack as well."""
    if not is_off():
        attack.note_refusal()


def refuse(reason: str) -> None:
    attack.note_refusal(everybody=reason == "all")
    raise Limited(reason)


def admit(email: str, network: str) -> None:
    """Counts a checkout that is about to begin; Limited where it is one too many. `network` "" is not counted."""
    limits = read_limits(settings.GIVE_LIMITS)
    counted = {"address": email.strip().lower(), "network": network, "all": "all"}
    attacked = bool(limits) and attack.is_on()
    for name, value in counted.items():
        if name in limits and value and not spend(name, value, lowered(limits[name], name, attacked)):
            log.warning("A checkout was refused: limit of %s", name)
            refuse(name)


def lowered(limit: Limit, name: str, attacked: bool) -> Limit:
    """While under attack, an address and a network begin fewer; the limit over all stands."""
    if not attacked or name == "all":
        return limit
    return Limit(min(limit.count, max(1, limit.count // attack.SHARE)), limit.seconds)


def spend(name: str, value: str, limit: Limit) -> bool:
    """One more in this window: is it within the limit?"""
    window = int(time.time() // limit.seconds)
    key = f"give-{name}-{digest(value)}-{window}"
    try:
        cache.add(key, 0, limit.seconds + 60)
        return cache.incr(key) <= limit.count
    except Exception as error:  # noqa: BLE001 - any cache, any trouble: closed
        log.error("Attempts cannot be counted: %s", type(error).__name__)
        return False


def digest(value: str) -> str:
    return salted_hmac("donate.protection", value, algorithm="sha256").hexdigest()[:32]
