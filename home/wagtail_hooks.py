from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks


@hooks.register("register_account_menu_item")
def second_step_item(request):
    return {
        "url": reverse("second_step:manage"),
        "label": _("Two-step sign-in"),
        "help_text": _("A code from your phone beside your password, and recovery codes."),
    }
