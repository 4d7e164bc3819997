"""Which requests may be answered from the cache, and under which key."""

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from django.conf import settings

# The only parameters that change what a cached page shows; all others (utm_..., fbclid) are dropped before rendering.
PARAMETERS = frozenset({"region", "topic", "year", "month", "page", "before", "format"})
# Never from the cache: staff, money, forms, limits, health, files.
EXCEPT = (
    "/admin",
    "/documents",
    "/give",
    "/giving",
    "/search",
    "/health",
    "/metrics",
    "/media",
    "/static",
    "/_util",
)
LONGEST_QUERY = 500  # characters; longer ones are not worth a place


@dataclass(frozen=True)
class Request:
    """A request that may be answered from the cache."""

    key: str
    query: str  # the parameters that matter, in a fixed order
    stripped: bool  # whether others were dropped


def read(environ: dict) -> Request | None:
    """The cacheable request in `environ`, or None where Django itself must answer."""
    if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
        return None
    path = environ.get("PATH_INFO") or "/"
    if path.startswith(EXCEPT) or len(environ.get("QUERY_STRING", "")) > LONGEST_QUERY:
        return None
    if "HTTP_AUTHORIZATION" in environ or settings.SESSION_COOKIE_NAME in environ.get("HTTP_COOKIE", ""):
        return None
    door = _door(environ)
    if door is None:
        return None
    query = environ.get("QUERY_STRING", "")
    kept = _kept(query) if query else ""
    return Request(key=f"{door}{path}?{kept}", query=kept, stripped=kept != query)


def _kept(query: str) -> str:
    pairs = parse_qsl(query, keep_blank_values=True)
    return urlencode(sorted((name, value) for name, value in pairs if name in PARAMETERS))


def _door(environ: dict) -> str | None:
    """The origin asked for, or None for hosts and schemes that Django refuses or redirects."""
    host = environ.get("HTTP_HOST", "").lower()
    if settings.ONION_HOST and host == settings.ONION_HOST.lower():
        return "onion"
    if host.partition(":")[0] not in settings.ALLOWED_HOSTS:
        return None
    return host if not settings.SECURE_SSL_REDIRECT or _is_https(environ) else None


def _is_https(environ: dict) -> bool:
    if environ.get("wsgi.url_scheme") == "https":
        return True
    return settings.TRUSTED_PROXIES > 0 and environ.get("HTTP_X_FORWARDED_PROTO") == "https"
