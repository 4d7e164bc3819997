"""The emergency brake: one story out of everything that readers can reach, at once.

Unpublishing takes it out of lists, feeds, sitemaps and every kept page (home/pagecache/signals.py) and out of search.
Here its address becomes 410, what waits to publish it is called off, and what only it used goes with it: pictures
lose their public files and their originals' addresses, documents answer 410.
"""

from django.contrib.contenttypes.models import ContentType
from django.core.files.base import File
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from wagtail.log_actions import log
from wagtail.models import Page, ReferenceIndex
from wagtail.search import index

from home.models import SafeImage
from home.pictures import prepare_picture
from news.models import StoryPage, Takedown

ACTION = "news.take_down"
FORGET = "news.forget_versions"


def take_down(story: StoryPage, reason: str, user) -> Takedown:
    """Takes a story from readers. For editors nothing is lost: neither its versions nor its pictures."""
    with transaction.atomic():
        takedown = Takedown.objects.create(
            page_id=story.pk,
            title=story.title,
            address=story.get_url_parts()[2],
            reason=reason,
            taken_down_by=user,
        )
        cancel_workflow(story, user)
        story.unpublish(user=user, log_action=True)
        log(instance=story, action=ACTION, user=user, data={"reason": reason}, title=story.title)
    index.remove_object(story)
    for image in pictures_of(story):
        if uses(image) <= taken_down():
            remove_renditions(image)
            move_original(image)
    return takedown


def is_taken_down(address: str) -> bool:
    """Does this address, such as "/news/a-story/", answer 410?"""
    return standing().filter(address=address).exists()


def is_document_gone(document) -> bool:
    """Is a document used by stories that are taken down, and by nothing else?"""
    used_by = uses(document)
    return bool(used_by) and used_by <= taken_down()


def lift(instance: Page, **_signal) -> None:
    """A page that is published again is no longer gone, and its pictures are made anew. Receiver of page_published."""
    if standing().filter(page=instance.pk).update(lifted_at=timezone.now()):
        keys = list(pictures_of(instance).values_list("pk", flat=True))
        transaction.on_commit(lambda: [prepare_picture.enqueue(key) for key in keys])


def forget_versions(story: StoryPage, user) -> int:
    """Deletes all that the story was before its latest version: a name that was written out of it is gone."""
    with transaction.atomic():
        latest = story.get_latest_revision_as_object()
        latest.draft_title = latest.title
        latest.save(clean=False)
        older = latest.revisions.exclude(pk=latest.save_revision(user=user).pk)
        count = older.count()
        older.delete()
        log(instance=latest, action=FORGET, user=user, data={"versions": count}, title=latest.title)
    return count


def standing() -> QuerySet:
    return Takedown.objects.filter(lifted_at__isnull=True)


def cancel_workflow(story: StoryPage, user) -> None:
    state = story.current_workflow_state
    if state:
        state.cancel(user=user)


def remove_renditions(image: SafeImage) -> None:
    for rendition in image.renditions.all():
        rendition.file.delete(save=False)
        rendition.delete()


def move_original(image: SafeImage) -> None:
    """The stored file under a new name that nobody knows; whoever noted the old one gets 404."""
    old, storage = image.file.name, image.file.storage
    with storage.open(old) as content:
        new = storage.save(image.get_upload_to(old), File(content))
    SafeImage.objects.filter(pk=image.pk).update(file=new)  # no signal: it would make public renditions anew
    storage.delete(old)


def pictures_of(story: StoryPage) -> QuerySet:
    keys = {story.lead_image_id, story.social_image_id}
    keys |= {
        block.value["image"].pk
        for block in story.body
        if block.block_type == "picture" and block.value["image"]
    }
    return SafeImage.objects.filter(pk__in=keys - {None})


def uses(thing) -> set[tuple[int, str]]:
    """Everything that names a picture or document: content type and primary key."""
    return set(ReferenceIndex.get_references_to(thing).values_list("base_content_type", "object_id"))


def taken_down() -> set[tuple[int, str]]:
    pages = ContentType.objects.get_for_model(Page).pk
    return {(pages, str(key)) for key in standing().values_list("page", flat=True)}
