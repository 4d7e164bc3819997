"""Work for the slow queue."""

from django_tasks import task
from wagtail.search import index

from home.clock import HOUR, register
from news import embeds, linkcheck
from news.models import StoryPage


@task(queue_name="slow")
def index_stories(field: str, key: int) -> None:
    """Index again the stories whose `field` ("region", "source") is the row with this key: its name is part of their entries."""
    for story in StoryPage.objects.filter(**{field: key}).iterator(chunk_size=200):
        index.insert_or_update_object(story)


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
