"""Work for the slow queue."""

from datetime import timedelta

from django.utils import timezone
from django_tasks import task
from wagtail.models import Page
from wagtail.search import index

from home.clock import HOUR, register
from news import embeds, linkcheck
from news.models import StoryPage
from news.search import indexing

LATELY = timedelta(hours=2)


@task(queue_name="slow")
def index_stories(field: str, key: int) -> None:
    """Index again the stories whose `field` ("region", "source") is the row with this key: its name is part of their entries."""
    for story in StoryPage.objects.filter(**{field: key}).iterator(chunk_size=200):
        index.insert_or_update_object(story)


@task(queue_name="slow")
def index_lately() -> int:
    """What was published lately once more, as the release that ran beside an upgrade's migrations wrote it in the old
    way; gives how many readers may find."""
    return indexing.index_in_parts(Page.objects.filter(last_published_at__gte=timezone.now() - LATELY))


@task(queue_name="slow")
def check_links() -> int:
    """Ask whether some of the full stories still stand; gives how many were asked for."""
    return linkcheck.check_some()


@task(queue_name="slow")
def name_embeds(key: int) -> int:
    """Look up the titles of a published story's links to videos and posts; gives how many were found."""
    story = StoryPage.objects.live().filter(pk=key).first()
    return embeds.name_embeds(story) if story else 0


def register_jobs() -> None:
    register("ask for full stories", check_links.enqueue, every_seconds=HOUR // 4)
    register("index what was published lately", index_lately.enqueue, every_seconds=HOUR)
