"""Lists of stories for readers: what the address asks for, and the page of stories that answers it.

Order is always the story's own date, then its primary key, newest first. Pages are numbered to the fiftieth;
older ones are reached by a cursor, so that the last page costs what the first does.
"""

from copy import copy
from dataclasses import dataclass, field, replace
from datetime import date
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.http import Http404, QueryDict

from donate.campaigns import open_campaigns
from home.publication import public_pages
from news import counts
from news.models import StoryCampaign, StoryPage, StoryRegion, Topic

PER_PAGE = 20
MOST_VALUES = 50  # of one filter
LAST_NUMBERED_PAGE = 50
# Beyond this many a list is not counted: "more than 1,000".
COUNTED = PER_PAGE * LAST_NUMBERED_PAGE
# Long fields that no list shows.
UNLISTED = ("body", "excerpt", "note", "search_description", "social_text")


@dataclass(frozen=True)
class StoryFilter:
    """What a query string asks of a list of stories. Regions are paths below /regions/, topics are slugs."""

    regions: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    months: tuple[int, ...] = ()
    page: int = 1
    before: str = ""

    @classmethod
    def from_query(cls, query: QueryDict) -> "StoryFilter":
        """Reads a query string; what is no number where one belongs, or out of range, is Http404."""
        return cls(
            regions=tuple(value.strip("/") for value in _given(query, "region")),
            topics=tuple(_given(query, "topic")),
            years=tuple(number(value, 1, 9999) for value in _given(query, "year")),
            months=tuple(number(value, 1, 12) for value in _given(query, "month")),
            page=number(query.get("page") or "1", 1, LAST_NUMBERED_PAGE),
            before=query.get("before", ""),
        )

    @property
    def narrows(self) -> bool:
        """Does it leave anything out?"""
        return bool(self.regions or self.topics or self.years or self.months)

    @property
    def year(self) -> int | None:
        return self.years[0] if self.years else None

    @property
    def month(self) -> int | None:
        return self.months[0] if self.months else None

    def apply(self, stories: QuerySet) -> QuerySet:
        """The stories asked for, in order; pages are cut by paginate()."""
        if self.regions:
            stories = stories.filter(in_regions(region_ids(self.regions)))
        if self.topics:
            stories = stories.filter(on_topics(self.topics))
        if self.years or self.months:
            stories = stories.filter(self._dates())
        return newest_first(stories)

    def query_string(self, **changes) -> str:
        """The address of the same list with changes, such as page=2: starts with "?", or is "" when nothing is asked."""
        asked = replace(self, **changes)
        pairs = [("region", value) for value in asked.regions] + [("topic", value) for value in asked.topics]
        pairs += [("year", value) for value in asked.years] + [("month", value) for value in asked.months]
        if asked.before:
            pairs.append(("before", asked.before))
        elif asked.page > 1:
            pairs.append(("page", asked.page))
        return "?" + urlencode(pairs) if pairs else ""

    def _dates(self) -> Q:
        # Ranges, not extracted years and months: these use the index.
        if not self.years:
            return Q(dated_on__month__in=self.months)
        spans = Q()
        for year in self.years:
            for month in self.months or (None,):
                first, after = _span(year, month)
                spans |= Q(dated_on__gte=first, dated_on__lt=after) if after else Q(dated_on__gte=first)
        return spans


@dataclass(frozen=True)
class Pagination:
    """Where a reader stands in a list. `number` is None in the part that is reached by cursor."""

    number: int | None = 1
    newer_url: str = ""
    older_url: str = ""
    # The numbers to offer: the first, the last, and those around this one.
    pages: list[int] = field(default_factory=list)
    # None where there are more than COUNTED.
    total: int | None = None


def paginate(asked: StoryFilter, stories: QuerySet, per_page: int = PER_PAGE) -> tuple[list, Pagination]:
    """One page of `stories` (ordered, as apply() gives them) and the way on. Past the end: Http404."""
    if asked.before:
        return _page_by_cursor(asked, stories, per_page)
    start = (asked.page - 1) * per_page
    found = list(stories[start : start + per_page + 1])
    if not found and asked.page > 1:
        raise Http404("Past the end")
    shown, more = found[:per_page], len(found) > per_page
    count = start + len(shown) if not more else stories.order_by()[: COUNTED + 1].count()
    return shown, Pagination(
        number=asked.page,
        newer_url=(asked.query_string(page=asked.page - 1) or "?") if asked.page > 1 else "",
        older_url=_older_url(asked, shown) if more else "",
        pages=numbers_near(asked.page, min(count, COUNTED), per_page),
        total=count if count <= COUNTED else None,
    )


def cursor(story: StoryPage) -> str:
    """Says where a story stands in the order, for `before=`."""
    return f"{story.dated_on:%Y%m%d}-{story.pk}"


def newest_first(stories: QuerySet) -> QuerySet:
    return stories.order_by("-dated_on", "-pk")


def in_brief(stories: QuerySet) -> QuerySet:
    """With what the shortest list shows of a story: region and source."""
    return stories.select_related("region", "source").defer(*UNLISTED)


