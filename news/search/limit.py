"""How often one network may search: SEARCH_LIMIT, counted in the cache that all processes share."""

import time

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from home.network import client_network

PERIODS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def read_limit(text: str) -> tuple[int, int] | None:
    """ "60/m" as (60, 60 seconds); None for "off"."""
    if text.strip().lower() == "off":
        return None
    count, _, period = text.strip().partition("/")
    return int(count), PERIODS[period]


def is_too_many(request: HttpRequest, what: str = "search", times: int = 1) -> bool:
    """One more from this client's network: is it over `times` the limit? Where nothing can be counted, nobody is refused."""
    limit = read_limit(settings.SEARCH_LIMIT)
    network = client_network(request)
    if limit is None or not network:
        return False
    count, seconds = limit
    digest = salted_hmac("search limit", network).hexdigest()[:16]
    key = f"limit-{what}-{digest}-{int(time.time() // seconds)}"
    try:
        cache.add(key, 0, seconds * 2)
        return cache.incr(key) > count * times
    except Exception:  # noqa: BLE001 - the cache server is gone: searching costs no money
        return False
