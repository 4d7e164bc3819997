"""What every answer carries: policies by area, HTTPS by SITE_URL, the onion host, no cookie for readers."""

import pytest
from django.conf import settings as site_settings
from django.test import Client, RequestFactory, override_settings
from django.urls import reverse

from home.network import client_ip, client_network

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]
ONION = "dateline7dateline7dateline7dateline7dateline7dateline7da.onion"


def policy(answer) -> dict[str, set[str]]:
    """The directives of the answer's policy."""
    parts = [part.split() for part in answer["Content-Security-Policy"].split(";")]
    return {name: set(sources) for name, *sources in parts}


def public_policy(**changed) -> dict[str, set[str]]:
    checkout = {"'self'", "https://checkout.stripe.com", "https://billing.stripe.com", "http://127.0.0.1:9"}
    return {
        "default-src": {"'none'"},
        "script-src": {"'self'"},
        "style-src": {"'self'"},
        "img-src": {"'self'", "data:"},
        "font-src": {"'self'"},
        "connect-src": {"'self'"},
        "form-action": checkout,
        "base-uri": {"'none'"},
        "frame-ancestors": {"'none'"},
    } | changed


# Policies ------------------------------------------------------------------------------------------


def test_readers_pages_have_the_strict_policy(client, page_tree, story):
    for page in (
        page_tree.home,
        page_tree.newsroom,
        page_tree.region,
        page_tree.give,
        page_tree.campaign,
        story,
    ):
        answer = client.get(page.url)

        assert answer.status_code == 200, page
        assert policy(answer) == public_policy()
        assert answer["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize(
    "path", ["/no-such-page/", "/documents/1/x.pdf", "/_util/login/", "/robots.txt", "/health/live/"]
)
def test_other_answers_have_it_too(client, page_tree, path):
    assert policy(client.get(path)) == public_policy()


def test_the_admin_has_its_own_policy(client, admin):
    client.force_login(admin)

    answer = client.get("/admin/")

    assert policy(answer)["script-src"] == {"'self'", "'unsafe-inline'"}
    assert policy(answer)["frame-ancestors"] == {"'self'"}
    assert policy(answer)["object-src"] == {"'none'"}
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert not any(
        "http" in source
        for name, sources in policy(answer).items()
        if name != "form-action"
        for source in sources
    )


def test_a_preview_may_stand_in_a_frame_of_the_admin(client, admin, story):
    client.force_login(admin)

    answer = client.get(reverse("wagtailadmin_pages:view_draft", args=[story.pk]))

    assert answer.status_code == 200
    assert story.title in answer.content.decode()
    assert policy(answer)["frame-ancestors"] == {"'self'"}
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert "private" in answer["Cache-Control"]


def test_other_headers_of_safety(client, page_tree):
    answer = client.get(page_tree.home.url)

    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "geolocation=()" in answer["Permissions-Policy"]


def test_a_reader_gets_no_cookie(client, page_tree, story):
    paths = [
        p.url
        for p in (
            page_tree.home,
            page_tree.newsroom,
            page_tree.region,
            page_tree.give,
            page_tree.campaign,
            story,
        )
    ]

    for path in [*paths, "/search/?q=zebra", "/no-such-page/", "/robots.txt", "/sitemap.xml"]:
        answer = client.get(path)
        assert not answer.cookies, path
        assert "Cookie" not in answer.get("Vary", ""), path


# HTTPS ---------------------------------------------------------------------------------------------


@pytest.fixture
def https_site(settings):
    settings.SITE_URL = "https://localhost"
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_SSL_HOST = "localhost"
    settings.SECURE_HSTS_SECONDS = 31_536_000
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = True
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    settings.ONION_HOST = ONION
    settings.ALLOWED_HOSTS = ["localhost", "testserver", ONION]


def test_http_leads_to_https(https_site, page_tree):
    answer = Client().get("/news/?page=2")

    assert answer.status_code == 301
    assert answer["Location"] == "https://localhost/news/?page=2"