def listed(stories: QuerySet) -> QuerySet:
    """With all that a list shows of a story: also the picture and the first campaign (`linked_campaign`)."""
    open_now = StoryCampaign.objects.filter(campaign__in=open_campaigns().order_by().values("pk"))
    campaigns = open_now.select_related("campaign").order_by("sort_order")
    return (
        in_brief(stories)
        .select_related("lead_image")
        .prefetch_related(
            "lead_image__renditions", Prefetch("story_campaigns", campaigns, to_attr="listed_campaigns")
        )
    )


def public_stories() -> QuerySet:
    """Every story that readers may see, newest first, ready to be listed."""
    return newest_first(listed(public_pages(StoryPage)))


def newest_in_regions(ids: list[int], most: int) -> list[StoryPage]:
    """The newest public stories with one of these regions (primary keys), ready to be listed.

    Primary and further regions are asked for apart: each question follows an index from the newest story on, while
    "one or the other" makes PostgreSQL read all further regions first (30 ms in an archive of a million).
    """
    stories = public_pages(StoryPage)
    further = Exists(StoryRegion.objects.filter(page=OuterRef("pk"), region__in=ids))
    found = {
        pk
        for condition in (Q(region__in=ids), further)
        for pk in newest_first(stories.filter(condition)).values_list("pk", flat=True)[:most]
    }
    return list(public_stories().filter(pk__in=found)[:most])


def in_regions(ids) -> Q:
    """Stories whose primary or further regions are among `ids` (a list or a subquery of primary keys)."""
    return Q(region__in=ids) | Exists(StoryRegion.objects.filter(page=OuterRef("pk"), region__in=ids))


def on_topics(slugs) -> Q:
    return with_topics(Topic.objects.filter(slug__in=slugs).order_by().values("pk"))


def with_topics(ids) -> Q:
    """Stories with one of these topics (a list or a subquery of primary keys)."""
    return Exists(StoryPage.topics.through.objects.filter(storypage_id=OuterRef("pk"), topic__in=ids))


def with_regions(stories: list[StoryPage]) -> list[StoryPage]:
    """The same stories with their regions from memory (news/counts.py); one that is not public is read when asked for."""
    known = {region.pk: region for region in counts.regions()}
    for story in stories:
        if story.region_id in known:
            story.region = copy(known[story.region_id])
    return stories


def region_ids(paths) -> list[int]:
    """Primary keys of the public regions at these paths below /regions/, and of all below them."""
    regions = counts.regions()
    trees = tuple(region.path for region in regions if region.path_below_regions in set(paths))
    return [region.pk for region in regions if region.path.startswith(trees)]


def number(text: str, least: int, most: int) -> int:
    """A whole number in ASCII digits within the limits, or Http404."""
    if not (text.isascii() and text.isdigit() and len(text) < 7 and least <= int(text) <= most):
        raise Http404("Not a number")
    return int(text)


def _page_by_cursor(asked: StoryFilter, stories: QuerySet, per_page: int) -> tuple[list, Pagination]:
    day, pk = _read_cursor(asked.before)
    # The first condition alone lets the index find the place; the second cuts within the day.
    older = stories.filter(dated_on__lte=day).exclude(dated_on=day, pk__gte=pk)
    found = list(older[: per_page + 1])
    if not found:
        raise Http404("Past the end")
    shown = found[:per_page]
    older_url = asked.query_string(before=cursor(shown[-1])) if len(found) > per_page else ""
    return shown, Pagination(number=None, older_url=older_url)


def _older_url(asked: StoryFilter, shown: list) -> str:
    if asked.page < LAST_NUMBERED_PAGE:
        return asked.query_string(page=asked.page + 1)
    return asked.query_string(before=cursor(shown[-1]))


def numbers_near(page: int, count: int, per_page: int = PER_PAGE) -> list[int]:
    """The numbered pages to offer in a list of `count`: the first, the last, and those around this one."""
    last = max(1, min(LAST_NUMBERED_PAGE, -(-count // per_page)))
    near = {1, last, *range(page - 2, page + 3)}
    return sorted(number for number in near if 1 <= number <= last)


def _read_cursor(text: str) -> tuple[date, int]:
    day, _, pk = text.partition("-")
    if len(day) != 8:
        raise Http404("Not a cursor")
    year, month, of_month = number(day[:4], 1, 9999), number(day[4:6], 1, 12), number(day[6:], 1, 31)
    try:
        return date(year, month, of_month), _primary_key(pk)
    except ValueError as error:
        raise Http404("Not a cursor") from error


def _primary_key(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 18):
        raise ValueError(text)
    return int(text)


def _span(year: int, month: int | None) -> tuple[date, date | None]:
    """The first day of a year or month, and of the one after it (None after the calendar's end)."""
    first = date(year, month or 1, 1)
    year, month = (year + 1, 1) if month in (None, 12) else (year, month + 1)
    return first, date(year, month, 1) if year <= 9999 else None


def _given(query: QueryDict, name: str) -> list[str]:
    """What was given under a name; an empty choice of a form asks nothing. NUL never reaches the database."""
    given = [value.replace("\x00", "") for value in query.getlist(name) if value.strip()]
    if len(given) > MOST_VALUES:  # each stands again in the link of every other
        raise Http404("More values than anybody chooses")
    return given
