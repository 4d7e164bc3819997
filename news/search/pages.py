"""The way from one page of results to the next."""

from dataclasses import dataclass, field

from news.listing import LAST_NUMBERED_PAGE, PER_PAGE
from news.search.asked import SearchRequest
from news.search.find import Found


@dataclass(frozen=True)
class Pages:
    """As components/pagination.html takes it: `number` is None in the part that is reached by cursor."""

    number: int | None = None
    newer_url: str = ""
    older_url: str = ""
    pages: list[int] = field(default_factory=list)


def pagination(asked: SearchRequest, found: Found) -> Pages:
    if asked.before is not None:
        return Pages(older_url=asked.url(before=found.before) if found.before else "")
    last = min(LAST_NUMBERED_PAGE, max(1, -(-found.total // PER_PAGE)))
    older = asked.url(page=asked.page + 1) if asked.page < last else ""
    if found.before:
        older = asked.url(before=found.before, page=1)
    newer = asked.url(page=asked.page - 1) if asked.page > 1 else ""
    return Pages(asked.page, newer, older, _numbers(asked.page, last))


def _numbers(page: int, last: int) -> list[int]:
    """The first, the last, and those around this one."""
    return sorted(number for number in {1, last, *range(page - 2, page + 3)} if 1 <= number <= last)
