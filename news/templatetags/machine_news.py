"""What machines read of stories and regions."""

from django import template

from home import structured
from news.structured import article

register = template.Library()


@register.simple_tag
def story_data(story, organisation, path: str, image: str, newsroom_title: str, newsroom_path: str):
    """The article, who publishes it, and the way to it."""
    region = story.shown_region
    steps = [(newsroom_title, newsroom_path)]
    if region:
        parts = region.get_url_parts()
        steps.append((region.title, parts[2] if parts else ""))
    steps.append((story.title, path))
    return structured.script(
        article(story, path, image), structured.organisation(organisation), structured.breadcrumbs(steps)
    )


@register.simple_tag
def region_data(page, ancestors, organisation, index_title: str, index_path: str):
    """The way to a region."""
    steps = [(index_title, index_path)]
    for one in [*(ancestors or []), page]:
        parts = one.get_url_parts()
        steps.append((one.title, parts[2] if parts else ""))
    return structured.script(structured.organisation(organisation), structured.breadcrumbs(steps))
