"""Closing a month. What belongs to a closed month and comes later is a correction, dated when it was recorded.

So the figures of a closed month stand as they were handed on, and `check_ledger` can prove it: they are kept with the
closing, and must be the sums of the month's lines for ever.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from donate import account
from donate.models import ClosedMonth, GivingSettings, LedgerEntry

BOOKED = Coalesce("booked_at", "at")  # as the index has it
A_TRANSACTION = timedelta(minutes=10)  # ends sooner: lines of the month's last second are in by then


def bounds(year: int, number: int) -> tuple[datetime, datetime]:
    """Beginning and end of a month in the organisation's time zone."""
    since = timezone.make_aware(datetime(year, number, 1))
    return since, timezone.make_aware(datetime(year + number // 12, number % 12 + 1, 1))


def is_over(year: int, number: int) -> bool:
    return bounds(year, number)[1] + A_TRANSACTION <= timezone.now()


def booked_in(year: int, number: int, livemode: bool) -> QuerySet[LedgerEntry]:
    """The settled lines that count in a month: those of it, and what it corrects of months closed before."""
    since, until = bounds(year, number)
    return (
        LedgerEntry.objects.alias(booked=BOOKED)
        .filter(booked__gte=since, booked__lt=until, settled_minor__isnull=False, gift__livemode=livemode)
        .order_by()
    )


def figures(year: int, number: int, livemode: bool) -> dict[str, list[int]]:
    """By settled currency: how many lines, and what they moved in minor units."""
    rows = booked_in(year, number, livemode).values("settled_currency")
    rows = rows.annotate(lines=Count("pk"), moved=Sum("settled_minor"))
    return {row["settled_currency"]: [row["lines"], row["moved"]] for row in rows}


def close(year: int, number: int, user) -> tuple[ClosedMonth, bool]:
    """The row, and whether it was closed just now; closing again changes nothing."""
    with transaction.atomic():
        one_at_a_time()
        return ClosedMonth.objects.get_or_create(
            livemode=account.is_live(),
            year=year,
            month=number,
            currency="",
            defaults={
                "closed_at": timezone.now(),
                "closed_by": user,
                "figures": figures(year, number, account.is_live()),
            },
        )


def booking(at: datetime, livemode: bool) -> dict:
    """The fields of a line that moved money at `at`: counted then, or now and as a correction where that month is closed.

    Inside the transaction that writes the line.
    """
    month = timezone.localtime(at).replace(day=1)
    if (month.year, month.month) == (timezone.localdate().year, timezone.localdate().month):
        return {"booked_at": at, "corrects": None}
    one_at_a_time()
    closed = ClosedMonth.objects.filter(livemode=livemode, year=month.year, month=month.month).first()
    return {"booked_at": timezone.now() if closed else at, "corrects": closed}


def one_at_a_time() -> None:
    """No month is closed while a line is written into one that is over: both wait for the settings' row."""
    settings = GivingSettings.load()
    GivingSettings.objects.select_for_update().get(pk=settings.pk)


def corrections(year: int, number: int) -> QuerySet[LedgerEntry]:
    """Lines that count in this month, of months that were closed before."""
    lines = booked_in(year, number, account.is_live()).filter(corrects__isnull=False)
    return lines.select_related("gift", "corrects").order_by("booked_at", "pk")


def late(year: int, number: int) -> QuerySet[LedgerEntry]:
    """Lines of this month that count in a later one."""
    months = Q(corrects__year=year, corrects__month=number, corrects__livemode=account.is_live())
    return LedgerEntry.objects.filter(months).order_by()


def too_early() -> QuerySet[LedgerEntry]:
    """Corrections dated before the closing that they come after: there must be none."""
    return LedgerEntry.objects.filter(corrects__isnull=False, booked_at__lt=F("corrects__closed_at"))
