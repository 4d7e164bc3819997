"""The last pages of results as they were rendered: when something happens, many readers search for the same.

They stay in this process's memory. What readers look for goes into no file, no shared cache and no answer that nginx
or a CDN may keep. A page is good until anything that readers see, or the index, has changed; and even then
only while each page that it shows is one that readers may see.
"""

from collections.abc import Callable
from threading import BoundedSemaphore
from typing import NamedTuple

from django.http import HttpRequest, HttpResponse

from home.kept import in_transaction
from home.pagecache.generation import moments
from home.publication import public_pages
from news.search.answers import IndexMoment
from news.search.recent import Recent

recent = Recent(most=100)  # of 60 kB
# So many are rendered at once; the others wait in line, and find that theirs has been rendered meanwhile.
turns = BoundedSemaphore(3)
LONGEST = 500  # characters of a query string; longer ones are asked for by machines


class Results(NamedTuple):
    html: bytes
    # Primary keys of the pages that it shows; a page without any is not kept.
    shown: frozenset[int]


def answer(request: HttpRequest, render: Callable[[], Results]) -> HttpResponse:
    """The page as it was rendered for another reader with the same query string (its links repeat all of it), or
    rendered now. Who has a cookie may be staff, and see more."""
    query = request.META["QUERY_STRING"]
    if request.COOKIES or len(query) > LONGEST or in_transaction():
        return HttpResponse(render().html)
    now = *moments(IndexMoment).read(), *moments().read()  # before anything else is read
    results = good(query, now)
    if results is None:
        with turns:
            results = good(query, now)
            if results is None:
                results = render()
                if results.shown:
                    recent.keep(query, now, results)
    return HttpResponse(results.html)


def good(query: str, now: tuple[int, ...]) -> Results | None:
    results = recent.find(query, now)
    return results if results and are_public(results.shown) else None


def are_public(keys: frozenset[int]) -> bool:
    return public_pages().filter(pk__in=keys).count() == len(keys)
