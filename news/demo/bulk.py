"""Up to a million invented stories, for work on scale: straight into the tables, with the search index.

The words are made of syllables and follow Zipf's law, as those of a language do; every run writes the same ones.
Each story is a whole page: the admin opens, edits and publishes it.
"""

import json
import random
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate, islice

from django.contrib.contenttypes.models import ContentType
from django.db import connection, models, transaction
from django.utils.text import slugify
from wagtail.models import Locale, Page

from home.publication import public_pages
from news.models import NewsroomPage, RegionIndexPage, RegionPage, Source, StoryPage, Topic
from news.search import rebuild
from news.tree import add_below, plant_tree

VOCABULARY = 50_000
BATCH = 1000
LAST_DAY = date(2026, 10, 31)
DAYS = 20 * 365
SLUG = "archive-"
MOST = 1_000_000
COMMON = (
    "the of and to in a is that for it was on are as with his they at be this from have or by one had not but "
    "what all were when we there can an your which their said if do will each about how up out them then she "
    "many some so these would other into has more her two like him see time could no make than first been its"
).split()
REGIONS = {"Eastern Marches": ["Lower Sarn", "Upper Sarn"], "Gulf Coast": ["Port Hadda", "Ras Lamin"]}
TOPICS = ("Detention", "Displacement", "Harvest", "Schools")
SOURCES = ("Coastal Wire", "Marches Courier")


def load_stories(count: int, tell: Callable[[int], None] = lambda done: None) -> int:
    """Brings the number of these stories up to `count` (at most a million) and indexes them; gives how many are new.

    `tell` hears how many steps of steps(count) were done.
    """
    plant_tree()
    terms = prepare_terms()
    present = Page.objects.filter(slug__startswith=SLUG).count()
    missing = min(count, MOST) - present
    if missing > 0:
        makers = stories(present, missing, terms)
        while batch := list(islice(makers, BATCH)):
            with transaction.atomic():
                write(batch)
            tell(len(batch))
        connection.cursor().execute("ANALYZE")
    rebuild.rebuild(tell)
    return max(missing, 0)


def steps(count: int) -> int:
    """What a progress bar counts to: every story is written, then indexed."""
    return 2 * min(count, MOST)


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
    for number in range(first, first + count):
        dice = random.Random(number)  # noqa: S311
        title = " ".join(dice.choices(words[40:], k=dice.randint(4, 8))).capitalize()
        text = dice.choices(words, cum_weights=weights, k=dice.randint(300, 600))
        paragraphs = [" ".join(text[at : at + 75]) for at in range(0, len(text), 75)]
        day = LAST_DAY - timedelta(days=int(DAYS * dice.random() ** 1.3))
        regions = dice.sample(terms["regions"], k=min(len(terms["regions"]), dice.choice((1, 1, 1, 2))))
        yield {
            "number": number,
            "title": title,
            "slug": f"{SLUG}{number}",
            "day": day,
            "regions": regions,
            "topics": dice.sample(terms["topics"], k=min(len(terms["topics"]), dice.randint(0, 3))),
            "source": dice.choice(terms["sources"]),
            "note": f"<p>{paragraphs[0]}</p>",
            "summary": " ".join(text[:20]).capitalize() + ".",
            "excerpt": stream(paragraphs[1:]),
        }


def stream(paragraphs: list[str]) -> str:
    blocks = [
        {
            "type": "paragraph",
            "value": f"<p>{text.capitalize()}.</p>",
            "id": str(uuid.UUID(int=number + 1, version=4)),
        }
        for number, text in enumerate(paragraphs)
    ]
    return json.dumps(blocks)


# Rows ---------------------------------------------------------------------------------------------


