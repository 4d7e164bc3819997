"""PURGE_URL, read into Wagtail's WAGTAILFRONTENDCACHE. Pure: the settings call it."""

from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

BACKENDS = "wagtail.contrib.frontend_cache.backends"


def read_purge_url(url: str) -> dict:
    """Whom to tell that an address shows something new; {} where nobody stands in front.

    "http://127.0.0.1:6081" is a cache that takes PURGE requests, such as Varnish; "cloudflare://TOKEN@ZONE" and
    "cloudfront://DISTRIBUTION" (keys from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY) are what they say.
    """
    if not url:
        return {}
    parts = urlsplit(url)
    if parts.scheme in ("http", "https") and parts.hostname:
        found = {"BACKEND": f"{BACKENDS}.HTTPBackend", "LOCATION": url}
    elif parts.scheme == "cloudflare" and parts.username and parts.hostname:
        found = {
            "BACKEND": f"{BACKENDS}.CloudflareBackend",
            "BEARER_TOKEN": parts.username,
            "ZONEID": parts.hostname,
        }
    elif parts.scheme == "cloudfront" and parts.hostname:
        found = {"BACKEND": f"{BACKENDS}.CloudfrontBackend", "DISTRIBUTION_ID": parts.netloc}
    else:
        raise ImproperlyConfigured(
            "PURGE_URL must be http://HOST:PORT, cloudflare://TOKEN@ZONE or cloudfront://DISTRIBUTION."
        )
    return {"default": found}
