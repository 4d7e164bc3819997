"""The emergency brake: one story out of everything that readers can reach, at once.

Unpublishing takes it out of lists, feeds, sitemaps and every kept page (home/pagecache/signals.py) and out of search;
here its address becomes 410, what waits to publish it is called off, and pictures that only it used lose their
public files.
"""

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from wagtail.log_actions import log
from wagtail.models import Page, ReferenceIndex
from wagtail.search import index

from home.models import SafeImage
from news.models import StoryPage, Takedown

ACTION = "news.take_down"


def take_down(story: StoryPage, reason: str, user) -> Takedown:
    """Takes a story from readers. The story itself, its revisions and its pictures' originals stay for editors."""
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
    remove_renditions(story)
    return takedown


def is_taken_down(address: str) -> bool:
    """Does this address, such as "/news/a-story/", answer 410?"""
    return Takedown.objects.filter(address=address, lifted_at__isnull=True).exists()


def lift(instance: Page, **_signal) -> None:
    """A page that is published again is no longer gone. Receiver of page_published."""
    standing = Takedown.objects.filter(page=instance.pk, lifted_at__isnull=True)
    standing.update(lifted_at=timezone.now())


def cancel_workflow(story: StoryPage, user) -> None:
    state = story.current_workflow_state
    if state:
        state.cancel(user=user)


def remove_renditions(story: StoryPage) -> int:
    """Deletes public files of pictures that no other page uses; gives how many."""
    count = 0
    for image in pictures_of(story):
        if not used_elsewhere(image, story):
            for rendition in image.renditions.all():
                rendition.file.delete(save=False)
                rendition.delete()
                count += 1
    return count


def pictures_of(story: StoryPage) -> QuerySet:
    keys = {story.lead_image_id, story.social_image_id}
    keys |= {
        block.value["image"].pk
        for block in story.body
        if block.block_type == "picture" and block.value["image"]
    }
    return SafeImage.objects.filter(pk__in=keys - {None})


def used_elsewhere(image: SafeImage, story: StoryPage) -> bool:
    references = ReferenceIndex.get_references_to(image)
    return any(str(reference.object_id) != str(story.pk) for reference in references)