def write(batch: list[dict]) -> None:
    """Inserts stories with all that belongs to them. Treebeard's numbers are continued by hand."""
    newsroom = Page.objects.select_for_update().get(pk=NewsroomPage.objects.get().pk)
    last = Page.objects.filter(path__startswith=newsroom.path, depth=newsroom.depth + 1).aggregate(
        last=models.Max("path")
    )["last"]
    step = Page._int2str(Page._str2int(last[-Page.steplen :])) if last else "0"
    at = Page._str2int(step)
    common = {
        "content_type": ContentType.objects.get_for_model(StoryPage),
        "locale": Locale.objects.get(pk=newsroom.locale_id),
        "depth": newsroom.depth + 1,
    }
    pages = [page(story, newsroom, at + 1 + place, common) for place, story in enumerate(batch)]
    Page.objects.bulk_create(pages)
    insert(StoryPage, [child(story, page) for story, page in zip(batch, pages, strict=True)])
    Page.objects.filter(pk=newsroom.pk).update(numchild=models.F("numchild") + len(batch))
    keys = {story["number"]: page.pk for story, page in zip(batch, pages, strict=True)}
    write_relations(batch, keys)
    write_admin_index(pages, common["content_type"])


def page(story: dict, newsroom: Page, at: int, common: dict) -> Page:
    published = datetime.combine(story["day"], datetime.min.time(), UTC)
    return Page(
        path=newsroom.path + Page._int2str(at).rjust(Page.steplen, "0"),
        title=story["title"],
        draft_title=story["title"],
        slug=story["slug"],
        url_path=f"{newsroom.url_path}{story['slug']}/",
        live=True,
        first_published_at=published,
        last_published_at=published,
        latest_revision_created_at=published,
        **common,
    )


def child(story: dict, page: Page) -> StoryPage:
    return StoryPage(
        page_ptr_id=page.pk,
        dated_on=story["day"],
        region_id=story["regions"][0],
        source_id=story["source"],
        source_dated_on=story["day"],
        summary=story["summary"],
        note=story["note"],
        excerpt=story["excerpt"],
        full_story_url=f"https://wire.example/{story['slug']}",
    )


def insert(model: type[models.Model], rows: list) -> None:
    """bulk_create for the child's half of multi-table inheritance, which Django's own refuses."""
    query = models.sql.InsertQuery(model)
    query.insert_values(model._meta.local_concrete_fields, rows, raw=False)
    for start in range(0, len(rows), 250):
        query.insert_values(model._meta.local_concrete_fields, rows[start : start + 250], raw=False)
        query.get_compiler(connection=connection).execute_sql()


def write_relations(batch: list[dict], keys: dict[int, int]) -> None:
    through = StoryPage.topics.through
    through.objects.bulk_create(
        through(storypage_id=keys[story["number"]], topic_id=topic)
        for story in batch
        for topic in story["topics"]
    )
    further = StoryPage.story_regions.rel.related_model
    further.objects.bulk_create(
        further(page_id=keys[story["number"]], region_id=region, sort_order=0)
        for story in batch
        for region in story["regions"][1:]
    )


def write_admin_index(pages: list[Page], kind: ContentType) -> None:
    """The admin finds pages by title. (A norm of 1.0 would make the next save rewrite them all.)"""
    if connection.vendor == "postgresql":
        sql = (
            "INSERT INTO wagtailsearch_indexentry "
            "(content_type_id, object_id, title_norm, title, autocomplete, body, title_text, body_text) "
            "SELECT %s, id, 1.01, setweight(to_tsvector(title), 'A'), to_tsvector('simple', title), '', '', '' "
            "FROM unnest(%s::text[], %s::text[]) AS given(id, title)"
        )
        values = [kind.pk, [str(page.pk) for page in pages], [page.title for page in pages]]
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
        return
    entry = Page._meta.apps.get_model("wagtailsearch", "IndexEntry")
    entry.objects.bulk_create(
        entry(
            content_type=kind,
            object_id=str(page.pk),
            title_norm=1.01,
            title=page.title,
            autocomplete=page.title,
            body="",
        )
        for page in pages
    )
