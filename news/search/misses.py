"""Searches without result, counted per day for editors. A reader's GET writes nothing to the database.

The words wait in the shared cache; the clock takes them over once a minute. Nothing about who searched is kept, and
nothing that looks like an address or a number of a person.
"""

import re

from django.core.cache import cache
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from home.clock import register
from news.models import SearchMiss
from news.search.query import clean_query

COUNTER, TAKEN = "search-misses", "search-misses-taken"
PLACES = 2000  # that wait at most; then the oldest are lost
WAIT = 24 * 3600  # seconds
PERSONAL = re.compile(r"@|\d{5,}|https?:|www\.")


def note(query: str) -> None:
    """Somebody found nothing."""
    query = clean_query(query).casefold()
    if not query or PERSONAL.search(query):
        return
    try:
        cache.add(COUNTER, 0, None)
        number = cache.incr(COUNTER)
        cache.set(f"{COUNTER}-{number % PLACES}", query, WAIT)
    except Exception:  # noqa: BLE001 - the cache server is gone: a lost count is no harm
        return


def take_over() -> int:
    """Writes down what waits; gives how many."""
    last, first = cache.get(COUNTER) or 0, cache.get(TAKEN) or 0
    first = max(first, last - PLACES) if first <= last else 0
    keys = [f"{COUNTER}-{number % PLACES}" for number in range(first + 1, last + 1)]
    queries = [query for query in cache.get_many(keys).values() if query] if keys else []
    cache.set(TAKEN, last, None)
    cache.delete_many(keys)
    today = timezone.localdate()
    with transaction.atomic():
        for query in queries:
            SearchMiss.objects.get_or_create(query=query, day=today)
            SearchMiss.objects.filter(query=query, day=today).update(count=F("count") + 1)
    return len(queries)


def register_jobs() -> None:
    register("count searches without result", take_over, every_seconds=60)
