"""Whose events make kept pages stale. Other apps name their own models with `watch`."""

from django.db.models import Model
from django.db.models.signals import post_delete, post_save
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page, PageViewRestriction, Site
from wagtail.signals import (
    page_published,
    page_slug_changed,
    page_unpublished,
    post_page_move,
)

from home.models import OrganisationSettings, SafeImage
from home.pagecache.generation import changed, removed


def connect() -> None:
    """Called once, from apps.py."""
    page_published.connect(changed)
    for signal in (page_unpublished, post_page_move, page_slug_changed):
        signal.connect(removed)
    post_save.connect(removed, sender=PageViewRestriction)
    post_delete.connect(changed, sender=PageViewRestriction)
    post_save.connect(page_saved)
    post_delete.connect(page_deleted)
    watch(OrganisationSettings, SafeImage, Redirect, Site)


def watch(*models: type[Model]) -> None:
    """Saving or deleting a row of these models changes what pages show."""
    for model in models:
        post_save.connect(changed, sender=model)
        post_delete.connect(changed, sender=model)


def page_saved(instance: Model, created: bool, update_fields=None, **_signal) -> None:
    """Also without a publication, as scripts do; what editors save meanwhile (revisions) names its few fields."""
    if isinstance(instance, Page) and not update_fields:
        if instance.live:
            changed()
        elif not created:
            removed()


def page_deleted(instance: Model, **_signal) -> None:
    if isinstance(instance, Page):
        removed()
