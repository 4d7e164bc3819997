"""What was given, by day, campaign, story and so on: sums of ledger lines, one currency at a time, in the organisation's time.

figures(Question(by="campaign", currency="usd", start=..., end=...))     rows, largest first (days: in order)
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce, TruncDate, TruncMonth
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from donate import account
from donate.models import Dispute, LedgerEntry, RecurringGift
from donate.models.choices import EntryKind, Frequency, Placement
from donate.totals import DISPUTES, REFUNDS

LONGEST_DAYS = 3660
DAYS_SHOWN = 100  # a longer period is shown by month
NAMES = {**dict(Frequency.choices)}
PLACEMENTS = dict(Placement.choices)
BY = {
    "day": _("Day"),
    "month": _("Month"),
    "campaign": _("Campaign"),
    "designation": _("Designation"),
    "region": _("Region"),
    "story": _("Story"),
    "label": _("Label"),
    "placement": _("Placement"),
    "frequency": _("Frequency"),
}
COLUMNS = {
    "campaign": "gift__campaign__title",
    "designation": "gift__designation",
    "region": "gift__source_region_title",
    "story": "gift__source_title",
    "label": "gift__label",
    "placement": "gift__placement",
    "frequency": "gift__frequency",
}


@dataclass(frozen=True)
class Question:
    """What is asked: grouping, currency, first and last day in the organisation's time zone."""

    by: str
    currency: str
    start: date
    end: date

    @classmethod
    def from_query(cls, query) -> "Question":
        """What makes no sense becomes the default: the last thirty days by day, in the first currency."""
        today = datetime.now(zone()).date()
        end = min(day_of(query.get("to")) or today, today)
        start = day_of(query.get("from")) or end - timedelta(days=29)
        if not timedelta(0) <= end - start <= timedelta(days=LONGEST_DAYS):
            start = end - timedelta(days=29)
        by, currency = query.get("by", ""), query.get("currency", "").lower()
        by = by if by in BY else "day"
        if by == "day" and (end - start).days > DAYS_SHOWN:
            by = "month"
        return cls(by, currency if currency in known_currencies() else account.default_currency(), start, end)

    @property
    def between(self) -> tuple[datetime, datetime]:
        """The first moment of the first day, and the first after the last."""
        return moment(self.start), moment(self.end + timedelta(days=1))

    @property
    def is_in_time(self) -> bool:
        return self.by in ("day", "month")


@dataclass
class Figure:
    """One row: minor units of the question's currency; what went back is positive."""

    label: str
    gifts: int = 0
    received: int = 0
    refunded: int = 0
    disputed: int = 0
    fees: int = 0

    @property
    def left(self) -> int:
        """What stays, before fees."""
        return self.received - self.refunded - self.disputed


def zone():
    """The organisation's, whatever a member of staff has chosen for their own admin."""
    return timezone.get_default_timezone()


def moment(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=zone())


