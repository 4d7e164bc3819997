"""What the form of a story tells its editor."""

from django import template
from django.utils.html import format_html

from news.advice import advice, twins
from news.checker import MARKS

register = template.Library()


@register.simple_tag
def advice_for(story) -> list[str]:
    return list(advice(story).values()) if story.pk else []


@register.simple_tag(takes_context=True)
def check_marks(context, story) -> str:
    """In a preview: an attribute with the names of the checks that have something to say. Readers get none."""
    found = advice(story) if getattr(context["request"], "is_preview", False) else {}
    return format_html(' {}="{}"', MARKS, " ".join(found)) if found else ""


@register.simple_tag
def twins_of(story) -> list:
    """Other stories with the same full-story address."""
    return twins(story.full_story_url, story) if story.pk else []
