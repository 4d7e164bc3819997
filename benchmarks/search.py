"""Readers' search beside stock Wagtail search: the same stories, the same queries, the same run.

`--stories N` chooses the size. On SQLite in a folder of its own, or on the empty database that DATABASE_URL names.
"""

import gc
import os
import random
import shutil
import sys
import tempfile
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from statistics import median
from urllib.parse import urlencode

from benchmarks import servers
from benchmarks.row import Row

ROUNDS = 3  # with ten different queries of each kind
AT_ONCE = 16
# By rank in the vocabulary of the generated stories: the lower, the more common the word.
QUERIES = {
    "very common words": lambda words: words[1:11],
    "common words": lambda words: words[60:160:10],
    "words": lambda words: words[300:2300:200],
    "rare words": lambda words: words[10_000:30_000:2000],
    "two words": lambda words: [f"{words[100 + 7 * n]} {words[200 + 31 * n]}" for n in range(10)],
    "phrases": lambda words: [f'"the {words[60 + 17 * n]}"' for n in range(10)],
}

# What takes the longest to read of all that is typed to break a search.
HOSTILE = [
    '"', "-", "*", "a:b & (c | !d)", "\x00", "a " * 1000, "a" * 10_000, "é" * 5000, '"a" ' * 500, "-a " * 500, "(" * 5000,
    "难" * 3000, "ا" * 3000, "e\u0301" * 200,
]  # fmt: skip


def run(options) -> list[Row]:
    folder = tempfile.mkdtemp(prefix="dateline-bench-search-")
    os.environ.update(
        DJANGO_SETTINGS_MODULE="settings", DATA_DIR=folder, SECRET_KEY="for-the-benchmark-only-" + "x" * 40,
        SITE_URL="http://localhost", ALLOWED_HOSTS="localhost,testserver", SEARCH_LIMIT="off",
    )  # fmt: skip
    try:
        prepare(options.stories)
        compared = [row for name, typed in queries().items() for row in compare(name, typed)]
        return compared + hostile() + more() + at_once()
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
    gc.collect()
    gc.freeze()  # as site/wsgi.py does: what stands is never looked through again


def queries() -> dict[str, list[str]]:
    from news.demo.bulk import vocabulary

    words, _weights = vocabulary()
    return {name: make(words) for name, make in QUERIES.items()}


def compare(name: str, typed: list[str]) -> list[Row]:
    from django.test import Client

    from news.search.engine import Filters, engine
    from news.search.names import expand
    from news.search.query import parse

    client, asked = Client(), [expand(parse(text)) for text in typed]
    ours = measured([lambda query=query: engine().matches(query, Filters()) for query in asked])
    newest = measured(
        [lambda query=query: engine().matches(query, Filters(), ranked=False) for query in asked]
    )
    stock = measured([lambda text=typed[0]: list(stock_search(text)[:20])])
    whole = {
        more: measured([lambda path=path: new_search(client, path) for path in addresses(typed, filters())])
        for more, filters in PAGES.items()
    }
    return [
        Row(f"search, {name}", p95(ours), "ms, p95", "stock Wagtail (medians)", median(ours) / median(stock), "<= 60 ms"),
        Row(f"search, {name}: newest first", p95(newest), "ms, p95", "", None, "<= 60 ms"),
        *(
            Row(f"search, {name}: whole page{more}", p95(taken), "ms, p95", "", None, "<= 200 ms" if more else "<= 120 ms")
            for more, taken in whole.items()
        ),
        Row(f"search, {name}: stock Wagtail", median(stock), "ms"),
        Row(f"search, {name}: plan uses the index", float(all(map(uses_index, asked))), "yes/no", "", None, "1"),
    ]  # fmt: skip


def new_search(client, path: str) -> None:
    """As the first reader has it, for whom nothing is kept."""
    from news.search import answers, pages

    answers.recent.clear()
    pages.recent.clear()
    client.get(path)


def region() -> str:
    from news.models import RegionPage

    return RegionPage.objects.order_by("path").first().path_below_regions


# What is asked for beside the words.
PAGES = {
    "": dict,
    ", in a region": lambda: {"region": region()},
    ", in a year": lambda: {"year": "2020"},
}


