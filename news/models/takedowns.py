from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page


class Takedown(models.Model):
    """A page taken down in an emergency: who did it and why, and the address that now answers "gone"."""

    page = models.ForeignKey(
        Page, verbose_name=_("page"), null=True, on_delete=models.SET_NULL, related_name="takedowns"
    )
    title = models.CharField(_("title"), max_length=255)
    address = models.CharField(_("address"), max_length=500, db_index=True)
    reason = models.TextField(_("reason"))
    taken_down_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    taken_down_at = models.DateTimeField(_("taken down at"), auto_now_add=True)
    # Set when the page is published again: then its address answers once more.
    lifted_at = models.DateTimeField(_("lifted at"), null=True, blank=True)

    class Meta:
        verbose_name = _("takedown")
        ordering = ["-taken_down_at"]

    def __str__(self) -> str:
        return self.title
