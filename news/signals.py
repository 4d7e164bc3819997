"""What follows from other people's events."""

from django.db import transaction
from django.db.models.signals import post_save
from wagtail.search import index
from wagtail.signals import page_published

from news import desks
from news.embeds import untitled
from news.jobs import index_stories, name_embeds
from news.models import NewsroomPage, RegionPage, Source, StoryPage
from news.takedown import lift


def connect() -> None:
    """Called once, from apps.py."""
    post_save.connect(desks.region_saved, sender=RegionPage)
    post_save.connect(desks.newsroom_saved, sender=NewsroomPage)
    page_published.connect(index_again, sender=StoryPage)
    page_published.connect(look_up_titles, sender=StoryPage)
    page_published.connect(lift, sender=StoryPage)
    page_published.connect(index_stories_of_region, sender=RegionPage)
    post_save.connect(index_stories_of_source, sender=Source)


def index_again(instance, **_signal) -> None:
    """Saving a page indexes it before its child rows are written: without this its topics and regions stay one behind."""
    index.insert_or_update_object(instance.specific)


def look_up_titles(instance: StoryPage, **_signal) -> None:
    if untitled(instance):
        transaction.on_commit(lambda: name_embeds.enqueue(instance.pk))


def index_stories_of_region(instance: RegionPage, **_signal) -> None:
    """A region's name is part of its stories' entries."""
    transaction.on_commit(lambda: index_stories.enqueue("region", instance.pk))


def index_stories_of_source(instance: Source, created: bool, **_signal) -> None:
    if not created:
        transaction.on_commit(lambda: index_stories.enqueue("source", instance.pk))
