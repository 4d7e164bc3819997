"""Which requests may be answered from the cache, and under which key."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from django.conf import settings
from django.http.request import split_domain_port, validate_host

# The parameters that change what an address shows. All others, on all addresses (utm_..., fbclid), are dropped
# before a page is rendered, so nobody fills the cache with one page under many names.
LIST = frozenset({"region", "topic", "year", "month", "page", "before"})
PARAMETERS = (
    (re.compile(r"/(news|topics/[^/]+|corrections)/"), LIST),
    (re.compile(r"/(news|corrections|topics/[^/]+|regions/.+)/feed/"), frozenset({"format"})),
)
# Never from the cache: staff, money, forms, limits, health, files.
EXCEPT = (
    "/admin",
    "/documents",
    "/give",
    "/giving",
    "/search",
    "/press/letter",
    "/health",
    "/metrics",
    "/media",
    "/static",
    "/_util",
)
LONGEST_QUERY = 2000  # characters
LONGEST_KEPT = 200  # of what matters in it; more is asked for by machines


@dataclass(frozen=True)
class Request:
    """A request that may be answered from the cache."""

    key: str
    query: str  # the parameters that matter, in a fixed order


def read(environ: dict) -> Request | None:
    """The cacheable request in `environ`, or None where Django itself must answer."""
    method, path, query = environ["REQUEST_METHOD"], environ.get("PATH_INFO") or "/", environ["QUERY_STRING"]
    if method not in ("GET", "HEAD") or path.startswith(EXCEPT):
        return None
    if len(query) > LONGEST_QUERY or not query.isascii():
        return None
    if "HTTP_AUTHORIZATION" in environ or settings.SESSION_COOKIE_NAME in environ.get("HTTP_COOKIE", ""):
        return None
    door = _door(environ)
    kept = _kept(path, query) if query else ""
    if door is None or len(kept) > LONGEST_KEPT:
        return None
    return Request(key=f"{door}{path}?{kept}", query=kept)


def _kept(path: str, query: str) -> str:
    names = next((names for pattern, names in PARAMETERS if pattern.fullmatch(path)), ())
    return urlencode(sorted((name, value) for name, value in parse_qsl(query) if name in names))


def _door(environ: dict) -> str | None:
    """The host asked for, or None for hosts and schemes that Django refuses or redirects."""
    host, _port = split_domain_port(environ.get("HTTP_HOST", ""))
    if settings.ONION_HOST and host == settings.ONION_HOST.lower():
        return host
    if not host or not validate_host(host, settings.ALLOWED_HOSTS):
        return None
    return host if not settings.SECURE_SSL_REDIRECT or _is_https(environ) else None


def _is_https(environ: dict) -> bool:
    if environ.get("wsgi.url_scheme") == "https":
        return True
    return settings.TRUSTED_PROXIES > 0 and environ.get("HTTP_X_FORWARDED_PROTO") == "https"
