""" "More on this": stories picked by hand first, then the newest of the same region or topic."""

from django.db.models import Q

from home.publication import public_pages
from news.listing import in_brief, newest_first, on_topics
from news.models import StoryPage

SHOWN = 3


def related_stories(story: StoryPage) -> list[StoryPage]:
    picked_keys = [row.story_id for row in story.related_stories.all()]
    picked = {}
    if picked_keys:
        picked = {other.pk: other for other in _candidates().filter(pk__in=picked_keys)}
    chosen = [picked[key] for key in picked_keys if key in picked and key != story.pk][:SHOWN]
    if len(chosen) < SHOWN:
        chosen += _alike(story, [story.pk, *picked_keys])[: SHOWN - len(chosen)]
    return chosen


def _alike(story: StoryPage, besides: list) -> list[StoryPage]:
    slugs = [topic.slug for topic in story.topics.all()]
    alike = Q(region=story.region_id) if story.region_id else Q()
    if slugs:
        alike |= on_topics(slugs)
    if not alike:
        return []
    besides = [key for key in besides if key]
    return list(_candidates().filter(alike).exclude(pk__in=besides)[:SHOWN])


def _candidates():
    """In brief: these lists show no picture and name no other campaign than the story's own."""
    return newest_first(in_brief(public_pages(StoryPage)))
