from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class ClosedMonth(models.Model):
    """A month whose figures were handed on. What is recorded for it later is a dated correction."""

    livemode = models.BooleanField(_("live"))
    year = models.PositiveSmallIntegerField(_("year"))
    month = models.PositiveSmallIntegerField(_("month"))
    currency = models.CharField(
        _("settled currency"), max_length=3, blank=True, help_text=_("Empty: all currencies.")
    )
    closed_at = models.DateTimeField(_("closed at"))
    figures = models.JSONField(
        _("figures"), null=True, help_text=_("By currency: how many lines, and what they moved.")
    )
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("closed by"), null=True, on_delete=models.SET_NULL
    )

    class Meta:
        verbose_name = _("closed month")
        ordering = ["year", "month", "currency"]
        constraints = [
            models.UniqueConstraint(
                fields=["livemode", "year", "month", "currency"], name="a_month_is_closed_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.year}-{self.month:02} {self.currency}".strip()
