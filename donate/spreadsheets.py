"""Lists as CSV and XLSX: whoever opens them runs nothing that a stranger typed into a form."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from decimal import Decimal

from django.utils import timezone

from donate import money

STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def csv_safe(value):
    """Text that a spreadsheet would take for a formula gets an apostrophe before it; all else stays as it is."""
    if isinstance(value, str) and value.lstrip(" \u00a0\ufeff").startswith(STARTS_A_FORMULA):
        return f"'{value}"
    return value


def amount(minor: int | None, currency: str | None) -> Decimal | None:
    """A number that spreadsheets can add up: 12.50 for 1250 cents."""
    if minor is None:
        return None
    return Decimal(minor).scaleb(-money.decimals(currency or "usd"))


def local(moment: datetime | None) -> datetime | None:
    """In the organisation's time zone, and without it, as spreadsheets know none."""
    return timezone.make_naive(moment, timezone.get_default_timezone()) if moment else None


def cell(value, export_format: str):
    """What is written for one value."""
    if isinstance(value, datetime) and timezone.is_aware(value):
        value = local(value)
    if export_format == "csv" and isinstance(value, datetime | date | time):
        return value.isoformat(" ", "seconds") if isinstance(value, datetime) else value.isoformat()
    if isinstance(value, datetime | date | time | int | Decimal | None):
        return value
    return csv_safe(str(value))


def rows_of(queryset, size: int = 2000) -> Iterable:
    """Row by row, so that a list of any length fits into memory."""
    return queryset.iterator(chunk_size=size) if hasattr(queryset, "iterator") else queryset


def stamp() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%d")
