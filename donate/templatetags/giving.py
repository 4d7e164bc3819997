"""Asking for gifts, wherever a page asks."""

from babel.numbers import format_currency, get_currency_precision, get_currency_symbol
from django import template

from home.dates import reading_locale

register = template.Library()


@register.simple_tag
def money(minor: int, currency: str) -> str:
    """Minor units as people of the reader's language write them; whole amounts without decimals."""
    places = get_currency_precision(currency.upper())
    whole, rest = divmod(minor, 10**places)
    amount = whole if not rest else whole + rest / 10**places
    return format_currency(
        amount,
        currency.upper(),
        locale=reading_locale(),
        currency_digits=bool(rest),
        decimal_quantization=True,
        format=None if rest else "¤#,##0",
    )


@register.simple_tag
def currency_symbol(currency: str) -> str:
    return get_currency_symbol(currency.upper(), locale=reading_locale())


@register.simple_tag
def give_link(page, placement: str) -> str:
    """The address of Give Today for a page; empty where there is nothing to give to."""
    return "/give/"


@register.simple_tag
def give_panel(page, placement: str) -> dict:
    """The campaign that a page asks for: campaign, goal, url. Empty where none is asked for."""
    return {}


@register.simple_tag
def open_campaigns() -> list:
    """Campaigns that take gifts now, each with its goal."""
    return []


@register.inclusion_tag("components/ask.html")
def give_today(page, placement: str) -> dict:
    """The panel under a story or a region."""
    return give_panel(page, placement)
