"""Stories, where other pages name them."""

from django import template

from news.listing import public_stories

register = template.Library()


@register.simple_tag
def latest_stories(number: int = 6):
    """The newest public stories."""
    return list(public_stories()[:number])


@register.simple_tag
def stories_behind(campaign, number: int = 5):
    """The newest public stories that name this campaign."""
    return list(public_stories().filter(story_campaigns__campaign=campaign)[:number])
