"""What search engines are told: an index of sitemaps in parts, the news of two days, robots.txt."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from xml.sax.saxutils import escape

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.encoding import iri_to_uri
from django.views.decorators.http import conditional_page, require_safe
from wagtail.models import Page, Site

from home.models import OrganisationSettings
from home.publication import public_pages
from news import counts
from news.feedformats import clean
from news.models import StoryPage, Topic

MOST_NEWS = 1_000  # Google's limit for one news sitemap
MOST_PARTS = 50_000  # the protocol's limit for one index
FRESH = timedelta(days=2)
NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
NEWS_NAMESPACE = "http://www.google.com/schemas/sitemap-news/0.9"
ROBOTS = """User-agent: *
Disallow: /admin/
Disallow: /giving/
Disallow: /search/?
Disallow: /search/suggest/

Sitemap: {origin}/sitemap.xml
Sitemap: {origin}/news-sitemap.xml
"""


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    return HttpResponse(ROBOTS.format(origin=settings.SITE_URL), content_type="text/plain; charset=utf-8")


@require_safe
@conditional_page
def index(request: HttpRequest) -> HttpResponse:
    parts = -(-stories().count() // settings.SITEMAP_PART)
    names = ["pages", *(f"stories-{part}" for part in range(1, parts + 1))]
    return xml(
        f'<sitemapindex xmlns="{NAMESPACE}">',
        (f"<sitemap><loc>{settings.SITE_URL}/sitemap-{name}.xml</loc></sitemap>" for name in names),
        "</sitemapindex>",
    )


@require_safe
@conditional_page
def pages(request: HttpRequest) -> HttpResponse:
    """Every public page that is no story, and the topics that have stories."""
    found = public_pages(Page).filter(depth__gt=1).exclude(pk__in=StoryPage.objects.values("pk"))
    topics = Topic.objects.filter(pk__in=counts.topic_counts()).values_list("slug", flat=True)
    return urlset([*located(found), *(entry(f"/topics/{slug}/") for slug in topics)])


@require_safe
@conditional_page
def story_part(request: HttpRequest, part: int) -> HttpResponse:
    """By primary key, so that a new story changes the last part only."""
    if not 1 <= part <= MOST_PARTS:
        raise Http404("No such part")
    first = (part - 1) * settings.SITEMAP_PART
    entries = located(stories().order_by("pk")[first : first + settings.SITEMAP_PART])
    if not entries and part != 1:
        raise Http404("Past the end")
    return urlset(entries)


@require_safe
@conditional_page
def news(request: HttpRequest) -> HttpResponse:
    since = timezone.now() - FRESH
    fresh = stories().filter(first_published_at__gte=since, dated_on__gte=since.date())
    publication = clean(OrganisationSettings.load(request).name)
    return xml(
        f'<urlset xmlns="{NAMESPACE}" xmlns:news="{NEWS_NAMESPACE}">',
        (news_entry(story, publication) for story in fresh.order_by("-first_published_at")[:MOST_NEWS]),
        "</urlset>",
    )


def stories() -> QuerySet:
    """Public stories whose own address is the one to be found."""
    return public_pages(StoryPage).filter(canonical_is_source=False).order_by()


def located(found: QuerySet) -> list[str]:
    """Entries straight from the rows: a page object each would cost seconds for ten thousand."""
    root = Site.get_site_root_paths()[0].root_path
    rows = found.values_list("url_path", "last_published_at")
    return [entry(path[len(root) - 1 :], changed) for path, changed in rows if path.startswith(root)]


def entry(path: str, changed: datetime | None = None) -> str:
    when = f"<lastmod>{changed.isoformat(timespec='seconds')}</lastmod>" if changed else ""
    return f"<url><loc>{location(path)}</loc>{when}</url>"


def news_entry(story: StoryPage, publication: str) -> str:
    return (
        f"<url><loc>{location(story.get_url_parts()[2])}</loc><news:news><news:publication>"
        f"<news:name>{escape(publication)}</news:name>"
        f"<news:language>{escape(settings.LANGUAGE_CODE.split('-')[0])}</news:language></news:publication>"
        f"<news:publication_date>{story.first_published_at.isoformat(timespec='seconds')}</news:publication_date>"
        f"<news:title>{escape(clean(story.title))}</news:title></news:news></url>"
    )


def location(path: str) -> str:
    return escape(settings.SITE_URL + iri_to_uri(path))


def urlset(entries: Iterable[str]) -> HttpResponse:
    return xml(f'<urlset xmlns="{NAMESPACE}">', entries, "</urlset>")


def xml(opening: str, entries: Iterable[str], closing: str) -> HttpResponse:
    body = "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', opening, *entries, closing])
    return HttpResponse(body, content_type="application/xml; charset=utf-8")
