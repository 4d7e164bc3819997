"""Work for the slow queue."""

from django_tasks import task
from wagtail.search import index

from news.models import StoryPage


@task(queue_name="slow")
def index_stories(field: str, key: int) -> None:
    """Index again the stories whose `field` ("region", "source") is the row with this key: its name is part of their entries."""
    for story in StoryPage.objects.filter(**{field: key}).iterator(chunk_size=200):
        index.insert_or_update_object(story)
