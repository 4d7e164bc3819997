"""Pictures in the sizes and formats that readers' browsers choose from.

Renditions are made when a picture is saved or a page is published (see `prepare`), never while a reader waits:
a reader's GET only looks up what is there, and writes nothing.
"""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import prefetch_related_objects
from django.db.models.signals import post_save
from django_tasks import task
from wagtail.images import get_image_model
from wagtail.images.models import AbstractImage, Filter

WIDTHS = (400, 800, 1200)
FORMATS = {"avif": "image/avif", "webp": "image/webp", "jpeg": "image/jpeg"}  # best first

FOR_SHARING = Filter("fill-1200x630|format-jpeg")


@dataclass(frozen=True)
class Source:
    """One format of a picture: its type and its `srcset`."""

    type: str
    srcset: str


@dataclass(frozen=True)
class Picture:
    """What a `picture` element needs; width and height in pixels."""

    url: str
    width: int
    height: int
    sources: list[Source]


def filters(format_name: str) -> list[Filter]:
    """16:10 around the focal point, as wide as WIDTHS says or as the original allows."""
    return [Filter(f"fill-{width}x{width * 10 // 16}|format-{format_name}") for width in WIDTHS]


def all_filters() -> list[Filter]:
    return [*(one for name in FORMATS for one in filters(name)), FOR_SHARING]


def prepare(image: AbstractImage) -> None:
    """Makes every rendition that a page may ask for and that is not there yet."""
    image.get_renditions(*all_filters())


@task(queue_name="slow")
def prepare_picture(pk: int) -> None:
    """Job: the renditions of one picture, unless it has been deleted meanwhile."""
    image = get_image_model().objects.filter(pk=pk).first()
    if image:
        prepare(image)


def prepare_later(instance: AbstractImage, **_signal) -> None:
    """A picture was uploaded, or its focal point moved."""
    transaction.on_commit(lambda: prepare_picture.enqueue(instance.pk))


def connect() -> None:
    """Called once, from apps.py."""
    post_save.connect(prepare_later, sender=get_image_model())


def load_renditions(images: list[AbstractImage]) -> None:
    """One query for the renditions of all these pictures, none for those that have theirs."""
    bare = [
        one
        for one in images
        if "renditions" not in getattr(one, "_prefetched_objects_cache", {})
        and not hasattr(one, "prefetched_renditions")
    ]
    if bare:
        prefetch_related_objects(bare, "renditions")


def share_rendition(image: AbstractImage | None):
    """The rendition for shared links, or None where it has not been made."""
    if not image:
        return None
    load_renditions([image])
    return image.find_existing_renditions(FOR_SHARING).get(FOR_SHARING)


def picture(image: AbstractImage) -> Picture:
    """Of the renditions that exist; without any, of the stored file itself. No query where they were prefetched."""
    load_renditions([image])
    found = image.find_existing_renditions(*all_filters())
    sources, plain = [], None
    for name, mime in FORMATS.items():
        by_width = {found[one].width: found[one] for one in filters(name) if one in found}
        if by_width:
            srcset = ", ".join(f"{one.url} {width}w" for width, one in sorted(by_width.items()))
            sources.append(Source(mime, srcset))
            plain = by_width[max(by_width)]
    if plain is None:
        return Picture(image.file.url, image.width, image.height, [])
    return Picture(plain.url, plain.width, plain.height, sources)