def addresses(typed: list[str], filters: dict[str, str]) -> list[str]:
    return [f"/search/?{urlencode({'q': text, **filters})}" for text in typed]


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
            for span in (postgres.ENGINE.newest(cursor, (1, LAST)), (1, LAST)):
                sql, values = postgres.through_index(words, Filters(), span, CAP + 1)
                cursor.execute(f"EXPLAIN {sql}", values)
                plans.append("\n".join(row[0] for row in cursor.fetchall()))
            return all("news_searchentry_words" in plan for plan in plans)
        from news.search import sqlite

        sql = "EXPLAIN QUERY PLAN SELECT rowid FROM news_searchtext WHERE news_searchtext MATCH %s ORDER BY rowid DESC"
        cursor.execute(sql, [sqlite.expression(query, Filters())])
        plan = "\n".join(str(row) for row in cursor.fetchall())
        return "VIRTUAL TABLE INDEX" in plan and "TEMP B-TREE" not in plan


def hostile() -> list[Row]:
    """Pages of what is typed to break a search, whole, without server or network: the slowest."""
    from django.test import Client

    client = Client()
    taken = measured([lambda path=path: new_search(client, path) for path in addresses(HOSTILE, {})])
    return [Row("search, hostile texts: whole page", max(taken), "ms, slowest", "", None, "<= 300 ms")]


def more() -> list[Row]:
    """Other pages of the archive, whole, without server or network."""
    from django.test import Client

    client = Client()
    pages = {
        "suggestions": ("/search/suggest/?q=ba", "<= 20 ms"),
        "newsroom": ("/news/", "<= 60 ms"),
        "newsroom, the oldest by cursor": ("/news/?before=20070101-1", "<= 60 ms"),
        "region": (f"/regions/{region()}/", "<= 60 ms"),
        "month": ("/news/?year=2020&month=5", "<= 60 ms"),
    }
    return [
        Row(
            f"{name}, whole",
            p95(measured([lambda path=path: client.get(path)], rounds=21)),
            "ms, p95",
            "",
            None,
            target,
        )
        for name, (path, target) in pages.items()
    ]


# What a reader asks for with the same words.
READING = (dict, lambda: {"sort": "date"}, lambda: {"region": region()}, lambda: {"year": "2020"})
DRAWN = 480


def at_once() -> list[Row]:
    """Searches over HTTP: one after another, then sixteen sent at the same moment and the next when all are answered.
    Each time the server has just started.

    Drawn as readers search, by Zipf's law: in two engines' logs a query's frequency falls with its rank (Xie and
    O'Hallaron, Locality in Search Engine Queries, INFOCOM 2002). And, harder than they are, no two the same.
    """
    typed = [text for texts in queries().values() for text in texts]
    different = [path for make in READING for path in addresses(typed, make())]
    chance = random.Random(1)  # noqa: S311 - the order of a benchmark
    chance.shuffle(different)
    drawn = chance.choices(different, [1 / rank for rank in range(1, len(different) + 1)], k=DRAWN)
    rows = []
    for name, paths, target in (("", drawn, "<= 5"), (", no two the same", different, "")):
        alone, together = p95(taken_by(paths, 1)), p95(taken_by(paths, AT_ONCE))
        rows += [
            Row(f"search, one at a time{name}", alone, "ms, p95"),
            Row(
                f"search, {AT_ONCE} at once{name}",
                together,
                "ms, p95",
                "one at a time (p95)",
                together / alone,
                target,
            ),
        ]
    return rows


def taken_by(paths: list[str], at_once: int) -> list[float]:
    """Milliseconds of each address, so many at a time; an error of one is an error of all."""
    port = servers.free_port()
    with (
        servers.running(servers.granian("wsgi:application", port), port, "/health/live/") as origin,
        ThreadPoolExecutor(at_once) as threads,
    ):

        def read(path: str) -> float:
            began = time.perf_counter()
            urllib.request.urlopen(origin.replace("127.0.0.1", "localhost") + path, timeout=60).read()  # noqa: S310
            return (time.perf_counter() - began) * 1000

        # Both processes have read their names of regions and topics.
        for path in addresses([f"warm {number}" for number in range(40)], {}):
            read(path)
        rounds = (paths[start : start + at_once] for start in range(0, len(paths), at_once))
        return [taken for together in rounds for taken in threads.map(read, together)]


def measured(calls: list, rounds: int = ROUNDS) -> list[float]:
    """Milliseconds of each call, after one of each that is not counted; what takes seconds is asked only once."""
    taken: list[float] = []
    for counted in range(rounds + 1):
        for call in calls:
            began = time.perf_counter()
            call()
            taken.append((time.perf_counter() - began) * 1000)
        if counted == 0:
            if max(taken) > 2000:
                return taken
            taken = []
    return taken


def p95(taken: list[float]) -> float:
    return sorted(taken)[int(0.95 * (len(taken) - 1))]
