"""Reports > Files with metadata."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.views.reports import ReportView

from home.models import UnstrippedFile
from home.older_files import clean_found, look_again

ACTIONS = {
    "look": (look_again, _("All files are being looked through.")),
    "clean": (clean_found, _("The files are being cleaned.")),
}


def may_clean(user) -> bool:
    return user.has_perm("home.change_safeimage")


class UnstrippedFilesView(ReportView):
    model = UnstrippedFile
    page_title = _("Files with metadata")
    header_icon = "warning"
    index_url_name = "unstripped_files"
    index_results_url_name = "unstripped_files_results"
    template_name = "home/unstripped_files.html"
    list_export = ["file.title", "kind", "found_at", "problem"]
    export_headings = {
        "file.title": _("Title"),
        "kind": _("Kind"),
        "found_at": _("Found"),
        "problem": _("Problem"),
    }
    columns = [
        TitleColumn("file", label=_("Title"), accessor="file.title", get_url=lambda found: found.edit_url),
        Column("kind", label=_("Kind")),
        DateColumn("found_at", label=_("Found")),
        Column("problem", label=_("Why it was not cleaned")),
    ]

    def dispatch(self, request, *args, **kwargs):
        if not may_clean(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_queryset(self):
        return UnstrippedFile.objects.select_related("image", "document")


@require_POST
def act(request, action):
    if not may_clean(request.user) or action not in ACTIONS:
        raise PermissionDenied
    job, words = ACTIONS[action]
    job.enqueue()
    messages.success(request, words)
    return redirect(reverse("unstripped_files"))


urlpatterns = [
    path("reports/unstripped-files/", UnstrippedFilesView.as_view(), name="unstripped_files"),
    path(
        "reports/unstripped-files/results/",
        UnstrippedFilesView.as_view(results_only=True),
        name="unstripped_files_results",
    ),
    path("reports/unstripped-files/<slug:action>/", act, name="unstripped_files_act"),
]
