from django.db import models
from django.utils.translation import gettext_lazy as _


class StripeEvent(models.Model):
    """One delivery that was Stripe's, stored once before anything else is done. The payload is not kept: Stripe is asked."""

    event_id = models.CharField(_("event"), max_length=255, unique=True)
    type = models.CharField(_("type"), max_length=100)
    object_id = models.CharField(_("object"), max_length=255, blank=True)
    livemode = models.BooleanField(_("live"))
    created_at = models.DateTimeField(_("happened at"), help_text=_("Stripe's time, UTC."))
    received_at = models.DateTimeField(_("received at"), auto_now_add=True)
    processed_at = models.DateTimeField(_("processed at"), null=True, blank=True)
    ignored = models.CharField(_("ignored because"), max_length=60, blank=True)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    error = models.TextField(_("error"), blank=True)

    class Meta:
        verbose_name = _("event")
        ordering = ["-received_at", "-pk"]
        indexes = [
            models.Index(fields=["-received_at", "-id"], name="event_newest_first"),
            models.Index(
                fields=["received_at"],
                name="event_unprocessed",
                condition=models.Q(processed_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.event_id
