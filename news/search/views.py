from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from news.contexts import counted_regions
from news.listing import Pagination, numbers_near
from news.search import misses, pages, spelling
from news.search.asked import SearchRequest
from news.search.find import Found, find
from news.search.hits import Hit, hits, pins
from news.search.limit import is_too_many
from news.search.suggestions import suggest as suggestions

TEMPLATE = "news/search.html"


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    asked = SearchRequest.from_query(request.GET)
    if not asked.asks:
        return render(request, TEMPLATE, base_context(asked))
    if is_too_many(request):
        response = render(request, TEMPLATE, base_context(asked) | {"is_limited": True}, status=429)
        response["Retry-After"] = "60"
        return response
    return pages.answer(request, lambda: results(request, asked))


def results(request: HttpRequest, asked: SearchRequest) -> pages.Results:
    """The page that answers, and which pages it shows. Past the end: Http404."""
    found, shown = found_and_shown(request, asked)
    first_page = asked.page == 1 and asked.before is None
    pinned = pins(request, found.query) if first_page else []
    shown = pinned + _unpinned(shown, pinned)
    context = base_context(asked) | {
        "hits": shown,
        "total": found.total,
        "is_capped": found.is_capped,
        "is_partial": found.is_partial,
        "pagination": pagination(asked, found),
        **{f"{name}_facets": choices for name, choices in found.choices.items()},
    }
    if not found.matches:
        context |= nothing_found(asked, found)
        if first_page and not pinned and not asked.narrows:
            misses.note(asked.q)
    html = render_to_string(TEMPLATE, context, request).encode()
    return pages.Results(html, frozenset(hit.page_id for hit in shown if hit.page_id))


def found_and_shown(request: HttpRequest, asked: SearchRequest) -> tuple[Found, list[Hit]]:
    """Results are what readers may see. Where one is missing, it was taken away a moment ago and the index has not
    heard of it: then the whole search is done again with each match looked at."""
    for is_checked in (False, True):
        found = find(asked, is_checked=is_checked)
        shown = hits(request, found.query, found.matches)
        if len(shown) == len(found.matches):
            break
    return found, shown


@require_safe
def suggest(request: HttpRequest) -> HttpResponse:
    # Typing asks more often than pressing a button does.
    if is_too_many(request, "suggest", times=10):
        return JsonResponse([], safe=False, status=429)
    return JsonResponse(suggestions(request.GET.get("q", "")), safe=False)


def base_context(asked: SearchRequest) -> dict:
    return {
        "q": asked.q,
        "sort": asked.sort,
        "is_filtered": asked.narrows,
        "date_from": asked.first,
        "date_to": asked.last,
        "clear_url": SearchRequest(q=asked.q, sort=asked.sort).url(),
    }


def nothing_found(asked: SearchRequest, found: Found) -> dict:
    """What to try: a spelling that finds something, regions to start from."""
    other = spelling.better(asked, found.query)
    offer = {"text": other.q, "url": other.url()} if other and find(other, with_facets=False).total else None
    return {"suggestion": offer, "regions": [region for region in counted_regions() if region.level == 1]}


def _unpinned(found: list, pinned: list) -> list:
    urls = {pin.url for pin in pinned}
    return [hit for hit in found if hit.url not in urls]


def pagination(asked: SearchRequest, found: Found) -> Pagination:
    if asked.before is not None:
        return Pagination(None, older_url=asked.url(before=found.before) if found.before else "")
    numbers = numbers_near(asked.page, found.total)
    older = asked.url(page=asked.page + 1) if asked.page < numbers[-1] else ""
    if found.before:
        older = asked.url(before=found.before, page=1)
    return Pagination(asked.page, older_url=older, pages=numbers)
