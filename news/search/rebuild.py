"""The whole index anew, while readers search it: entries are replaced batch by batch, then what is stale goes.

How far it came is noted every SAVED_AFTER batches; a rebuild that was cut off goes on from there.
"""

from collections import Counter
from collections.abc import Callable
from contextlib import contextmanager

from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from wagtail.models import Page

from donate.models import CampaignPage
from home.publication import public_pages
from news.models import RegionPage, SearchEntry, SearchRebuild, SearchWord, Source, StoryPage, Topic
from news.search import spelling
from news.search.answers import index_written
from news.search.engine import engine
from news.search.entry import entries, known_words
from news.search.letters import Remembered

BATCH = 500  # pages in memory at a time
SAVED_AFTER = 40  # batches


def rebuild(tell: Callable[[int], None] = lambda done: None, from_start: bool = False) -> int:
    """Gives how many entries there are. `tell` hears how many pages each batch had, what was done before included."""
    if from_start:
        SearchRebuild.objects.all().delete()
    state = SearchRebuild.objects.first()
    if state is None:
        state = SearchRebuild.objects.create()
        SearchWord.objects.update(documents=0)
    tell(state.done)
    words: Counter[str] = Counter()
    batches = 0
    with in_bulk():
        while keys := next_keys(state.after):
            with transaction.atomic():
                index_batch(keys, words)
            state.after, state.done = keys[-1], state.done + len(keys)
            batches += 1
            if batches % SAVED_AFTER == 0:
                save(state, words)
            tell(len(keys))
    save(state, words)
    finish(state)
    return SearchEntry.objects.count()


def save(state: SearchRebuild, words: Counter[str]) -> None:
    """From here the next rebuild would go on; the words so far are counted in."""
    with transaction.atomic():
        spelling.count(words)
        state.save()
    words.clear()


def index_batch(keys: list[int], words: Counter[str]) -> None:
    """Writes the entries of these pages and adds to the number of documents of their words."""
    batch = entries(keys)
    engine().write(batch)
    index_written()
    for entry in batch:
        words.update(entry.words)


@contextmanager
def in_bulk():
    """Much is remembered of words, and PostgreSQL takes new ones into its index in larger portions."""
    Remembered.most = 200_000
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SET gin_pending_list_limit = '64MB'")
        try:
            yield
        finally:
            cursor.execute("RESET gin_pending_list_limit")
            cursor.execute("SELECT gin_clean_pending_list('news_searchentry_words')")


def total() -> int:
    return pages().count()


def pages():
    kinds = ContentType.objects.get_for_models(StoryPage, RegionPage, CampaignPage).values()
    return Page.objects.live().filter(content_type__in=kinds).order_by("pk")


def next_keys(after: int) -> list[int]:
    return list(pages().filter(pk__gt=after).values_list("pk", flat=True)[:BATCH])


def finish(state: SearchRebuild) -> None:
    """Takes out what readers may not see any more, and words that no page has."""
    stale = SearchEntry.objects.exclude(page__in=public_pages().order_by().values("pk"))
    engine().erase(list(stale.values_list("pk", flat=True)))
    for model in (Topic, Source):
        for name, others in model.objects.values_list("name", "also_known_as"):
            spelling.learn(known_words([name, others]))
    SearchWord.objects.filter(documents=0).delete()
    state.delete()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            if spelling.has_trigrams():
                cursor.execute(
                    "CREATE INDEX IF NOT EXISTS news_searchword_trigrams ON news_searchword USING gin (word gin_trgm_ops)"
                )
            cursor.execute("ANALYZE news_searchentry")
