"""How often one network may search: SEARCH_LIMIT, counted in the cache that all processes share."""

import time

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from home.network import client_network
from home.rates import read_rate


def is_too_many(request: HttpRequest, what: str = "search", times: int = 1) -> bool:
    """One more from this client's network: is it over `times` the limit? Where nothing can be counted, nobody is refused."""
    network = client_network(request)
    if settings.SEARCH_LIMIT.lower() == "off" or not network:
        return False
    count, seconds = read_rate(settings.SEARCH_LIMIT)
    digest = salted_hmac("search limit", network).hexdigest()[:16]
    key = f"limit-{what}-{digest}-{int(time.time() // seconds)}"
    try:
        cache.add(key, 0, seconds * 2)
        return cache.incr(key) > count * times
    except Exception:  # noqa: BLE001 - the cache server is gone: searching costs no money
        return False
