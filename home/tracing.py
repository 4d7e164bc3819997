"""Every request gets an id, one line in the log and its place in the metrics; none of them says who asked for what."""

import logging
import re
import time
import uuid
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from home import metrics
from home.logs import request_id

log = logging.getLogger("dateline.requests")

WELL_FORMED = re.compile(r"[\w-]{8,64}")


class TracingMiddleware:
    """Outermost: its time is the whole time."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = request_id.set(incoming_id(request) or uuid.uuid4().hex)
        began = time.perf_counter()
        try:
            response = self.get_response(request)
            self.record(request, response, time.perf_counter() - began)
        finally:
            request_id.reset(token)
        return response

    def record(self, request: HttpRequest, response: HttpResponse, seconds: float) -> None:
        view = view_name(request)
        metrics.observe_request(view, request.method, response.status_code, seconds)
        if "public" not in response.get("Cache-Control", ""):
            # A kept page would hand one reader's id to the next.
            response["X-Request-ID"] = request_id.get()
        log.info(
            "%s %s %s",
            request.method,
            view,
            response.status_code,
            extra={"status": response.status_code, "view": view, "milliseconds": round(seconds * 1000)},
        )


def incoming_id(request: HttpRequest) -> str:
    """The id that our own proxy gave, so that its log and ours can be read together; nobody else's."""
    given = request.META.get("HTTP_X_REQUEST_ID", "")
    return given if settings.TRUSTED_PROXIES > 0 and WELL_FORMED.fullmatch(given) else ""


def view_name(request: HttpRequest) -> str:
    """The name of what answered, such as "donate:webhook"; never the path, which may be a donor's private one."""
    match = request.resolver_match
    if match is None:
        return "none"
    return match.view_name or match._func_path
