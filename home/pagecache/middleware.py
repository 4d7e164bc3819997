from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from home.middleware import is_staff_area
from home.pagecache import rules


class ReaderCacheMiddleware:
    """Says which answers are the same for every reader: what the page cache, nginx and a CDN may keep.

    Outermost of ours, so that it sees every cookie that the others set.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not response.streaming and response.status_code not in (204, 304):
            # Redirects and refusals come without.
            response.headers.setdefault("Content-Length", str(len(response.content)))
        if response.has_header("Cache-Control"):
            return response
        if is_for_everybody(request, response):
            seconds = settings.PAGE_CACHE_SECONDS
            response["Cache-Control"] = (
                f"public, max-age=0, s-maxage={seconds}, stale-while-revalidate={seconds}"
            )
            patch_vary_headers(response, ["Accept-Encoding"])
        else:
            response["Cache-Control"] = "private, no-store" if response.cookies else "private, no-cache"
        return response


def is_for_everybody(request: HttpRequest, response: HttpResponse) -> bool:
    if response.status_code != 200 or response.cookies or response.streaming or is_staff_area(request):
        return False
    return rules.read(request.META) is not None
