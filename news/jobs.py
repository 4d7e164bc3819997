"""Work for the slow queue."""

from django.core.management import call_command
from django_tasks import task
from wagtail.search import index

from home.clock import HOUR, register
from news import linkcheck
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


def publish_scheduled() -> None:
    """What editors have set to appear or to expire by now."""
    call_command("publish_scheduled", verbosity=0)


def register_jobs() -> None:
    register("publish what is scheduled", publish_scheduled, every_seconds=30)
    register("ask for full stories", check_links.enqueue, every_seconds=HOUR // 4)
