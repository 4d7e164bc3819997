"""Where a request comes from: the one place that reads addresses out of headers."""

from ipaddress import ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

# One subscriber holds a whole IPv6 /48 or shares an IPv4 /24; single addresses are free to change.
PREFIX = {4: 24, 6: 48}


def client_ip(request: HttpRequest) -> str:
    """The client's address as text, or "" when nothing trustworthy says it.

    Each trusted proxy appends the address it saw, so with TRUSTED_PROXIES = n the n-th entry from the right
    is the last one that our own proxies vouch for. All entries left of it are whatever the client wrote.
    """
    address = request.META.get("REMOTE_ADDR", "")
    hops = settings.TRUSTED_PROXIES
    if hops > 0:
        forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        if len(forwarded) >= hops and forwarded[-hops].strip():
            address = forwarded[-hops].strip()
    return _clean_address(address)


def client_network(request: HttpRequest) -> str:
    """The client's network, such as "203.0.113.0/24" or "2001:db8:5::/48"; "" when it says nothing about one client.

    All readers of the onion service arrive from this machine: a limit on that "network" would be shared by
    strangers, so callers skip network limits on "" and keep their other ones.
    """
    address = client_ip(request)
    if not address or (is_onion(request) and ip_address(address).is_loopback):
        return ""
    version = ip_address(address).version
    return str(ip_network(f"{address}/{PREFIX[version]}", strict=False))


def is_onion(request: HttpRequest) -> bool:
    """Did the request ask for ONION_HOST? (The header proves nothing: never grant anything on it alone.)"""
    host = request.META.get("HTTP_HOST", "").partition(":")[0].lower().rstrip(".")
    return bool(settings.ONION_HOST) and host == settings.ONION_HOST.lower()


def _clean_address(text: str) -> str:
    try:
        address = ip_address(text.strip("[]"))
    except ValueError:
        return ""
    mapped = getattr(address, "ipv4_mapped", None)
    return str(mapped or address)
