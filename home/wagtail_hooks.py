from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from home import file_report


@hooks.register("register_account_menu_item")
def second_step_item(request):
    return {
        "url": reverse("second_step:manage"),
        "label": _("Two-step sign-in"),
        "help_text": _("A code from your phone beside your password, and recovery codes."),
    }


class CleanersMenuItem(MenuItem):
    def is_shown(self, request):
        return file_report.may_clean(request.user)


@hooks.register("register_reports_menu_item")
def unstripped_files_item():
    return CleanersMenuItem(
        _("Files with metadata"), reverse("unstripped_files"), icon_name="warning", order=1200
    )


@hooks.register("register_admin_urls")
def report_urls():
    return file_report.urlpatterns
