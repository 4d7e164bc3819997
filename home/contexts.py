"""What upper floors add to a page's template. A page knows its fields; lists of other pages are registered here.

    @adds_to(HomePage)
    def latest_stories(page, request) -> dict: ...

A preview goes the same way as a reader's request.
"""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from wagtail.models import Page

Adder = Callable[[Page, HttpRequest], dict[str, Any]]
_adders: dict[type[Page], list[Adder]] = {}


def adds_to(model: type[Page]) -> Callable[[Adder], Adder]:
    """The decorated function's dictionary joins the template context of `model`."""

    def register(adder: Adder) -> Adder:
        _adders.setdefault(model, []).append(adder)
        return adder

    return register


def added_to(page: Page, request: HttpRequest) -> dict[str, Any]:
    context: dict[str, Any] = {}
    for adder in _adders.get(type(page), []):
        context |= adder(page, request)
    return context
