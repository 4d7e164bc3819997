"""Dates as readers read them: in their language, and no more exact than they are known."""

from datetime import date
from functools import cache, lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton
from django.utils.translation import get_language, to_locale


def reading_locale() -> Locale:
    return locale_of(get_language() or "en")


@cache
def locale_of(language: str) -> Locale:
    """English where nobody knows the language."""
    try:
        return Locale.parse(to_locale(language))
    except (ValueError, UnknownLocaleError):
        return Locale("en")


def written(day: date, precision: str = "day", style: str = "long") -> str:
    """A day, month or year in words; `style` is long, medium, short (digits) or weekday."""
    return _written(get_language() or "en", day, precision, style)


@lru_cache(maxsize=4096)  # the same few days stand on nearly every page
def _written(language: str, day: date, precision: str, style: str) -> str:
    locale = locale_of(language)
    if precision == "year":
        return format_skeleton("y", day, locale=locale)
    if precision == "month":
        return format_skeleton("yMMM" if style == "medium" else "yMMMM", day, locale=locale)
    if style == "weekday":
        return format_date(day, "EEEE", locale=locale)
    if style == "short":
        return format_skeleton("yMd", day, locale=locale)
    return format_date(day, style, locale=locale)


def machine(day: date, precision: str = "day") -> str:
    """For `<time datetime>`: 2016-02-13, 2016-02 or 2016."""
    return day.isoformat()[: {"day": 10, "month": 7, "year": 4}[precision]]
