"""One search: matches, ranked or newest first, counted, narrowed, one page of them.

Best match: the engine's rank (title over note over names over body) among the newest engine.CAP matches, times up to
FRESHNESS more for what is new. Only what public_pages() holds is shown, whatever the index says.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date

from django.db import connection
from django.db.models.expressions import RawSQL
from django.http import Http404
from django.utils import timezone
from wagtail.models import Page

from home.publication import public_pages
from news.listing import LAST_NUMBERED_PAGE, PER_PAGE
from news.search import answers, facets
from news.search.asked import SearchRequest
from news.search.engine import CAP, Filters, Match, Matches
from news.search.names import expand
from news.search.positions import PAGE_BITS, span
from news.search.postgres import array
from news.search.query import Query, parse

FRESHNESS = 0.25
HALF_LIFE = 365  # days after which half of that is left


@dataclass(frozen=True)
class Found:
    query: Query
    # Those of the page asked for.
    matches: list[Match]
    total: int
    # There are more than `total`.
    is_capped: bool
    # Only the newest stories were looked through (engine.Matches).
    is_partial: bool = False
    # Name of a filter: its choices.
    choices: dict[str, list[facets.Choice]] = field(default_factory=dict)
    # Where newest first goes on beyond the numbered pages.
    before: int | None = None


def find(asked: SearchRequest, with_facets: bool = True, is_checked: bool = True) -> Found:
    """Past the end: Http404. Without `is_checked` it is the caller who looks whether readers may see each page."""
    query = expand(parse(asked.q))
    filters = filters_of(asked)
    if query.is_empty and (asked.q or not asked.narrows):
        return Found(query, [], 0, False)
    ranked = asked.sort != "date" and not query.is_empty
    answer = answers.matches(query, filters, ranked, asked.before)
    wider = _without_each_filter(asked, query, filters) if with_facets else {}
    is_capped = sum(match.position > 0 for match in answer.rows) > CAP
    start = 0 if asked.before is not None else (asked.page - 1) * PER_PAGE
    matches = _in_order(answer, ranked, is_capped)
    if is_checked:
        allowed = public(match for one in (answer, *wider.values()) for match in one.rows)
        wider = {name: wide.only(allowed) for name, wide in wider.items()}
        matches = [match for match in matches if match.page_id in allowed]
    shown = matches[start : start + PER_PAGE]
    if not shown and (asked.page > 1 or asked.before is not None):
        raise Http404("Past the end")
    own = (matches, is_capped or answer.is_partial)
    others = {name: (wide.rows, wide.is_partial or len(wide.rows) > CAP) for name, wide in wider.items()}
    counts = facets.COUNTS if with_facets else {}
    choices = {name: count(*others.get(name, own), asked) for name, count in counts.items()}
    is_more = asked.sort == "date" and len(matches) > start + PER_PAGE
    beyond = is_more and (asked.before is not None or asked.page == LAST_NUMBERED_PAGE)
    return Found(
        query,
        shown,
        len(matches),
        is_capped,
        answer.is_partial,
        choices,
        shown[-1].position if beyond else None,
    )


def public(matches: Iterable[Match]) -> set[int]:
    """Primary keys of the pages among the matches that readers may see."""
    pages = public_pages(Page).filter(pk__in=one_parameter(match.page_id for match in matches)).order_by()
    return set(pages.values_list("pk", flat=True))


def one_parameter(keys: Iterable[int]) -> RawSQL:
    """For `pk__in`: thousands of keys as one parameter, which costs a tenth of thousands of parameters."""
    if connection.vendor == "postgresql":
        return RawSQL("SELECT unnest(%s::bigint[])", [array(keys)])  # noqa: S611 - a parameter
    return RawSQL("SELECT value FROM json_each(%s)", [json.dumps(list(keys))])  # noqa: S611 - a parameter


def _in_order(answer: Matches, ranked: bool, is_capped: bool) -> list[Match]:
    """The best first, or as they come; without what only told that there are more than CAP."""
    matches = _without_last_dated(answer.rows) if is_capped else answer.rows
    return sorted(matches, key=score(timezone.localdate()), reverse=True) if ranked else matches


def score(today: date):
    """Rank, and how new it is: the newest gains FRESHNESS, what is a year old half of that."""
    now = today.toordinal()

    def of(match: Match) -> float:
        age = max(0, now - (match.position >> PAGE_BITS)) if match.position > 0 else HALF_LIFE
        return match.score * (1 + FRESHNESS * 0.5 ** (age / HALF_LIFE))

    return of


def _without_last_dated(matches: list[Match]) -> list[Match]:
    """Without what only told that there are more than CAP."""
    dated = [match for match in matches if match.position > 0][:CAP]
    return dated + [match for match in matches if match.position <= 0]


def filters_of(asked: SearchRequest) -> Filters:
    return Filters(
        regions=_regions_within(asked.regions) if asked.regions else None,
        topics=_ids(facets.topics(), asked.topics) if asked.topics else None,
        sources=_ids(facets.sources(), asked.sources) if asked.sources else None,
        spans=_spans(asked),
    )


def _regions_within(values: tuple[str, ...]) -> tuple[int, ...]:
    """The regions named, and all within them."""
    known = facets.places()
    trees = tuple(place.path for place in known.values() if place.value in values)
    return tuple(place.pk for place in known.values() if trees and place.path.startswith(trees))


def _ids(names: dict[int, tuple[str, str]], slugs: tuple[str, ...]) -> tuple[int, ...]:
    return tuple(pk for pk, (slug, _name) in names.items() if slug in slugs)


def _spans(asked: SearchRequest) -> tuple[tuple[int, int], ...] | None:
    """The years asked for, within the dates asked for."""
    limits = span(asked.first, asked.last)
    if not asked.years:
        return (limits,) if limits else None
    years = [span(date(int(year), 1, 1), date(int(year), 12, 31)) for year in sorted(set(asked.years))]
    if limits:
        years = [(max(first, limits[0]), min(last, limits[1])) for first, last in years]
    return tuple(years)


def _without_each_filter(asked: SearchRequest, query: Query, filters: Filters) -> dict[str, Matches]:
    """What would match without the regions chosen, without the topics chosen, and so on; by the name of the filter."""
    without = {
        "region": asked.regions and replace(filters, regions=None),
        "topic": asked.topics and replace(filters, topics=None),
        "source": asked.sources and replace(filters, sources=None),
        "year": asked.years and replace(filters, spans=_spans(replace(asked, years=()))),
    }
    return {name: answers.matches(query, wide, ranked=False) for name, wide in without.items() if wide}
