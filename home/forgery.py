"""A POST without the token that proves it came from a form of ours."""

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render

# Where forms with such a token stand. Readers' own forms set no cookie and are checked by their origin.
FORMS = ("/admin/", "/documents/", "/_util/")


def refused(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A page that says how to go on; 405 where no such form stands."""
    if not request.path.startswith(FORMS):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    return render(request, "403.html", status=403)
