"""A story's child rows in one query instead of six.

Topics, further regions, authors, corrections, hand-picked stories and campaigns are small lists in six tables.
They are read as one union and set where modelcluster keeps a page's children, so that `page.topics.all()` and the
others answer from memory, exactly as they do in a preview.
"""

from django.db.models import BooleanField, CharField, DateField, F, QuerySet, TextField, Value
from django.db.models.functions import Cast

from home.pictures import load_renditions
from home.publication import public_pages
from news.models import (
    Correction,
    Person,
    RegionPage,
    RelatedStory,
    StoryAuthor,
    StoryCampaign,
    StoryPage,
    StoryRegion,
    Topic,
)

NO_DAY = Cast(Value(None), DateField())
NOTHING = Value("", CharField())


def load_parts(story: StoryPage) -> None:
    """Reads the child rows of a saved story into memory, and the renditions of all its pictures."""
    rows = sorted(_union(story), key=lambda row: row["order_"] or 0)
    of_kind = {kind: [row for row in rows if row["kind_"] == kind] for kind in _BUILDERS}
    story._cluster_related_objects = {
        name: [build(story, row) for row in of_kind[name]] for name, build in _BUILDERS.items()
    }
    story._cluster_related_objects["topics"].sort(key=lambda topic: topic.name)
    in_body = [block.value["image"] for block in story.body if block.block_type == "picture"]
    load_renditions([image for image in (story.lead_image, story.social_image, *in_body) if image])


def _union(story: StoryPage) -> QuerySet:
    mine = {"page": story.pk}
    topics = StoryPage.topics.through.objects.filter(storypage=story.pk)
    regions = StoryRegion.objects.filter(**mine, region__in=public_pages(RegionPage).order_by().values("pk"))
    return _rows(topics, "topics", "topic", "topic__name", "topic__slug", order=Value(0)).union(
        _rows(regions, "story_regions", "region", "region__title", "region__url_path"),
        _rows(
            StoryAuthor.objects.filter(**mine),
            "story_authors",
            "person",
            "person__name",
            "person__role",
            flag=F("person__is_pseudonym"),
        ),
        _rows(Correction.objects.filter(**mine), "corrections", "pk", "kind", "text", day=F("dated_on")),
        _rows(RelatedStory.objects.filter(**mine), "related_stories", "story"),
        _rows(
            StoryCampaign.objects.filter(**mine),
            "story_campaigns",
            "campaign",
            day=F("starts_on"),
            until=F("ends_on"),
        ),
        all=True,
    )


def _rows(
    rows: QuerySet, kind: str, key: str, name: str = "", words: str = "", *, order=None, **facts
) -> QuerySet:
    """One table's rows in the union's columns."""
    return (
        rows.order_by()
        .annotate(
            kind_=Value(kind, CharField()),
            order_=order or F("sort_order"),
            key_=F(key),
            name_=Cast(F(name), TextField()) if name else Cast(NOTHING, TextField()),
            words_=Cast(F(words), TextField()) if words else Cast(NOTHING, TextField()),
            flag_=facts.get("flag", Value(False, BooleanField())),
            day_=facts.get("day", NO_DAY),
            until_=facts.get("until", NO_DAY),
        )
        .values("kind_", "order_", "key_", "name_", "words_", "flag_", "day_", "until_")
    )


def _topic(story: StoryPage, row: dict) -> Topic:
    return Topic(pk=row["key_"], name=row["name_"], slug=row["words_"])


def _region(story: StoryPage, row: dict) -> StoryRegion:
    slug = row["words_"].rstrip("/").rpartition("/")[2]
    region = RegionPage(
        id=row["key_"],
        page_ptr_id=row["key_"],
        title=row["name_"],
        slug=slug,
        url_path=row["words_"],
        live=True,
    )
    return StoryRegion(page=story, region=region, sort_order=row["order_"])


def _author(story: StoryPage, row: dict) -> StoryAuthor:
    person = Person(pk=row["key_"], name=row["name_"], role=row["words_"], is_pseudonym=bool(row["flag_"]))
    return StoryAuthor(page=story, person=person, sort_order=row["order_"])


def _correction(story: StoryPage, row: dict) -> Correction:
    return Correction(
        pk=row["key_"],
        page=story,
        kind=row["name_"],
        text=row["words_"],
        dated_on=row["day_"],
        sort_order=row["order_"],
    )


def _related(story: StoryPage, row: dict) -> RelatedStory:
    return RelatedStory(page=story, story_id=row["key_"], sort_order=row["order_"])


def _campaign(story: StoryPage, row: dict) -> StoryCampaign:
    return StoryCampaign(
        page=story,
        campaign_id=row["key_"],
        starts_on=row["day_"],
        ends_on=row["until_"],
        sort_order=row["order_"],
    )


_BUILDERS = {
    "topics": _topic,
    "story_regions": _region,
    "story_authors": _author,
    "corrections": _correction,
    "related_stories": _related,
    "story_campaigns": _campaign,
}
