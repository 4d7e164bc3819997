""" "More on this": stories picked by hand first, then the newest of the same region or topic."""

from django.db.models import Q

from home.publication import public_pages
from news.listing import newest_first, with_regions, with_topics
from news.models import StoryPage

SHOWN = 3
ON_CARD = (
    "path", "url_path", "live", "title", "summary", "original_language", "dated_on", "date_precision", "region",
)  # fmt: skip


def related_stories(story: StoryPage) -> list[StoryPage]:
    """At most SHOWN, in one query where none is picked, else in two."""
    picked = [row.story_id for row in story.related_stories.all() if row.story_id != story.pk]
    found = {other.pk: other for other in _candidates().filter(pk__in=picked)} if picked else {}
    first = [found[key] for key in picked if key in found][:SHOWN]
    alike, room = _alike(story), SHOWN - len(first)
    if not alike or not room:
        return with_regions(first)
    besides = [key for key in (story.pk, *found) if key]
    return with_regions([*first, *_candidates().filter(alike).exclude(pk__in=besides)[:room]])


def _alike(story: StoryPage) -> Q:
    alike = Q(region=story.region_id) if story.region_id else Q()
    topics = [topic.pk for topic in story.topics.all()]
    return alike | with_topics(topics) if topics else alike


def _candidates():
    """With what a card shows of a story, and no more: these name no outlet, picture or campaign."""
    return newest_first(public_pages(StoryPage)).only(*ON_CARD)
