"""Do the full stories still stand where our stories say? Asked in the slow queue, a few at a time.

Editors type these addresses, so a check may reach public addresses alone: every name is resolved by us, each
answer is judged, and the connection goes to the very address that was judged, on every hop of a redirect.
"""

import http.client
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv6Network, ip_address
from urllib.parse import urljoin, urlsplit

from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.encoding import iri_to_uri

from home.pagecache.generation import changed
from home.publication import public_pages
from news.models import LinkCheck, StoryPage

TIMEOUT = 8  # seconds for each connection and each read
HOPS = 5
AT_ONCE = 40  # stories a run
AGENT = "Dateline link check"
REFUSED = 0  # the answer kept where no connection was allowed or none came about
NAT64 = IPv6Network("64:ff9b::/96")


def is_public_address(address: str) -> bool:
    """An address on the public internet, and none of this machine's, its network's or its provider's."""
    found = ip_address(address.partition("%")[0])
    if found.version == 6:  # what leads to an IPv4 address is judged by that one
        inner = (
            ip_address(int(found) & 0xFFFFFFFF) if found in NAT64 else found.ipv4_mapped or found.sixtofour
        )
        found = inner or found
    return found.is_global and not found.is_multicast and not found.is_reserved


@dataclass(frozen=True)
class Asker:
    """Asks for an address; `allows` says which IP addresses may be reached, `ports` which ports."""

    allows: Callable[[str], bool] = is_public_address
    ports: frozenset[int] = frozenset({80, 443})

    def status(self, url: str) -> int:
        """The last answer's status after at most five redirects; 0 where none came or none may be had."""
        return self.read(url, most=0)[0]

    def read(self, url: str, most: int = 65_536) -> tuple[int, bytes]:
        """The last answer's status and the first bytes of what it brings."""
        try:
            for _hop in range(HOPS):
                status, location, head = self._ask(url, most)
                if status not in (301, 302, 303, 307, 308) or not location:
                    return status, head
                url = urljoin(url, location)
        except (OSError, ValueError, http.client.HTTPException):
            return REFUSED, b""
        return REFUSED, b""

    def _ask(self, url: str, most: int) -> tuple[int, str, bytes]:
        parts = urlsplit(iri_to_uri(url))
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
            raise ValueError("Not an address of the web")
        port = parts.port or (443 if parts.scheme == "https" else 80)
        if port not in self.ports:
            raise ValueError("Not a port of the web")
        line = _connect(parts.scheme, parts.hostname, port, self._address(parts.hostname, port))
        try:
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            line.request("GET", path, headers={"User-Agent": AGENT, "Accept": "*/*"})
            answer = line.getresponse()
            return answer.status, answer.headers.get("Location", ""), answer.read(most) if most else b""
        finally:
            line.close()

    def _address(self, host: str, port: int) -> str:
        """One allowed IP address of the host; ValueError where any of them is not allowed."""
        answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = [answer[4][0] for answer in answers]
        if not addresses or not all(self.allows(address) for address in addresses):
            raise ValueError("Not a public address")
        return addresses[0]


def _connect(scheme: str, host: str, port: int, address: str) -> http.client.HTTPConnection:
    """A connection to `address` that speaks as if to `host`: no second look-up can lead it elsewhere."""
    line = http.client.HTTPConnection(host, port, timeout=TIMEOUT)
    line.sock = socket.create_connection((address, port), timeout=TIMEOUT)
    if scheme == "https":
        line.sock = ssl.create_default_context().wrap_socket(line.sock, server_hostname=host)
    return line


def is_good(status: int) -> bool:
    """Answers that show the page stands: also those that only keep robots out."""
    return 200 <= status < 400 or status in (401, 403, 405, 406, 416, 429)


def due() -> QuerySet:
    """Public stories whose address is unchecked, changed, or was last asked a week ago (a day, where it failed)."""
    now = timezone.now()
    stale = Q(link_check__checked_at__lt=now - timedelta(days=7))
    failing = Q(link_check__failures__gt=0, link_check__checked_at__lt=now - timedelta(days=1))
    fresh = Q(link_check__isnull=True) | ~Q(link_check__url=F("full_story_url"))
    stories = public_pages(StoryPage).exclude(full_story_url="")
    return stories.filter(stale | failing | fresh).order_by(
        F("link_check__checked_at").asc(nulls_first=True), "-pk"
    )


def check(story: StoryPage, asker: Asker | None = None) -> LinkCheck:
    """Asks once for one story and keeps the answer."""
    status = (asker or Asker()).status(story.full_story_url)
    known = LinkCheck.objects.filter(story=story, url=story.full_story_url).first()
    failures = 0 if is_good(status) else (known.failures if known else 0) + 1
    was_dead = bool(known and known.is_dead)
    result, _created = LinkCheck.objects.update_or_create(
        story=story,
        defaults={
            "url": story.full_story_url,
            "status": status,
            "failures": failures,
            "checked_at": timezone.now(),
        },
    )
    if result.is_dead != was_dead:
        changed()
    return result


def check_some(asker: Asker | None = None) -> int:
    """Asks for those that are due, one story of each host at a time; gives how many."""
    hosts: set[str] = set()
    count = 0
    for story in due()[: AT_ONCE * 5]:
        host = urlsplit(story.full_story_url).hostname or ""
        if host in hosts or count == AT_ONCE:
            continue
        hosts.add(host)
        check(story, asker)
        count += 1
    return count
