"""Small answers for the story form, and the start of a story like another."""

from datetime import date

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods
from wagtail.admin import messages

from news.advice import twins
from news.dateline import parse
from news.models import NewsroomPage, Source, StoryPage


@require_GET
def read_dateline(request: HttpRequest) -> JsonResponse:
    """What the opening of a report says: place, source (and its key where we know the outlet), date. {} if not understood."""
    _require_writer(request)
    parsed = parse(request.GET.get("text", "")[:600], _day(request.GET.get("near", "")))
    if parsed is None:
        return JsonResponse({})
    line = parsed.line
    source = Source.objects.filter(name__iexact=line.source).first()
    return JsonResponse(
        {
            "place": line.place,
            "date": line.dated_on.isoformat() if line.dated_on else "",
            "source": line.source,
            "source_id": source.pk if source else None,
            "text": parsed.text,
        }
    )


@require_GET
def same_address(request: HttpRequest) -> JsonResponse:
    """Stories that have this full-story address already, besides the one being edited."""
    _require_writer(request)
    key = request.GET.get("story", "")
    story = StoryPage(pk=int(key)) if key.isascii() and key.isdigit() and len(key) < 18 else None
    found = twins(request.GET.get("url", "")[:600], story)
    return JsonResponse(
        {
            "stories": [
                {"title": twin.title, "url": reverse("wagtailadmin_pages:edit", args=[twin.pk])}
                for twin in found
                if twin.permissions_for_user(request.user).can_edit()
            ]
        }
    )


@require_http_methods(["GET", "POST"])
def new_story_like(request: HttpRequest, story_id: int) -> HttpResponse:
    """A draft with the source, regions, topics and campaigns of another story, and nothing else of it."""
    story = get_object_or_404(StoryPage, pk=story_id)
    newsroom = story.get_parent().specific
    may_add = newsroom.permissions_for_user(request.user).can_add_subpage()
    if not may_add or not story.permissions_for_user(request.user).can_edit():
        raise PermissionDenied
    if request.method == "GET":
        return render(
            request,
            "news/admin/confirm.html",
            {
                "page_title": _("New story like this"),
                "page_subtitle": story.title,
                "header_icon": "copy",
                "sentence": _(
                    "A draft begins with this story's source, regions, topics and campaigns, and nothing else."
                ),
                "confirm_label": _("Start the draft"),
                "back_url": reverse("wagtailadmin_pages:edit", args=[story.pk]),
            },
        )
    draft = draft_like(story, newsroom, request.user)
    messages.success(request, _("A draft with the same source, regions, topics and campaigns."))
    return redirect("wagtailadmin_pages:edit", draft.pk)


def draft_like(story: StoryPage, newsroom: NewsroomPage, user) -> StoryPage:
    draft = StoryPage(
        title=_("New story"),
        live=False,
        owner=user,
        source=story.source,
        region=story.region,
        has_unpublished_changes=True,
    )
    draft.topics.set(story.topics.all())
    for row in story.story_regions.all():
        draft.story_regions.add(type(row)(region=row.region, sort_order=row.sort_order))
    for row in story.story_campaigns.all():
        draft.story_campaigns.add(
            type(row)(
                campaign=row.campaign, starts_on=row.starts_on, ends_on=row.ends_on, sort_order=row.sort_order
            )
        )
    newsroom.add_child(instance=draft)
    draft.save_revision(user=user)
    return draft


def _require_writer(request: HttpRequest) -> None:
    """Whoever may add or edit stories somewhere."""
    newsroom = NewsroomPage.objects.first()
    if newsroom is None or not newsroom.permissions_for_user(request.user).can_add_subpage():
        raise PermissionDenied


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
