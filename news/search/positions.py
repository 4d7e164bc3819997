"""One number orders the index: the day, then the page. Both engines read it backwards for "newest first".

A story's is its day's number shifted by 32 bits, plus its primary key. Pages without a date (regions, campaigns)
are below zero, so they come last in that order and can be asked for apart.
"""

from datetime import date

PAGE_BITS = 32
LAST = 2**62
LAST_DATED = ((date.max.toordinal() + 1) << PAGE_BITS) - 1


def position(page_id: int, day: date | None) -> int:
    return (day.toordinal() << PAGE_BITS) + page_id if day else -page_id


def day_of(position: int) -> date | None:
    return date.fromordinal(position >> PAGE_BITS) if position > 0 else None


def span(first: date | None, last: date | None) -> tuple[int, int] | None:
    """The positions from the first day to the last, both included; None where neither is given."""
    if first is None and last is None:
        return None
    start = (first.toordinal() << PAGE_BITS) if first else 1
    end = ((last.toordinal() + 1) << PAGE_BITS) - 1 if last else LAST
    return start, end
