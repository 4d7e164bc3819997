"""The filters that stand on a list of stories, each with the address of the list without it."""

from django import template
from django.utils.dates import MONTHS

from news.listing import StoryFilter

register = template.Library()


@register.simple_tag
def chosen_filters(asked: StoryFilter, path: str, regions, topics) -> list[dict]:
    """`label` and `url` of each; what names nothing that exists is shown as it was typed."""
    names = {
        "regions": {region.value: region.title for region in regions},
        "topics": {topic.slug: topic.name for topic in topics},
        "years": {},
        "months": MONTHS,
    }
    return [
        {"label": known.get(value, value), "url": without(asked, path, name, value)}
        for name, known in names.items()
        for value in getattr(asked, name)
    ]


def without(asked: StoryFilter, path: str, name: str, value) -> str:
    rest = tuple(other for other in getattr(asked, name) if other != value)
    return path + asked.query_string(**{name: rest, "page": 1, "before": ""})
