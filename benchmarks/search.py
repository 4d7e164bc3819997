"""Readers' search beside stock Wagtail search: the same stories, the same queries, the same run.

`--stories N` chooses the size. On SQLite in a folder of its own, or on the empty database that DATABASE_URL names.
"""

import os
import shutil
import sys
import tempfile
import time
from statistics import median

from benchmarks.row import Row

ROUNDS = 21
# A rank in the vocabulary of the generated stories: the lower, the more common the word.
QUERIES = {
    "a very common word": lambda words: words[1],
    "a common word": lambda words: words[60],
    "a word": lambda words: words[300],
    "a rare word": lambda words: words[30_000],
    "two words": lambda words: f"{words[100]} {words[200]}",
    "a phrase": lambda words: f'"the {words[90]}"',
}


def run(options) -> list[Row]:
    folder = tempfile.mkdtemp(prefix="dateline-bench-search-")
    os.environ.update(
        DJANGO_SETTINGS_MODULE="settings", DATA_DIR=folder, SECRET_KEY="for-the-benchmark-only-" + "x" * 40,
        SITE_URL="http://localhost", ALLOWED_HOSTS="localhost,testserver", SEARCH_LIMIT="off",
    )  # fmt: skip
    try:
        prepare(options.stories)
        return [row for name, words in queries().items() for row in compare(name, words)] + more()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def prepare(stories: int) -> None:
    """A migrated site with generated stories, indexed for both searches."""
    import django

    django.setup()
    from django.core.management import call_command
    from tqdm import tqdm

    from news.demo import bulk

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    with tqdm(total=stories, desc="stories", file=sys.stderr) as bar:
        bulk.load_stories(stories, bar.update)
    print("   Wagtail's own index (this is the slow part)", file=sys.stderr, flush=True)
    call_command("update_index", verbosity=0)


def queries() -> dict[str, str]:
    from news.demo.bulk import vocabulary

    words, _weights = vocabulary()
    return {name: make(words) for name, make in QUERIES.items()}


def compare(name: str, typed: str) -> list[Row]:
    from news.search.asked import SearchRequest
    from news.search.engine import Filters, engine
    from news.search.find import find
    from news.search.names import expand
    from news.search.query import parse

    query = expand(parse(typed))
    ours = measured(lambda: engine().matches(query, Filters()))
    newest = measured(lambda: engine().matches(query, Filters(), ranked=False))
    whole = measured(lambda: find(SearchRequest(q=typed)))
    stock = measured(lambda: list(stock_search(typed)[:20]), rounds=3)
    ratio = median(ours) / median(stock)
    return [
        Row(f"search, {name}", p95(ours), "ms, p95", "stock Wagtail (medians)", ratio, "<= 60 ms"),
        Row(f"search, {name}: newest first", p95(newest), "ms, p95", "", None, "<= 60 ms"),
        Row(f"search, {name}: with facets", p95(whole), "ms, p95", "", None, "<= 200 ms"),
        Row(f"search, {name}: stock Wagtail", median(stock), "ms"),
        Row(f"search, {name}: plan uses the index", float(uses_index(query)), "yes/no", "", None, "1"),
    ]


def stock_search(typed: str):
    """What a stock site's search view does."""
    from wagtail.search.query import Phrase, PlainText

    from news.models import StoryPage

    asked = Phrase(typed.strip('"')) if typed.startswith('"') else PlainText(typed)
    return StoryPage.objects.live().search(asked)


def uses_index(query) -> bool:
    """Does every step's plan, as the database says it, read the index of words?"""
    from django.db import connection, transaction

    from news.search.engine import CAP, Filters
    from news.search.positions import LAST

    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            from news.search import postgres

            words = postgres.match_words(query, loosely=True)
            cursor.execute("SET LOCAL enable_seqscan = off")
            plans = []
            for span in postgres.ENGINE.windows(cursor, (1, LAST)):
                sql, values = postgres.through_index(words, Filters(), span, CAP + 1)
                cursor.execute(f"EXPLAIN {sql}", values)
                plans.append("\n".join(row[0] for row in cursor.fetchall()))
            return all("news_searchentry_words" in plan for plan in plans)
        from news.search import sqlite

        sql = "EXPLAIN QUERY PLAN SELECT rowid FROM news_searchtext WHERE news_searchtext MATCH %s ORDER BY rowid DESC"
        cursor.execute(sql, [sqlite.expression(query, Filters())])
        plan = "\n".join(str(row) for row in cursor.fetchall())
        return "VIRTUAL TABLE INDEX" in plan and "TEMP B-TREE" not in plan


def more() -> list[Row]:
    """Whole pages, without server or network."""
    from django.test import Client

    from news.models import RegionPage

    client = Client()
    region = RegionPage.objects.order_by("path").first()
    pages = {
        "search page": ("/search/?q=the", "<= 120 ms"),
        "suggestions": ("/search/suggest/?q=ba", "<= 20 ms"),
        "newsroom": ("/news/", "<= 60 ms"),
        "newsroom, the oldest by cursor": ("/news/?before=20070101-1", "<= 60 ms"),
        "region": (f"/regions/{region.path_below_regions}/", "<= 60 ms"),
        "month": ("/news/?year=2020&month=5", "<= 60 ms"),
    }
    return [
        Row(f"{name}, whole", p95(measured(lambda path=path: client.get(path))), "ms, p95", "", None, target)
        for name, (path, target) in pages.items()
    ]


def measured(call, rounds: int = ROUNDS) -> list[float]:
    """Milliseconds of each call, after one that is not counted; what takes seconds is asked only once."""
    taken = []
    for _round in range(rounds + 1):
        began = time.perf_counter()
        call()
        taken.append((time.perf_counter() - began) * 1000)
        if taken[0] > 2000:
            return taken
    return taken[1:]


def p95(taken: list[float]) -> float:
    return sorted(taken)[int(0.95 * (len(taken) - 1))]