def test_https_answers_say_that_it_stays_so(https_site, page_tree):
    answer = Client().get("/", secure=True)

    assert answer.status_code == 200
    assert answer["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
    assert answer["Onion-Location"] == f"http://{ONION}/"


def test_probes_on_this_machine_need_no_https(https_site, page_tree):
    assert Client().get("/health/live/").status_code == 200


def test_the_onion_service_works_over_http(https_site, page_tree, editor):
    from factories import PASSWORD

    client = Client(headers={"host": ONION})
    answer = client.get("/")

    assert answer.status_code == 200
    assert "Strict-Transport-Security" not in answer and "Onion-Location" not in answer
    signed_in = client.post("/admin/login/", {"username": "editor", "password": PASSWORD})
    assert signed_in.status_code == 302
    assert not signed_in.cookies["sessionid"]["secure"]
    assert client.get("/admin/account/").status_code == 200


def test_elsewhere_the_cookie_is_for_https_alone(https_site, editor):
    from factories import PASSWORD

    answer = Client().post("/admin/login/", {"username": "editor", "password": PASSWORD}, secure=True)

    assert answer.cookies["sessionid"]["secure"] and answer.cookies["sessionid"]["httponly"]
    assert answer.cookies["sessionid"]["samesite"] == "Lax"


def test_a_scheme_that_no_trusted_proxy_says_is_not_believed(https_site):
    assert (
        not hasattr(site_settings, "SECURE_PROXY_SSL_HEADER") or site_settings.SECURE_PROXY_SSL_HEADER is None
    )
    assert Client().get("/", headers={"x-forwarded-proto": "https"}).status_code == 301


# Hosts ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host",
    [
        "evil.test",
        "localhost.evil.test",
        "evil.test:80",
        "localhost@evil.test",
        "localhost:80@evil.test",
        "",
        "local host",
    ],
)
def test_a_foreign_host_is_refused(client, page_tree, host):
    answer = client.get("/", headers={"host": host} if host else {"host": "."})

    assert answer.status_code == 400
    assert "evil" not in answer.content.decode()


def test_forwarded_hosts_are_not_used(client, page_tree, story):
    for header in ("x-forwarded-host", "x-host", "forwarded", "x-original-url", "x-rewrite-url"):
        answer = client.get(story.url, headers={header: "evil.test"})

        assert answer.status_code == 200
        assert "evil.test" not in answer.content.decode()
        assert "evil.test" not in str(answer.headers)


# Addresses of clients ------------------------------------------------------------------------------


