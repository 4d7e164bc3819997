"""How the newsroom enters the admin."""

from django.templatetags.static import static
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.widgets import Button
from wagtail.snippets.models import register_snippet

from news import admin_views
from news.advice import twins
from news.desks import visible_to
from news.models import NewsroomPage, StoryPage
from news.viewsets import NewsroomLists, StoryViewSet

register_snippet(NewsroomLists)


@hooks.register("register_admin_viewset")
def stories():
    return StoryViewSet("stories")


@hooks.register("register_admin_urls")
def addresses():
    return [
        path("news/dateline/", admin_views.read_dateline, name="news_read_dateline"),
        path("news/same-address/", admin_views.same_address, name="news_twins"),
        path("news/like/<int:story_id>/", admin_views.new_story_like, name="news_new_story_like"),
    ]


@hooks.register("insert_editor_js")
def story_editor_script():
    return format_html('<script src="{}" defer></script>', static("js/story-editor.js"))


@hooks.register("register_page_header_buttons")
def new_story_like_this(page, user, view_name, next_url=None):
    if isinstance(page.specific_deferred, StoryPage) and page.permissions_for_user(user).can_edit():
        yield Button(
            _("New story like this"),
            reverse("news_new_story_like", args=[page.pk]),
            icon_name="copy",
            priority=60,
        )


@hooks.register("after_create_page")
@hooks.register("after_edit_page")
def warn_of_twins(request, page):
    """Two stories out of one report are rarely meant; it is said, and nothing is stopped."""
    if not isinstance(page, StoryPage) or "application/json" in request.headers.get("Accept", ""):
        return
    for twin in twins(page.full_story_url, page):
        messages.warning(
            request,
            _("The same full story is behind “%(title)s”.") % {"title": twin.title},
            buttons=[messages.button(reverse("wagtailadmin_pages:edit", args=[twin.pk]), _("Edit"))],
        )


@hooks.register("construct_explorer_page_queryset")
def own_stories_of_a_desk(parent_page, pages, request):
    if isinstance(parent_page, NewsroomPage):
        allowed = visible_to(request.user, StoryPage.objects.child_of(parent_page))
        if allowed.query.where != StoryPage.objects.child_of(parent_page).query.where:
            return pages.filter(pk__in=allowed.order_by().values("pk"))
    return pages
