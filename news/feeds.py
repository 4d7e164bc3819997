"""Feeds of the site, of each region and topic, and of corrections: full text, three formats, one address each."""

import re
from datetime import UTC, datetime, time

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.utils.html import strip_tags
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.views.decorators.http import conditional_page, require_safe

from home.models import OrganisationSettings
from home.publication import public_pages
from news.feedformats import Channel, Item, atom, json_feed, rss
from news.listing import in_regions, newest_first, on_topics, region_ids
from news.models import Correction, RegionPage, StoryPage, Topic

ITEMS = 30
FORMATS = {
    "rss": (rss, "application/rss+xml; charset=utf-8"),
    "atom": (atom, "application/atom+xml; charset=utf-8"),
    "json": (json_feed, "application/feed+json; charset=utf-8"),
}
RENDITIONS = re.compile(r"<source [^>]*>")  # a feed reader takes the plain picture
LOCAL_ADDRESS = re.compile(r'((?:href|src)=")(?=/[^/])')


@require_safe
@conditional_page
def site_feed(request: HttpRequest) -> HttpResponse:
    return answer(request, "", "/news/", full_stories())


@require_safe
@conditional_page
def region_feed(request: HttpRequest, region: str) -> HttpResponse:
    found = region_at(region)
    stories = full_stories().filter(in_regions(region_ids([region])))
    return answer(request, found.title, found.get_url_parts()[2], stories)


@require_safe
@conditional_page
def topic_feed(request: HttpRequest, slug: str) -> HttpResponse:
    topic = get_object_or_404(Topic, slug=slug)
    return answer(request, topic.name, f"/topics/{topic.slug}/", full_stories().filter(on_topics([slug])))


@require_safe
@conditional_page
def corrections_feed(request: HttpRequest) -> HttpResponse:
    rows = Correction.objects.filter(page__in=public_pages(StoryPage)).select_related("page")
    items = [correction_item(row) for row in rows.order_by("-dated_on", "-pk")[:ITEMS]]
    return publish(request, _("Corrections"), "/corrections/", items)


def region_at(path: str) -> RegionPage:
    """The public region at a path below /regions/, or 404."""
    for region in public_pages(RegionPage).filter(url_path__endswith=f"/{path}/"):
        if region.path_below_regions == path:
            return region
    raise Http404("No such region")


def full_stories():
    """Public stories with all that a feed tells of them."""
    stories = public_pages(StoryPage).select_related("region", "source", "lead_image")
    return newest_first(stories).prefetch_related(
        "topics", "corrections", "story_authors__person", "lead_image__renditions"
    )


def answer(request: HttpRequest, about: str, page_path: str, stories) -> HttpResponse:
    label = OrganisationSettings.load(request).note_label
    return publish(request, about, page_path, [story_item(story, label) for story in stories[:ITEMS]])


def publish(request: HttpRequest, about: str, page_path: str, items: list[Item]) -> HttpResponse:
    chosen = request.GET.get("format") or "rss"
    if chosen not in FORMATS:
        raise Http404("No such format")
    organisation = OrganisationSettings.load(request)
    own = settings.SITE_URL + request.path
    channel = Channel(
        title=f"{organisation.name}: {about}" if about else organisation.name,
        description=organisation.mission or organisation.name,
        page_url=settings.SITE_URL + page_path,
        feed_url=own if chosen == "rss" else f"{own}?format={chosen}",
        language=settings.LANGUAGE_CODE,
        publisher=organisation.name,
        items=items,
    )
    write, mime = FORMATS[chosen]
    response = HttpResponse(write(channel), content_type=mime)
    if channel.updated:
        response["Last-Modified"] = http_date(channel.updated.timestamp())
    return response


def story_item(story: StoryPage, note_label: str) -> Item:
    first = story.first_published_at or at_midnight(story.dated_on)
    html = render_to_string("news/feed_story.html", {"page": story, "note_label": note_label})
    return Item(
        id=tag_uri(f"story-{story.pk}", first),
        url=settings.SITE_URL + story.get_url_parts()[2],
        title=story.title,
        summary=story.summary,
        html=absolute(html),
        published=first,
        updated=max(story.last_published_at or first, first),
        authors=tuple(row.person.name for row in story.story_authors.all()),
        tags=tuple(topic.name for topic in story.topics.all()),
    )


def correction_item(row: Correction) -> Item:
    moment = at_midnight(row.dated_on)
    return Item(
        id=tag_uri(f"correction-{row.page_id}-{row.pk}", moment),
        url=settings.SITE_URL + row.page.get_url_parts()[2] + "#corrections",
        title=f"{row.get_kind_display().capitalize()}: {row.page.title}",
        summary=" ".join(strip_tags(row.text).split()),
        html=absolute(render_to_string("news/feed_correction.html", {"correction": row})),
        published=moment,
        updated=moment,
    )


def tag_uri(name: str, moment: datetime) -> str:
    """An id that stays the same when the page moves (RFC 4151)."""
    return f"tag:{settings.SITE_HOST},{moment:%Y-%m-%d}:{name}"


def absolute(html: str) -> str:
    """Addresses of our own as a feed reader needs them: whole."""
    return LOCAL_ADDRESS.sub(rf"\g<1>{settings.SITE_URL}", RENDITIONS.sub("", html).strip())


def at_midnight(day) -> datetime:
    return datetime.combine(day, time(), UTC)
