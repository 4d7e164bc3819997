""" "More on this": stories picked by hand first, then the newest of the same region or topic."""

from django.db.models import Q

from home.publication import public_pages
from news.listing import in_brief, newest_first, on_topics
from news.models import StoryPage

SHOWN = 3


def related_stories(story: StoryPage) -> list[StoryPage]:
    """At most SHOWN, in one query."""
    picked = [row.story_id for row in story.related_stories.all() if row.story_id != story.pk]
    wanted = Q(pk__in=picked)
    alike = _alike(story)
    if alike:
        besides = [key for key in (story.pk, *picked) if key]
        newest = _candidates().filter(alike).exclude(pk__in=besides)[:SHOWN]
        wanted |= Q(pk__in=newest.values("pk"))
    elif not picked:
        return []
    found = {other.pk: other for other in _candidates().filter(wanted)}
    first = [found.pop(key) for key in picked if key in found]
    return [*first, *found.values()][:SHOWN]


def _alike(story: StoryPage) -> Q:
    alike = Q(region=story.region_id) if story.region_id else Q()
    slugs = [topic.slug for topic in story.topics.all()]
    return alike | on_topics(slugs) if slugs else alike


def _candidates():
    """In brief: these lists show no picture and name no other campaign than the story's own."""
    return newest_first(in_brief(public_pages(StoryPage)))
