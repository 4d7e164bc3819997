"""Where a POST may come from, for forms that set no cookie and so cannot use the CSRF cookie."""

from django.conf import settings
from django.http import HttpRequest


def is_own_form(request: HttpRequest) -> bool:
    """`Origin` is one of ours; or it is absent, and the browser does not say that another site sent it."""
    origin = request.headers.get("Origin")
    if origin is None:
        return request.headers.get("Sec-Fetch-Site", "none") != "cross-site"
    ours = {settings.SITE_URL.lower()}
    if settings.ONION_HOST:
        ours |= {f"http://{settings.ONION_HOST}".lower(), f"https://{settings.ONION_HOST}".lower()}
    return origin.lower() in ours
