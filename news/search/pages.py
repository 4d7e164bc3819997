"""The way from one page of results to the next."""

from dataclasses import dataclass, field

from news.listing import LAST_NUMBERED_PAGE, PER_PAGE
from news.search.asked import SearchRequest
from news.search.find import Found


@dataclass(frozen=True)
class PageLink:
    """Without a number: a gap."""

    number: int | None = None
    url: str = ""
    is_current: bool = False


@dataclass(frozen=True)
class Pages:
    newer_url: str = ""
    older_url: str = ""
    pages: list[PageLink] = field(default_factory=list)


def pagination(asked: SearchRequest, found: Found) -> Pages:
    if asked.before is not None:
        return Pages(older_url=asked.url(before=found.before) if found.before else "")
    last = min(LAST_NUMBERED_PAGE, max(1, -(-found.total // PER_PAGE)))
    older = asked.url(page=asked.page + 1) if asked.page < last else ""
    if found.before:
        older = asked.url(before=found.before, page=1)
    newer = asked.url(page=asked.page - 1) if asked.page > 1 else ""
    return Pages(newer, older, _links(asked, last) if last > 1 else [])


def _links(asked: SearchRequest, last: int) -> list[PageLink]:
    numbers = sorted(n for n in {1, last, *range(asked.page - 2, asked.page + 3)} if 1 <= n <= last)
    links: list[PageLink] = []
    for number in numbers:
        if links and links[-1].number and number > links[-1].number + 1:
            links.append(PageLink())
        links.append(PageLink(number, asked.url(page=number), number == asked.page))
    return links
