"""What money has touched is not deleted: the admin says so in words."""

from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.models import Page

from donate.models import Checkout, Gift, GivingLink, RecurringGift


def holds_money(page: Page) -> bool:
    """Has any campaign at or below this page a gift, a promise of one, or a checkout?"""
    below = {"campaign__path__startswith": page.path}
    return any(
        model.objects.filter(**below).exists() for model in (Gift, RecurringGift, Checkout, GivingLink)
    )


def refuse_deletion(request, page: Page):
    """A `before_delete_page` hook."""
    if not holds_money(page):
        return None
    messages.error(
        request,
        _("“%(title)s” has gifts. It cannot be deleted: unpublish it, and it takes no more gifts.")
        % {"title": page.get_admin_display_title()},
    )
    return redirect(reverse("wagtailadmin_explore", args=[page.get_parent().pk]))


def refuse_bulk_deletion(request, action_type: str, objects, action_class):
    """A `before_bulk_action` hook."""
    if action_type != "delete":
        return None
    for page in objects:
        if isinstance(page, Page) and (answer := refuse_deletion(request, page)):
            return answer
    return None
