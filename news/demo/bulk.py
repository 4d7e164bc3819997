"""Up to a million invented stories, for work on scale: straight into the tables, with the search index.

The words are made of syllables and follow Zipf's law, as those of a language do; every run writes the same ones.
Each story is a whole page: the admin opens, edits and publishes it.
"""

import random
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate, islice

from django.contrib.contenttypes.models import ContentType
from django.db import connection, models, transaction
from django.utils.text import slugify
from wagtail.models import Page
from wagtail.search.models import IndexEntry

from home.publication import public_pages
from news.models import NewsroomPage, RegionIndexPage, RegionPage, Source, StoryPage, StoryRegion, Topic
from news.search import rebuild, spelling
from news.tree import add_below, plant_tree

VOCABULARY = 50_000
BATCH = 1000
LAST_DAY = date(2026, 10, 31)
DAYS = 20 * 365
SLUG = "generated-"
MOST = 1_000_000
TRANSLATIONS = 2**100  # their keys count up from here
BLOCK_IDS = [str(uuid.UUID(int=number, version=4)) for number in range(1, 9)]  # of one story's paragraphs
COMMON = (
    "the of and to in a is that for it was on are as with his they at be this from have or by one had not but "
    "what all were when we there can an your which their said if do will each about how up out them then she "
    "many some so these would other into has more her two like him see time could no make than first been its"
).split()
REGIONS = {"Eastern Marches": ["Lower Sarn", "Upper Sarn"], "Gulf Coast": ["Port Hadda", "Ras Lamin"]}
TOPICS = ("Detention", "Displacement", "Harvest", "Schools")
SOURCES = ("Coastal Wire", "Marches Courier")


def load_stories(count: int, tell: Callable[[int], None] = lambda done: None) -> int:
    """Brings the number of these stories up to `count` (at most a million), indexed; gives how many are new.

    `tell` hears how many are done, those of an earlier run included. Cut off, the next run goes on.
    """
    plant_tree()
    terms = prepare_terms()
    present = Page.objects.filter(slug__startswith=SLUG).count()
    tell(min(present, count))
    makers = stories(present, max(0, min(count, MOST) - present), terms)
    words: Counter[str] = Counter()
    added = 0
    try:
        with rebuild.in_bulk():
            while batch := list(islice(makers, BATCH)):
                with transaction.atomic():
                    rebuild.index_batch(write(batch), words)
                added += len(batch)
                tell(len(batch))
    finally:
        spelling.count(words)
    if added:
        connection.cursor().execute("ANALYZE")
    return added


def prepare_terms() -> dict[str, list[int]]:
    """Regions, topics and sources: those that are there, or a few of our own."""
    index = RegionIndexPage.objects.first()
    if not RegionPage.objects.exists():
        for name, below in REGIONS.items():
            region = add_below(index, RegionPage(title=name))
            for title in below:
                add_below(region, RegionPage(title=title))
    for model, names in ((Topic, TOPICS), (Source, SOURCES)):
        if not model.objects.exists():
            model.objects.bulk_create(model(name=name, slug=slugify(name)) for name in names)
    return {
        "regions": list(public_pages(RegionPage).order_by("pk").values_list("pk", flat=True)),
        "topics": list(Topic.objects.order_by("pk").values_list("pk", flat=True)),
        "sources": list(Source.objects.order_by("pk").values_list("pk", flat=True)),
    }


# Words --------------------------------------------------------------------------------------------


def vocabulary() -> tuple[list[str], list[float]]:
    """The words, and their cumulated frequencies."""
    dice = random.Random(7)  # noqa: S311 - invented words, no secret
    starts, middles, ends = (
        "b br d dr f g gr h k l m n p r s sh st t tr v".split(),
        "aeiou",
        "n r s l m t d".split(),
    )
    found = dict.fromkeys(COMMON)
    while len(found) < VOCABULARY:
        parts = dice.choice((2, 2, 3, 3, 4))
        word = "".join(dice.choice(starts) + dice.choice(middles) for _part in range(parts))
        found[word + dice.choice(["", *ends])] = None
    weights = [1 / (rank + 3) ** 0.95 for rank in range(VOCABULARY)]
    return list(found), list(accumulate(weights))


def stories(first: int, count: int, terms: dict[str, list[int]]) -> Iterator[dict]:
    words, weights = vocabulary()
    common = set(words[:200])
    for number in range(first, first + count):
        dice = random.Random(number)  # noqa: S311
        text = dice.choices(words, cum_weights=weights, k=dice.randint(300, 600))
        title = [word for word in text if word not in common][: dice.randint(4, 8)]
        paragraphs = [" ".join(text[at : at + 75]) for at in range(0, len(text), 75)]
        day = LAST_DAY - timedelta(days=int(DAYS * dice.random() ** 1.3))
        yield {
            "number": number,
            "title": " ".join(title).capitalize(),
            "slug": f"{SLUG}{number}",
            "day": day,
            "regions": sample(dice, terms["regions"], dice.choice((1, 1, 1, 2))),
            "topics": sample(dice, terms["topics"], dice.randint(0, 3)),
            "source": dice.choice(terms["sources"]),
            "note": f"<p>{paragraphs[0]}</p>",
            "summary": " ".join(text[:20]).capitalize() + ".",
            "excerpt": blocks(paragraphs[1:]),
        }


