"""How many stories readers find under each region, topic and year. Counted in a few queries, kept (home/kept.py)."""

from collections import Counter
from itertools import groupby

from django.db.models import Count
from django.db.models.functions import ExtractYear

from home.kept import kept
from home.publication import public_pages
from news.models import RegionPage, StoryPage, StoryRegion


def regions() -> list[RegionPage]:
    """Every public region in tree order, those of one parent by name. Shared: change copies only."""
    return kept("regions", _regions)


def story_counts() -> dict[int, int]:
    """Stories by region (primary key), those of the regions below included; a story counts once in each."""
    return kept("stories by region", _count_by_region, is_count=True)


def years() -> list[int]:
    """The years that have stories, latest first."""
    return kept("years of stories", _years, is_count=True)


def topic_counts() -> dict[int, int]:
    """Stories by topic (primary key)."""
    return kept("stories by topic", _count_by_topic, is_count=True)


def _regions() -> list[RegionPage]:
    found = list(public_pages(RegionPage).defer("search_description", "social_text").order_by("path"))
    titles = {region.path: region.title.casefold() for region in found}
    step = RegionPage.steplen

    def lineage(region: RegionPage) -> list[str]:
        return [titles.get(region.path[:end], "") for end in range(3 * step, len(region.path) + 1, step)]

    return sorted(found, key=lineage)


def _count_by_region() -> dict[int, int]:
    paths = {region.pk: region.path for region in regions()}
    above = {pk: _above(path, paths) for pk, path in paths.items()}
    counts: Counter[int] = Counter()
    stories = public_pages(StoryPage).order_by()
    for region, count in stories.values_list("region").annotate(Count("pk")):
        for place in above.get(region, ()):
            counts[place] += count
    further = StoryRegion.objects.filter(page__in=stories.values("pk")).order_by("page")
    rows = further.values_list("page", "page__region", "region").iterator()
    for _story, group in groupby(rows, key=lambda row: row[0]):
        group = list(group)
        places = {place for row in group for place in above.get(row[2], ())}
        counts.update(places - set(above.get(group[0][1], ())))
    return dict(counts)


def _above(path: str, paths: dict[int, str]) -> list[int]:
    """The region itself and those it lies in."""
    return [pk for pk, other in paths.items() if path.startswith(other)]


def _years() -> list[int]:
    found = public_pages(StoryPage).order_by().annotate(year=ExtractYear("dated_on"))
    return sorted(set(found.values_list("year", flat=True).distinct()), reverse=True)


def _count_by_topic() -> dict[int, int]:
    through = StoryPage.topics.through
    stories = public_pages(StoryPage).order_by().values("pk")
    rows = through.objects.filter(storypage__in=stories).values_list("topic").annotate(Count("pk"))
    return dict(rows)
