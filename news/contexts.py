"""What the templates of our page types get beside the page itself."""

from copy import copy

from django.http import HttpRequest, QueryDict

from home.contexts import adds_to
from home.models import HomePage, OrganisationSettings
from home.publication import public_pages
from news import counts
from news.listing import StoryFilter, newest_in_regions, paginate, public_stories
from news.models import NewsroomPage, RegionIndexPage, RegionPage, StoryPage, Topic
from news.related import related_stories

ON_REGION_PAGE = 12


@adds_to(StoryPage)
def story_context(page: StoryPage, request: HttpRequest) -> dict:
    asks = page.asks_for_gifts
    return {
        "dateline": page.dateline,
        "note_label": OrganisationSettings.load(request).note_label,
        "related": related_stories(page),
        "press_email": page.region.press_contact if page.region else "",
        "asks": asks,
        "campaign": page.giving_campaign if asks else None,
    }


@adds_to(NewsroomPage)
def newsroom_context(page: NewsroomPage, request: HttpRequest) -> dict:
    asked = StoryFilter.from_query(_query(request))
    stories, pagination = paginate(asked, asked.apply(public_stories()))
    regions = counted_regions()
    for region in regions:
        region.is_chosen = region.value in asked.regions
    return {
        "stories": stories,
        "filter": asked,
        "regions": regions,
        "topics": Topic.objects.all(),
        "years": counts.years(),
        "pagination": pagination,
        "total": pagination.total,
    }


@adds_to(RegionIndexPage)
def region_index_context(page: RegionIndexPage, request: HttpRequest) -> dict:
    return {"children": [region for region in counted_regions() if region.depth == page.depth + 1]}


@adds_to(RegionPage)
def region_context(page: RegionPage, request: HttpRequest) -> dict:
    regions = counted_regions()
    here = [region.pk for region in regions if region.path.startswith(page.path)]
    found = newest_in_regions(here, ON_REGION_PAGE + 1)
    newsroom = public_pages(NewsroomPage).first() if len(found) > ON_REGION_PAGE else None
    query = StoryFilter(regions=(page.path_below_regions,)).query_string()
    return {
        "ancestors": [region for region in regions if page.path.startswith(region.path) and region != page],
        "children": [region for region in regions if region.depth == page.depth + 1 and region.pk in here],
        "stories": found[:ON_REGION_PAGE],
        "story_count": counts.story_counts().get(page.pk, 0),
        "campaign": page.giving_campaign,
        "press_email": page.press_contact,
        "more_url": newsroom.get_url(request) + query if newsroom else "",
    }


@adds_to(HomePage)
def home_context(page: HomePage, request: HttpRequest) -> dict:
    """The newest story with a picture and a campaign leads; else the newest."""
    stories = list(public_stories()[:7])
    lead = stories[0] if stories else None
    return {
        "lead": lead,
        "latest": stories[1:],
        "regions": [region for region in counted_regions() if region.depth == page.depth + 2],
    }


def counted_regions() -> list[RegionPage]:
    """Every public region in tree order, with `story_count`, `value` for filters and `level` (0 outermost)."""
    numbers = counts.story_counts()
    regions = [copy(region) for region in counts.regions()]
    for region in regions:
        region.story_count = numbers.get(region.pk, 0)
        region.value = region.path_below_regions
        region.level = region.depth - 4
    return regions


def _query(request: HttpRequest) -> QueryDict:
    """A preview of the newsroom shows its first page."""
    return QueryDict() if getattr(request, "is_preview", False) else request.GET
