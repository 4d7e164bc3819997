"""How many of the matches lie in each region (with those within it), topic, source and year.

Counted among the newest matches that the engine gave (engine.CAP); where there are more, every number is "at least".
A filter's own choice does not narrow its own numbers, so that its other choices keep theirs.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from home.kept import kept
from home.publication import public_pages
from news.models import RegionPage, Source, Topic
from news.search.asked import SearchRequest
from news.search.engine import Match
from news.search.positions import PAGE_BITS

SHOWN = 12


@dataclass(frozen=True)
class Choice:
    value: str
    label: str
    count: int
    is_chosen: bool = False
    # There are more matches than were counted.
    is_least: bool = False


@dataclass(frozen=True)
class Place:
    pk: int
    path: str
    title: str
    value: str  # its path below /regions/
    lineage: tuple[int, ...]  # itself and the public regions that it lies in


def places() -> dict[int, Place]:
    """The public regions by primary key."""
    return kept("regions for search", _places)


def _places() -> dict[int, Place]:
    regions = list(public_pages(RegionPage).only("path", "title", "url_path"))

    def lineage(region: RegionPage) -> tuple[int, ...]:
        return tuple(other.pk for other in regions if region.path.startswith(other.path))

    return {
        region.pk: Place(region.pk, region.path, region.title, region.path_below_regions, lineage(region))
        for region in regions
    }


def topics() -> dict[int, tuple[str, str]]:
    """Slug and name of each topic."""
    return kept(
        "topics for search", lambda: {pk: two for pk, *two in Topic.objects.values_list("pk", "slug", "name")}
    )


def sources() -> dict[int, tuple[str, str]]:
    return kept(
        "sources for search",
        lambda: {pk: two for pk, *two in Source.objects.values_list("pk", "slug", "name")},
    )


def region_choices(matches: list[Match], is_least: bool, asked: SearchRequest) -> list[Choice]:
    known = places()
    counts: Counter[int] = Counter()
    for pks, count in Counter(match.regions for match in matches).items():
        for above in {above for pk in pks if pk in known for above in known[pk].lineage}:
            counts[above] += count
    names = {pk: (place.value, place.title) for pk, place in known.items()}
    return _choices(names, counts, asked.regions, is_least)


def topic_choices(matches: list[Match], is_least: bool, asked: SearchRequest) -> list[Choice]:
    return _choices(topics(), Counter(pk for match in matches for pk in match.topics), asked.topics, is_least)


def source_choices(matches: list[Match], is_least: bool, asked: SearchRequest) -> list[Choice]:
    return _choices(
        sources(), Counter(pk for match in matches for pk in match.sources), asked.sources, is_least
    )


def year_choices(matches: list[Match], is_least: bool, asked: SearchRequest) -> list[Choice]:
    counts: Counter[int] = Counter()
    for day, count in Counter(match.position >> PAGE_BITS for match in matches).items():
        if day > 0:
            counts[date.fromordinal(day).year] += count
    names = {year: (str(year), str(year)) for year in {*counts, *map(int, asked.years)}}
    found = _choices(names, counts, asked.years, is_least)
    return sorted(found, key=lambda choice: choice.value, reverse=True)


def _choices(names: dict, counts: Counter, chosen: tuple[str, ...], is_least: bool) -> list[Choice]:
    """The most frequent, and what is chosen already."""
    most = [pk for pk, _count in counts.most_common() if pk in names][:SHOWN]
    most += [pk for pk, (value, _label) in names.items() if value in chosen and pk not in most]
    return [Choice(*names[pk], counts[pk], names[pk][0] in chosen, is_least) for pk in most]


# By the name of the filter.
COUNTS = {"region": region_choices, "topic": topic_choices, "source": source_choices, "year": year_choices}
