"""A gift as its donor reads it."""

from django import template

from donate import papers
from donate.models import Gift
from donate.models.choices import GiftState

register = template.Library()


@register.simple_tag
def gift_day(gift: Gift) -> str:
    return papers.day(gift.received_at or gift.created_at)


@register.simple_tag
def gift_state(gift: Gift) -> str:
    """In words, for a gift that `with_totals` has read."""
    return str(GiftState(gift.state).label)


@register.simple_tag
def gift_amount(gift: Gift) -> str:
    return papers.amount(gift.amount_minor, gift.currency)
