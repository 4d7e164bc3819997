from django.contrib.auth.models import Group
from django.db import models
from django.forms import CheckboxSelectMultiple
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalManyToManyField
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting


@register_setting(icon="lock", order=90)
class SignInSettings(ClusterableModel, BaseGenericSetting):
    """Who must prove more than a password."""

    second_step_groups = ParentalManyToManyField(
        Group,
        verbose_name=_("groups that must sign in with a code"),
        blank=True,
        related_name="+",
        help_text=_("Their members set up an authenticator app the next time they sign in."),
    )
    second_step_for_administrators = models.BooleanField(
        _("administrators must sign in with a code"), default=False
    )

    panels = [
        FieldPanel("second_step_groups", widget=CheckboxSelectMultiple),
        FieldPanel("second_step_for_administrators"),
    ]

    class Meta:
        verbose_name = _("sign-in")

    def __str__(self) -> str:
        return str(_("Sign-in"))