def sample(dice: random.Random, choices: list[int], count: int) -> list[int]:
    return dice.sample(choices, k=min(len(choices), count))


def blocks(paragraphs: list[str]) -> list[dict]:
    return [
        {"type": "paragraph", "value": f"<p>{text.capitalize()}.</p>", "id": key}
        for key, text in zip(BLOCK_IDS, paragraphs, strict=False)
    ]


# Rows ---------------------------------------------------------------------------------------------


def write(batch: list[dict]) -> list[int]:
    """Inserts stories with all that belongs to them and gives their primary keys; treebeard's numbers go on by hand."""
    newsroom = Page.objects.select_for_update().get(pk=NewsroomPage.objects.get().pk)
    siblings = Page.objects.filter(path__startswith=newsroom.path, depth=newsroom.depth + 1)
    last = siblings.aggregate(last=models.Max("path"))["last"]
    at = Page._str2int(last[-Page.steplen :]) if last else 0
    kind = ContentType.objects.get_for_model(StoryPage)
    keys = new_keys(len(batch))
    numbered = list(zip(keys, batch, strict=True))
    pattern = Page(content_type=kind, locale_id=newsroom.locale_id, depth=newsroom.depth + 1, numchild=0)
    insert(pattern, [page(pk, story, newsroom, at + place) for place, (pk, story) in enumerate(numbered, 1)])
    Page.objects.filter(pk=newsroom.pk).update(numchild=models.F("numchild") + len(batch))
    insert(StoryPage(), [child(pk, story) for pk, story in numbered])
    topics = [(pk, topic) for pk, story in numbered for topic in story["topics"]]
    insert(StoryPage.topics.through(), [{"storypage_id": pk, "topic_id": topic} for pk, topic in topics])
    regions = [(pk, region) for pk, story in numbered for region in story["regions"][1:]]
    insert(StoryRegion(sort_order=0), [{"page_id": pk, "region_id": region} for pk, region in regions])
    insert(IndexEntry(content_type=kind), [admin_entry(pk, story) for pk, story in numbered])
    return keys


def page(pk: int, story: dict, newsroom: Page, at: int) -> dict:
    published = datetime.combine(story["day"], datetime.min.time(), UTC)
    return {
        "id": pk,
        "path": newsroom.path + Page._int2str(at).rjust(Page.steplen, "0"),
        "translation_key": uuid.UUID(int=TRANSLATIONS + story["number"], version=4),
        "title": story["title"],
        "draft_title": story["title"],
        "slug": story["slug"],
        "url_path": f"{newsroom.url_path}{story['slug']}/",
        "first_published_at": published,
        "last_published_at": published,
        "latest_revision_created_at": published,
    }


def child(pk: int, story: dict) -> dict:
    return {
        "page_ptr_id": pk,
        "dated_on": story["day"],
        "region_id": story["regions"][0],
        "source_id": story["source"],
        "source_dated_on": story["day"],
        "summary": story["summary"],
        "note": story["note"],
        "excerpt": story["excerpt"],
        "full_story_url": f"https://wire.example/{story['slug']}",
    }


def admin_entry(pk: int, story: dict) -> dict:
    """The admin finds pages by title. (A norm of 1.0 would make the next full refresh rewrite them all.)"""
    title = story["title"]
    if connection.vendor == "postgresql":
        title = " ".join(f"'{word}':{place}A" for place, word in enumerate(title.lower().split(), 1))
    return {"object_id": str(pk), "title_norm": 1.01, "title": title, "autocomplete": title, "body": ""}


def new_keys(count: int) -> list[int]:
    """Primary keys of pages that nobody else gets."""
    if connection.vendor != "postgresql":
        last = Page.objects.aggregate(last=models.Max("pk"))["last"] or 0
        return list(range(last + 1, last + 1 + count))
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('wagtailcore_page_id_seq') FROM generate_series(1, %s)", [count])
        return [key for (key,) in cursor.fetchall()]


def insert(pattern: models.Model, rows: list[dict]) -> None:
    """Rows that differ from `pattern` in the columns named. (Django's bulk_create takes no children of pages.)"""
    if not rows:
        return
    fields = {field.column: field for field in pattern._meta.local_concrete_fields}
    plain = {column: field.pre_save(pattern, add=True) for column, field in fields.items()}
    columns = [column for column, value in plain.items() if value is not None or column in rows[0]]

    def stored(column: str, value):
        return fields[column].get_db_prep_save(value, connection)

    same = {column: stored(column, plain[column]) for column in columns if column not in rows[0]}
    values = (
        [same[column] if column in same else stored(column, row[column]) for column in columns]
        for row in rows
    )
    into = f"{pattern._meta.db_table} ({', '.join(columns)})"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {into} FROM STDIN") as copy:
                for row in values:
                    copy.write_row(row)
        else:
            cursor.executemany(f"INSERT INTO {into} VALUES ({', '.join(['%s'] * len(columns))})", values)  # noqa: S608
