"""Closing a month, and what was recorded for a closed month afterwards: dated corrections."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone

from donate import account
from donate.models import ClosedMonth, LedgerEntry


def bounds(year: int, number: int) -> tuple[datetime, datetime]:
    """Beginning and end of a month in the organisation's time zone."""
    since = timezone.make_aware(datetime(year, number, 1))
    return since, timezone.make_aware(datetime(year + number // 12, number % 12 + 1, 1))


def is_over(year: int, number: int) -> bool:
    return bounds(year, number)[1] <= timezone.now()


def close(year: int, number: int, user) -> tuple[ClosedMonth, bool]:
    """All currencies. The row, and whether it was closed just now; closing again changes nothing."""
    return ClosedMonth.objects.get_or_create(
        livemode=account.is_live(),
        year=year,
        month=number,
        currency="",
        defaults={"closed_at": timezone.now(), "closed_by": user},
    )


def late_lines(closed: ClosedMonth) -> QuerySet[LedgerEntry]:
    """Lines of a closed month that were recorded after it was closed."""
    since, until = bounds(closed.year, closed.month)
    lines = LedgerEntry.objects.filter(
        at__gte=since, at__lt=until, recorded_at__gt=closed.closed_at, gift__livemode=closed.livemode
    )
    if closed.currency:
        lines = lines.filter(settled_currency=closed.currency)
    return lines.select_related("gift")


def corrections(since: datetime, until: datetime) -> list[LedgerEntry]:
    """Recorded in this period, for months that were closed by then."""
    found: dict[int, LedgerEntry] = {}
    for closed in ClosedMonth.objects.filter(livemode=account.is_live()):
        rows = late_lines(closed).filter(recorded_at__gte=since, recorded_at__lt=until)
        found |= {line.pk: line for line in rows}
    return sorted(found.values(), key=lambda line: (line.recorded_at, line.pk))


def late_sentences() -> Iterator[str]:
    """For `check_ledger`: to be known, but no fault; the books only ever grow."""
    for closed in ClosedMonth.objects.all():
        for line in late_lines(closed):
            yield (
                f"closed month {closed}: gift {line.gift.public_id}, line {line}, "
                f"recorded {line.recorded_at:%Y-%m-%d} after closing"
            )
