"""Taking a story down, and forgetting what it was: one page with one question each."""

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods
from wagtail.admin import messages

from news.models import StoryPage
from news.takedown import forget_versions, standing, take_down


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Kept with your name. Readers do not see it."),
    )


@require_http_methods(["GET", "POST"])
def take_story_down(request: HttpRequest, story_id: int) -> HttpResponse:
    story = get_object_or_404(StoryPage, pk=story_id)
    if not story.permissions_for_user(request.user).can_unpublish():
        raise PermissionDenied
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        take_down(story, form.cleaned_data["reason"], request.user)
        messages.success(request, _("“%(title)s” is gone from every public place.") % {"title": story.title})
        return redirect("wagtailadmin_pages:edit", story.pk)
    return render(
        request,
        "news/admin/confirm.html",
        {
            "page_title": _("Take down"),
            "page_subtitle": story.title,
            "header_icon": "warning",
            "sentence": _(
                "The story leaves lists, search, feeds, sitemaps and caches at once, its address answers that it is gone, "
                "and pictures and documents that only it used leave their addresses. Nothing is lost for editors."
            ),
            "form": form,
            "confirm_label": _("Take it down now"),
            "danger": True,
            "back_url": reverse("wagtailadmin_pages:edit", args=[story.pk]),
        },
    )


def may_forget(story: StoryPage, user) -> bool:
    """Whoever may publish, once a story is taken down."""
    is_gone = not story.live and standing().filter(page=story.pk).exists()
    return is_gone and story.permissions_for_user(user).can_publish()


@require_http_methods(["GET", "POST"])
def forget(request: HttpRequest, story_id: int) -> HttpResponse:
    story = get_object_or_404(StoryPage, pk=story_id)
    if not may_forget(story, request.user):
        raise PermissionDenied
    back_url = reverse("wagtailadmin_pages:edit", args=[story.pk])
    if request.method == "POST":
        count = forget_versions(story, request.user)
        messages.success(request, _("Earlier versions deleted: %(count)s.") % {"count": count})
        return redirect(back_url)
    return render(
        request,
        "news/admin/confirm.html",
        {
            "page_title": _("Forget earlier versions"),
            "page_subtitle": story.title,
            "header_icon": "bin",
            "sentence": _(
                "The story stays as it was last saved; all that it said before is deleted for good, for editors too. "
                "First write out of it what must not be kept."
            ),
            "confirm_label": _("Delete earlier versions"),
            "danger": True,
            "back_url": back_url,
        },
    )
