"""Stories, where other pages name them."""

from django import template

from home.publication import public_pages
from news.models import StoryPage

register = template.Library()


def newest() -> object:
    return public_pages(StoryPage).select_related("region", "source").order_by("-dated_on", "-pk")


@register.simple_tag
def latest_stories(number: int = 6):
    return newest()[:number]


@register.simple_tag
def stories_behind(campaign, number: int = 5):
    """The newest stories that name a campaign."""
    return newest().filter(story_campaigns__campaign=campaign)[:number]
