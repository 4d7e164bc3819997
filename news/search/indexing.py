"""Publications reach the index after commit, through the fast queue.

The task reads what is true when it runs, with the page's row locked, so the order in which tasks run does not matter.
Removal does not wait for it: what readers may not see is not shown, whatever the index says (views.found_and_shown).
"""

from collections.abc import Iterable
from functools import partial

from django.db import connection, transaction
from django.db.models import QuerySet
from django.db.models.signals import post_delete, post_save
from django_tasks import task
from wagtail.contrib.search_promotions.models import SearchPromotion
from wagtail.models import Page, PageViewRestriction
from wagtail.signals import page_unpublished, post_page_move

from donate.models import CampaignPage
from home.pagecache.signals import watch
from news.models import RegionPage, SearchSynonym, Source, StoryPage, Topic
from news.search import spelling
from news.search.answers import index_written
from news.search.engine import engine
from news.search.entry import entries, known_words

FOUND = (StoryPage, RegionPage, CampaignPage)
AT_ONCE = 200  # pages of one task


def connect() -> None:
    """Called once, from apps.py."""
    for model in FOUND:
        post_save.connect(page_saved, sender=model)
        page_unpublished.connect(page_gone, sender=model)
    post_page_move.connect(page_moved)
    post_save.connect(restriction_changed, sender=PageViewRestriction)
    post_delete.connect(restriction_changed, sender=PageViewRestriction)
    for model in (Topic, Source):
        post_save.connect(name_saved, sender=model)
    watch(SearchSynonym, SearchPromotion)


# Receivers ----------------------------------------------------------------------------------------


def page_saved(instance: Page, raw: bool = False, **_signal) -> None:
    if not raw:
        transaction.on_commit(partial(index_pages.enqueue, [instance.pk]), robust=True)


def page_gone(instance: Page, **_signal) -> None:
    engine().erase([instance.pk])


def page_moved(instance: Page, **_signal) -> None:
    changed_below(instance.path)


def restriction_changed(instance: PageViewRestriction, **_signal) -> None:
    changed_below(instance.page.path)


def changed_below(path: str) -> None:
    """Small trees at once, large ones where they hold nobody up."""
    count = Page.objects.filter(path__startswith=path)[: AT_ONCE + 1].count()
    job = index_tree if count <= AT_ONCE else index_tree.using(queue_name="slow")
    transaction.on_commit(partial(job.enqueue, path), robust=True)


def name_saved(instance: Topic | Source, **_signal) -> None:
    """Names are looked up when somebody searches; only their spelling is kept."""
    spelling.learn(known_words([instance.name, instance.also_known_as]))


# Tasks --------------------------------------------------------------------------------------------


@task(queue_name="fast")
def index_pages(page_ids: list[int]) -> None:
    index_now(page_ids)


@task(queue_name="fast")
def index_tree(path: str) -> None:
    """Every page at or below this path of the tree."""
    index_in_parts(Page.objects.filter(path__startswith=path))


def index_in_parts(pages: QuerySet[Page]) -> int:
    """AT_ONCE pages in one transaction; gives how many readers may find."""
    keys = list(pages.order_by("pk").values_list("pk", flat=True))
    return sum(index_now(keys[start : start + AT_ONCE]) for start in range(0, len(keys), AT_ONCE))


def index_now(page_ids: Iterable[int]) -> int:
    """Brings these pages' entries to what is true now; gives how many readers may find."""
    page_ids = sorted(set(page_ids))
    with transaction.atomic():
        if connection.features.has_select_for_update:
            list(
                Page.objects.select_for_update(of=("self",))
                .filter(pk__in=page_ids)
                .order_by("pk")
                .values_list("pk")
            )
        found = entries(page_ids)
        engine().write(found)
        engine().erase(set(page_ids) - {entry.page_id for entry in found})
        spelling.learn(word for entry in found for word in entry.words)
        index_written()
    return len(found)
