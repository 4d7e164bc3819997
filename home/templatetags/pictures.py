from django import template

from home import pictures

register = template.Library()


@register.simple_tag
def picture_of(image) -> pictures.Picture:
    """Sources, address and size of a picture; no query where its renditions were prefetched."""
    return pictures.picture(image)


@register.simple_tag
def load_pictures(blocks) -> str:
    """Reads the renditions of all pictures of a story's blocks at once; shows nothing."""
    values = [block.value["image"] for block in blocks or () if block.block_type == "picture"]
    pictures.load_renditions([image for image in values if image])
    return ""
