from django import template

from home import pictures

register = template.Library()


@register.simple_tag
def picture_of(image) -> pictures.Picture:
    """Sources, address and size of a picture; no query where its renditions were prefetched."""
    return pictures.picture(image)
