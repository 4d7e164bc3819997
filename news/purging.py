"""Tells a cache in front (PURGE_URL) which addresses a story changes, so that it need not wait for `s-maxage` to end.

Wagtail does this for the page itself; these are the lists that the story stands in.
"""

from django.conf import settings
from wagtail.contrib.frontend_cache.utils import purge_urls_from_cache
from wagtail.signals import page_published, page_unpublished

from news import counts
from news.models import StoryPage

FEED_FORMATS = ("", "?format=atom", "?format=json")


def connect() -> None:
    """Called once, from apps.py."""
    for signal in (page_published, page_unpublished):
        signal.connect(purge_lists, sender=StoryPage)


def purge_lists(instance: StoryPage, **_signal) -> None:
    if settings.WAGTAILFRONTENDCACHE:
        purge_urls_from_cache([settings.SITE_URL + path for path in lists_of(instance)])


def lists_of(story: StoryPage) -> list[str]:
    """Paths of the lists and feeds that a story stands in, itself included."""
    mine = [row.region for row in story.story_regions.all()] + ([story.region] if story.region else [])
    # A region's list holds the stories of the regions below it.
    regions = {
        region.path_below_regions
        for region in counts.regions()
        if any(one.path.startswith(region.path) for one in mine)
    }
    lists = ["/news/", *(f"/regions/{path}/" for path in sorted(regions))]
    lists += [f"/topics/{topic.slug}/" for topic in story.topics.all()]
    feeds = [f"{path}feed/{format_}" for path in lists for format_ in FEED_FORMATS]
    return [story.get_url_parts()[2], "/", "/regions/", *lists, *feeds, "/news-sitemap.xml"]
