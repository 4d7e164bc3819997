"""What a page gives to the index: read from the database in a few queries for any number of pages."""

import json
import re
from collections import defaultdict
from collections.abc import Iterable
from html import unescape
from itertools import chain

from django.db.models import TextField
from django.db.models.functions import Cast

from donate.models import CampaignPage
from home.publication import public_pages
from news.models import Correction, RegionPage, StoryAuthor, StoryPage, StoryRegion
from news.search.engine import Entry
from news.search.letters import analysed_words, offered, words
from news.search.positions import position

INLINE = re.compile(r"</?(?:b|strong|i|em|a|span|sup|sub)\b[^>]*>")
TAG = re.compile(r"<[^>]+>")
# What readers see of a block; everything else in it (addresses, keys) is not for search.
SEEN = {"paragraph", "heading", "text", "speaker", "caption", "title"}


def entries(page_ids: Iterable[int]) -> list[Entry]:
    """The entries of those of the pages that readers may see: stories, regions and campaigns."""
    page_ids = list(page_ids)
    found = story_entries(page_ids)
    if len(found) < len(page_ids):
        found += region_entries(page_ids) + campaign_entries(page_ids)
    return found


def story_entries(page_ids: list[int]) -> list[Entry]:
    rows = public_pages(StoryPage).filter(pk__in=page_ids).order_by().values(
        "pk", "title", "summary", "note", "place", "dated_on", "region_id", "source_id", "lead_image_caption",
        excerpt_text=Cast("excerpt", TextField()), body_text=Cast("body", TextField()),
    )  # fmt: skip
    topics = grouped(
        StoryPage.topics.through.objects.filter(storypage__in=page_ids), "storypage_id", "topic_id"
    )
    regions = grouped(StoryRegion.objects.filter(page__in=page_ids), "page_id", "region_id")
    authors = grouped(StoryAuthor.objects.filter(page__in=page_ids), "page_id", "person__name")
    corrections = grouped(Correction.objects.filter(page__in=page_ids), "page_id", "text")
    found = []
    for row in rows:
        pk = row["pk"]
        own = [row["region_id"], *regions[pk]] if row["region_id"] else regions[pk]
        body = [
            stream_text(row["excerpt_text"]),
            stream_text(row["body_text"]),
            row["lead_image_caption"],
            *map(plain, corrections[pk]),
            *authors[pk],
        ]
        found.append(
            make(
                pk,
                position(pk, row["dated_on"]),
                (
                    row["title"],
                    f"{row['summary']} \n {plain(row['note'])} \n {row['place']}",
                    " \n ".join(body),
                ),
                tuple(dict.fromkeys(own)),
                tuple(topics[pk]),
                (row["source_id"],) if row["source_id"] else (),
            )
        )
    return found


def region_entries(page_ids: list[int]) -> list[Entry]:
    rows = public_pages(RegionPage).filter(pk__in=page_ids).order_by()
    return [
        make(pk, position(pk, None), (f"{title} \n {others}", intro, ""), (pk,))
        for pk, title, others, intro in rows.values_list("pk", "title", "also_known_as", "intro")
    ]


def campaign_entries(page_ids: list[int]) -> list[Entry]:
    rows = public_pages(CampaignPage).filter(pk__in=page_ids).order_by()
    return [
        make(pk, position(pk, None), (title, f"{summary} \n {place}", plain(purpose)))
        for pk, title, summary, place, purpose in rows.values_list(
            "pk", "title", "summary", "place", "purpose"
        )
    ]


def make(
    pk: int,
    at: int,
    texts: tuple[str, str, str],
    regions: tuple[int, ...] = (),
    topics: tuple[int, ...] = (),
    sources: tuple[int, ...] = (),
) -> Entry:
    written = [words(text) for text in texts]
    title, note, body = map(analysed_words, written)
    return Entry(pk, at, regions, topics, sources, title, note, body, offered(chain(*written)))


def known_words(texts: Iterable[str]) -> frozenset[str]:
    """The folded words that may be offered as a spelling."""
    return offered(words(" ".join(texts)))


def grouped(rows, key: str, value: str) -> dict[int, list]:
    found = defaultdict(list)
    for pk, item in rows.order_by("pk").values_list(key, value):
        found[pk].append(item)
    return found


# Texts --------------------------------------------------------------------------------------------


def plain(html: str) -> str:
    """Rich text as plain text."""
    return unescape(TAG.sub(" ", INLINE.sub("", html))) if html else ""


def stream_text(stored: str | None) -> str:
    """What readers see of a stored StreamField."""
    if not stored or stored == "[]":
        return ""
    blocks = json.loads(stored)
    # A column that was text before it was JSON may hold its JSON as a string.
    return "\n".join(_seen(json.loads(blocks) if isinstance(blocks, str) else blocks))


def _seen(blocks: list) -> list[str]:
    found = []
    for block in blocks:
        kind, value = block.get("type"), block.get("value")
        if isinstance(value, str) and kind in SEEN:
            found.append(plain(value))
        elif isinstance(value, dict):
            found += [plain(text) for name, text in value.items() if name in SEEN and isinstance(text, str)]
    return found
