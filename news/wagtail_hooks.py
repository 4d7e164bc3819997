"""How the newsroom enters the admin."""

from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.widgets import Button
from wagtail.log_actions import LogFormatter
from wagtail.snippets.models import register_snippet

from news import admin_views, reports
from news.advice import missing, twins
from news.bulk import AddCampaign, AddRegion, AddTopic
from news.checker import know_journalism
from news.dashboard import PANELS
from news.desks import without_foreign
from news.models import NewsroomPage, StoryPage
from news.takedown import ACTION, FORGET, is_document_gone
from news.takedown_views import forget, may_forget, take_story_down
from news.viewsets import NewsroomLists, NewsroomViewSet, StoryViewSet

register_snippet(NewsroomLists)
hooks.register("construct_wagtail_userbar", know_journalism)


@hooks.register("register_admin_viewset")
def stories():
    return [StoryViewSet("stories"), NewsroomViewSet("newsroom")]


@hooks.register("construct_homepage_panels")
def newsroom_panels(request, panels):
    """For whoever works on stories; Fundraisers have panels of their own."""
    newsroom = NewsroomPage.objects.first()
    if newsroom and newsroom.permissions_for_user(request.user).can_add_subpage():
        panels.extend(panel(request.user) for panel in PANELS)


@hooks.register("register_admin_urls")
def addresses():
    return [
        path("news/raised/", reports.what_stories_raised, name="news_raised"),
        path("news/dateline/", admin_views.read_dateline, name="news_read_dateline"),
        path("news/same-address/", admin_views.same_address, name="news_twins"),
        path("news/take-down/<int:story_id>/", take_story_down, name="news_take_down"),
        path("news/forget-versions/<int:story_id>/", forget, name="news_forget_versions"),
        path("news/like/<int:story_id>/", admin_views.new_story_like, name="news_new_story_like"),
    ]


@hooks.register("insert_editor_js")
def story_editor_script():
    return format_html('<script src="{}" defer></script>', static("js/story-editor.js"))


@hooks.register("insert_global_admin_css")
def admin_style():
    return format_html('<link rel="stylesheet" href="{}">', static("css/admin.css"))


@hooks.register("register_page_header_buttons")
def new_story_like_this(page, user, view_name, next_url=None):
    if isinstance(page.specific_deferred, StoryPage) and page.permissions_for_user(user).can_edit():
        yield Button(
            _("New story like this"),
            reverse("news_new_story_like", args=[page.pk]),
            icon_name="copy",
            priority=60,
        )


@hooks.register("register_page_header_buttons")
def take_down_button(page, user, view_name, next_url=None):
    if (
        page.live
        and isinstance(page.specific_deferred, StoryPage)
        and page.permissions_for_user(user).can_unpublish()
    ):
        yield Button(
            _("Take down"), reverse("news_take_down", args=[page.pk]), icon_name="warning", priority=70
        )


@hooks.register("register_page_header_buttons")
def forget_versions_button(page, user, view_name, next_url=None):
    if not page.live and isinstance(page.specific_deferred, StoryPage) and may_forget(page, user):
        yield Button(
            _("Forget earlier versions"),
            reverse("news_forget_versions", args=[page.pk]),
            icon_name="bin",
            priority=70,
        )


@hooks.register("before_serve_document")
def documents_of_what_is_taken_down(document, request):
    """Gone with the stories that used it; whoever may enter the admin still reads it."""
    if is_document_gone(document) and not request.user.has_perm("wagtailadmin.access_admin"):
        return render(request, "410.html", status=410)


@hooks.register("register_log_actions")
def takedown_in_the_log(actions):
    actions.register_action(FORGET, _("Forget earlier versions"), _("Earlier versions deleted"))

    @actions.register_action(ACTION)
    class TakedownFormatter(LogFormatter):
        label = _("Take down")

        def format_message(self, entry):
            return _("Taken down: %(reason)s") % {"reason": entry.data.get("reason", "")}


for action in (AddRegion, AddTopic, AddCampaign):
    hooks.register("register_bulk_action", action)


@hooks.register("before_bulk_action")
def publish_only_what_is_ready(request, action_type, objects, action):
    """Bulk publishing has no form that would say what a story lacks; here it is said, and nothing is published."""
    if request.method != "POST" or action_type != "publish":
        return None
    drafts = [page.get_latest_revision_as_object() for page in objects]
    lacking = [
        (story, sentence) for story in drafts if isinstance(story, StoryPage) for sentence in missing(story)
    ]
    for story, sentence in lacking:
        messages.error(request, f"{story.title}: {sentence}")
    return redirect(action.next_url) if lacking else None


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


@hooks.register("register_reports_menu_item")
def raised_menu_item():
    return RaisedMenuItem(
        _("What stories raised"), reverse("news_raised"), name="raised", icon_name="pick", order=200
    )


class RaisedMenuItem(MenuItem):
    def is_shown(self, request):
        return reports.may_see(request.user)


@hooks.register("construct_page_chooser_queryset")
def choose_among_own_stories(pages, request):
    """A desk chooses among published stories and its own drafts."""
    return pages.filter(live=True) | without_foreign(request.user, pages)