def request(remote="192.0.2.1", forwarded=None, host="localhost"):
    headers = {"HTTP_HOST": host} | ({"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {})
    return RequestFactory().get("/", REMOTE_ADDR=remote, **headers)


@pytest.mark.parametrize(
    ("proxies", "remote", "forwarded", "address"),
    [
        (0, "192.0.2.1", None, "192.0.2.1"),
        (0, "192.0.2.1", "203.0.113.9", "192.0.2.1"),
        (1, "127.0.0.1", "203.0.113.9", "203.0.113.9"),
        (1, "127.0.0.1", "10.0.0.1, 203.0.113.9", "203.0.113.9"),
        (1, "127.0.0.1", "198.51.100.1, 198.51.100.2, 203.0.113.9", "203.0.113.9"),
        (2, "127.0.0.1", "198.51.100.1, 203.0.113.9, 10.0.0.1", "203.0.113.9"),
        (2, "127.0.0.1", "203.0.113.9", "127.0.0.1"),
        (1, "127.0.0.1", "", "127.0.0.1"),
        (1, "127.0.0.1", "evil<script>", ""),
        (1, "127.0.0.1", "203.0.113.9, ", "127.0.0.1"),
        (1, "127.0.0.1", "[2001:db8::1]", "2001:db8::1"),
        (0, "::ffff:192.0.2.1", None, "192.0.2.1"),
        (0, "", None, ""),
    ],
)
def test_the_clients_address_is_what_our_own_proxies_say(settings, proxies, remote, forwarded, address):
    settings.TRUSTED_PROXIES = proxies

    assert client_ip(request(remote, forwarded)) == address


@pytest.mark.parametrize(
    ("remote", "network"),
    [("203.0.113.77", "203.0.113.0/24"), ("2001:db8:5:6::7", "2001:db8:5::/48"), ("", ""), ("nonsense", "")],
)
def test_a_network_is_what_one_subscriber_holds(remote, network):
    assert client_network(request(remote)) == network


def test_onion_readers_share_no_network_and_nobody_else_can_say_so():
    with override_settings(ONION_HOST=ONION):
        assert client_network(request("127.0.0.1", host=ONION)) == ""
        assert client_network(request("203.0.113.77", host=ONION)) == "203.0.113.0/24"


# Ways out ------------------------------------------------------------------------------------------

TARGETS = [
    *(
        "https://evil.test",
        "http://evil.test/",
        "//evil.test",
        "///evil.test",
        "////evil.test",
        "/\\evil.test",
    ),
    *(
        "\\\\evil.test",
        "\\/evil.test",
        "/%09/evil.test",
        "/\t/evil.test",
        "https:evil.test",
        "https:/evil.test",
    ),
    *(
        "https:///evil.test",
        "javascript:alert(1)",
        "data:text/html,x",
        "//localhost@evil.test",
        "http://localhost.evil.test",
    ),
    *(
        "//localhost:80@evil.test/",
        "/%5cevil.test",
        "%2f%2fevil.test",
        " https://evil.test",
        "\x00//evil.test",
    ),
    *("https://localhost:pw@evil.test", "http:\\\\evil.test", "//evil%2etest", "/.evil.test", "@evil.test"),
    *(
        "https://evil.test#localhost",
        "https://evil.test?localhost",
        "//evil。test",
        "ftp://evil.test",
        "//[::1]@evil.test",
    ),
    *(
        "/;@evil.test",
        "http://evil.test\\@localhost",
        "///localhost@evil.test",
        "vbscript:x",
        "//",
        "/\r\nLocation: //evil.test",
    ),
    *("http://[evil.test", "https://evil.test:443"),
]


def leaves_the_site(location: str) -> bool:
    """As a browser reads it: back-slashes are slashes, control characters and leading blanks are dropped."""
    from urllib.parse import urljoin, urlsplit

    cleaned = "".join(c for c in location.strip() if ord(c) > 32).replace("\\", "/")
    try:
        target = urlsplit(urljoin("http://testserver/", cleaned))
    except ValueError:
        return True
    return target.hostname not in ("testserver", "localhost") or target.scheme not in ("http", "https")


def test_there_are_forty_ways_to_try():
    assert len(set(TARGETS)) == 40
    assert leaves_the_site("/\\evil.test") and not leaves_the_site("/admin/")


def test_no_door_leads_off_the_site(admin, page_tree, settings):
    from factories import PASSWORD
    from wagtail.models import PageViewRestriction

    settings.SIGN_IN_FAILURES_PER_NETWORK = 1000
    restriction = PageViewRestriction.objects.create(
        page=page_tree.region, restriction_type="password", password="open"
    )
    password_form = reverse(
        "wagtailcore_authenticate_with_password", args=[restriction.pk, page_tree.region.pk]
    )
    signed_in = Client()

    for target in TARGETS:
        signing_in = {"username": "admin", "password": PASSWORD, "next": target}
        signed_in.force_login(admin)
        answers = [
            Client().post("/admin/login/", signing_in),
            Client().post("/_util/login/", signing_in),
            Client().post(password_form, {"password": "open", "return_url": target}),
            signed_in.get("/admin/login/", {"next": target}),
            signed_in.get("/" + target.lstrip("/")),
            signed_in.post("/admin/logout/", {"next": target}),
        ]
        ways = [answer["Location"] for answer in answers if 300 <= answer.status_code < 400]
        assert len(ways) >= 4, target
        assert not any(leaves_the_site(way) for way in ways), (target, ways)


# Methods -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    ["/", "/news/", "/give/", "/search/", "/search/suggest/", "/news/feed/", "/robots.txt", "/health/live/"],
)
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_addresses_that_are_only_read_answer_405_to_all_else(page_tree, path, method):
    answer = Client(enforce_csrf_checks=True).generic(method, path)

    assert answer.status_code == 405
    assert "GET" in answer["Allow"]


def test_a_form_of_the_admin_without_its_token_is_answered_in_words(page_tree):
    answer = Client(enforce_csrf_checks=True).post("/admin/login/", {"username": "a", "password": "b"})

    assert answer.status_code == 403
    assert "Go back, load the page again" in answer.content.decode()
    assert "csrf" not in answer.content.decode().lower()
