"""A story's child rows in one query instead of six.

Topics, further regions, authors, corrections, hand-picked stories and campaigns are small lists in six tables.
They are read as one union and set where modelcluster keeps a page's children, so that `page.topics.all()` and the
others answer from memory, exactly as they do in a preview. The statement is written out: to put it together anew
for each reader took Django longer than the database takes to answer it.
"""

from copy import copy
from datetime import date
from typing import NamedTuple

from django.db import connection

from home.pictures import load_renditions
from news import counts
from news.models import (
    Correction,
    Person,
    RelatedStory,
    StoryAuthor,
    StoryCampaign,
    StoryPage,
    StoryRegion,
    Topic,
)

PARTS = """
SELECT 'topics', 0, topic.id, topic.name, topic.slug, FALSE, CAST(NULL AS date), CAST(NULL AS date)
FROM news_storypage_topics AS has JOIN news_topic AS topic ON topic.id = has.topic_id
WHERE has.storypage_id = %(story)s
UNION ALL
SELECT 'story_regions', sort_order, region_id, '', '', FALSE, NULL, NULL
FROM news_storyregion WHERE page_id = %(story)s
UNION ALL
SELECT 'story_authors', sort_order, person.id, person.name, person.role, person.is_pseudonym, NULL, NULL
FROM news_storyauthor AS author JOIN news_person AS person ON person.id = author.person_id
WHERE author.page_id = %(story)s
UNION ALL
SELECT 'corrections', sort_order, id, kind, text, FALSE, dated_on, NULL
FROM news_correction WHERE page_id = %(story)s
UNION ALL
SELECT 'related_stories', sort_order, story_id, '', '', FALSE, NULL, NULL
FROM news_relatedstory WHERE page_id = %(story)s
UNION ALL
SELECT 'story_campaigns', sort_order, campaign_id, '', '', FALSE, starts_on, ends_on
FROM news_storycampaign WHERE page_id = %(story)s
"""


class Part(NamedTuple):
    """A row of PARTS: which list it belongs to, where it stands there, and its facts."""

    kind: str
    place: int | None
    key: int
    name: str
    words: str
    flag: bool
    day: date | None
    until: date | None


def load_parts(story: StoryPage) -> None:
    """Reads the child rows of a saved story into memory, and the renditions of all its pictures."""
    parts = sorted(_read(story.pk), key=lambda part: part.place or 0)
    story._cluster_related_objects = {
        name: [built for part in parts if part.kind == name and (built := build(story, part))]
        for name, build in _BUILDERS.items()
    }
    story._cluster_related_objects["topics"].sort(key=lambda topic: topic.name)
    in_body = [block.value["image"] for block in story.body if block.block_type == "picture"]
    load_renditions([image for image in (story.lead_image, story.social_image, *in_body) if image])


def _read(pk: int) -> list[Part]:
    with connection.cursor() as cursor:
        cursor.execute(PARTS, {"story": pk})
        return [Part(*row[:-2], *map(_day, row[-2:])) for row in cursor.fetchall()]


def _day(value: date | str | None) -> date | None:
    """SQLite gives dates as it keeps them: as text."""
    return date.fromisoformat(value) if isinstance(value, str) else value


def _topic(story: StoryPage, part: Part) -> Topic:
    return Topic(pk=part.key, name=part.name, slug=part.words)


def _region(story: StoryPage, part: Part) -> StoryRegion | None:
    """None where readers may not know of the region."""
    region = next((region for region in counts.regions() if region.pk == part.key), None)
    return region and StoryRegion(page=story, region=copy(region), sort_order=part.place)


def _author(story: StoryPage, part: Part) -> StoryAuthor:
    person = Person(pk=part.key, name=part.name, role=part.words, is_pseudonym=bool(part.flag))
    return StoryAuthor(page=story, person=person, sort_order=part.place)


def _correction(story: StoryPage, part: Part) -> Correction:
    return Correction(
        pk=part.key,
        page=story,
        kind=part.name,
        text=part.words,
        dated_on=part.day,
        sort_order=part.place,
    )


def _related(story: StoryPage, part: Part) -> RelatedStory:
    return RelatedStory(page=story, story_id=part.key, sort_order=part.place)


def _campaign(story: StoryPage, part: Part) -> StoryCampaign:
    return StoryCampaign(
        page=story,
        campaign_id=part.key,
        starts_on=part.day,
        ends_on=part.until,
        sort_order=part.place,
    )


_BUILDERS = {
    "topics": _topic,
    "story_regions": _region,
    "story_authors": _author,
    "corrections": _correction,
    "related_stories": _related,
    "story_campaigns": _campaign,
}
