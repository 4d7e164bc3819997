"""What the form of a story tells its editor."""

from django import template

from news.advice import advice, twins

register = template.Library()


@register.simple_tag
def advice_for(story) -> list[str]:
    return advice(story) if story.pk else []


@register.simple_tag
def twins_of(story) -> list:
    """Other stories with the same full-story address."""
    return twins(story.full_story_url, story) if story.pk else []
