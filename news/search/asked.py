"""What the address of a search asks for."""

from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlencode

from django.http import QueryDict

from news.listing import LAST_NUMBERED_PAGE, number
from news.search.query import clean_query

MOST_CHOICES = 20  # of one filter


@dataclass(frozen=True)
class SearchRequest:
    """Regions are paths below /regions/, topics and sources are slugs; `sort` is "date" or "" (best match)."""

    q: str = ""
    regions: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    years: tuple[str, ...] = ()
    first: date | None = None
    last: date | None = None
    sort: str = ""
    page: int = 1
    before: int | None = None

    @classmethod
    def from_query(cls, query: QueryDict) -> "SearchRequest":
        """Reads a query string. A page that is no number is Http404, as in every list; what is no date asks nothing."""
        sort = "date" if query.get("sort") == "date" else ""
        return cls(
            q=clean_query(query.get("q")),
            regions=tuple(value.strip("/") for value in _given(query, "region")),
            topics=_given(query, "topic"),
            sources=_given(query, "source"),
            years=tuple(year for year in _given(query, "year") if _is_year(year)),
            first=_day(query.get("from")),
            last=_day(query.get("to")),
            sort=sort,
            page=number(query.get("page") or "1", 1, LAST_NUMBERED_PAGE),
            before=_cursor(query.get("before")) if sort else None,
        )

    @property
    def narrows(self) -> bool:
        return bool(self.regions or self.topics or self.sources or self.years or self.first or self.last)

    @property
    def asks(self) -> bool:
        """Is there anything to look for?"""
        return bool(self.q) or self.narrows

    def url(self, **changes) -> str:
        """The address of this search with changes, such as page=2."""
        asked = replace(self, **changes)
        pairs = [("q", asked.q)] if asked.q else []
        for name, values in (
            ("region", asked.regions),
            ("topic", asked.topics),
            ("source", asked.sources),
            ("year", asked.years),
        ):
            pairs += [(name, value) for value in values]
        pairs += [(name, day.isoformat()) for name, day in (("from", asked.first), ("to", asked.last)) if day]
        pairs += [("sort", asked.sort)] if asked.sort else []
        if asked.before is not None:
            pairs.append(("before", asked.before))
        elif asked.page > 1:
            pairs.append(("page", asked.page))
        return "/search/" + ("?" + urlencode(pairs) if pairs else "")


def _given(query: QueryDict, name: str) -> tuple[str, ...]:
    values = (clean_query(value) for value in query.getlist(name)[:MOST_CHOICES])
    return tuple(dict.fromkeys(value for value in values if value))


def _is_year(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) == 4 and int(text) > 0


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat((text or "").strip()[:10])
    except ValueError:
        return None


def _cursor(text: str | None) -> int | None:
    text = text or ""
    negative = text.startswith("-")
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) < 19):
        return None
    return -int(digits) if negative else int(digits)