def day_of(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def known_currencies() -> list[str]:
    return list(settings.CURRENCIES)


def lines(question: Question) -> QuerySet[LedgerEntry]:
    """The period's lines in the currency: of the donor's side, and of fees that are taken in it."""
    start, end = question.between
    return LedgerEntry.objects.filter(
        gift__livemode=account.is_live(), currency=question.currency, at__gte=start, at__lt=end
    ).order_by()


def summed(rows: QuerySet[LedgerEntry]) -> QuerySet:
    """Sums by kind for whatever the rows are grouped by."""

    def of(*kinds: str, sign: int = 1) -> Coalesce:
        return Coalesce(Sum(F("amount_minor") * sign, filter=Q(kind__in=kinds)), 0)

    return rows.annotate(
        gifts=Count("pk", filter=Q(kind=EntryKind.RECEIVED)),
        received=of(EntryKind.RECEIVED),
        refunded=of(*REFUNDS, sign=-1),
        disputed=of(*DISPUTES, sign=-1),
        fees=of(EntryKind.FEE, EntryKind.DISPUTE_FEE, sign=-1),
    )


def figures(question: Question) -> list[Figure]:
    if question.is_in_time:
        return in_time(question)
    column = COLUMNS[question.by]
    rows = summed(lines(question).values(key=F(column)))
    found = [
        Figure(label=label_of(question.by, row.pop("key")), **row)
        for row in rows.order_by("-received", "key")[:1000]
    ]
    return found


def label_of(by: str, key: str | None) -> str:
    if by == "frequency":
        return str(NAMES.get(key, key))
    if by == "placement" and key:
        return str(PLACEMENTS.get(key, key))
    return str(key or _("none"))


def in_time(question: Question) -> list[Figure]:
    """Every day or month of the period, also those without a gift."""
    cut: Callable = TruncDate if question.by == "day" else TruncMonth
    rows = summed(lines(question).values(key=cut("at", tzinfo=zone())))
    found = {}
    for row in rows:
        key = row.pop("key")
        found[key.date() if isinstance(key, datetime) else key] = row
    return [Figure(label=label, **found.get(day, {})) for day, label in steps(question)]


def steps(question: Question) -> list[tuple[date, str]]:
    if question.by == "day":
        days = (question.end - question.start).days + 1
        all_days = [question.start + timedelta(days=n) for n in range(days)]
        return [(day, day.isoformat()) for day in all_days]
    first, months = question.start.replace(day=1), []
    while first <= question.end:
        months.append((first, f"{first:%Y-%m}"))
        first = (first + timedelta(days=32)).replace(day=1)
    return months


def total(rows: list[Figure]) -> Figure:
    names = ("gifts", "received", "refunded", "disputed", "fees")
    return Figure(str(_("Total")), **{name: sum(getattr(row, name) for row in rows) for name in names})


# Monthly donors, disputes ---------------------------------------------------------------------------


@dataclass
class Standing:
    """A month of standing gifts: how many began, how many ended."""

    label: str
    begun: int = 0
    ended: int = 0


def standing(question: Question, frequency: str = Frequency.MONTHLY) -> list[Standing]:
    """New and lost monthly donors, by month; of all currencies, as people are counted and not money."""
    of_mode = RecurringGift.objects.filter(livemode=account.is_live(), frequency=frequency).exclude(
        status=RecurringGift.Status.INCOMPLETE
    )
    begun, ended = (by_month(of_mode, name, question) for name in ("started_at", "ended_at"))
    months = steps(Question("month", question.currency, question.start, question.end))
    return [Standing(label, begun.get(day, 0), ended.get(day, 0)) for day, label in months]


def by_month(rows: QuerySet, name: str, question: Question) -> dict[date, int]:
    start, end = question.between
    inside = rows.filter(**{f"{name}__gte": start, f"{name}__lt": end}).order_by()
    counted = inside.values(month=TruncMonth(name, tzinfo=zone())).annotate(n=Count("pk"))
    return {row["month"].date(): row["n"] for row in counted}


def standing_now(frequency: str = Frequency.MONTHLY) -> int:
    """How many give each month as of now."""
    alive = (
        RecurringGift.Status.ACTIVE,
        RecurringGift.Status.PAST_DUE,
        RecurringGift.Status.PAUSED,
        RecurringGift.Status.ENDING,
    )
    return RecurringGift.objects.filter(
        livemode=account.is_live(), frequency=frequency, status__in=alive
    ).count()


def dispute_counts(question: Question) -> list[tuple[str, int]]:
    """Disputes opened in the period, by how they stand now."""
    start, end = question.between
    rows = (
        Dispute.objects.filter(gift__livemode=account.is_live(), opened_at__gte=start, opened_at__lt=end)
        .order_by()
        .values_list("status")
        .annotate(Count("pk"))
    )
    names = dict(Dispute.Status.choices)
    return [(str(names[status]), n) for status, n in sorted(rows)]
