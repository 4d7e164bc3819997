from django.db import models
from django.utils.translation import gettext_lazy as _

from donate.models.gifts import Gift


class Dispute(models.Model):
    """What a donor's bank contests. The money is in the ledger's lines; here is how it stands. Written by ledger.py alone."""

    class Status(models.TextChoices):
        INQUIRY = "inquiry", _("question of the bank")
        OPEN = "open", _("open")
        WON = "won", _("won")
        LOST = "lost", _("lost")
        CLOSED = "closed", _("closed without a claim")

    gift = models.ForeignKey(Gift, verbose_name=_("gift"), on_delete=models.PROTECT, related_name="disputes")
    stripe_dispute_id = models.CharField(_("Stripe dispute"), max_length=255, unique=True)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices)
    amount_minor = models.PositiveIntegerField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3)
    reason = models.CharField(_("reason"), max_length=60, blank=True)
    due_at = models.DateTimeField(_("answer due by"), null=True, blank=True)
    opened_at = models.DateTimeField(_("opened at"), help_text=_("Stripe's time, UTC."))
    as_of = models.DateTimeField(_("as Stripe said at"))

    class Meta:
        verbose_name = _("dispute")
        ordering = ["-opened_at", "-pk"]

    def __str__(self) -> str:
        return self.stripe_dispute_id
