""" "More on this": stories picked by hand first, then the newest of the same region or topic."""

from home.kept import kept
from home.publication import public_pages
from news.listing import with_regions
from news.models import StoryPage

SHOWN = 3
# What a card shows of a story, and no more: these name no outlet, picture or campaign.
ON_CARD = (
    "path", "url_path", "live", "title", "summary", "original_language", "dated_on", "date_precision", "region",
)  # fmt: skip
IN_REGION = "news_storypage.region_id = %s"
ON_TOPIC = (
    "EXISTS (SELECT 1 FROM news_storypage_topics AS has"
    " WHERE has.storypage_id = news_storypage.page_ptr_id AND has.topic_id IN ({marks}))"
)
NEWEST = "ORDER BY news_storypage.dated_on DESC, news_storypage.page_ptr_id DESC LIMIT %s"


def related_stories(story: StoryPage) -> list[StoryPage]:
    """At most SHOWN, in one query where none is picked, else in two."""
    picked = [row.story_id for row in story.related_stories.all() if row.story_id != story.pk]
    found = {other.pk: other for other in _cards(_among(picked), picked, len(picked))} if picked else {}
    first = [found[key] for key in picked if key in found][:SHOWN]
    alike, values = _alike(story)
    if alike and len(first) < SHOWN:
        besides = [story.pk or 0, *found]
        condition = f"({alike}) AND NOT {_among(besides)}"
        first += _cards(condition, [*values, *besides], SHOWN - len(first))
    return with_regions(first)


def _alike(story: StoryPage) -> tuple[str, list[int]]:
    """An SQL condition for stories of the same primary region or with a topic of this one, and its values."""
    topics = [topic.pk for topic in story.topics.all()]
    conditions = [IN_REGION] * bool(story.region_id) + [ON_TOPIC.format(marks=_marks(topics))] * bool(topics)
    return " OR ".join(conditions), [*([story.region_id] if story.region_id else []), *topics]


def _among(keys: list[int]) -> str:
    return f"news_storypage.page_ptr_id IN ({_marks(keys)})"


def _marks(values: list[int]) -> str:
    return ", ".join(["%s"] * len(values))


def _cards(condition: str, values: list[int], most: int) -> list[StoryPage]:
    """The newest public stories for which the condition holds.

    Django's own statement for public_pages() is taken as it is and ended here: to put the whole together anew for
    each reader cost more than everything else on a story's page that is not its template.
    """
    statement, parameters = kept("statement for cards", _statement)
    return list(StoryPage.objects.raw(f"{statement} AND {condition} {NEWEST}", [*parameters, *values, most]))


def _statement() -> tuple[str, tuple]:
    """Ends in its WHERE, which always holds something: that the page is live."""
    return public_pages(StoryPage).only(*ON_CARD).order_by().query.sql_with_params()
